"""The manual desk takes what no rule can decide: the ticket stays accepted, has a person, and its dispatch clock runs on."""

from __future__ import annotations

from datetime import datetime

from tickets.actions.resolve import Resolved, resolve_first
from tickets.ports import Desk
from tickets.store import course, directory
from tickets.store.alarms import raise_alarm
from tickets.store.models import Ticket


class NoManualDesk(Exception):
    """The directory knows nobody at the manual desk: no appeal can be taken in until somebody holds its post."""

    permanent = True


def hand_to_desk(desk: Desk, ticket: Ticket, why: str, rule: str, at: datetime) -> str:
    """Gives the ticket to whoever is on duty at the manual desk, inside the caller's transaction; answers who, in a Chinese sentence.

    When everybody there is away it goes to config.yaml's last resort, and if that is empty too to the desk's holder although away;
    either raises an alarm. Raises NoManualDesk when not even a holder exists.
    """
    found = resolve_first(desk, [desk.manual_desk], ticket, at)
    if not isinstance(found, Resolved):
        found = _somebody(desk, ticket, found.reason, at)
    ticket.unit, ticket.post, ticket.person, ticket.manual, ticket.dispatch_rule = found.unit, found.post, found.person, True, rule
    ticket.save(only=[Ticket.unit, Ticket.post, Ticket.person, Ticket.manual, Ticket.dispatch_rule])
    note = {"why": why, "rule": rule, "to": found.unit.address, "person": found.person.name, "reason": found.reason}
    course.note(ticket, at=at, actor="system", what="转人工", from_status=ticket.status, holder_id=found.person.id, details=note)
    return found.reason


def _somebody(desk: Desk, ticket: Ticket, why: str, at: datetime) -> Resolved:
    instead = resolve_first(desk, [desk.last_resort] if desk.last_resort else [], ticket, at)
    if isinstance(instead, Resolved):
        raise_alarm("人工派单席无人", f"工单 {ticket.number}：{why}；由{instead.unit.address}代接", at, ticket.id)
        return instead
    unit = directory.unit_at(desk.manual_desk)
    post = directory.receiving_post(unit) if unit is not None else None
    ranked = directory.holders(post) if post is not None else []
    if unit is None or post is None or not ranked:
        raise NoManualDesk(
            f"人工派单席「{desk.manual_desk}」没有收件岗位或人员；请在名录中补上，或改 config.yaml 的 manual_desk (nobody holds the manual desk)"
        )
    person = ranked[0][1]
    raise_alarm("人工派单席无人", f"工单 {ticket.number}：{why}；暂记在岗位名下，请立即安排人员", at, ticket.id)
    return Resolved(unit, post, person, "在岗", f"{unit.address}/{post.name}暂无人在岗，记在{person.name}名下")
