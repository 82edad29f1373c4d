"""More time for a ticket: asked before its handling clock is over, decided by the handler's superior, and the citizen is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.spans import Span
from tickets.actions import clocks
from tickets.actions.extension_told import owe_citizen
from tickets.actions.moves import finish
from tickets.actions.resolve import Resolved, resolve
from tickets.actions.steps import NO_FORM, StepRefused, centre, handler, in_turn, said
from tickets.actions.tell import tell
from tickets.domain.status import REPLIED
from tickets.domain.times import aware, clock_words, stored
from tickets.ports import Desk
from tickets.store import course, extensions, reviews
from tickets.store.connect import transaction
from tickets.store.course_models import Extension
from tickets.store.last_move import actor_name
from tickets.store.models import Deadline, Ticket
from tickets.store.tickets import locked

ASK, DECIDE = "申请延期", "延期审批"
ASK_KIND, DECIDED_KIND = "延期申请", "延期结果"  # of messages
SUPERIORS = ("分管领导", "上级单位")  # who decides, the first who is not the handler himself
LONGEST = 60  # days


def extend(desk: Desk, ticket_id: int, days: int, reason: str, actor: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Extension:
    """Asks for `days` more on the handling clock, counted on that clock's own calendar; the superior gets a message. The clock runs on meanwhile.

    Raises StepRefused: after the due moment, while another request is undecided, or with days outside 1 to 60.
    """
    why = said(reason, "延期理由")
    if not 1 <= days <= LONGEST:
        raise StepRefused(f"延期天数 {days} 不行；请填写 1 到 {LONGEST} (not between 1 and {LONGEST})")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, ASK)
        who = handler(ticket, person_id, ASK)
        clock = extendable(ticket, at)
        span = Span(days, "d")
        due = desk.calendar.add(aware(clock.due_at), span, clock.clock)
        decider = _superior(desk, ticket, who.id, at)
        decider_id = decider.person.id if decider is not None else None
        number = extensions.ask(ticket.id, clock.id, who.id, str(span), why, clock.due_at, stored(due), decider_id, at)
        words = {"days": days, "reason": why[:80]}
        tell(
            desk, ticket, ASK_KIND, decider or SUPERIORS[-1], ("短信",), at, once=f"extension:{number}", deadline=clock, more=words, cancel_step=ticket.step_seq
        )
        asked_of = f"{decider.unit.address}·{decider.person.name}" if decider is not None else "热线中心"
        note = {"days": days, "reason": why, "until": clock_words(due), "by": who.name, "asked": asked_of, **form}
        course.note(ticket, at=at, actor=actor, what=ASK, holder_id=ticket.person_id, details=note)
        finish(desk, ticket, at)
        found = extensions.newest(ticket.id)
        assert found is not None
    return found


def extendable(ticket: Ticket, at: datetime) -> Deadline:
    """The handling clock that may be given more time; StepRefused when none runs, when it is over, or when a request is undecided."""
    running = [clock for clock in clocks.open_clocks(ticket) if clock.until_status == REPLIED and clock.state != "planned"]
    if not running:
        raise StepRefused(f"工单 {ticket.number} 没有在走的办结时限，不用延期 (no handling clock is running)")
    clock = running[0]
    if clock.state != "running" or stored(at) > clock.due_at:
        raise StepRefused(f"{clock.name}时限 {clock_words(clock.due_at)} 已过，不能再申请延期 (it is over: too late to ask)")
    if extensions.undecided(ticket.id) is not None:
        raise StepRefused("已有一份延期申请等待审批，不能再申请 (one is undecided)")
    return clock


def _superior(desk: Desk, ticket: Ticket, asker: int, at: datetime) -> Resolved | None:
    for role in SUPERIORS:
        found = resolve(desk, role, ticket, at)
        if isinstance(found, Resolved) and found.person.id not in (asker, ticket.person_id):
            return found
    return None


def decide_extension(
    desk: Desk, ticket_id: int, granted: bool, opinion: str, actor: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM
) -> Ticket:
    """Grants the request or refuses it. Granted, the clock's due moment and every reminder still to come move on by as much, and the citizen is told.

    `person_id` is the superior asked, whoever shares his post, or of the hotline centre; never the one who asks. Raises StepRefused, also to
    the second of two who decide, and when the clock ran out undecided.
    """
    at = desk.clock()
    words = said(opinion, "审批意见") if opinion.strip() or not granted else ""
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, DECIDE)
        request = decidable(ticket, at)
        may_decide(desk, ticket, person_id)
        extensions.decide(request.id, extensions.GRANTED if granted else extensions.REFUSED, actor, words, at)
        clock = next(one for one in course.clocks_of(ticket) if one.id == request.deadline)
        days = Span.parse(request.span).amount
        note: dict[str, object] = {"days": days, **({"opinion": words} if words else {}), **form}
        if granted:
            _move_on(desk, clock, request)
            note |= {"until": clock_words(clock.due_at), "citizen": owe_citizen(desk, ticket, request.id, clock, at)}
        result = f"同意延期 {days} 天" if granted else f"不同意延期：{words}"[:80]
        tell(desk, ticket, DECIDED_KIND, "承办人", ("短信",), at, once=f"extension:{request.id}:decided", deadline=clock, more={"reason": result, "days": days})
        course.note(ticket, at=at, actor=actor, what="同意延期" if granted else "不同意延期", holder_id=ticket.person_id, details=note)
        finish(desk, ticket, at)
    return ticket


def decidable(ticket: Ticket, at: datetime) -> Extension:
    """The request that waits for a decision; StepRefused when there is none, with who decided it, and when it lapsed with its clock."""
    request = extensions.undecided(ticket.id)
    if request is None:
        raise StepRefused(f"工单 {ticket.number} {_settled(extensions.newest(ticket.id))} (nothing to decide)")
    if stored(at) > request.old_due:
        raise StepRefused(f"办结时限 {clock_words(request.old_due)} 已过，延期申请未及审批，已失效 (it lapsed with its clock)")
    return request


def _settled(newest: Extension | None) -> str:
    if newest is None:
        return "没有延期申请"
    if newest.state == extensions.LAPSED:
        return "的延期申请已失效"
    done = "同意" if newest.state == extensions.GRANTED else "不同意"
    return f"的延期申请，{actor_name(newest.decided_by)}已于 {clock_words(newest.decided_at)} {done}"


def may_decide(desk: Desk, ticket: Ticket, person_id: int | None) -> None:
    """The superior who was asked, whoever shares his post, or the hotline centre; never the handler or whoever asked."""
    request = extensions.undecided(ticket.id)
    if request is None or person_id is None:
        return
    if person_id in (request.person_id, ticket.person_id):
        raise StepRefused("不能审批自己的延期申请 (one's own request)")
    if request.decider_id is not None and (person_id == request.decider_id or reviews.posts_of(person_id) & reviews.posts_of(request.decider_id)):
        return
    try:
        centre(desk, ticket, person_id, DECIDE)
    except StepRefused:
        name = reviews.name_of(request.decider_id) or "热线中心"
        raise StepRefused(f"延期由{name}或热线中心审批 (only the superior who was asked, or the hotline centre)") from None


def _move_on(desk: Desk, clock: Deadline, request: Extension) -> None:
    """The due moment as it was promised, and each reminder still to come later by the same span of the clock's own calendar."""
    span = Span.parse(request.span)
    clock.due_at = request.new_due
    course.save(clock)
    for link in extensions.links_ahead(clock.id):
        extensions.move_link(link.id, desk.calendar.add(aware(link.at), span, clock.clock))
