"""One's own appeal by number and phone: the same sentence for every wrong pair, nothing beyond state, unit, dates and answer."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from tests.databases import counted
from tests.web.conftest import Site, token
from tests.web.survey_site import ADDRESS, NAME, PHONE, Link, link, phone
from tickets.store import own_appeal
from tickets.store.models import Ticket

__all__ = ["link", "phone"]

WRONG = "对不上"


def look(client: FlaskClient, number: str, tail: str) -> tuple[int, str]:
    answer = client.post("/mine", data={"number": number, "tail": tail, "csrf_token": token(client, "/mine")})
    return answer.status_code, answer.get_data(as_text=True)


def test_the_right_pair_shows_state_unit_dates_and_answer_alone(phone: FlaskClient, link: Link) -> None:
    status, html = look(phone, f" {link.ticket.number} ", "００９９")  # spaces and full width are forgiven
    assert status == 200
    for said in ("已有答复，等您评价", "水务局", "更换阀门", "11月23日"):
        assert said in html
    for personal in (PHONE, NAME, ADDRESS, "老人在家", "韩雨澄", "管网科", "阀门坏了停水"):
        assert personal not in html


def test_an_answer_nobody_has_passed_is_not_shown(phone: FlaskClient, link: Link) -> None:
    Ticket.update(status="待审核").where(Ticket.id == link.ticket.id).execute()
    html = look(phone, link.ticket.number, "0099")[1]
    assert "还没有审核通过的答复" in html
    assert "更换阀门" not in html


def plain(html: str, number: str) -> str:
    """The page without what differs in every answer: the tokens and the number that was typed."""
    return re.sub(r'(csrf-token" content|csrf_token" value)="[^"]+"', "", html).replace(number, "")


def test_a_wrong_number_and_a_wrong_phone_look_the_same(phone: FlaskClient, link: Link) -> None:
    pages = []
    for number, tail in (
        (link.ticket.number, "0098"),
        ("20261123-9999", "0099"),
        ("", ""),
        ("x' OR 1=1", "0099"),
        (link.ticket.number, ""),
        (link.ticket.number, "----"),
    ):
        status, html = look(phone, number, tail)
        assert status == 404, (number, tail)
        assert WRONG in html
        pages.append(plain(html, number) if "'" not in number else "")
    assert len({page for page in pages if page}) == 1


def test_a_ticket_without_a_phone_opens_to_nobody(phone: FlaskClient, link: Link) -> None:
    Ticket.update(caller_phone="", phone_tail="").where(Ticket.id == link.ticket.id).execute()
    for tail in ("", "0000", "----"):
        assert look(phone, link.ticket.number, tail)[0] == 404


def test_the_same_is_read_for_every_pair(site: Site, link: Link) -> None:
    seen = []
    for number, tail in ((link.ticket.number, "0099"), (link.ticket.number, "0098"), ("20261123-9999", "0099")):
        with counted() as asked:
            own_appeal.own(number, tail)
        seen.append(list(asked))
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 2


def test_ten_wrong_pairs_in_a_minute_are_enough(phone: FlaskClient, link: Link) -> None:
    answers = [look(phone, f"20261123-{number:04d}", "1234")[0] for number in range(9000, 9011)]
    assert answers == [404] * 10 + [429]


def test_one_number_cannot_be_guessed_at_from_many_addresses(site: Site, link: Link) -> None:
    answers = []
    for number in range(21):
        client = site.app.test_client()
        page = client.get("/mine", environ_base={"REMOTE_ADDR": f"10.0.0.{number}"}).get_data(as_text=True)
        carried = page.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]
        sent = {"number": link.ticket.number, "tail": f"{number:04d}", "csrf_token": carried}
        answers.append(client.post("/mine", data=sent, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"}).status_code)
    assert answers == [404] * 20 + [429]


def test_the_question_needs_its_token(phone: FlaskClient, link: Link) -> None:
    assert phone.post("/mine", data={"number": link.ticket.number, "tail": "0099"}).status_code == 400
