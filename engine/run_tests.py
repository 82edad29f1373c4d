"""Runs the tests written in a rule set, under its rules and under the whole, on the very engine that will decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine import given as givens
from engine.calendar import SHANGHAI, Calendar
from engine.compare_tests import Case, compare, local
from engine.decision import Decision
from engine.facts import Fact, Facts, FactValue
from engine.findings import shown
from engine.given import Wrong
from engine.reference import decimal
from engine.ruleset import Rule, RuleSet, RuleTest

Decide = Callable[[str, str, Facts, datetime], Decision]
EXPECTS = ("hit", "due", "sends", "points")
KEYS = ("given", "name", "expect", "at", "event", "clock", "met", *EXPECTS)
ANY_DAY = datetime(2026, 1, 1, tzinfo=SHANGHAI)  # for a set without dates


@dataclass(frozen=True)
class TestResult:
    """One test's outcome; when it does not hold, the sentence names what was expected and what came. `rule` is the set's name for its own."""

    ok: bool
    file: str
    line: int
    rule: str
    zh: str
    en: str

    __test__ = False

    def text(self, lang: str = "zh") -> str:
        """As printed: FILE:LINE: RULE: sentence."""
        return f"{self.file}:{self.line}: {self.rule}: {self.en if lang == 'en' else self.zh}"


def run(ruleset: RuleSet, decide: Decide, calendar: Calendar, factbook: Mapping[str, Fact] | None = None) -> list[TestResult]:
    """Every test, rules first, in the order they are written; with a factbook, what a test gives is checked against it."""
    results = [_one(ruleset, rule, test, decide, calendar, factbook) for rule in ruleset.rules for test in rule.tests]
    return results + [_one(ruleset, None, test, decide, calendar, factbook) for test in ruleset.tests]


def _one(ruleset: RuleSet, rule: Rule | None, test: RuleTest, decide: Decide, calendar: Calendar, factbook: Mapping[str, Fact] | None) -> TestResult:
    try:
        facts, wrong = _facts(test, factbook)
        if not wrong:
            wrong = _unwritten(test, ruleset)
        if not wrong:
            at = _at(ruleset, rule, test)
            event = str(test.raw.get("event", ruleset.events[0]))
            asked = facts if factbook is None else {name: value for name, value in facts.items() if name in factbook}
            wrong = _judge(Case(ruleset, rule, test, facts, at, decide(ruleset.name, event, asked, at)), calendar)
    except ValueError as problem:  # a time, a span or a score in the test or the rule that cannot be read: the sentence says which
        wrong = (Wrong(str(problem), str(problem)),)
    file = rule.file if rule is not None and rule.file else ruleset.file
    name = rule.id if rule is not None else ruleset.name
    return TestResult(not wrong, file, test.line, name, "；".join(one.zh for one in wrong) or "通过", "; ".join(one.en for one in wrong) or "holds")


def _facts(test: RuleTest, factbook: Mapping[str, Fact] | None) -> tuple[dict[str, FactValue], tuple[Wrong, ...]]:
    if factbook is not None:
        return givens.read(test.given, factbook)
    return {name: _typed(value) for name, value in test.given.items() if value is not None}, ()


def _typed(value: object) -> FactValue:
    """A value as it stands, a binary float by the digits it shows."""
    return value if isinstance(value, str | bool) else decimal(value)


def _unwritten(test: RuleTest, ruleset: RuleSet) -> tuple[Wrong, ...]:
    """A test that says nothing, or says it in words we do not know, must not pass."""
    unknown = [key for key in test.raw if key not in KEYS]
    if unknown:
        return tuple(
            Wrong(f"测试里不认识「{shown(key)}」；可以写 {'、'.join(KEYS)}", f"unknown key {shown(key)}; there are {', '.join(KEYS)}") for key in unknown
        )
    if test.expect is None and not any(key in test.raw for key in EXPECTS):
        return (Wrong(f"测试没有写预期；可以写 expect、{'、'.join(EXPECTS)}", f"the test expects nothing; write expect, {', '.join(EXPECTS)}"),)
    if test.expect is None and "sends" in test.raw and "clock" not in test.raw:
        return (Wrong("写了 sends 就要写 clock: [开始, 到期]", "sends needs clock: [start, due]"),)
    if test.expect is None and "due" in test.raw and "at" not in test.raw:
        return (Wrong("写了 due 就要写 at", "due needs at"),)
    event = test.raw.get("event")
    if event is not None and event not in ruleset.events:
        return (Wrong(f"规则集不听事件「{shown(event)}」", f"the set does not listen to {shown(event)}"),)
    return ()


def _at(ruleset: RuleSet, rule: Rule | None, test: RuleTest) -> datetime:
    """The instant of the test: as written, else the start of its clock, else when all that it tests is in force."""
    if "at" in test.raw:
        return local(test.raw["at"])
    clock = test.raw.get("clock")
    if isinstance(clock, Sequence) and not isinstance(clock, str) and clock:
        return local(clock[0])
    dates = [ruleset.effective, *(one.effective for one in ((rule,) if rule is not None else ruleset.rules))]
    at = max((one.start for one in dates if one.start is not None), default=None)
    ends = [one.end for one in (dates if rule is not None else dates[:1]) if one.end is not None]
    latest = min(ends, default=None)
    if latest is not None and (at is None or at >= latest):
        at = latest - timedelta(seconds=1)
    return at if at is not None else ANY_DAY


def _judge(case: Case, calendar: Calendar) -> tuple[Wrong, ...]:
    wrong = [*_expected(case), *compare(case, calendar)]
    if wrong and not case.decision.agreed:
        wrong.append(Wrong(case.decision.reason, case.decision.reason_en))
    return tuple(wrong)


def _expected(case: Case) -> list[Wrong]:
    """expect: hit or miss, on the rule's own `when` and `unless`, whatever the hit policy then does with it."""
    if case.rule is None or case.test.expect is None:
        return []
    hit = case.rule.id in case.decision.fired
    if hit == case.test.expect:
        return []
    said = ("命中", "不命中", "hit", "miss")
    zh, en = (said[0], said[2]) if case.test.expect else (said[1], said[3])
    got_zh, got_en = (said[0], said[2]) if hit else (said[1], said[3])
    why_zh, why_en = case.why()
    return [Wrong(f"应当{zh}，实际{got_zh}{why_zh}", f"expected {en}, got {got_en}{why_en}")]
