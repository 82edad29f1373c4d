"""What inside one rule is too much: a keyword within a keyword, a line of a box that another line makes idle, a line that can never hold."""

from __future__ import annotations

from collections.abc import Iterator

from engine import normalise
from engine.analyse_cover import Cover, TooHard, outside
from engine.analyse_space import Box
from engine.analyse_study import Study
from engine.condition import AnyOf, Condition, Test
from engine.dnf import TooWide, Want, inside
from engine.ruleset import Rule

CONTAINED, NEVER = "包含", "恒假"
SHOWN = 3


def parts(study: Study, rule: Rule) -> None:
    """Warnings about the rule's `when` and `unless`; nothing here changes what the rule does."""
    if not study.boxes[rule.id]:
        return
    for condition, want in ((rule.when, Want.TRUE), (rule.unless, Want.NOT_TRUE)):
        if condition is not None:
            _walk(study, rule, condition, want)


def _walk(study: Study, rule: Rule, condition: Condition, want: Want) -> None:
    if isinstance(condition, Test):
        _keywords(study, rule, condition)
        return
    anyone, inner = inside(condition, want)
    ways: list[tuple[Box, ...] | None] = []
    for part in condition.parts:
        try:
            ways.append(study.space.ways(part, inner))
        except TooWide:
            ways.append(None)
    for place, idle_for in _idle(study, ways, anyone=anyone):
        line = line_of(condition.parts[place]) or rule.line
        if idle_for is None:
            if isinstance(condition, AnyOf) and want is Want.TRUE:
                zh, en = "「任一」里的这一项永远不成立，请改或删去", "this line of `any` can never hold: change it or leave it out"
                study.report(rule, NEVER, zh, en, level="warning", line=line)
            continue
        other = line_of(condition.parts[idle_for])
        where, where_en = (f"（第 {other} 行）", f" (line {other})") if other and other != line else ("", "")
        zh = f"这一项没有作用：同一框里的另一项{where}已经{'包括' if anyone else '保证'}了它，可以删去"
        en = f"this line does nothing: another line of the same box{where_en} already {'covers' if anyone else 'ensures'} it"
        study.report(rule, CONTAINED, zh, en, level="warning", line=line)
    for part in condition.parts:
        _walk(study, rule, part, inner)


def _idle(study: Study, ways: list[tuple[Box, ...] | None], *, anyone: bool) -> Iterator[tuple[int, int | None]]:
    """Parts that can go, each with the part that makes it idle (None: it can never hold). Of two alike the later one goes."""
    gone: set[int] = set()
    for place in reversed(range(len(ways))):
        mine = ways[place]
        if mine is None:
            continue
        if not mine:
            gone.add(place)
            yield place, None
            continue
        for other, theirs in enumerate(ways):
            if other == place or other in gone or not theirs:
                continue
            if _within(study, mine, theirs) if anyone else _within(study, theirs, mine):
                gone.add(place)
                yield place, other
                break


def _within(study: Study, inner: tuple[Box, ...], outer: tuple[Box, ...]) -> bool:
    """Whether the one holds only where the other does: proven."""
    try:
        return outside(study.space, inner, [Cover(None, box) for box in outer]).covered
    except TooHard:
        return False


def _keywords(study: Study, rule: Rule, test: Test) -> None:
    """A text with 停水通知 has 停水 as well, so beside 停水 the longer keyword does nothing; under has_all the shorter one."""
    if test.op not in ("has_any", "has_all") or not isinstance(test.value, tuple):
        return
    words = [(word, normalise.text(word)) for word in test.value]
    idle: list[tuple[str, str]] = []
    for place, (word, plain) in enumerate(words):
        for other_place, (other, other_plain) in enumerate(words):
            if place == other_place or not (other_plain in plain if test.op == "has_any" else plain in other_plain):
                continue
            if plain != other_plain or place > other_place:
                idle.append((word, other))
                break
    if not idle:
        return
    some = "；".join(f"「{word}」（已有「{other}」）" for word, other in idle[:SHOWN])
    some_en = "; ".join(f"{word} (there is {other})" for word, other in idle[:SHOWN])
    zh = f"关键词里套关键词，这些没有作用：{some}{f' 等 {len(idle)} 个' if len(idle) > SHOWN else ''}，可以删去"
    en = f"keywords inside keywords, of no effect: {some_en}{f' and {len(idle) - SHOWN} more' if len(idle) > SHOWN else ''}"
    study.report(rule, CONTAINED, zh, en, level="warning", line=test.line or rule.line)


def line_of(condition: Condition) -> int:
    """The first line on which the condition asks something; 0 when that is not known."""
    if isinstance(condition, Test):
        return condition.line
    return next((line for part in condition.parts if (line := line_of(part))), 0)
