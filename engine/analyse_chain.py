"""Links of an escalation chain that come out of order, or that reach back beyond the span they warn about.

A link's place is counted on the deadline's own clock from its start, as engine/chain.py lays it; the order of two links is a straight
line in the length of the span between a few bends, so trying the bends and both ends decides it for every length.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from engine.analyse_space import Box, Point
from engine.analyse_study import Study
from engine.calendar import NATURAL
from engine.chain import START, WHENS
from engine.ruleset import Action, Rule
from engine.spans import Span, percent

ORDER = "链序"
LONGEST = timedelta(days=3660)  # engine/spans.py takes no longer span
Spans = Mapping[str, Collection[tuple[str, str]]]  # by deadline name: (within, clock) of every `deadline` action that starts it


@dataclass(frozen=True)
class _Clock:
    """How long a day is on the deadline's clock."""

    day: timedelta

    def length(self, text: object) -> timedelta:
        span = Span.parse(text)
        return span.amount * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": self.day}[span.unit]


def chains(study: Study, rule: Rule, spans: Spans, working_day: timedelta) -> None:
    """Reports the chains of a rule: against the spans it can stand beside where they are known, else only what is wrong for any span."""
    for action in rule.then:
        links = action.args.get("value") if action.kind == "chain" else None
        if not isinstance(links, list) or not study.boxes[rule.id]:
            continue
        known = list(_spans(study, rule, spans))
        wrong = [(span, problem) for span in known if (problem := _against(links, *_measure(span, working_day))) is not None]
        if wrong:
            (name, within, clock), (zh, en) = wrong[0]
            level = "error" if len(wrong) == len(known) else "warning"
            point = _point(study, rule, name)
            zh, en = f"时限「{name}」（{within} {clock}）的升级链{zh}，例如 {{case}}", f"in the chain of {name} ({within}): {en}, for instance {{case}}"
            study.report(rule, ORDER, zh, en, level="error" if level == "error" else "warning", point=point, line=action.line)
        elif not known:
            _any_span(study, rule, action, links)


def _spans(study: Study, rule: Rule, spans: Spans) -> Iterator[tuple[str, str, str]]:
    """(name, within, clock) of each deadline for which the rule can fire."""
    for fact in study.facts.values():
        if fact.options_from != "deadlines":
            continue
        for name in fact.options:
            if any(_allows(study, box, fact.name, name) for box in study.boxes[rule.id]):
                yield from ((name, within, clock) for within, clock in spans.get(name, ()))
        return


def _allows(study: Study, box: Box, fact: str, name: str) -> bool:
    return fact not in box.masks or bool(box.masks[fact] >> study.space.axes[fact].cell(name) & 1)


def _point(study: Study, rule: Rule, name: str) -> Point | None:
    """A ticket for which the rule fires with that deadline."""
    for fact in study.space.axes.values():
        if fact.fact.options_from == "deadlines":
            only = Box({fact.fact.name: 1 << fact.cell(name)})
            for box in study.boxes[rule.id]:
                met = box.meet(only)
                whole = met.meet(study.space.everything) if met is not None else None
                point = study.space.point(whole) if whole is not None else None
                if point is not None and study.confirmed(point, fires=(rule,)):
                    return point
    return None


def _measure(span: tuple[str, str, str], working_day: timedelta) -> tuple[timedelta, _Clock]:
    clock = _Clock(timedelta(days=1) if span[2] == NATURAL else working_day)
    return clock.length(span[1]), clock


def _against(links: list[Mapping[str, object]], total: timedelta, clock: _Clock) -> tuple[str, str] | None:
    """What is wrong with the chain for a span of that length."""
    laid = _lay(links, total, clock)
    for number, ((_, last), (first, _)) in enumerate(pairwise(laid), start=1):
        if first < last:
            return f"第 {number + 1} 环早于第 {number} 环", f"link {number + 1} comes before link {number}"
    for number, link in enumerate(links, start=1):
        if "before" in link and clock.length(link["before"]) >= total:
            return (
                f"第 {number} 环（到期前 {link['before']}）不短于时限本身，会在开始时就发出",
                f"link {number} ({link['before']} before) is no shorter than the span itself, so it comes at the start",
            )
    return None


def _any_span(study: Study, rule: Rule, action: Action, links: list[Mapping[str, object]]) -> None:
    """Two links that are never in order, whatever the span, and out of order for some."""
    clock = _Clock(timedelta(days=1))
    bends = [timedelta(), LONGEST, *(clock.length(link["before"]) for link in links if "before" in link)]
    for number in range(1, len(links)):
        gaps = []
        for total in bends:
            laid = _lay(links, total, clock)
            gaps.append(laid[number][0] - laid[number - 1][1])
        if all(gap <= timedelta() for gap in gaps) and min(gaps) < timedelta(seconds=-1):
            zh, en = (
                f"升级链第 {number + 1} 环总是早于第 {number} 环，请调整先后",
                f"link {number + 1} of the chain always comes before link {number}: change the order",
            )
            study.report(rule, ORDER, zh, en, line=action.line)


def _lay(links: list[Mapping[str, object]], total: timedelta, clock: _Clock) -> list[tuple[timedelta, timedelta]]:
    """For each written link when its first and its last message come, counted from the start."""
    laid: list[tuple[timedelta, timedelta]] = []
    previous = timedelta()
    for link in links:
        kind = next(key for key in WHENS if key in link)
        value = link[kind]
        if kind == "at":
            first = timedelta() if value == START else total
        elif kind == "spent":
            first = timedelta(seconds=int(int(total.total_seconds()) * percent(value) / 100))
        elif kind == "before":
            first = max(total - clock.length(value), timedelta())
        elif kind == "after":
            first = total + clock.length(value)
        else:
            first = previous + clock.length(value)
        times = link.get("times", 1)
        more = int(str(times)) - 1 if kind == "wait" else 0
        previous = first + more * clock.length(link.get("every", value)) if more else first
        laid.append((first, previous))
    return laid
