"""A report from the grid: dispatched by rule, or handled on the spot and before its reviewers in the same moment."""

from __future__ import annotations

import json
import re
import secrets
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.tickets.pictures import picture
from tests.web.conftest import Site, token
from tests.web.course_site import add_people, put_in_force
from tests.web.inbox_site import OFFICER, add_officer
from tickets.domain.roles import ROLES
from tickets.store.course_models import Attachment
from tickets.store.models import Deadline, History, Outbox, Ticket

JSON = {"Accept": "application/json"}
FOUND = {"text": "路口垃圾箱倒了，垃圾撒了一路", "address": "北庄村 2 组路口", "danger": "no", "self_handled": "no"}
DONE = {**FOUND, "self_handled": "yes", "result": "扶正了垃圾箱，撒的都扫净了"}


@pytest.fixture
def officer(site: Site) -> FlaskClient:
    add_officer(site.rows)
    put_in_force(site.app)
    add_people(site.rows)
    return site.signed_in(OFFICER)


def send(client: FlaskClient, answers: dict[str, str], once: str | None = None, **headers: str) -> TestResponse:
    return client.post("/discover", data={**answers, "once": once or secrets.token_hex(16), "csrf_token": token(client, "/discover")}, headers=headers)


def photo(client: FlaskClient) -> str:
    sent = {"form": "discover", "field": "photos_after", "file": (BytesIO(picture()), "after.jpg"), "csrf_token": token(client, "/discover")}
    return str(client.post("/files", data=sent, headers=JSON).get_json()["key"])


def newest() -> Ticket:
    found: Ticket = Ticket.select().order_by(Ticket.id.desc()).first()
    return found


def test_the_address_begins_with_the_officers_own_node(officer: FlaskClient) -> None:
    assert 'value="青禾镇北庄村第6网格"' in officer.get("/discover").get_data(as_text=True)


def test_what_he_cannot_do_goes_by_rule_with_himself_as_the_caller(officer: FlaskClient) -> None:
    assert send(officer, FOUND).headers["Location"] == "/inbox"
    ticket = newest()
    assert (ticket.source, ticket.caller_name, ticket.status in ("待签收", "已受理")) == ("网格", "秦月", True)


def test_what_he_has_done_stands_before_its_reviewers_at_once(officer: FlaskClient) -> None:
    key = photo(officer)
    answer = send(officer, {**DONE, "photos_after": key}, Accept="application/json").get_json()
    ticket = newest()
    assert answer["state"] == "taken"
    assert (ticket.status, ticket.person.name) == ("待审核", "秦月")
    moved = [line.what for line in History.select().where((History.ticket == ticket.id) & (History.to_status != "")).order_by(History.seq)]
    assert moved == ["登记", "受理", "派单", "签收", "回复"]
    reply = json.loads(History.get((History.ticket == ticket.id) & (History.what == "回复")).note)
    assert reply["result"] == DONE["result"]
    assert reply["answers"]["photos_after"] == key
    assert Attachment.get(Attachment.key == key).ticket == ticket.id
    assert not Deadline.select().where((Deadline.ticket == ticket.id) & (Deadline.name == "签收") & Deadline.met_at.is_null()).exists()
    assert not Outbox.select().where((Outbox.ticket == ticket.id) & (Outbox.person == ticket.person_id)).exists()  # nobody is told of his own report


def test_a_page_sent_twice_is_one_ticket(officer: FlaskClient) -> None:
    once, key = secrets.token_hex(16), photo(officer)
    send(officer, {**DONE, "photos_after": key}, once)
    before = Ticket.select().count()
    assert send(officer, {**DONE, "photos_after": key}, once, Accept="application/json").get_json()["state"] == "taken"
    assert Ticket.select().count() == before


def test_handled_on_the_spot_needs_its_result_and_a_photo(officer: FlaskClient) -> None:
    before = Ticket.select().count()
    page = send(officer, {**DONE, "result": ""})
    assert page.status_code == 422
    assert {"result", "photos_after"} <= set(re.findall(r'href="#(\w+)"', page.get_data(as_text=True)))
    assert DONE["text"] in page.get_data(as_text=True)
    assert Ticket.select().count() == before


def test_a_photo_of_somebody_elses_is_refused_and_no_ticket_is_made(officer: FlaskClient) -> None:
    key, before = photo(officer), Ticket.select().count()
    Attachment.update(account=1).where(Attachment.key == key).execute()
    assert send(officer, {**DONE, "photos_after": key}).status_code == 422
    assert Ticket.select().count() == before


def test_where_there_is_danger_nobody_is_asked_whether_he_handled_it(officer: FlaskClient) -> None:
    send(officer, {**DONE, "danger": "yes"})
    assert newest().status != "待审核"


@pytest.mark.parametrize("role", sorted(key for key, role in ROLES.items() if not role.may("discover")))
def test_only_the_grid_reports_from_the_grid(site: Site, role: str) -> None:
    client = site.signed_in(role)
    assert client.get("/discover").status_code == 403
    assert client.post("/discover", data={**FOUND, "csrf_token": token(client, "/")}).status_code == 403
