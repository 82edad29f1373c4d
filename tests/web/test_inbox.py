"""The inbox: what is on it, in which order, signing from it, and the same few statements however long the lists."""

from __future__ import annotations

import re
import secrets

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.databases import counted
from tests.web.conftest import Site, token
from tests.web.course_site import add_people, at_status, put_in_force
from tests.web.district_rows import NOW, make_ticket
from tests.web.inbox_site import OFFICER, add_officer
from tickets.domain.roles import ROLES
from tickets.domain.times import stored
from tickets.store.inbox import inbox
from tickets.store.models import Deadline, History, Ticket
from tickets.store.scope import Viewer
from web.inbox_cards import in_size

JSON = {"Accept": "application/json"}


@pytest.fixture
def officer(site: Site) -> tuple[Site, dict[str, Ticket]]:
    tickets = add_officer(site.rows)
    put_in_force(site.app)
    add_people(site.rows)
    return site, tickets


def sign(client: FlaskClient, ticket: Ticket, once: str | None = None, seq: int | None = None, **more: str) -> TestResponse:
    data = {"once": once or secrets.token_hex(16), "seq": str(ticket.step_seq if seq is None else seq), "csrf_token": token(client, "/inbox"), **more}
    return client.post(f"/inbox/sign/{ticket.number}", data=data, headers=JSON)


def test_the_shortest_countdown_is_first_and_each_card_says_why(officer: tuple[Site, dict[str, Ticket]]) -> None:
    site, tickets = officer
    page = site.signed_in(OFFICER).get("/inbox").get_data(as_text=True)
    order = [page.index(tickets[name].number) for name in ("pipe", "rubbish", "lamp", "well")]
    assert order == sorted(order)
    for words in ("2 组归第 6 网格，请先上门", "退回重办：照片看不出修了哪一盏", "待签收", "办理中"):
        assert words in page


def test_sign_in_leads_there_for_those_who_handle_and_to_the_live_page_for_others(site: Site) -> None:
    for role in ROLES:
        client = site.app.test_client()
        answer = client.post("/signin", data={"username": role, "password": "suda-demo-12345", "csrf_token": token(client)})
        assert answer.headers["Location"] == ("/inbox" if ROLES[role].may("inbox") else "/leaders" if role == "leader" else "/"), role


def test_signing_from_the_inbox_counts_once_and_a_second_tap_changes_nothing(officer: tuple[Site, dict[str, Ticket]]) -> None:
    site, tickets = officer
    client, once = site.signed_in(OFFICER), secrets.token_hex(16)
    answers = [sign(client, tickets["pipe"], once, device_at="2026-11-22T06:32:07.123Z") for _ in range(2)]
    assert [answer.get_json()["state"] for answer in answers] == ["taken", "taken"]
    (line,) = History.select().where((History.ticket == tickets["pipe"].id) & (History.what == "签收"))
    assert '"device_at":"2026-11-22T06:32:07.123Z"' in line.note  # the phone's clock is a day off
    assert line.at == stored(NOW)  # and the server's rules


def test_a_device_time_that_is_none_is_not_kept(officer: tuple[Site, dict[str, Ticket]]) -> None:
    site, tickets = officer
    sign(site.signed_in(OFFICER), tickets["pipe"], device_at="<b>yesterday")
    assert "yesterday" not in History.get((History.ticket == tickets["pipe"].id) & (History.what == "签收")).note


def test_a_signature_for_what_is_no_longer_there_is_told(officer: tuple[Site, dict[str, Ticket]]) -> None:
    site, tickets = officer
    client = site.signed_in(OFFICER)
    assert sign(client, tickets["pipe"], seq=99).status_code == 409
    Ticket.update(person=site.rows.places["照明科"].person, unit=site.rows.places["照明科"].unit).where(Ticket.id == tickets["pipe"].id).execute()
    gone = sign(client, tickets["pipe"])
    assert (gone.status_code, gone.get_json()["state"]) == (409, "gone")
    assert Ticket.get_by_id(tickets["pipe"].id).status == "待签收"


def test_without_javascript_the_button_signs_and_the_page_says_so(officer: tuple[Site, dict[str, Ticket]]) -> None:
    site, tickets = officer
    client = site.signed_in(OFFICER)
    page = client.get("/inbox").get_data(as_text=True)
    form = page.split(f'action="/inbox/sign/{tickets["pipe"].number}"', 1)[1].split("</form>", 1)[0]
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert "已签收" in client.post(f"/inbox/sign/{tickets['pipe'].number}", data=data, follow_redirects=True).get_data(as_text=True)


def test_a_reply_waits_for_the_units_overseer_and_not_for_its_handler(officer: tuple[Site, dict[str, Ticket]]) -> None:
    site, _ = officer
    replied = at_status(site.rows, "待审核")
    assert replied.number in site.signed_in("chief").get("/inbox").get_data(as_text=True)
    assert replied.number not in site.signed_in("handler").get("/inbox").get_data(as_text=True)


def test_when_nothing_waits_it_says_what_was_closed_last(officer: tuple[Site, dict[str, Ticket]]) -> None:
    site, tickets = officer
    Ticket.update(status="已结案", closed_at=stored(NOW)).where(Ticket.id.in_([ticket.id for ticket in tickets.values()])).execute()
    page = site.signed_in(OFFICER).get("/inbox").get_data(as_text=True)
    assert "都办完了" in page
    assert "最近结案" in page


def test_ten_times_as_many_tickets_cost_the_same_statements(officer: tuple[Site, dict[str, Ticket]]) -> None:
    site, _ = officer
    place = site.rows.places["officer"]
    viewer = Viewer("own", place.person.id, place.unit.id)
    counts = []
    for _round in range(2):
        with counted() as asked:
            inbox(viewer, reviews=False)
        counts.append(len(asked))
        for _ in range(40):
            make_ticket(site.rows, place, "又一件")
    assert counts[0] == counts[1] <= 16


def test_time_left_is_written_in_the_unit_that_fits() -> None:
    assert [in_size(seconds) for seconds in (0, 1, 42 * 60, 3600, 12_014, 86_400 * 2.5)] == [
        ("0", "minutes"), ("1", "minutes"), ("42", "minutes"), ("1:00", "hours"), ("3:20", "hours"), ("2", "days"),
    ]  # fmt: skip


def test_the_app_can_be_installed(site: Site) -> None:
    client = site.app.test_client()
    manifest = client.get("/manifest.webmanifest").get_json()
    assert manifest["start_url"] == "/inbox"
    assert [client.get(icon["src"]).status_code for icon in manifest["icons"]] == [200, 200, 200]
    worker = client.get("/sw.js")
    assert worker.mimetype == "text/javascript"
    assert "__VERSION__" not in worker.get_data(as_text=True)
    assert "worker-src 'self'" in worker.headers["Content-Security-Policy"]
    assert client.get("/offline").status_code == 200
    assert client.get("/session.json", headers=JSON).status_code == 401


def test_a_record_is_only_for_who_has_had_the_ticket(officer: tuple[Site, dict[str, Ticket]]) -> None:
    site, tickets = officer
    data = {"once": secrets.token_hex(16), "result": "到场了", "solved": "已解决"}
    answers = {}
    for who in (OFFICER, "handler"):
        client = site.signed_in(who)
        sent = {**data, "csrf_token": token(client, "/inbox")}
        answers[who] = client.post(f"/t/{tickets['lamp'].number}/kept", data=sent, headers={**JSON, "X-Step": "reply"}).status_code
    assert answers == {OFFICER: 200, "handler": 404}
    assert History.select().where(History.what == "离线记录").count() == 1
    assert Deadline.select().where((Deadline.ticket == tickets["lamp"].id) & (Deadline.name == "办结") & Deadline.met_at.is_null()).exists()
