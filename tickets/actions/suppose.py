"""Which unasked facts would change what becomes of an appeal: each is supposed in turn, and the rules are asked again. Writes nothing.

The quick evaluator of the search for the smallest change finds what may change; only what the engine itself confirms is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine import context, hit
from engine.compile_ruleset import questions
from engine.condition import Test
from engine.facts import Fact, FactValue
from engine.hit import Disagreement
from engine.ruleset import Action, RuleSet
from engine.smallest_questions import Questions
from tickets.actions.decide import weigh
from tickets.actions.dispatch import listed
from tickets.actions.rehearse import Rehearsal
from tickets.domain import status as st
from tickets.ports import Desk

SETS = (("urgency", "ticket.registered"), ("dispatch", "ticket.accepted"))
Facts = Mapping[str, FactValue]
MOST_VALUES = 4  # of one fact that are tried
MOST_SETS = 16  # versions of rule sets that are remembered
Asked = tuple[tuple[str, Action], ...]
_SETS: dict[tuple[str, str], _Quick] = {}


@dataclass(frozen=True)
class Supposed:
    """With this answer it would go otherwise: `urgency` and `to` are what would then hold, empty where that stays as it is.

    `least`: the number is where the change begins (50 and more); `assist` names who would be asked to help besides.
    """

    fact: str
    value: FactValue
    least: bool = False
    urgency: str = ""
    to: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Would:
    urgency: str
    to: tuple[str, ...]
    assist: tuple[str, ...]


def suppose(desk: Desk, told: Rehearsal, unasked: Sequence[str], at: datetime) -> tuple[Supposed, ...]:
    """For each of the facts `unasked`, in their order, the first answer that changes pace, unit or helpers; facts that change nothing are left out."""
    quick = {name: _quick(desk, desk.rules.ruleset(name)) for name, _ in SETS}

    def guess(ruleset: str, _event: str, facts: Facts) -> Asked:
        return quick[ruleset].answer(facts, at)

    def certain(ruleset: str, event: str, facts: Facts) -> Asked:
        return weigh(desk, ruleset, event, facts, at)[0].actions

    now = _would(guess, told.facts)
    found = []
    for name in unasked:
        fact = desk.rules.facts.get(name)
        if fact is None or name in told.facts:
            continue
        for value, least in _values(fact, [test for one in quick.values() for test in one.tests.get(name, ())]):
            facts = {**told.facts, name: value}
            then = _would(guess, facts)
            if then != now and then == _would(certain, facts):
                found.append(
                    Supposed(
                        name,
                        value,
                        least,
                        then.urgency if then.urgency != now.urgency else "",
                        then.to if then.to != now.to else (),
                        tuple(one for one in then.assist if one not in now.assist),
                    )
                )
                break
    return tuple(found)


def _would(ask: Callable[[str, str, Facts], Asked], facts: Facts) -> _Would:
    pace = ask(*SETS[0], {**facts, "step": st.REGISTERED})
    urgency = str(next((action.args["value"] for _, action in pace if action.kind == "urgency"), ""))
    sent = ask(*SETS[1], {**facts, "step": st.ACCEPTED, **({"urgency": urgency} if urgency else {})})
    args = next((action.args for _, action in sent if action.kind == "dispatch"), {})
    return _Would(urgency, tuple(listed(args.get("to"))), tuple(listed(args.get("assist"))))


@dataclass(frozen=True)
class _Quick:
    """A rule set made ready to be asked over and over; `tests` are its questions by fact."""

    ruleset: RuleSet
    questions: Questions
    tests: Mapping[str, tuple[Test, ...]]

    def answer(self, facts: Facts, at: datetime) -> Asked:
        """What it asks for; nothing when its rules contradict each other."""
        known = {name: value for name, value in facts.items() if name in self.questions.factbook}
        try:
            return hit.apply(self.ruleset, self.questions.fired(known, at)).actions
        except Disagreement:
            return ()


def _quick(desk: Desk, ruleset: RuleSet) -> _Quick:
    """Made once for each version and the names it was read with."""
    key = (ruleset.version, desk.rules.context_hash)
    if key not in _SETS:
        tests: dict[str, dict[Test, None]] = {}
        for rule in ruleset.rules:
            for condition in (rule.when, rule.unless):
                for test in questions(condition) if condition is not None else ():
                    tests.setdefault(test.fact, {})[test] = None
        if len(_SETS) >= MOST_SETS:
            _SETS.clear()
        _SETS[key] = _Quick(
            ruleset, Questions(ruleset, desk.rules.facts, context.trees(desk.rules.names)), {name: tuple(found) for name, found in tests.items()}
        )
    return _SETS[key]


def _values(fact: Fact, tests: Iterable[Test]) -> Sequence[tuple[FactValue, bool]]:
    """The answers worth trying: yes and no, or the numbers at which a rule begins to hold."""
    if fact.type == "yesno":
        return [(True, False), (False, False)] if any(True for _ in tests) else []
    if fact.type != "number":
        return []
    limits = sorted({test.value for test in tests if test.op in ("gte", "gt") and isinstance(test.value, Decimal)})
    return [(limit, True) for limit in limits if (fact.max is None or limit <= fact.max)][:MOST_VALUES]
