"""Every rate of the hotline for a period, each a fraction with the exact tickets above and below its line.

A ticket counts for whoever answers for it (tickets/store/rate_rows.py): its last terminal. What each figure is, in words and in terms of the tables:

- response_rate 响应率 = signed on time ÷ dispatched. Tickets last dispatched in the period (ticket.dispatched_at) whose clock 待签收→办理中 was met,
  broken or is over; above the line those with every such clock `met`.
- on_time_rate 按时办结率 = handled on time ÷ due. Tickets with a clock 办理中→待审核 whose due_at lies in the period; above the line those with every
  such clock `met`. overdue_count 逾期件数 is what is missing above that line.
- mean_hours 平均办理时长 = mean of dispatch to reply, in hours: tickets replied to in the period, their newest 回复 in it less dispatched_at.
- rework_rate 重办率 = sent back in the period ÷ replied to or sent back in it; rework_count 重办次数 is how often (history 重办).
- callback_rate 回访接通率 = valid callbacks ÷ callbacks: each ticket's newest verdict of the period (history 核实, or 改评价 that changed it);
  it is valid when the citizen was reached. Answers of merged callers (with a `number`) belong to the course and are not counted.
- solved_rate 解决率 = "已解决" ÷ valid callbacks. satisfaction_rate 满意率 = satisfied ÷ valid callbacks; whether 基本满意 is satisfied is a setting.
- solved_24h_rate 24小时办结率 = "已解决" with the newest reply at most 24 hours after dispatch ÷ valid callbacks of dispatched tickets;
  solved_24h_count 快办件数 is what stands above that line. dissatisfied_count 不满意件数 are valid callbacks with 不满意 or 非常不满意.

Rates are percent, decimal, rounded half up to two places: what is shown is what is scored. A ticket that is excluded (剔除) leaves both sides.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from tickets.domain.period import Period
from tickets.domain.survey import DISSATISFIED, LEVELS, SOLVED
from tickets.domain.times import stored
from tickets.store import rate_rows
from tickets.store.rate_rows import Called, UnitRow, Who

CENT, HUNDRED = Decimal("0.01"), Decimal(100)
DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
EVERY = "all"  # an exclusion from all rates
Form = Literal["rate", "count", "mean"]


@dataclass(frozen=True)
class Indicator:
    """One figure: its name (a fact of the period), its words, the unit it is counted in, and whether more is better."""

    name: str
    zh: str
    en: str
    form: Form
    unit: str
    better: Literal["high", "low"]


INDICATORS: dict[str, Indicator] = {
    one.name: one
    for one in (
        Indicator("response_rate", "响应率", "Signed on time", "rate", "%", "high"),
        Indicator("on_time_rate", "按时办结率", "Handled on time", "rate", "%", "high"),
        Indicator("solved_rate", "解决率", "Solved", "rate", "%", "high"),
        Indicator("satisfaction_rate", "满意率", "Satisfied", "rate", "%", "high"),
        Indicator("solved_24h_rate", "24小时办结率", "Solved in 24 hours", "rate", "%", "high"),
        Indicator("callback_rate", "回访接通率", "Reached by callback", "rate", "%", "high"),
        Indicator("rework_rate", "重办率", "Sent back", "rate", "%", "low"),
        Indicator("mean_hours", "平均办理时长", "Mean hours to reply", "mean", "小时", "low"),
        Indicator("overdue_count", "逾期件数", "Overdue", "count", "件", "low"),
        Indicator("rework_count", "重办次数", "Times sent back", "count", "次", "low"),
        Indicator("solved_24h_count", "快办件数", "Solved within 24 hours", "count", "件", "high"),
        Indicator("dissatisfied_count", "不满意件数", "Dissatisfied", "count", "件", "low"),
    )
}


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket below the line of one figure. `good`: it stands above the line too. `amount` is what it adds to a count (times) or a mean (microseconds).

    `unit` is the whole unit that `who.section` counts for; None where nobody has the ticket.
    """

    who: Who
    unit: int | None
    good: bool
    amount: Decimal = Decimal(1)


Key = Callable[[Case], Hashable]
BY: dict[str, Key] = {
    "unit": lambda case: case.unit,
    "section": lambda case: case.who.section,
    "person": lambda case: case.who.person,
    "area": lambda case: case.who.area or None,
    "category": lambda case: case.who.category or None,
}


@dataclass(frozen=True)
class Figure:
    """One figure of somebody. `good` over `total` tickets; `value` is the percent, the number or the mean, None for a rate of nothing.

    `tickets` are the ids below the line, `above` those above it, both in order.
    """

    indicator: Indicator
    value: Decimal | None
    cases: tuple[Case, ...] = field(repr=False)

    @property
    def good(self) -> int:
        """The numerator, in tickets."""
        return sum(1 for case in self.cases if case.good)

    @property
    def total(self) -> int:
        """The denominator, in tickets: how many cases the figure was drawn from."""
        return len(self.cases)

    @property
    def tickets(self) -> tuple[int, ...]:
        return tuple(case.who.ticket for case in self.cases)

    @property
    def above(self) -> tuple[int, ...]:
        return tuple(case.who.ticket for case in self.cases if case.good)

    @property
    def between(self) -> tuple[int, ...]:
        """The tickets between the two numbers of a rate: below the line and not above it."""
        return tuple(case.who.ticket for case in self.cases if not case.good)


@dataclass(frozen=True)
class Rates:
    """All figures of a period for all tickets, or for those of one key (`by`). `cases` by the name of the figure."""

    period: Period
    cases: Mapping[str, tuple[Case, ...]] = field(repr=False)

    def figure(self, name: str) -> Figure:
        """That figure over every case here; a KeyError for a name that INDICATORS does not have."""
        cases = self.cases.get(name, ())
        return Figure(INDICATORS[name], _value(INDICATORS[name], cases), cases)

    def figures(self) -> dict[str, Figure]:
        """Every figure, in the order of INDICATORS."""
        return {name: self.figure(name) for name in INDICATORS}

    def by(self, key: str | Key) -> dict[Hashable, Rates]:
        """The same for each unit (Unit.id), section (Unit.id), person (Person.id), area or category (name), or for what a function of your own says
        of a case. Cases of nobody (key None) are left out; a key without any case is not there."""
        tell = BY[key] if isinstance(key, str) else key
        found: dict[Hashable, dict[str, list[Case]]] = defaultdict(lambda: defaultdict(list))
        for name, cases in self.cases.items():
            for case in cases:
                if (one := tell(case)) is not None:
                    found[one][name].append(case)
        return {one: Rates(self.period, {name: tuple(cases) for name, cases in parts.items()}) for one, parts in found.items()}

    def only(self, holds: Callable[[Case], bool]) -> Rates:
        """The same for the cases of which this holds."""
        return Rates(self.period, {name: tuple(case for case in cases if holds(case)) for name, cases in self.cases.items()})

    def without(self, excluded: Mapping[str, Collection[int]]) -> Rates:
        """The same with tickets taken out of both sides: by the figure's name, or `all` for every figure."""
        if not excluded:
            return self
        every = set(excluded.get(EVERY, ()))
        return Rates(
            self.period,
            {name: tuple(case for case in cases if case.who.ticket not in every | set(excluded.get(name, ()))) for name, cases in self.cases.items()},
        )

    def facts(self) -> dict[str, Decimal]:
        """What scoring rules may ask: every figure that is known, and under `<name>_n` from how many cases it was drawn."""
        found: dict[str, Decimal] = {}
        for name in INDICATORS:
            figure = self.figure(name)
            found[f"{name}_n"] = Decimal(figure.total)
            if figure.value is not None:
                found[name] = figure.value
        return found


def satisfied_levels(basic: bool) -> frozenset[str]:
    """The levels that count as satisfied, with 基本满意 or without (config.yaml: basically_satisfied_counts)."""
    return frozenset(LEVELS[: 3 if basic else 2])


def measure(period: Period, now: datetime, *, basic: bool = True, excluded: Mapping[str, Collection[int]] | None = None) -> Rates:
    """Every figure of the period as the tables say it at `now` (aware). Five statements, each along an index.

    `basic`: 基本满意 counts as satisfied. `excluded`: tickets to take out, by the figure's name or `all`.
    """
    since, until, at = stored(period.since), stored(period.until), stored(now)
    units = rate_rows.units()
    verdicts = list(_verdicts(rate_rows.called(since, until)))
    cases = {
        **_kept("response_rate", (), rate_rows.signed(since, until, at), units),
        **_kept("on_time_rate", ("overdue_count",), rate_rows.due(since, until, at), units),
        **_replied(since, until, units),
        **_answered(verdicts, satisfied_levels(basic), units),
    }
    return Rates(period, cases).without(excluded or {})


def _kept(rate: str, counts: Collection[str], rows: Iterable[rate_rows.Kept], units: Mapping[int, UnitRow]) -> dict[str, tuple[Case, ...]]:
    cases = tuple(Case(row.who, _unit(row.who, units), not row.late) for row in rows)
    turned = tuple(Case(case.who, case.unit, not case.good) for case in cases)
    return {rate: cases, **dict.fromkeys(counts, turned)}


def _replied(since: datetime, until: datetime, units: Mapping[int, UnitRow]) -> dict[str, tuple[Case, ...]]:
    rows = [(row, _unit(row.who, units)) for row in rate_rows.replied(since, until)]
    took = [(row, unit, row.replied_at - row.dispatched_at) for row, unit in rows if row.replied_at is not None]
    return {
        "mean_hours": tuple(Case(row.who, unit, True, Decimal(span // timedelta(microseconds=1))) for row, unit, span in took),
        "rework_rate": tuple(Case(row.who, unit, row.reworks > 0) for row, unit in rows),
        "rework_count": tuple(Case(row.who, unit, row.reworks > 0, Decimal(row.reworks)) for row, unit in rows),
    }


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A ticket's newest verdict of the period. `quick`: replied to at most 24 hours after dispatch; None when it was never dispatched."""

    who: Who
    valid: bool
    solved: str
    satisfied: str
    quick: bool | None


def _verdicts(lines: Iterable[Called]) -> Iterator[_Verdict]:
    newest: dict[int, _Verdict] = {}
    for line in lines:
        said = json.loads(line.note)
        if "number" in said:
            continue  # the caller of a merged ticket: kept on this course, no verdict on it
        solved, satisfied = str(said.get("solved") or ""), str(said.get("satisfied") or "")
        quick = None if line.dispatched_at is None else line.replied_at is not None and line.replied_at - line.dispatched_at <= DAY
        newest[line.who.ticket] = _Verdict(line.who, bool(said.get("valid", solved or satisfied)), solved, satisfied, quick)
    return iter(newest.values())


def _answered(verdicts: Collection[_Verdict], happy: Collection[str], units: Mapping[int, UnitRow]) -> dict[str, tuple[Case, ...]]:
    valid = [(one, _unit(one.who, units)) for one in verdicts if one.valid]
    quick = tuple(Case(one.who, unit, one.quick and one.solved == SOLVED) for one, unit in valid if one.quick is not None)
    return {
        "callback_rate": tuple(Case(one.who, _unit(one.who, units), one.valid) for one in verdicts),
        "solved_rate": tuple(Case(one.who, unit, one.solved == SOLVED) for one, unit in valid),
        "satisfaction_rate": tuple(Case(one.who, unit, one.satisfied in happy) for one, unit in valid),
        "solved_24h_rate": quick,
        "solved_24h_count": quick,
        "dissatisfied_count": tuple(Case(one.who, unit, one.satisfied in DISSATISFIED) for one, unit in valid),
    }


def _unit(who: Who, units: Mapping[int, UnitRow]) -> int | None:
    found = None if who.section is None else units.get(who.section)
    return None if found is None else found.scored


def _value(indicator: Indicator, cases: tuple[Case, ...]) -> Decimal | None:
    if indicator.form == "count":
        return sum((case.amount for case in cases if case.good), Decimal(0))
    if not cases:
        return None
    if indicator.form == "mean":
        seconds = sum((case.amount for case in cases), Decimal(0)) / 1_000_000
        return _rounded(seconds / len(cases) / Decimal(HOUR.total_seconds()))
    return _rounded(HUNDRED * sum(1 for case in cases if case.good) / len(cases))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)
