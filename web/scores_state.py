"""What the pages of scores show: the sheet of a month, frozen or on trial, and how far the reader may see into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from flask import abort

from insights.rates import Rates
from insights.scores import NotScored
from tickets.actions.score_month import until
from tickets.domain.period import Period, month_of
from tickets.domain.roles import REVIEW
from tickets.domain.score_sheet import PERSON, SECTION, UNIT, Rule, Scored, Sheet, middle, read
from tickets.domain.times import aware
from tickets.store import rate_rows, reviews, score_months
from tickets.store.last_move import actor_name
from tickets.store.scope import Viewer, units_below
from tickets.store.score_models import Exclusion, ScoreAppeal, ScoreMonth
from tickets.store.score_tickets import Behind, behind, numbers
from web.access import caller
from web.hall import hall
from web.show.months import asked_month, back
from wiring.scores import MonthScores, month_scores

TRIAL_SECONDS = 60  # a month on trial is drawn up once a minute, however many look
MONTHS = 13


@dataclass(frozen=True)
class Month:
    """A month as it is shown: `kept` when it is frozen, else on trial; `why` says why there is no sheet."""

    period: Period
    sheet: Sheet | None
    kept: ScoreMonth | None
    editions: tuple[score_months.Edition, ...]
    rates: Rates | None = field(repr=False)
    why: str = ""

    @property
    def over(self) -> bool:
        """True once it can be frozen."""
        return self.period.over(hall().now())


def scores() -> MonthScores:
    """The installation's scores."""
    return month_scores(hall().desk, hall().settings)


def chosen_month(asked: str) -> Period:
    """The month the address asks for: the last one that is over where it says nothing that is known, never one ahead."""
    now = month_of(hall().now())
    found = asked_month(asked)
    return back(now, 1) if found is None else min(found, now, key=lambda one: one.since)


def months() -> list[Period]:
    """The months there are to choose, the present one first."""
    now = month_of(hall().now())
    return [back(now, by) for by in range(MONTHS)]


def shown(period: Period, edition: int | None = None) -> Month:
    """The month frozen (the newest edition, or the one named) or on trial; 404 for an edition that is not there."""
    editions = tuple(score_months.editions(period.key))
    kept = score_months.frozen(period.key, edition) if editions else None
    if edition is not None and kept is None:
        abort(404)
    if kept is not None:
        frozen = kept
        rates = hall().months.get(("score", period.key, kept.edition), kept.sha256, lambda: scores().kept_rates(frozen))
        return Month(period, read(kept.result), kept, editions, rates)
    try:
        stamp = (
            int(hall().now().timestamp()) // TRIAL_SECONDS,
            tuple(sorted((name, tuple(sorted(ids))) for name, ids in score_months.left_out(period.key).items())),
            hall().desk.rules.context_hash,
        )
        sheet, rates = hall().months.get(("trial", period.key), stamp, lambda: _trial(period))
    except NotScored as refused:
        return Month(period, None, None, editions, None, str(refused))
    return Month(period, sheet, None, editions, rates)


def _trial(period: Period) -> tuple[Sheet, Rates]:
    return scores().draw(period).sheet, scores().rates(period)


def before(period: Period, scored_as: str, key: int) -> Decimal | None:
    """What he scored the month before, where that month is frozen; None otherwise."""
    kept = score_months.frozen(period.before().key)
    one = read(kept.result).one(scored_as, key) if kept is not None else None
    return None if one is None else one.total


def may_see(viewer: Viewer) -> frozenset[int] | None:
    """The units and sections whose scores the viewer may see; None for all of them."""
    if viewer.reach == "all":
        return None
    return units_below(viewer.unit_id) if viewer.reach == "unit" and viewer.unit_id is not None else frozenset()


def sees(one: Scored, viewer: Viewer, units: frozenset[int] | None) -> bool:
    """A leader and the centre all, a unit its own and its people, a person himself."""
    if units is None or (one.scored_as == PERSON and one.id == viewer.person_id):
        return True
    return one.unit in units if one.scored_as == PERSON else one.id in units


def find(month: Month, scored_as: str, key: int) -> Scored:
    """The score asked for; 404 when it is not there or not the reader's to see."""
    viewer = caller().viewer
    kinds = (UNIT, SECTION) if scored_as == UNIT else (PERSON,)
    found = next((one for kind in kinds if month.sheet is not None and (one := month.sheet.one(kind, key)) is not None), None)
    if found is None or not sees(found, viewer, may_see(viewer)):
        abort(404)
    return found


def of_same_kind(month: Month, one: Scored) -> Decimal | None:
    """The median of those he may be compared with."""
    return middle(month.sheet.of(one.scored_as, one.group)) if month.sheet is not None else None


def own_rates(month: Month, one: Scored) -> Rates | None:
    """The cases that count for him."""
    by = {UNIT: "unit", SECTION: "section", PERSON: "person"}[one.scored_as]
    return month.rates.by(by).get(one.id) if month.rates is not None else None


def tickets_of(month: Month, one: Scored, rule: Rule) -> tuple[list[Behind], int]:
    """The tickets that cost (between the two numbers of a rate) or made (a count) these points, and how many there are."""
    rates = own_rates(month, one)
    if rates is None:
        return [], 0
    figure = rates.figure(rule.indicator)
    wanted = figure.between if figure.indicator.form == "rate" else figure.above
    return behind(wanted, caller().viewer), len(wanted)


@dataclass(frozen=True)
class LeftOut:
    """An exclusion with the number of its ticket and the names of who proposed and who decided it; a rule's id where the rule itself found it."""

    row: Exclusion
    number: str
    proposer: str
    decider: str


@dataclass(frozen=True)
class Claim:
    """An appeal with its ticket's number, who appealed, and the score under both outcomes; `granted` is None where it cannot be said."""

    row: ScoreAppeal
    number: str
    who: str
    refused: Decimal
    granted: Decimal | None


def left_out(month: Month, units: frozenset[int] | None = None) -> list[LeftOut]:
    """What was left out of the month or is proposed; with `units` only of the tickets that these units or sections have."""
    rows = score_months.exclusions(month.period.key)
    found = numbers([row.ticket for row in rows])
    named = {row.person_id: reviews.name_of(row.person_id) for row in rows if row.person_id is not None}
    deciders = {row.decider_id: reviews.name_of(row.decider_id) for row in rows if row.decider_id is not None}
    return [
        LeftOut(
            row,
            found[row.ticket][0],
            named.get(row.person_id, "") or (row.proposer.removeprefix("rule:") if row.proposer.startswith("rule:") else actor_name(row.proposer)),
            deciders.get(row.decider_id, "") or (actor_name(row.decided_by) if row.decided_by else ""),
        )
        for row in rows
        if row.ticket in found and (units is None or found[row.ticket][1] in units)
    ]


def waiting(month: Month) -> list[LeftOut]:
    """The proposals of the month that wait for somebody's approval."""
    return [one for one in left_out(month) if one.row.state == score_months.ASKED]


def units_of(unit_id: int) -> frozenset[int]:
    """The unit and the sections that count for it."""
    return frozenset(key for key, row in rate_rows.units().items() if row.scored == unit_id)


def appeal_until(month: Month) -> datetime | None:
    """Until when one may appeal (aware); None while the month is not frozen."""
    newest = month.editions[-1] if month.editions else None
    return None if newest is None else until(hall().desk, aware(newest.at), scores().within)


def may_appeal(month: Month, one: Scored) -> bool:
    """Whoever answers for the unit, while there is time, against the newest edition."""
    last, viewer = appeal_until(month), caller().viewer
    units = may_see(viewer)
    ours = units is not None and one.id in units and one.scored_as == UNIT
    newest = month.kept is not None and month.kept.edition == month.editions[-1].edition
    return ours and newest and caller().may(REVIEW) and last is not None and hall().now() <= last


def claims(month: Month, one: Scored) -> list[Claim]:
    """The appeals against his score; what is undecided with both outcomes."""
    rows = [row for row in score_months.appeals(month.period.key) if row.unit_id == one.id]
    found = numbers([row.ticket for row in rows])
    newest = score_months.frozen(month.period.key)
    lines = []
    for row in rows:
        granted = None
        if row.state == score_months.ASKED and newest is not None:
            kept = newest
            granted = hall().months.get(("claim", row.id), newest.sha256, partial(scores().outcome, kept, row, one.scored_as))
        lines.append(Claim(row, found.get(row.ticket, ("", None))[0], actor_name(row.actor), one.total, granted))
    return lines
