"""Asks the supervision rules about a ticket or an issue, and keeps what they want supervised: one item per matter, told to whoever supervises it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from engine.facts import FactValue
from engine.ruleset import Action
from engine.spans import Span
from tickets.actions.decide import decide
from tickets.actions.dispatch import listed
from tickets.actions.facts import facts_of
from tickets.actions.moves import finish
from tickets.actions.resolve import Resolved, resolve_first
from tickets.actions.tell import tell
from tickets.domain.times import aware
from tickets.ports import Desk
from tickets.store import course, issues, supervision
from tickets.store.alarms import raise_alarm
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.supervision import Wanted
from tickets.store.tickets import locked

RULES, KIND = "supervision", "督办"
ACCEPTED, MOVED, CHANGED = "ticket.accepted", "ticket.moved", "issue.changed"
WATCHED = ("重办", "转派")  # the moves after which the rules are asked
WEEKLY, SCHEDULING = 7, "调度"
REPEATED = (SCHEDULING,)  # a step of this name comes again until the item is done


@dataclass(frozen=True)
class Of:
    """The issue a question is about: how many appeals and people it holds, and how many people spoke of it in the last fifteen days."""

    issue: int
    appeals: int
    people: int
    lately: int


def ask(desk: Desk, ticket_id: int, event: str, at: datetime, of: Of | None = None) -> list[int]:
    """What the rules want supervised because of this ticket, inside the caller's transaction; the items opened or raised."""
    if not any(found.name == RULES for found in desk.rules.rulesets()):
        return []
    issues.lock()
    ticket = locked(ticket_id)
    facts: dict[str, FactValue] = facts_of(desk, ticket, at)
    if of is not None:
        facts |= {"issue_appeals": Decimal(of.appeals), "issue_people": Decimal(of.people), "issue_people_15d": Decimal(of.lately)}
    ruling = decide(desk, ticket, RULES, event, facts, at)
    done = []
    for rule, action in ruling.of("supervise"):
        if not ruling.trouble:
            done += _supervised(desk, ticket, rule, action, at, of)
    finish(desk, ticket, at)
    return done


def heard(desk: Desk, ticket_id: int) -> list[int]:
    """An accepted ticket whose issue is known: asked about once, in a transaction of its own."""
    at = desk.clock()
    with transaction():
        return ask(desk, ticket_id, ACCEPTED, at) if issues.asked(ticket_id) else []


def moved(desk: Desk, line: int, ticket_id: int) -> list[int]:
    """A ticket was sent back or passed on: asked about once for each such line of its history."""
    at = desk.clock()
    with transaction():
        return ask(desk, ticket_id, MOVED, at) if issues.move_asked(line) else []


def changed(desk: Desk, of: Of, newest: int) -> list[int]:
    """An issue has grown by the ticket `newest`."""
    at = desk.clock()
    with transaction():
        return ask(desk, newest, CHANGED, at, of)


def key(desk: Desk, ticket: Ticket, once: object, issue: int | None) -> str:
    """What makes two of them the same item; a caller stands in it as a digest, never as a number."""
    if once == "issue" and issue is not None:
        return f"issue:{issue}"
    if not isinstance(once, Mapping):
        return f"ticket:{ticket.id}"
    names, parts = desk.rules.names, []
    for name, value in sorted(once.items()):
        if name == "category" and ticket.category in names.categories:
            parts.append(f"category={names.categories.at_depth(ticket.category, int(str(value)))}")
        elif name == "area" and ticket.area in names.areas:
            parts.append(f"area={names.areas.at_level(ticket.area, str(value)) or ticket.area}")
        elif name == "caller" and ticket.caller_phone:
            parts.append(f"caller={hashlib.sha256(ticket.caller_phone.encode()).hexdigest()[:16]}")
        elif name == "unit":
            parts.append(f"unit={ticket.unit_id or 0}")
        elif name != "within":
            parts.append(f"{name}=ticket:{ticket.id}")  # not known of this ticket: it stands for itself
    return "|".join(parts)


def _supervised(desk: Desk, ticket: Ticket, rule: str, action: Action, at: datetime, of: Of | None) -> list[int]:
    ruleset = desk.rules.ruleset(RULES)
    levels = next((names for path, names in ruleset.hit.order.items() if path.endswith("level")), ())
    level = str(action.args["level"])
    issue = of.issue if of is not None else issues.issue_of(ticket.id)
    title = ruleset.rule(rule).title.zh if rule != "else" else level
    rank = levels.index(level) if level in levels else len(levels)
    once = key(desk, ticket, action.args["once"], issue)
    matter = not once.startswith("ticket:") and "caller=" not in once
    wanted = Wanted(once, level, rank, rule, title, action.args.get("list") is True, matter)
    opened = supervision.open_item(wanted, ticket.id, issue, at)
    if not (opened.new or opened.raised):
        return []
    if opened.new:
        _meetings(desk, opened.id, action, at, wanted.listed)
    who = _tell(desk, ticket, action, at, opened.id, wanted)
    what = "督办" if opened.new else "督办升级"
    note = {"rule": rule, "level": level, "title": title, **who}
    issues.event(what, at, f"rule:{rule}", issue=issue, item=opened.id, note=note)
    course.note(ticket, at=at, actor=f"rule:{rule}", what=what, holder_id=ticket.person_id, details=note)
    return [opened.id]


def _meetings(desk: Desk, item: int, action: Action, at: datetime, listed_: bool) -> None:
    meet = action.args.get("meet")
    planned = dict(meet) if isinstance(meet, Mapping) else {}
    if listed_ and SCHEDULING not in planned:
        planned[SCHEDULING] = Span(WEEKLY, "d")
    for name, after in planned.items():
        length = desk.calendar.length(Span.parse(after), "自然时")
        supervision.plan(item, str(name), at + length, length.days if name in REPEATED else 0)


def _tell(desk: Desk, ticket: Ticket, action: Action, at: datetime, item: int, wanted: Wanted) -> dict[str, str]:
    """Gives the item to whom `by` means and tells him, and whom `to` names; nobody found: the manual desk and an alarm."""
    by = listed(action.args.get("by"))
    found = resolve_first(desk, by, ticket, at)
    once, more = f"supervise:{item}:{wanted.rank}", {"reason": f"{wanted.level}：{wanted.title}"}
    if isinstance(found, Resolved):
        supervision.given_to(item, {"unit": found.unit.address, "post": found.post.name, "person": found.person.id, "person_name": found.person.name})
        tell(desk, ticket, KIND, found, ("短信",), at, once=once, more=more)
    else:
        raise_alarm("督办无人", f"工单 {ticket.number}：{found.reason}；请热线中心指定督办人 (nobody supervises)", at, ticket.id)
        tell(desk, ticket, KIND, by[0], ("短信",), at, once=once, more=more)
    for other in listed(action.args.get("to")):
        tell(desk, ticket, KIND, other, ("短信",), at, once=once, more=more)
    return {"by": "、".join(by), "person": found.person.name if isinstance(found, Resolved) else ""}


def again(due_at: datetime, every_days: int, at: datetime) -> datetime:
    """When a repeated step comes next: on the same weekday and hour, after `at`. `due_at` is stored UTC, the answer aware."""
    due = aware(due_at)
    while due <= at:
        due += timedelta(days=every_days)
    return due
