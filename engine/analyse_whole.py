"""What concerns the whole set: a declared total that its rules do not add up to, and facts that nobody asks and nothing derives."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from engine.analyse_cover import TooHard
from engine.analyse_space import Box, Point
from engine.analyse_study import Study, named
from engine.compile_ruleset import tests_of
from engine.condition import Test
from engine.ruleset import Rule
from engine.score import ScoreRefused, read

TOTAL, UNASKED = "总分", "无人问"
MOST_ROUTES = 2_000  # combinations of rules looked at


def total(study: Study) -> None:
    """The most that the rules give, bonuses apart, must be the declared `total` for every ticket whose facts are all known."""
    declared = study.ruleset.extra.get("total")
    known = study.space.known().meet(study.space.everything)
    if not isinstance(declared, Decimal | int) or isinstance(declared, bool) or known is None or study.wide:
        return
    worth = {rule.id: _worth(rule) for rule in study.ruleset.rules}
    counted = [rule for rule in study.ruleset.rules if worth[rule.id] and study.boxes[rule.id]]
    try:
        found = _elsewhere(study, known, counted, worth, Decimal(declared))
    except TooHard:
        found = None
    if found is None:
        return
    point, fired, points = found
    if not study.confirmed(point, fires=fired, rests=[rule for rule in counted if rule not in fired]):
        return
    given = study.space.given(point)
    zh, en = f"满分合计 {points}，与 total: {declared} 不符（加分项不计）", f"the full marks add up to {points}, not to total: {declared} (bonuses apart)"
    if given:
        zh, en = f"{zh}，例如 {{case}}", f"{en}, for instance {{case}}"
    study.report(None, TOTAL, f"{zh}。请改 total 或各项的分值", f"{en}. Change the total or the marks", point=point, others=[rule.id for rule in fired])


def _worth(rule: Rule) -> Decimal:
    try:
        parts = [read(rule.id, action) for action in rule.then]
    except ScoreRefused:
        return Decimal(0)
    return sum((part.full for part in parts if part is not None and not part.bonus), Decimal(0))


def _elsewhere(study: Study, start: Box, counted: list[Rule], worth: dict[str, Decimal], declared: Decimal) -> tuple[Point, list[Rule], Decimal] | None:
    """A ticket whose rules add up to something else, by going through the rules one after the other: it fires, or it does not."""
    routes = 0
    stack: list[tuple[Box, int, tuple[Rule, ...]]] = [(start, 0, ())]
    while stack:
        box, place, fired = stack.pop()
        routes += 1
        if routes > MOST_ROUTES:
            raise TooHard
        if place == len(counted):
            points = sum((worth[rule.id] for rule in fired), Decimal(0))
            point = study.space.point(box) if points != declared else None
            if point is not None:
                return point, list(fired), points
            continue
        rule = counted[place]
        boxes = study.boxes[rule.id]
        inside = [met for one in boxes if (met := box.meet(one)) is not None]
        if not inside:
            stack.append((box, place + 1, fired))
            continue
        for rest in _rest(study, box, boxes):
            stack.append((rest, place + 1, fired))
        stack.extend((met, place + 1, (*fired, rule)) for met in inside)
    return None


def _rest(study: Study, box: Box, boxes: Collection[Box]) -> list[Box]:
    """The pieces of the box in which none of the rule's boxes holds."""
    left = [box]
    for one in boxes:
        left = [met for piece in left for outer in study.space.outside(one) if (met := piece.meet(outer)) is not None]
    return left


def unasked(study: Study, asked: Collection[str]) -> None:
    """Facts the rules ask about that are on no form and that nothing derives, each once, at the first rule that asks."""
    users: dict[str, tuple[Rule, Test]] = {}
    count: dict[str, list[str]] = {}
    for rule in study.ruleset.rules:
        for test in tests_of(rule):
            if test.fact not in asked and study.facts[test.fact].derived is None:
                users.setdefault(test.fact, (rule, test))
                count.setdefault(test.fact, []).append(rule.id)
    for name, (rule, test) in users.items():
        rules = tuple(dict.fromkeys(count[name]))
        if study.changed is not None and not set(rules) & set(study.changed):
            continue
        label = study.facts[name].label
        zh = f"事实「{label.zh}」（{name}）没有表单问，也不是推算的，{named(rules, 'zh')} 等不到它的值。请加进表单，或换一个事实"
        en = f"no form asks {label.say('en')} ({name}) and nothing derives it, so {named(rules, 'en')} will not get its value. Put it on a form"
        study.report(rule, UNASKED, zh, en, level="warning", line=test.line or rule.line, others=[one for one in rules if one != rule.id])
