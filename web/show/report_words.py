"""The month's report in words, written from its figures: sections of sentences with a table each. Pure; the page and the PDF show the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from insights.month_rates import HEADLINE, WHOLE, MonthRates, Told
from insights.rates import INDICATORS
from tickets.store.month_places import Places
from tickets.store.month_report import Counts
from web.show.plural import counted
from web.show.rate_cards import figure
from web.show.targets import Aim

Say = Callable[..., str]
NEXT = 4  # categories named after the first
ROWS = 10
SOME = 3


@dataclass(frozen=True)
class Table:
    """Heads and rows of words; the first column names the row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading, its sentences, and the table they were written from."""

    title: str
    says: tuple[str, ...]
    table: Table | None = None


def share(part: int, whole: int) -> str:
    """So many percent to one decimal, half up, without a nought after the point; `whole` is not 0."""
    return str((Decimal(part) * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)).removesuffix(".0")


def overall(counts: Counts, month: str, running: bool, say: Say) -> Section:
    """How many came, against the month before or its same days, what kinds they were, by which channel, and how many were closed."""
    before = say("report.days_before" if running else "report.month_before")
    closed = counted(say, "report.closed", counts.closed) if counts.closed else say("report.closed_none")
    if not counts.total:
        return Section(say("report.h_overall"), (say("report.none", month=month), closed))
    by = counts.total - counts.before
    if not counts.before:
        against = say("report.first", before=before)
    elif by == 0:
        against = say("report.same", before=before)
    else:
        change = {"before": before, "earlier": f"{counts.before:,}", "by": f"{abs(by):,}", "share": share(abs(by), counts.before)}
        against = say("report.more" if by > 0 else "report.less", **change)
    kinds = [(say(f"appeal_kind.{name}") if name else say("report.unnamed"), count) for name, count in counts.kinds]
    sources = [(say(f"source.{name}"), count) for name, count in counts.sources if name]
    says = [counted(say, "report.total", counts.total, month=month) + against, say("report.of_kinds", list=_listed(kinds, say))]
    if sources:
        says.append(say("report.sources", list=_listed(sources, say, "report.of_source")))
    return Section(say("report.h_overall"), (*says, closed))


def _listed(named: Sequence[tuple[str, int]], say: Say, key: str = "report.of_kind") -> str:
    return say("report.and").join(say(key, name=name, count=f"{count:,}") for name, count in named)


def rates(now: MonthRates, before: MonthRates, aims: Mapping[str, Aim], say: Say) -> Section:
    """Each headline rate in a sentence: its value, against the month before, against the target. Too few cases are said, not rated."""
    told = [(name, now.told(WHOLE, None, name), before.told(WHOLE, None, name), aims.get(name, Aim())) for name in HEADLINE]
    heads = tuple(say(f"report.col_{key}") for key in ("rate", "now", "of", "before", "target"))
    rows = tuple(
        (
            say(f"rate.{name}"),
            value_words(name, here, say) if aim.enough(here) else "—",
            of_words(name, here, say),
            value_words(name, then, say) if aim.enough(then) else "—",
            value_words(name, Told(aim.target, 0, 0), say) if aim.target is not None else "—",
        )
        for name, here, then, aim in told
    )
    return Section(say("report.h_rates"), tuple(_rate(name, here, then, aim, say) for name, here, then, aim in told), Table(heads, rows))


def _rate(name: str, now: Told, before: Told, aim: Aim, say: Say) -> str:
    title = say(f"rate.{name}")
    if not aim.enough(now):
        return say("report.rate_thin", title=title, total=now.total, least=aim.least) if now.total else say("report.rate_none", title=title)
    text = say("report.rate", title=title, value=value_words(name, now, say), of=of_words(name, now, say))
    if aim.enough(before) and now.value is not None and before.value is not None:
        by = now.value - before.value
        words = ("rate_slower", "rate_faster") if INDICATORS[name].form == "mean" else ("rate_up", "rate_down")
        text += say("report.rate_same") if by == 0 else say(f"report.{words[0] if by > 0 else words[1]}", by=figure(abs(by)))
    if aim.target is None:
        return text + say("report.rate_end")
    return text + say("report.rate_reached" if aim.reached(name, now) else "report.rate_missed", target=value_words(name, Told(aim.target, 0, 0), say))


def value_words(name: str, told: Told, say: Say) -> str:
    """98.15%, 19.49 小时; a line for a rate of nothing."""
    if told.value is None:
        return "—"
    return say("report.rate_hours" if INDICATORS[name].form == "mean" else "report.rate_percent", value=figure(told.value))


def of_words(name: str, told: Told, say: Say) -> str:
    """53 / 54 件, or how many a mean was taken over."""
    return say("rate.of_mean", total=told.total) if INDICATORS[name].form == "mean" else say("rate.of", good=told.good, total=told.total)


def categories(counts: Counts, running: bool, say: Say) -> Section:
    """What most appeals were about, what grew most and what fell most."""
    before = say("report.days_before" if running else "report.month_before")
    named = [one for one in counts.categories if one[0] and one[1]]
    undecided = next((count for name, count, _ in counts.categories if not name), 0)
    rest = (counted(say, "report.undecided", undecided),) if undecided else ()
    if not named:
        return Section(say("report.h_categories"), (say("report.no_categories"), *rest))
    first, count, earlier = named[0]
    says = [say("report.top", name=first, count=f"{count:,}", share=share(count, counts.total), trend=_trend(count - earlier, say) if counts.before else "")]
    if named[1:]:
        says.append(say("report.next", list=_listed([(name, many) for name, many, _ in named[1 : 1 + NEXT]], say)))
    if counts.before:
        changes = sorted(((many - then, name) for name, many, then in counts.categories if name), key=lambda one: (one[0], one[1]))
        if changes[-1][0] > 0:
            says.append(say("report.grew", before=before, name=changes[-1][1], by=f"{changes[-1][0]:,}"))
        if changes[0][0] < 0:
            says.append(say("report.shrank", name=changes[0][1], by=f"{-changes[0][0]:,}"))
    heads = tuple(say(f"report.col_{key}") for key in ("category", "now", "share", "compared", "change"))
    rows = tuple((name, f"{many:,}", f"{share(many, counts.total)}%", f"{then:,}", _signed(many - then)) for name, many, then in named[:ROWS])
    return Section(say("report.h_categories"), (*says, *rest), Table(heads, rows))


def _trend(by: int, say: Say) -> str:
    return say("report.trend_same") if by == 0 else say("report.trend_up" if by > 0 else "report.trend_down", by=f"{abs(by):,}")


def _signed(by: int) -> str:
    return f"+{by:,}" if by > 0 else f"−{-by:,}" if by < 0 else "0"


def where_from(places: Places, say: Say) -> Section:
    """The towns and the villages with most, and what lies in none."""
    says = [say("report.towns", list=_listed([(town.name, town.count) for town in places.towns], say))] if places.towns else []
    villages = sorted(((count, name) for town in places.towns for name, count in town.villages if count), key=lambda one: (-one[0], one[1]))
    says.append(say("report.villages", list=_listed([(name, count) for count, name in villages[:NEXT]], say)) if villages else say("report.no_villages"))
    says.append(say("report.elsewhere", count=f"{places.elsewhere:,}", unknown=f"{places.unknown:,}"))
    heads = tuple(say(f"report.col_{key}") for key in ("town", "now", "villages"))
    rows = tuple((town.name, f"{town.count:,}", _listed(_most(town.villages), say) or "—") for town in places.towns)
    return Section(say("report.h_places"), tuple(says), Table(heads, rows) if rows else None)


def _most(villages: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted((one for one in villages if one[1]), key=lambda one: (-one[1], one[0]))[:SOME]
