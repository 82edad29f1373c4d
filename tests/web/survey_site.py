"""A ticket that waits for its citizen, with a link to it. A test module takes the fixtures `link` and `phone` by importing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Site
from tests.web.district_rows import NOW, Rows, make_ticket
from tickets.store import surveys
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import append_history
from wiring.links import SurveyLinks

PHONE, NAME, ADDRESS, NONCE = "13800000099", "来电甲", "菜市场北门3号楼", "ab" * 16
RESULT = f"已到{ADDRESS}更换阀门，致电{NAME}{PHONE}，已恢复供水"


@dataclass
class Link:
    """The path of the link, what made it, and the ticket behind it."""

    path: str
    links: SurveyLinks
    ticket: Ticket


def links(days: int = 15, secret: str = "s" * 40) -> SurveyLinks:
    return SurveyLinks(lambda: secret, "https://hotline.example", days)


def ask(app: Flask, rows: Rows, at: datetime = NOW, nonce: str = NONCE) -> Link:
    """A ticket at 待回访 whose citizen has been sent a link at `at`."""
    made = links()
    app.extensions["suda"].desk.links = made
    ticket = make_ticket(rows, rows.places["管网科"], "家里停水两天，老人在家", caller_phone=PHONE)
    Ticket.update(status="待回访", title="阀门坏了停水", caller_name=NAME, address=ADDRESS, phone_tail=PHONE[-4:]).where(Ticket.id == ticket.id).execute()
    with transaction():
        append_history(ticket.id, at=NOW - timedelta(seconds=30), actor="system", what="回复", note={"result": RESULT, "solved": "已解决"})
        surveys.make(ticket.id, ticket.step_seq, "else", nonce, sha256(made.key(nonce).encode()).hexdigest(), at, at + timedelta(days=15))
    return Link(made.address(nonce, at).removeprefix("https://hotline.example"), made, Ticket.get_by_id(ticket.id))


@pytest.fixture
def link(site: Site) -> Link:
    return ask(site.app, site.rows)


@pytest.fixture
def phone(site: Site) -> FlaskClient:
    return site.app.test_client()


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)
