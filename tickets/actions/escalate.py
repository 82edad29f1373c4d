"""Fires the links of an escalation chain: who is reminded, called or told, and in which words.

The rules laid the chain when its clock started (tickets/actions/clocks.py); here each link becomes messages at its moment. A link does
nothing, and says so, when its clock was met or called off, or when the ticket has left the step it was laid for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.actions.tell import Queued, tell
from tickets.domain.status import DISPATCHED, MOVES, SIGNED
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import course, due
from tickets.store.models import ChainLink, Deadline, Ticket
from tickets.store.tickets import locked

# What the ticket's course says of a link, by its most serious message (later in this list is more serious).
COURSE = {"派单": "通知", "告知": "通知", "人工派单": "提醒", "临期": "提醒", "超期": "提醒", "催办": "催办", "催签": "呼叫", "升级": "升级"}
MET, MOVED_ON, REPLACED = "时限已达成或已取消", "工单已离开该环节", "补发时已由后一次代替"


@dataclass(frozen=True)
class Fired:
    """What became of a link: `outbox_ids` of the messages it queued, or `why` it did nothing."""

    link_id: int
    outbox_ids: tuple[int, ...]
    why: str = ""


def fire_due(desk: Desk, ticket: Ticket, at: datetime) -> None:
    """Fires whatever is due for the ticket an action holds, inside its transaction: the SMS of 开始 is queued together with the dispatch.

    The ticket is as the action made it, and locked by it; the lines for its course are written with the action's own. `at` is aware.
    """
    clocks = {clock.id: clock for clock in course.clocks_of(ticket)}
    for link in due.take_links_of(ticket.id, at):
        link.deadline = clocks[link.deadline_id]
        _fire(desk, ticket, link, at)


def fire(desk: Desk, link_id: int, at: datetime) -> Fired | None:
    """Fires one due link inside the caller's transaction; None when it is not due (any more). Call it as often as you like.

    When the worker was away, several links of a chain are due at once. Each way of telling somebody then happens once: of links
    that send the same kind of message to the same people by the same channels only the last is sent, the others say why not.
    So there is still exactly one call, one reminder instead of three in a burst, and the superior is told.
    """
    ticket_id = due.ticket_of_link(link_id)
    if ticket_id is None:
        return None
    locked(ticket_id)  # first, so that a signature at this moment waits for us or we see it
    link = due.take_link(link_id, at)
    if link is None:
        return None
    ticket = due.ticket_with_unit(ticket_id)
    fired = _fire(desk, ticket, link, at)
    course.write(ticket)
    return fired


def _fire(desk: Desk, ticket: Ticket, link: ChainLink, at: datetime) -> Fired:
    clock = link.deadline
    chain = due.chain_of(clock.id)
    why = _stale(ticket, clock) or _replaced(desk, link, clock, chain, at)
    if why:
        due.call_off_link(link.id, why)
        return Fired(link.id, (), why)
    told = _tell_all(desk, ticket, clock, link, _count(desk, link, clock, chain), at)
    kinds = sorted({one.kind for one in told}, key=list(COURSE).index)
    course.note(
        ticket,
        at=at,
        actor=f"rule:{link.rule}",
        what=COURSE[kinds[-1]],
        holder_id=ticket.person_id,
        details={"link": link.id, "deadline": clock.name, "when": link.when, "send": link.send, "told": [one.note() for one in told]},
    )
    return Fired(link.id, tuple(id_ for one in told for id_ in one.outbox_ids))


def _tell_all(desk: Desk, ticket: Ticket, clock: Deadline, link: ChainLink, count: tuple[int, int], at: datetime) -> list[Queued]:
    time, times = count
    return [
        tell(
            desk,
            ticket,
            kind_of(desk, clock, link, asked),
            asked,
            link.send.split(","),
            at,
            instead=json.loads(link.otherwise),
            once=f"link:{link.id}",
            deadline=clock,
            link_id=link.id,
            cancel_step=ticket.step_seq if held_to_step(clock) else None,
            more={"time": time, "times": times},
        )
        for asked in json.loads(link.to)
    ]


def kind_of(desk: Desk, clock: Deadline, link: ChainLink, asked: str) -> str:
    """Which kind of message a link is to whom it asks for; the kind names the template."""
    role = desk.roles.get(asked)
    if role is not None and role.find in ("superior", "over_reviewer"):
        return "升级"
    if link.at <= clock.started_at and link.at < clock.due_at:
        return {SIGNED: "派单", DISPATCHED: "人工派单"}.get(clock.until_status, "告知")
    if link.at < clock.due_at:
        return "人工派单" if clock.until_status == DISPATCHED else "临期"
    if link.at > clock.due_at:
        return "催办"
    return "催签" if clock.until_status == SIGNED else "超期"


def held_to_step(clock: Deadline) -> bool:
    """True for a clock that one move ends and nothing pauses, as 签收: its messages belong to this very step of the ticket."""
    direct = any(target == clock.until_status and clock.from_status in sources for sources, target in MOVES.values())
    return direct and not clock.pause


def _stale(ticket: Ticket, clock: Deadline) -> str:
    if clock.state not in ("running", "breached") or clock.met_at is not None or clock.why or clock.paused_at is not None:
        return MET
    return MOVED_ON if held_to_step(clock) and ticket.status != clock.from_status else ""


def _replaced(desk: Desk, link: ChainLink, clock: Deadline, chain: Sequence[ChainLink], at: datetime) -> str:
    now = stored(at)
    later = [other for other in chain if other.seq > link.seq and other.at <= now and (other.state == "waiting" or other.fired_at == now)]
    return REPLACED if any(_alike(desk, clock, link, other) for other in later) else ""


def _alike(desk: Desk, clock: Deadline, one: ChainLink, other: ChainLink) -> bool:
    if (one.send, one.to) != (other.send, other.to):
        return False
    return all(kind_of(desk, clock, one, asked) == kind_of(desk, clock, other, asked) for asked in json.loads(one.to))


def _count(desk: Desk, link: ChainLink, clock: Deadline, chain: Sequence[ChainLink]) -> tuple[int, int]:
    """This link is the how-manieth of how many alike: 第2次 of three reminders."""
    alike = [other.id for other in chain if _alike(desk, clock, link, other)]
    return alike.index(link.id) + 1, len(alike)
