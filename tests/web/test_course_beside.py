"""Steps that leave the status as it is, in pages: who is offered them, sent once, two at once told apart, grey when over."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from tests.web.conftest import Site
from tests.web.course_site import add_people, at_status, put_in_force, send
from tests.web.district_rows import NOW, PASSWORD
from tickets.domain.times import stored
from tickets.store import accounts, assists, extensions, reviews
from tickets.store.connect import transaction
from tickets.store.models import Deadline, History, Ticket


@pytest.fixture
def course(site: Site) -> Site:
    put_in_force(site.app)
    add_people(site.rows)
    with transaction():
        lamp = site.rows.places["照明科"]
        accounts.create("lamp", PASSWORD, "handler", person=lamp.person, unit=lamp.unit, demonstration=True)
    return site


def lines(ticket: Ticket, what: str) -> list[dict[str, object]]:
    return [json.loads(row.note) for row in History.select().where((History.ticket == ticket) & (History.what == what)).order_by(History.seq)]


def offered(site: Site, who: str, ticket: Ticket) -> list[str]:
    """The steps in that person's action bar, the grey ones in brackets."""
    page = site.signed_in(who).get(f"/t/{ticket.number}").get_data(as_text=True)
    return [f"({key})" if "aria-disabled" in rest else key for key, rest in re.findall(r'id="do-([a-z]+)"([^>]*)>', page)]


def test_the_lead_asks_the_helper_answers_and_only_then_the_lead_may_reply(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    assert {"reply", "invite", "extend"} <= set(offered(course, "handler", ticket))
    assert send(course.signed_in("handler"), ticket, "invite").status_code == 302
    assert Ticket.get_by_id(ticket.id).step_seq == ticket.step_seq
    assert "(reply)" in offered(course, "handler", ticket)
    assert offered(course, "lamp", ticket) == ["assist"]
    blocked = send(course.signed_in("handler"), ticket, "reply")
    assert (blocked.status_code, "协办单位城市管理局/照明科还没有回复" in blocked.get_data(as_text=True)) == (409, True)
    assert send(course.signed_in("lamp"), ticket, "assist").status_code == 302
    assert offered(course, "lamp", ticket) == []
    assert "电缆已断开" in course.signed_in("handler").get(f"/t/{ticket.number}/do/reply").get_data(as_text=True)
    assert send(course.signed_in("handler"), ticket, "reply").status_code == 302


def test_one_page_sent_twice_is_one_request_and_a_second_page_is_refused(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    client = course.signed_in("handler")
    answers = [send(client, ticket, "extend", once="ab" * 16, seq=str(ticket.step_seq)).status_code for _ in range(2)]
    assert (answers, len(extensions.all_of(ticket.id)), len(lines(ticket, "申请延期"))) == ([302, 302], 1, 1)
    again = send(course.signed_in("mate"), ticket, "extend")
    assert (again.status_code, "已有一份延期申请" in again.get_data(as_text=True)) == (409, True)
    assert "(extend)" in offered(course, "handler", ticket)


def test_of_two_who_decide_an_extension_the_second_reads_who_did(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    due = Deadline.get((Deadline.ticket == ticket) & (Deadline.name == "办结")).due_at
    assert "extension" not in offered(course, "agent", ticket)
    send(course.signed_in("handler"), ticket, "extend")
    assert offered(course, "chief", ticket)[0] == "extension"
    assert send(course.signed_in("chief"), ticket, "extension").status_code == 302
    second = send(course.signed_in("agent"), ticket, "extension", granted="no", opinion="不行", once="cd" * 16, seq=str(ticket.step_seq))
    said = second.get_data(as_text=True)
    assert (second.status_code, "乔木森已于 11-23 14:32 同意" in said, "不行" in said) == (409, True, True)
    assert Deadline.get((Deadline.ticket == ticket) & (Deadline.name == "办结")).due_at == due + timedelta(days=3)


def test_once_the_time_is_over_asking_for_more_is_grey_with_the_reason(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    Deadline.update(due_at=stored(NOW) - timedelta(seconds=1)).where((Deadline.ticket == ticket) & (Deadline.name == "办结")).execute()
    assert "(extend)" in offered(course, "handler", ticket)
    assert "已过，不能再申请延期" in course.signed_in("handler").get(f"/t/{ticket.number}").get_data(as_text=True)
    late = send(course.signed_in("handler"), ticket, "extend", once="ef" * 16)
    assert (late.status_code, extensions.all_of(ticket.id)) == (409, [])


def test_helpers_are_let_off_by_the_unit_above_or_the_centre_never_by_the_lead(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    assert send(course.signed_in("supervisor"), ticket, "waive").status_code == 409  # there is nobody to let off
    send(course.signed_in("handler"), ticket, "invite")
    assert "waive" not in offered(course, "handler", ticket)
    assert send(course.signed_in("chief"), ticket, "waive").status_code == 302
    assert [one.state for one in assists.helpers(ticket.id)] == ["免于回复"]


@pytest.mark.parametrize(("key", "who", "status"), [
    ("invite", "lamp", 404), ("extend", "agent", 403), ("assist", "handler", 403), ("extension", "handler", 403), ("waive", "handler", 403),
])  # fmt: skip
def test_nobody_else_takes_these_steps(course: Site, key: str, who: str, status: int) -> None:
    ticket = at_status(course.rows, "办理中")
    assert send(course.signed_in(who), ticket, key).status_code == status
    assert Ticket.get_by_id(ticket.id).step_seq == ticket.step_seq


def test_a_form_refuses_days_that_are_none_and_a_refusal_without_a_reason(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    for days in ("0", "61", "abc", ""):
        assert send(course.signed_in("handler"), ticket, "extend", extend_days=days).status_code == 422
    send(course.signed_in("handler"), ticket, "extend")
    assert send(course.signed_in("chief"), ticket, "extension", granted="no").status_code == 422
    assert extensions.undecided(ticket.id) is not None


def test_a_reviewer_in_his_turn_is_offered_the_review_and_the_centre_may_send_back(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    send(course.signed_in("handler"), ticket, "reply")
    now = Ticket.get_by_id(ticket.id)
    assert [row.state for row in reviews.chain_of(ticket.id, now.step_seq)] == ["waiting"]
    assert "review" in offered(course, "chief", ticket)
    assert "review" not in offered(course, "handler", ticket)
    assert send(course.signed_in("agent"), now, "rework").status_code == 302
    assert Ticket.get_by_id(ticket.id).status == "办理中"
