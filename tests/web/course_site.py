"""The project's own step forms put in force in an app under test, with the people who review."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import folder
from engine.book import RuleBook
from engine.vocabulary import Vocabulary
from forms.book import FormBook
from forms.form import Form
from forms.load import load_tree, read_folder
from tests.tickets.fakes import Nudges
from tests.web.conftest import book
from tests.web.district_rows import PASSWORD, Rows, make_place, make_ticket
from tickets.domain.status import STATUSES
from tickets.domain.times import aware
from tickets.store import accounts, visits
from tickets.store.connect import transaction
from tickets.store.models import Ticket, Unit
from web.course_steps import STEPS

ROOT = Path(__file__).parents[2]
GOOD = "十点到场，换了阀门，已恢复供水"
ANSWERS: dict[str, dict[str, str]] = {
    "reply": {"solved": "已解决", "result": GOOD, "told_caller": "yes"},
    "return": {"reason": "路面归住建", "basis": "三定方案第二条"},
    "transfer": {"to_unit": "城市管理局/照明科", "reason": "是路灯电缆"},
    "review": {"opinion": "属实"},
    "rework": {"reason": "没有写清恢复时间"},
    "uphold": {"reason": "管网抢修属水务局职责"},
    "redirect": {"to_unit": "城市管理局/照明科", "reason": "退单成立"},
    "verify": {"reached": "yes", "solved": "已解决", "satisfied": "满意"},
    "callback": {"reached": "yes", "solved": "已解决", "satisfied": "满意"},
    "close": {},
    "designate": {"to_unit": "城市管理局/照明科", "reason": "三次退单"},
    "suspend": {"reason": "管材未到货", "plan": "月底更换", "suspend_days": "10"},
    "release": {"reason": "管材到货"},
    "visit": {"visit_result": "已谅解", "visit_words": "见到本人，已说明"},
    "invite": {"to_unit": "城市管理局/照明科", "assist_task": "请断开井旁的电缆"},
    "assist": {"assist_words": "电缆已断开"},
    "waive": {"reason": "不用断电了"},
    "extend": {"extend_days": "3", "reason": "等备件"},
    "extension": {"granted": "yes"},
}
SEQ = {"待签收": 2, "办理中": 3, "争议": 4, "待审核": 4, "待回访": 5, "已核实": 6, "已结案": 7}


@cache
def _forms() -> tuple[RuleBook, dict[str, Form]]:
    _, loaded, _ = book()
    words = folder.load_tree(
        {"rules/facts.yaml": (ROOT / "rules" / "facts.yaml").read_text(encoding="utf-8")}, base=Vocabulary(names=loaded.names), statuses=tuple(STATUSES)
    )
    facts = {**words.facts, **loaded.facts}
    tree = {file: text for file, text in read_folder()[0].items() if Path(file).stem in (*STEPS, "discover")}
    found = load_tree(tree, Vocabulary(facts, loaded.names), tuple(STATUSES))
    assert found.errors == ()
    return RuleBook(loaded.sets, facts, loaded.names), dict(found.forms)


def put_in_force(app: Flask) -> None:
    """Gives the app's desk the forms of the course and the facts they ask."""
    rules, forms = _forms()
    hall = app.extensions["suda"]
    object.__setattr__(hall, "desk", replace(hall.desk, rules=rules, forms=FormBook(forms), queue=Nudges()))


def add_people(rows: Rows) -> None:
    """chief reviews for the whole of 水务局 (his account's role: reviewer); mate works in 管网科 beside the holder."""
    with transaction():
        chief = make_place(rows, "水务局", "办公室", "主任", "乔木森", role="分管领导")
        chief.post.unit = Unit.get(Unit.address == "水务局")
        chief.post.save()
        accounts.create("chief", PASSWORD, "reviewer", person=chief.person, unit=Unit.get(Unit.address == "水务局"), demonstration=True)
        holder = rows.places["管网科"]
        mate = make_place(rows, "水务局", "管网科", "抢修员", "夏知秋")
        accounts.create("mate", PASSWORD, "unit_leader", person=mate.person, unit=Unit.get(Unit.address == "水务局"), demonstration=True)
        rows.places["管网科"] = holder  # the tickets stay with him


def at_status(rows: Rows, status: str) -> Ticket:
    """A ticket of 水务局/管网科 (韩雨澄) that stands at this status."""
    place = rows.places["管网科"]
    ticket = make_ticket(rows, place, "水管爆裂", ago=600, signed=60)
    Ticket.update(status=status, step_seq=SEQ.get(status, 3)).where(Ticket.id == ticket.id).execute()
    found: Ticket = Ticket.get_by_id(ticket.id)
    if status == "调解":
        visits.ask(found, place.person, "M-010", "属地网格员", aware(found.registered_at))
    return found


def send(client: FlaskClient, ticket: Ticket, key: str, **over: str) -> TestResponse:
    """Opens the step's page and sends it with good answers; what the page carries is taken from the page where it has any."""
    page = client.get(f"/t/{ticket.number}/do/{key}").get_data(as_text=True)
    carried = {name: found[1] for name in ("once", "seq", "version") if (found := re.search(rf'name="{name}" value="([^"]*)"', page))}
    data = {**carried, **ANSWERS[key], "go": "send", **over, "csrf_token": page.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]}
    return client.post(f"/t/{ticket.number}/do/{key}", data=data)
