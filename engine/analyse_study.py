"""What all checks of the analysis share: the boxes of every rule, the words of a finding, and the trial of every witness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.analyse_space import Box, Point, Space
from engine.calendar import SHANGHAI
from engine.dnf import TooWide
from engine.facts import Fact, FactValue
from engine.findings import Finding, Level
from engine.names import Names
from engine.reference import judge
from engine.ruleset import Rule, RuleSet

NAMED = 3  # rules named in a sentence; all stand in `others`


@dataclass
class Study:
    """One analysis of one rule set. `changed` are the rules whose findings are wanted (None: all); `wide` those too large to expand."""

    ruleset: RuleSet
    facts: Mapping[str, Fact]
    names: Names
    changed: frozenset[str] | None = None
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.space = Space(self.ruleset, self.facts, self.names)
        self.boxes: dict[str, tuple[Box, ...]] = {}
        self.wide: dict[str, TooWide] = {}
        for rule in self.ruleset.rules:
            try:
                self.boxes[rule.id] = self.space.boxes(rule)
            except TooWide as wide:
                self.boxes[rule.id], self.wide[rule.id] = (), wide

    def asked(self, rule: Rule) -> bool:
        """Whether findings about this rule are wanted."""
        return self.changed is None or rule.id in self.changed

    def confirmed(self, point: Point, *, fires: Iterable[Rule] = (), rests: Iterable[Rule] = ()) -> bool:
        """Whether the independent evaluator agrees: at this ticket and moment `fires` fire and `rests` do not."""
        given, at = self.space.given(point), self.space.at(point)
        in_force = self.ruleset.effective.holds(at)

        def fired(rule: Rule) -> bool:
            return in_force and rule.effective.holds(at) and judge(rule, given, self.facts, self.space.trees).verdict is True

        return all(map(fired, fires)) and not any(map(fired, rests))

    def report(
        self,
        rule: Rule | None,
        kind: str,
        zh: str,
        en: str,
        *,
        level: Level = "error",
        point: Point | None = None,
        others: Iterable[str] = (),
        line: int = 0,
    ) -> None:
        """One finding, about a rule or (None) about the whole set. With `point` the sentence's {case} is filled with that ticket."""
        file, at_line, name = (rule.file, rule.line, rule.id) if rule is not None else (self.ruleset.file, 1, self.ruleset.name)
        given, at = (None, "") if point is None else (self.space.given(point), self._at(point))
        if given is not None:
            zh, en = (words.replace("{case}", self.case(given, at, lang)) for words, lang in ((zh, "zh"), (en, "en")))
        self.findings.append(Finding(file, line or at_line, name, zh, en, level, kind, given, tuple(others), at))

    def _at(self, point: Point) -> str:
        """The moment, where rules begin or end within the time the set is in force; else it does not matter."""
        force = self.space.everything.masks["@"]
        return self.space.at(point).astimezone(SHANGHAI).isoformat() if force & (force - 1) else ""

    def case(self, given: Mapping[str, FactValue], at: str, lang: str) -> str:
        """The ticket in words: 诉求类别=供水，诉求内容=「停水」."""
        known = [f"{self.facts[name].label.say(lang)}={_value(value, lang)}" for name, value in given.items()]
        if not known:
            known = ["各项都未知" if lang == "zh" else "nothing known"]
        if at:
            known.append(f"时间 {at[:10]}" if lang == "zh" else f"on {at[:10]}")
        return ("，" if lang == "zh" else ", ").join(known)


def _value(value: FactValue, lang: str) -> str:
    if isinstance(value, bool):
        return {True: ("是", "yes"), False: ("否", "no")}[value][lang == "en"]
    if isinstance(value, str):
        return f"「{value}」" if lang == "zh" else f'"{value}"'
    return str(value)


def named(rules: Iterable[str], lang: str) -> str:
    """R-1、R-2、R-3 等 5 条."""
    ids = tuple(rules)
    some = ("、" if lang == "zh" else ", ").join(ids[:NAMED])
    if len(ids) <= NAMED:
        return some
    return f"{some} 等 {len(ids)} 条" if lang == "zh" else f"{some} and {len(ids) - NAMED} more"
