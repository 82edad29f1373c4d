"""The report's words on units: within each kind the median, the highest and the lowest; never one ranking of all (国办函〔2025〕66号)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median

from insights.month_rates import MonthRates, Told
from web.show.rate_cards import figure
from web.show.report_words import Say, Section, Table, of_words, value_words
from web.show.targets import Aim

NAME = "on_time_rate"  # what every kind of unit has, and the rules ask of each
Units = Mapping[str, Sequence[tuple[int, str]]]


def kinds(month: MonthRates, units: Units, aims: Mapping[str, Aim], say: Say) -> Section:
    """One sentence a kind that has units to speak of, one for all the others, and the table of all kinds."""
    aim = aims.get(NAME, Aim())
    says = [say("report.kinds_lead")]
    rows, none = [], []
    for kind, here in units.items():
        enough = [(name, told) for name, told in ((name, month.told("unit", key, NAME)) for key, name in here) if aim.enough(told)]
        title = say(f"unit_kind.{kind}") if kind in KNOWN else kind
        if enough:
            says.append(_kind(title, len(here), enough, say))
        else:
            none.append(title)
        values = [told.value for _, told in enough if told.value is not None]
        middle = say("report.rate_percent", value=figure(_median(values))) if values else "—"
        rows.append((title, str(len(here)), str(len(enough)), middle))
    if none:
        says.append(say("report.kind_none", list=say("report.and").join(none)))
    heads = (*(say(f"report.col_{key}") for key in ("kind", "units", "enough")), say("report.col_median", title=say(f"rate.{NAME}")))
    return Section(say("report.h_kinds"), tuple(says), Table(heads, tuple(rows)) if rows else None)


KNOWN = frozenset(("热线中心", "区直部门", "镇街", "村居", "企业", "督查"))


def _kind(kind: str, units: int, enough: Sequence[tuple[str, Told]], say: Say) -> str:
    words = {"kind": kind, "units": units, "enough": len(enough), "title": say(f"rate.{NAME}")}
    if len(enough) == 1:
        name, told = enough[0]
        return say("report.kind_one", name=name, value=value_words(NAME, told, say), of=of_words(NAME, told, say), **words)
    values = [told.value for _, told in enough if told.value is not None]
    if min(values) == max(values):
        return say("report.kind_all", value=say("report.rate_percent", value=figure(values[0])), **words)
    best, worst = (_named([one for one in enough if one[1].value == edge], say) for edge in (max(values), min(values)))
    middle = say("report.rate_percent", value=figure(_median(values)))
    return say("report.kind_many", median=middle, best=best[0], best_value=best[1], worst=worst[0], worst_value=worst[1], **words)


def _named(units: Sequence[tuple[str, Told]], say: Say) -> tuple[str, str]:
    """(who, what): of one unit with its fraction, of several by the first and how many."""
    name, told = units[0]
    value = value_words(NAME, told, say)
    if len(units) == 1:
        return name, say("report.value_of", value=value, of=of_words(NAME, told, say))
    return say("report.others", name=name, rest=len(units) - 1), value


def _median(values: Sequence[Decimal]) -> Decimal:
    return Decimal(median(values)).quantize(Decimal("0.01"))
