"""Who reviews a reply: the chain that the `review` rules lay down, bottom-up, each told when it is his turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.facts import FactValue
from tickets.actions.decide import decide
from tickets.actions.resolve import Answer, Resolved, Unresolved, resolve
from tickets.actions.steps import StepRefused, overseer
from tickets.actions.tell import tell
from tickets.domain.times import clock_words
from tickets.ports import Desk
from tickets.store import course, reviews
from tickets.store.course_models import ReviewStep
from tickets.store.last_answer import last_satisfied
from tickets.store.models import Ticket

RULES, EVENT, KIND = "review", "ticket.replied", "审核"
OWN_UNIT, SUPERIOR = "承办单位", "上级单位"  # asked when the rules lead to nobody: whoever oversees the unit


def ask_reviewers(desk: Desk, ticket: Ticket, solved: str, facts: Mapping[str, FactValue], at: datetime) -> None:
    """Lays down the chain for the reply just given and gives the first reviewer his turn, inside the caller's transaction.

    Without rules, with an empty chain, or when nobody in it can review, one reviewer of the unit's own or above decides.
    """
    rule, chain = _wanted(desk, ticket, solved, facts, at)
    reviews.lay(ticket.id, ticket.step_seq, rule, chain)
    if next_turn(desk, ticket, at) is None:
        reviews.lay(ticket.id, ticket.step_seq, rule, (OWN_UNIT,))
        _overseers_turn(desk, ticket, reviews.chain_of(ticket.id, ticket.step_seq)[-1], at)


def _wanted(desk: Desk, ticket: Ticket, solved: str, facts: Mapping[str, FactValue], at: datetime) -> tuple[str, Sequence[str]]:
    if RULES not in {found.name for found in desk.rules.rulesets()}:
        return "else", ()
    satisfied = last_satisfied(ticket.id)
    known = {**facts, "step": ticket.status, "solved": solved, **({"satisfied": satisfied} if satisfied else {})}
    asked = decide(desk, ticket, RULES, EVENT, known, at).of("review")
    if not asked:
        return "else", ()
    rule, action = asked[0]
    chain = action.args["chain"]
    return rule, (chain,) if isinstance(chain, str) else tuple(str(one) for one in chain)  # type: ignore[attr-defined]


def next_turn(desk: Desk, ticket: Ticket, at: datetime) -> ReviewStep | None:
    """Gives the next reviewer his turn and tells him; the handler himself, whoever has passed it already, and whoever cannot be found is
    passed over with the reason. None when nobody is left."""
    for step in reviews.chain_of(ticket.id, ticket.step_seq):
        if step.state != reviews.PLANNED:
            continue
        found = resolve(desk, step.asked, ticket, at)
        why = _unfit(ticket, found)
        if isinstance(found, Resolved) and not why:
            reviews.give_turn(step, found.unit.id, found.post.id, found.person.id, at)
            tell(desk, ticket, KIND, found, ("短信",), at, once=f"review:{step.id}", cancel_step=ticket.step_seq)
            return step
        reviews.skip(step, why, at)
        course.note(ticket, at=at, actor="system", what="跳过审核", holder_id=ticket.person_id, details={"asked": step.asked, "reason": why})
    return None


def _unfit(ticket: Ticket, found: Answer) -> str:
    if isinstance(found, Unresolved):
        return found.reason
    if found.person.id == ticket.person_id:
        return f"{found.person.name}就是承办人，不能审核自己办的"
    if found.person.id in reviews.reviewed_by(ticket.id, ticket.step_seq):
        return f"{found.person.name}在前一级已经审核"
    return ""


def _overseers_turn(desk: Desk, ticket: Ticket, step: ReviewStep, at: datetime) -> None:
    """Anybody of the unit or above may review; the superior is told, or nobody where there is none."""
    found = resolve(desk, SUPERIOR, ticket, at)
    told = found if isinstance(found, Resolved) and found.person.id != ticket.person_id else None
    reviews.give_turn(step, ticket.unit_id, None, told.person.id if told is not None else None, at)
    if told is not None:
        tell(desk, ticket, KIND, told, ("短信",), at, once=f"review:{step.id}", cancel_step=ticket.step_seq)


def reviewer(ticket: Ticket, person_id: int | None, called: str) -> ReviewStep | None:
    """The turn that this person may decide; StepRefused for the handler and for anybody whose turn it is not.

    A reviewer who is away is stood in for by whoever else has his post. `person_id` None: an account's right was asked before. None is
    answered for a ticket that came to its review without a chain: then whoever oversees the unit decides.
    """
    step = reviews.whose_turn(ticket.id, ticket.step_seq)
    if step is None or step.post_id is None or person_id is None:
        overseer(ticket, person_id, called)
        return step
    if person_id == ticket.person_id:
        overseer(ticket, person_id, called)  # refuses: his own work
    if person_id != step.person_id and step.post_id not in reviews.posts_of(person_id):
        raise StepRefused(f"{_passed(ticket)}现在由{step.unit.address}·{step.post.name}（{reviews.name_of(step.person_id)}）{called} (another's turn)")
    return step


def _passed(ticket: Ticket) -> str:
    """Who passed it last, for the second of two who do it at once; empty when nobody has."""
    passed = [row for row in reviews.chain_of(ticket.id, ticket.step_seq) if row.state == reviews.PASSED]
    if not passed:
        return f"工单 {ticket.number} "
    return f"工单 {ticket.number} 已由{reviews.name_of(passed[-1].reviewer_id) or '审核人'}于 {clock_words(passed[-1].decided_at)} 审核，"
