"""What a test of a rule set expects beside what the engine decided: who won, what is due, what is sent, how many points."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.calendar import NATURAL, SHANGHAI, Calendar
from engine.chain import Link, lay
from engine.decision import Decision, RuleVerdict
from engine.facts import Facts
from engine.findings import shown
from engine.given import Wrong
from engine.reference import decimal
from engine.ruleset import Action, Rule, RuleSet, RuleTest
from engine.score import points
from engine.spans import Span
from engine.words import OUTCOMES

_DATED = re.compile(r"\d{4}-\d\d-\d\d[T ]")


@dataclass(frozen=True)
class Case:
    """One test with what the engine made of it. `rule` is None for a test of the whole set."""

    ruleset: RuleSet
    rule: Rule | None
    test: RuleTest
    facts: Facts
    at: datetime
    decision: Decision

    def actions(self) -> list[Action]:
        """The actions under test: the rule's own when it fired, else what the set decided."""
        if self.rule is not None:
            return list(self.rule.then) if self.rule.id in self.decision.fired else []
        return [action for _, action in self.decision.actions]

    def why(self) -> tuple[str, str]:
        """How the rule under test fared, in brackets; nothing without a trace."""
        verdict: RuleVerdict | None = next((one for one in self.decision.trace if self.rule is not None and one.rule == self.rule.id), None)
        return (f"（{OUTCOMES[verdict.outcome][0]}）", f" ({OUTCOMES[verdict.outcome][1]})") if verdict is not None else ("", "")


def compare(case: Case, calendar: Calendar) -> list[Wrong]:
    """Everything the test expects that did not come; ValueError when a time or span in it cannot be read."""
    raw = case.test.raw
    wrong: list[Wrong] = []
    if "hit" in raw:
        wrong += _hit(case)
    if "due" in raw:
        wrong += _due(case, calendar)
    if "sends" in raw:
        wrong += _sends(case, calendar)
    if "points" in raw:
        wrong += _points(case)
    return wrong


def local(value: object) -> datetime:
    """A time written in a test (Asia/Shanghai unless it says otherwise), as aware UTC."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"「{shown(value)}」不是时间；请写成 '2026-10-01T23:55' (not a time)") from None
    return (at if at.tzinfo is not None else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def _hit(case: Case) -> list[Wrong]:
    expected = case.test.raw["hit"]
    got = ("else", "else") if case.decision.by_else else _names(case.decision.winners)
    if expected == "else":
        return [] if case.decision.by_else else [Wrong(f"应当没有规则适用（else），实际由 {got[0]} 裁定", f"expected else, got {got[1]}")]
    wanted = [str(one) for one in expected] if isinstance(expected, list | tuple) else [str(expected)]
    for name in wanted:
        if name not in {rule.id for rule in case.ruleset.rules}:
            return [Wrong(f"hit 里的「{shown(name)}」不是本规则集的规则", f"hit names {shown(name)}, which is no rule of this set")]
    if sorted(wanted) == sorted(case.decision.winners) and (wanted or not case.decision.actions):
        return []
    return [Wrong(f"应当由 {_names(wanted)[0]} 裁定，实际由 {got[0]} 裁定", f"expected {_names(wanted)[1]}, got {got[1]}")]


def _names(ids: Sequence[str]) -> tuple[str, str]:
    return ("、".join(ids), ", ".join(ids)) if ids else ("无", "none")


def _due(case: Case, calendar: Calendar) -> list[Wrong]:
    """Each named deadline's due time, its clock starting at the test's `at`."""
    expected = case.test.raw["due"]
    if not isinstance(expected, Mapping):
        raise ValueError("due 应当是「时限名: 时间」的表 (due is a mapping of deadline names to times)")
    got: dict[str, datetime] = {}
    for action in case.actions():
        if action.kind == "deadline":
            got[str(action.args["name"])] = calendar.add(case.at, Span.parse(action.args["within"]), str(action.args.get("clock") or NATURAL))
    wrong: list[Wrong] = []
    for name, value in expected.items():
        wanted = local(value)
        if name not in got:
            wrong.append(Wrong(f"应当有时限「{name}」，{_stamp(wanted)} 到期，实际没有", f"expected {name} due {_stamp(wanted)}, there is no such deadline"))
        elif got[name] != wanted:
            wrong.append(
                Wrong(f"时限「{name}」应当 {_stamp(wanted)} 到期，实际 {_stamp(got[name])}", f"expected {name} due {_stamp(wanted)}, got {_stamp(got[name])}")
            )
    return wrong


def _sends(case: Case, calendar: Calendar) -> list[Wrong]:
    """What the chain sends until the span ends at `met` (or runs its course), link by link."""
    clock = case.test.raw.get("clock")
    if not isinstance(clock, list | tuple) or len(clock) not in (2, 3):
        raise ValueError("clock 应当是 [开始, 到期]，工作日时限再加第三项 工作日 (clock is [start, due] and, if not 自然时, the clock)")
    start, due = local(clock[0]), local(clock[1])
    met = local(case.test.raw["met"]) if "met" in case.test.raw else None
    chains = [action for action in case.actions() if action.kind == "chain"]
    links = [link for action in chains for link in lay(action.args, start, due, calendar, str(clock[2]) if len(clock) == 3 else NATURAL)]
    sent = [link for link in sorted(links, key=lambda link: (link.at, link.seq)) if met is None or link.at < met]
    raw = case.test.raw["sends"]
    wanted = [" ".join(str(one).split()) for one in raw] if isinstance(raw, list | tuple) else [str(raw)]
    got = [_said(link, start, wanted[index] if index < len(wanted) else "") for index, link in enumerate(sent)]
    if wanted == got:
        return []
    none_zh, none_en = "什么也不发", "nothing"
    return [
        Wrong(
            f"应当发送 {'；'.join(wanted) or none_zh}，实际发送 {'；'.join(got) or none_zh}",
            f"expected to send {'; '.join(wanted) or none_en}, sends {'; '.join(got) or none_en}",
        )
    ]


def _said(link: Link, start: datetime, like: str) -> str:
    """`09:15 短信+电话 承办人+承办单位`; with the date from the second day on, and wherever the test writes one."""
    at = link.at.astimezone(SHANGHAI)
    clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    if _DATED.match(like) or link.at - start >= timedelta(days=1):
        clock = f"{at:%Y-%m-%d}{like[10] if _DATED.match(like) else 'T'}{clock}"
    return f"{clock} {'+'.join(link.send)} {'+'.join(link.to)}"


def _points(case: Case) -> list[Wrong]:
    expected = case.test.raw["points"]
    if not isinstance(expected, Mapping):
        raise ValueError("points 应当是「规则: 分数」的表 (points is a mapping of rule ids to points)")
    score = points(case.ruleset, case.facts, case.decision.winners)
    wrong: list[Wrong] = []
    for name, value in expected.items():
        wanted, got = decimal(value), score.total if name == "total" else score.points.get(str(name))
        if got is None:
            reason = ("样本不足，分值已分摊", "too few cases, its points were shared out") if name in score.shared else ("没有得分", "it gives no points")
            wrong.append(Wrong(f"{name} 应当得 {wanted} 分，实际{reason[0]}", f"expected {wanted} points for {name}: {reason[1]}"))
        elif got != wanted:
            wrong.append(Wrong(f"{name} 应当得 {wanted} 分，实际 {got} 分", f"expected {wanted} points for {name}, got {got}"))
    return wrong


def _stamp(at: datetime) -> str:
    shown_at = at.astimezone(SHANGHAI)
    return f"{shown_at:%Y-%m-%dT%H:%M:%S}" if shown_at.second else f"{shown_at:%Y-%m-%dT%H:%M}"
