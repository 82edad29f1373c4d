"""通知记录: messages that did not arrive, and the button that sends one again."""

from __future__ import annotations

from datetime import timedelta

from tests.web.conftest import Site, token
from tests.web.district_rows import NOW
from tickets.domain.times import stored
from tickets.store.models import Outbox, Ticket


def _message(once: str, state: str) -> int:
    ticket = Ticket.get(Ticket.number == "20261123-0007")
    made = Outbox.create(
        ticket=ticket, person=ticket.person, once=once, channel="短信", kind="派单", to_phone="1", state=state, tries=1, error="号码无效", context="{}",
        not_before=stored(NOW - timedelta(hours=1)), queued_at=stored(NOW - timedelta(hours=1)),
    )  # fmt: skip
    return int(made.id)


def test_a_supervisor_sees_what_did_not_arrive_and_sends_it_again_once_and_nobody_else_may(site: Site) -> None:
    failed, doubtful = _message("d:1", "failed"), _message("d:2", "unknown")
    supervisor, handler = site.signed_in("supervisor"), site.signed_in("handler")
    page = supervisor.get("/messages?state=dead").get_data(as_text=True)
    assert f'action="/messages/{failed}/again"' in page
    assert f'action="/messages/{doubtful}/settled"' in page
    assert f"/messages/{failed}/again" not in handler.get("/messages?state=dead").get_data(as_text=True)
    carried = {"csrf_token": token(handler, "/messages")}
    assert handler.post(f"/messages/{failed}/again", data=carried).status_code == 403
    carried = {"csrf_token": token(supervisor, "/messages")}
    for words in ("已重新排队", "已经重发过"):
        assert words in supervisor.post(f"/messages/{failed}/again", data=carried, follow_redirects=True).get_data(as_text=True)
    assert Outbox.select().where(Outbox.once == f"again:{failed}").count() == 1
    assert supervisor.post(f"/messages/{doubtful}/settled", data=carried).status_code == 400
    answer = supervisor.post(f"/messages/{doubtful}/settled", data={**carried, "arrived": "no"}, follow_redirects=True)
    assert "已记下" in answer.get_data(as_text=True)
    assert Outbox.get_by_id(doubtful).state == "failed"
    for number in (99_999, 1 << 70):
        assert supervisor.post(f"/messages/{number}/again", data=carried).status_code == 404
