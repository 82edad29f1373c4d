"""A score as its page shows it: a card a rule with the formula in words, the waterfall from full marks to the total, dots of one kind of unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from insights.rates import INDICATORS
from tickets.domain.score_sheet import Rule, Scored, Sheet, middle

Say = Callable[..., str]
HUNDRED, CENT = Decimal(100), Decimal("0.01")
WIDTH, HEIGHT, LEFT, TOP = 620, 300, 44, 26  # of the waterfall, in its own units


@dataclass(frozen=True)
class Card:
    """One rule of one score. `state`: scored shared full unknown; `fraction` and `value` in words, `lines` the formula, `points` with its sign."""

    rule: str
    title: str
    basis: str
    indicator: str
    fraction: str
    value: str
    unit: str
    lines: tuple[str, ...]
    points: str
    full: str
    state: str
    lost: Decimal


@dataclass(frozen=True)
class Bar:
    """One bar of the waterfall, in the drawing's units. `look`: whole lost gained; `words` stand over it."""

    label: str
    words: str
    look: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Waterfall:
    """The whole drawing: bars, lines of the axis as (y, words), and where the axis begins."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    bottom: Decimal
    floor: float


def plain(value: Decimal) -> str:
    """A number without idle zeros: 98, 0.5."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(value: Decimal) -> str:
    """+0.62, −1.00."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value):.2f}"


def cards(sheet: Sheet, one: Scored, say: Say, lang: str) -> list[Card]:
    """A card a rule, in the rules' order."""
    return [_card(rule, one, stretch(sheet, one), say, lang) for rule in sheet.rules]


def stretch(sheet: Sheet, one: Scored) -> Decimal:
    """How much more the other rules are worth because some have too few cases; 1 when none has."""
    whole = sum((rule.full for rule in sheet.rules), Decimal(0))
    kept = sum((rule.full for rule in sheet.rules if rule.id not in one.shared), Decimal(0))
    return whole / kept if kept else Decimal(1)


def _card(rule: Rule, one: Scored, more: Decimal, say: Say, lang: str) -> Card:
    indicator = INDICATORS.get(rule.indicator)
    form = indicator.form if indicator is not None else "rate"
    good, total = one.counts.get(rule.indicator, (0, 0))
    value = one.facts.get(rule.indicator)
    state = "shared" if rule.id in one.shared else "unknown" if rule.id in one.unknown or rule.id not in one.points else "scored"
    least = rule.numbers.get("min_sample")
    if state == "scored" and least is not None and total < least:
        state = "full"
    points = one.points.get(rule.id)
    if state == "shared":
        lines: tuple[str, ...] = (say("scores.thin", got=total, least=plain(least or Decimal(0))), say("scores.thin_shared"))
    elif state == "full":
        lines = (say("scores.thin", got=total, least=plain(least or Decimal(0))), say("scores.thin_full"))
    elif state == "unknown":
        lines = (say("scores.unknown"),)
    else:
        lines = _formula(rule, value, say)
    words = indicator.en if indicator is not None and lang == "en" else rule.title
    return Card(
        rule.id,
        words,
        rule.basis,
        rule.indicator,
        f"{good} ÷ {total}" if form == "rate" else say("scores.of", count=total),
        "—" if value is None or state in ("shared", "full") else plain(value),
        (indicator.unit if lang != "en" or indicator.unit == "%" else "") if indicator is not None and value is not None and state == "scored" else "",
        lines,
        "—" if points is None else signed(points) if rule.bonus else f"{points:.2f}",
        "" if rule.bonus or state == "shared" else plain((rule.full * more).quantize(CENT, ROUND_HALF_UP)),
        state,
        Decimal(0) if points is None or rule.bonus else max(rule.full * more - points, Decimal(0)),
    )


def _formula(rule: Rule, value: Decimal | None, say: Say) -> tuple[str, ...]:
    numbers = {name: plain(abs(number) if name in ("each", "per_point") else number) for name, number in rule.numbers.items()}
    if rule.form == "weight":
        return (say("scores.by_weight", weight=numbers["weight"]),)
    if rule.form == "full":
        target = rule.numbers["target"]
        gap = max(target - (value or Decimal(0)), Decimal(0))
        met = say("scores.met", target=numbers["target"]) if not gap else say("scores.short", target=numbers["target"], gap=plain(gap))
        least = say("scores.least", floor=numbers["floor"]) if rule.numbers.get("floor") else ""
        return (met, say("scores.per_point", off=numbers["per_point"]) + least)
    if rule.form == "above":
        most = say("scores.most_added", cap=numbers["cap"]) if "cap" in numbers else ""
        return (say("scores.above", above=numbers["above"]), say("scores.above_each", each=numbers["per_point"]) + most)
    off = rule.numbers["each"] < 0
    edge = rule.numbers.get("floor" if off else "cap")
    limit = say("scores.most_off" if off else "scores.most_added", **{"floor" if off else "cap": plain(abs(edge))}) if edge is not None else ""
    return (
        (say("scores.each_off" if off else "scores.each_on", each=numbers["each"]), limit)
        if limit
        else (say("scores.each_off" if off else "scores.each_on", each=numbers["each"]),)
    )


def worth(rule: Rule, one: Scored) -> Decimal | None:
    """What one ticket between the two numbers is worth, to two places; None where it cannot be said (at the floor, too few cases)."""
    total = one.counts.get(rule.indicator, (0, 0))[1]
    if rule.form == "each":
        return abs(rule.numbers["each"])
    if not total or rule.id in one.shared or rule.form == "above":
        return None
    rate = HUNDRED / total
    per = rule.numbers["weight"] if rule.form == "weight" else rule.numbers["per_point"]
    return (rate * per).quantize(CENT, ROUND_HALF_UP)


def waterfall(sheet: Sheet, one: Scored, say: Say, lang: str) -> Waterfall:
    """From full marks to the total: what each rule took or gave. Marks shared out for small samples are full marks of the rules that got them."""
    whole = sum((rule.full for rule in sheet.rules), Decimal(0)).quantize(CENT)
    more = stretch(sheet, one)
    steps: list[tuple[str, Decimal]] = []
    for rule in sheet.rules:
        if rule.id in one.shared:
            continue
        points = one.points.get(rule.id, Decimal(0))
        indicator = INDICATORS.get(rule.indicator)
        label = indicator.en if lang == "en" and indicator is not None else rule.title
        steps.append((label, points if rule.bonus else points - rule.full * more))
    levels, level = [whole], whole
    for _, delta in steps:
        level += delta
        levels.append(level)
    low, high = min(*levels, one.total), max(*levels, one.total)
    span = max(high - low, Decimal(1))
    bottom = max((low - span / 3).to_integral_value(ROUND_FLOOR), min(Decimal(0), low))
    return _drawn(whole, steps, one.total, bottom, high, say)


def _drawn(whole: Decimal, steps: Sequence[tuple[str, Decimal]], total: Decimal, bottom: Decimal, top: Decimal, say: Say) -> Waterfall:
    room = HEIGHT - TOP - 30
    slot = (WIDTH - LEFT) / (len(steps) + 2)

    def y(value: Decimal) -> float:
        return round(TOP + float((top - value) / (top - bottom or 1)) * room, 1)

    width = round(slot * 0.62, 1)
    bars = [Bar(say("scores.full_marks"), plain(whole), "whole", _x(0, slot), y(whole), width, round(y(bottom) - y(whole), 1))]
    level = whole
    for place, (label, delta) in enumerate(steps, 1):
        high = max(level, level + delta)
        look = "gained" if delta > 0 else "lost"
        shown = delta.quantize(CENT, ROUND_HALF_UP)
        bars.append(Bar(label, signed(shown) if shown else "0", look, _x(place, slot), y(high), width, round(abs(y(level) - y(level + delta)), 1)))
        level += delta
    bars.append(Bar(say("scores.points"), f"{total:.2f}", "whole", _x(len(steps) + 1, slot), y(total), width, round(max(y(bottom) - y(total), 0), 1)))
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100) if (top - bottom) / one <= 6)
    lines = tuple((y(Decimal(value)), str(value)) for value in range(int(bottom), int(top) + 1, step))
    return Waterfall(tuple(bars), lines, bottom, y(bottom))


def _x(place: int, slot: float) -> float:
    return round(LEFT + place * slot + slot * 0.19, 1)


@dataclass(frozen=True)
class Strip:
    """One kind of unit: its members in the order of the directory, the median, and where dots and median lie, in percent of the strip.
    Whoever had too few cases to be scored has no dot."""

    group: str
    members: tuple[tuple[Scored, float | None], ...]
    median: Decimal | None
    middle: float | None
    low: int
    high: int


def strips(sheet: Sheet, scored_as: str, shown: Callable[[Scored], bool]) -> list[Strip]:
    """A strip a kind; `shown` says whose dots the reader may see. The median is of all of the kind, and a kind without a dot to see is left out."""
    found = []
    for group in sheet.groups(scored_as):
        members = sheet.of(scored_as, group)
        mine = [one for one in members if shown(one)]
        if not mine:
            continue
        median, totals = middle(members), [one.total for one in members if not one.withheld] or [Decimal(100)]
        low = int((min(totals) / 5).to_integral_value(ROUND_FLOOR)) * 5
        high = max(int((max(totals) / 5).to_integral_value(ROUND_CEILING)) * 5, low + 5)

        def place(value: Decimal, low: int = low, high: int = high) -> float:
            return round(float((value - low) / (high - low)) * 100, 2)

        dots = tuple((one, None if one.withheld else place(one.total)) for one in mine)
        found.append(Strip(group, dots, median, None if median is None else place(median), low, high))
    return found
