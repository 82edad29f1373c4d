"""The words a message about a ticket may use: plain data, without anything that leads to the caller."""

from __future__ import annotations

from collections.abc import Mapping

from notifications.masking import without_numbers
from tickets.domain.status import CLOSED, DISPATCHED, DISPUTED, MEDIATING, REPLIED, REVIEWED, SIGNED, SUSPENDED, VERIFIED
from tickets.domain.times import clock_words
from tickets.store.course import clocks_of
from tickets.store.models import Deadline, Ticket

STANDING = ("planned", "running", "breached")
SHORT, LONG = 40, 80  # characters of one part of a message: an SMS is read on a telephone
# What is asked of whoever is told, by the status the clock runs to.
ACTIONS = {DISPATCHED: "派出", SIGNED: "签收", REPLIED: "回复办理结果", REVIEWED: "审核", VERIFIED: "回访核实", CLOSED: "办结"}
# And by the status it runs from, beside the main line.
ACTIONS_BESIDE = {DISPUTED: "裁定争议", MEDIATING: "上门调解", SUSPENDED: "复查挂账事项"}
ASKED_OF = {"特急": "立即联系来电人处理", "紧急": "尽快联系来电人处理"}
OTHERWISE_ACTION, OTHERWISE_ASKED = "办理", "联系来电人处理"
ENGLISH = {
    "派出": "dispatch it", "签收": "sign it", "回复办理结果": "reply with the result", "审核": "review it", "回访核实": "call back and verify",
    "办结": "finish it", "裁定争议": "decide the dispute", "上门调解": "visit the caller", "复查挂账事项": "look at it again",
    "办理": "handle it", "立即联系来电人处理": "contact the caller and act at once", "尽快联系来电人处理": "contact the caller and act soon",
    "联系来电人处理": "contact the caller and act", "特急": "most urgent", "紧急": "urgent", "一般": "ordinary", "地点待定": "place not known", "类别待定": "category not known",
}  # fmt: skip
TRANSLATED = ("action", "todo", "urgency", "place", "category")
ENGLISH_CLOCKS = {
    "派单": "dispatch",
    "签收": "signature",
    "办结": "completion",
    "争议审核": "dispute",
    "调解": "visit",
    "挂账复查": "looking again",
    "审核": "review",
}


# One value for each word there is, for trying a template without a ticket; `words` fills in the same names.
SAMPLE: dict[str, object] = {
    "number": "20261123-0067", "urgency": "特急", "place": "滨河社区 人民路 6 号", "category": "停水爆管", "title": "阳光里小区一号楼停水", "reason": "类别：停水爆管",
    "holder": "水务局/管网科", "todo": "立即联系来电人处理", "sign_by": "11-23 14:36", "due_by": "11-24 14:31", "clock": "签收", "due": "11-23 14:36",
    "action": "签收", "into": "20261123-0011", "time": 1, "times": 3, "link": "https://12345.example/s/…", "day": "11 月 23 日", "days": 15,
    "listed": "20261123-0067、20261120-0011 等",
}  # fmt: skip


def words(ticket: Ticket, manual_desk: str, deadline: Deadline | None = None, **more: object) -> dict[str, object]:
    """Every word a template may use, filled in for this ticket; times are the district's, month-day hour:minute, or empty.

    `deadline` is the clock the message is about. No telephone number gets in: runs of seven or more digits that a citizen wrote
    into the request are hidden.
    """
    clocks = [clock for clock in clocks_of(ticket) if clock.state in STANDING]
    return {
        "number": ticket.number,
        "urgency": ticket.urgency or "一般",
        "place": _place(ticket),
        "category": ticket.category or "类别待定",
        "title": _short(ticket.title or ticket.text, SHORT),
        "reason": _short(ticket.reason, LONG),
        "holder": holder(ticket, manual_desk),
        "todo": ASKED_OF.get(ticket.urgency, OTHERWISE_ASKED),
        "sign_by": _due([clock for clock in clocks if clock.until_status == SIGNED]),
        "due_by": _due([clock for clock in clocks if clock.until_status in (REPLIED, REVIEWED, VERIFIED, CLOSED)]),
        "clock": deadline.name if deadline is not None else "",
        "due": _due([deadline] if deadline is not None else []),
        "action": _action(deadline),
        "time": 1,
        "times": 1,
        "into": "",  # only of a merged ticket
        "link": "",  # only a survey has one (survey_owe.py)
        "day": "",
        "days": "",
        "listed": "",  # only of a warning about an area
        **more,
    }


def _action(deadline: Deadline | None) -> str:
    if deadline is None:
        return OTHERWISE_ACTION
    return ACTIONS_BESIDE.get(deadline.from_status) or ACTIONS.get(deadline.until_status, OTHERWISE_ACTION)


def holder(ticket: Ticket, manual_desk: str) -> str:
    """Who is answerable now: unit and person, or the manual desk while nobody else is."""
    unit = ticket.unit.address if ticket.unit_id is not None else manual_desk
    return f"{unit} {ticket.person.name}" if ticket.person_id is not None else unit


def in_language(context: Mapping[str, object], lang: str) -> dict[str, object]:
    """The same words for an English message: what the system itself says is translated, names stay."""
    if lang != "en":
        return dict(context)
    said = {name: ENGLISH.get(str(value), value) if name in TRANSLATED else value for name, value in context.items()}
    return {**said, "clock": ENGLISH_CLOCKS.get(str(context.get("clock")), context.get("clock", ""))}


def _place(ticket: Ticket) -> str:
    address = _short(ticket.address, SHORT)
    if ticket.area and ticket.area not in address:
        return f"{ticket.area} {address}".strip()
    return address or "地点待定"


def _short(text: str, most: int) -> str:
    plain = without_numbers(" ".join(text.split()))
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _due(clocks: list[Deadline]) -> str:
    dues = [clock.due_at for clock in clocks if clock.due_at is not None]
    return clock_words(min(dues)) if dues else ""
