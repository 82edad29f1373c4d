"""A desk whose office has survey rules and an address for links; a ticket that waits for its review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.book import RuleBook
from engine.calendar import Calendar
from engine.folder import load_tree
from tests.tickets.conftest import PROJECT, RULES, make_desk
from tests.tickets.fakes import FixedClock
from tickets.actions.intake import open_ticket
from tickets.actions.reply import reply
from tickets.actions.review import approve_reply
from tickets.actions.sign import sign
from tickets.domain.appeal import Appeal
from tickets.domain.status import STATUSES
from tickets.ports import Desk
from tickets.store.models import Outbox, Ticket
from wiring.links import SurveyLinks

PHONE, NAME, ADDRESS = "13800000013", "来电甲", "花园小区9号楼"
SECRET, BASE = "s" * 40, "https://hotline.example"
CONFIDENTIAL = "\nconfidential: {label: {zh: 要求保密, en: Asks for secrecy}, type: yesno}\n"


def rules() -> tuple[RuleBook, object]:
    """The small rules of these tests with the district's own survey rules beside them."""
    tree = {f"rules/{file.relative_to(RULES).as_posix()}": file.read_text(encoding="utf-8") for file in sorted(Path(RULES).rglob("*.yaml"))}
    tree["rules/facts.yaml"] += CONFIDENTIAL
    asked = ("source:", "self_handled:")  # what the project's survey rules ask besides
    facts = (PROJECT / "rules" / "facts.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    tree["rules/facts.yaml"] += "".join(line for line in facts if line.startswith(asked))
    tree["rules/survey.yaml"] = (PROJECT / "rules" / "survey.yaml").read_text(encoding="utf-8")
    loaded = load_tree(tree, base=None, statuses=tuple(STATUSES))
    assert not loaded.errors, [finding.text("zh") for finding in loaded.errors]
    return RuleBook(loaded.sets, loaded.facts, loaded.names), loaded


def make_links(days: int = 15, secret: str = SECRET) -> SurveyLinks:
    return SurveyLinks(lambda: secret, BASE, days)


def survey_desk(book: RuleBook, loaded: object, calendar: Calendar, clock: FixedClock) -> Desk:
    """The desk of these tests, with links."""
    desk = make_desk(book, loaded, calendar, clock)  # type: ignore[arg-type]
    desk.links = make_links()
    return desk


def reviewed(desk: Desk, **more: object) -> Ticket:
    """A ticket that has just passed its review."""
    given = {
        "source": "12345",
        "source_id": f"S-{Ticket.select().count()}",
        "text": "花园小区停水两天了",
        "phone": PHONE,
        "caller_name": NAME,
        "address": ADDRESS,
    }
    opened = open_ticket(desk, Appeal(**{**given, **more}))  # type: ignore[arg-type]
    sign(desk, opened.ticket_id, "system")
    reply(desk, opened.ticket_id, "person:1", f"已到{ADDRESS}修好，回电{PHONE}", "已解决")
    return approve_reply(desk, opened.ticket_id, "system")


def messages() -> list[Outbox]:
    return list(Outbox.select().where(Outbox.kind == "回访").order_by(Outbox.id))


Make = Callable[..., Ticket]
