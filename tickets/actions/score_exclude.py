"""剔除: exclusion rules judge each ticket when its period is drawn up; what they want approved counts only once another person has approved it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from engine.condition import Condition, Test
from engine.facts import FactValue
from engine.ruleset import Action, RuleSet
from tickets.actions.decide import decide
from tickets.actions.facts import facts_of, typed
from tickets.actions.steps import StepRefused, said
from tickets.domain.period import Period
from tickets.ports import Desk
from tickets.store import course, score_months
from tickets.store.connect import transaction
from tickets.store.directory import unit_at
from tickets.store.last_move import works_under
from tickets.store.models import Ticket
from tickets.store.score_models import Exclusion
from tickets.store.tickets import locked

RULES, EVENT = "exclusion", "ticket.counted"
ALL = "all"


def judge(desk: Desk, tickets: Iterable[int], period: Period) -> int:
    """Asks the exclusion rules about each of these tickets (ids), each answer in the evaluation log; how many were newly left out or proposed.

    What a rule has said of a ticket in this period already stays as it is. Nothing where an office has no such rules.
    """
    if RULES not in {found.name for found in desk.rules.rulesets()}:
        return 0
    at, asked = desk.clock(), _facts_asked(desk.rules.ruleset(RULES))
    found = 0
    for ticket_id in tickets:
        with transaction():
            ticket = locked(ticket_id)
            found += len(_judge(desk, ticket, period, facts_of(desk, ticket, at, asked), at, "", None))
    return found


def propose(desk: Desk, ticket_id: int, period: Period, answers: Mapping[str, object], actor: str, person_id: int | None) -> Exclusion:
    """Somebody states why a ticket should not count (the form `exclude`): the rules decide whether that is a ground, and who must approve it.

    Raises StepRefused when no rule takes it for one, when the month is frozen (then one appeals), or when it was proposed before.
    """
    if score_months.frozen(period.key) is not None:
        raise StepRefused(f"{period.key} 已冻结，请对得分提出申诉 (the month is frozen: appeal)")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        facts = facts_of(desk, ticket, at, _facts_asked(desk.rules.ruleset(RULES)))
        tree = desk.rules.names.categories
        stated = {
            name: value for name, given in answers.items() if name in desk.rules.facts and (value := typed(desk.rules.facts[name], given, tree)) is not None
        }
        made = _judge(desk, ticket, period, {**facts, **stated}, at, actor, person_id, stated)
        if not made:
            raise StepRefused(f"工单 {ticket.number}：剔除规则里没有这样的情形，或已经提出过 (no rule takes that for a ground, or it was proposed before)")
        found = score_months.exclusion(made[0])
        assert found is not None
    return found


def decide_exclusion(desk: Desk, key: int, granted: bool, opinion: str, actor: str, person_id: int | None) -> Exclusion:
    """Approves a proposal or refuses it with a reason. The approver is another person than the proposer, and of the office that the rule names.

    Raises StepRefused, also to the second of two who decide, and once the month is frozen.
    """
    at = desk.clock()
    words = said(opinion, "意见") if opinion.strip() or not granted else ""
    with transaction():
        found = score_months.exclusion(key)
        if found is None or found.state != score_months.ASKED:
            raise StepRefused("这条剔除不存在，或已有人决定 (not there, or decided already)")
        if score_months.frozen(found.period) is not None:
            raise StepRefused(f"{found.period} 已冻结，请对得分提出申诉 (the month is frozen: appeal)")
        another(found.proposer, found.person_id, actor, person_id)
        _of_office(found.approve, person_id)
        if not score_months.settle_exclusion(key, score_months.GRANTED if granted else score_months.REFUSED, actor, person_id, words, at):
            raise StepRefused("已有人先作了决定，请刷新 (somebody decided before)")
        settled = score_months.exclusion(key)
        assert settled is not None
    return settled


def another(proposer: str, proposed_by: int | None, actor: str, person_id: int | None) -> None:
    """Nobody decides what he proposed himself, under whichever account. StepRefused."""
    if actor == proposer or (person_id is not None and person_id == proposed_by):
        raise StepRefused("不能批准自己提出的；请由另一人决定 (one's own proposal: somebody else decides)")


def _of_office(address: str, person_id: int | None) -> None:
    """The approver sits in the office that the rule names. None: an account's right was asked."""
    unit = unit_at(address) or unit_at(address.rpartition("/")[0]) if address else None
    if person_id is not None and unit is not None and not works_under(person_id, unit):
        raise StepRefused(f"按规则由{address.replace('/', ' · ')}批准 (only the office that the rule names)")


def _judge(
    desk: Desk,
    ticket: Ticket,
    period: Period,
    facts: Mapping[str, FactValue],
    at: datetime,
    actor: str,
    person_id: int | None,
    stated: Mapping[str, object] | None = None,
) -> list[int]:
    ruling = decide(desk, ticket, RULES, EVENT, facts, at)
    course.write(ticket)
    made = [_leave_out(ticket, period, rule, action, at, actor, person_id, stated or {}) for rule, action in ruling.of("exclude")]
    return [key for key in made if key is not None]


def _leave_out(
    ticket: Ticket, period: Period, rule: str, action: Action, at: datetime, actor: str, person_id: int | None, stated: Mapping[str, object]
) -> int | None:
    rates, approve = action.args["from"], action.args.get("approve")
    address = ", ".join(approve) if isinstance(approve, list | tuple) else str(approve or "")
    values = {
        "ticket": ticket.id,
        "period": period.key,
        "rule": rule,
        "reason": str(action.args["reason"])[:200],
        "approve": address,
        "state": score_months.ASKED if address else score_months.COUNTS,
        "proposer": actor or f"rule:{rule}",
        "person": person_id,
    }
    return score_months.exclude(values, [ALL] if rates == ALL else [str(one) for one in rates], stated, at)  # type: ignore[attr-defined]


def _facts_asked(ruleset: RuleSet) -> frozenset[str]:
    """The facts that any rule of the set asks about."""
    return frozenset(fact for rule in ruleset.rules for part in (rule.when, rule.unless) if part is not None for fact in _facts(part))


def _facts(condition: Condition) -> Iterable[str]:
    return (condition.fact,) if isinstance(condition, Test) else (fact for part in condition.parts for fact in _facts(part))
