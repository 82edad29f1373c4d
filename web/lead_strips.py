"""考核得分，按类看: the newest frozen month as one strip a kind. Nobody is named in an order of points; comparison stays within a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tickets.domain.period import Period, month
from tickets.domain.score_sheet import PERSON, UNIT, Scored, Sheet, middle, read
from tickets.store import score_months
from web.hall import Hall

# What is compared: (scored as, group). The groups are those of tickets/store/score_subjects.py.
KINDS = ((UNIT, "部门"), (UNIT, "镇"), (UNIT, "村居"), (UNIT, "物业企业"), (PERSON, "网格员"))


@dataclass(frozen=True)
class Strip:
    """One kind: how many have a score, the lowest, the median and the highest; `points` in no order of theirs, units with their names."""

    kind: str
    low: Decimal
    median: Decimal
    high: Decimal
    points: tuple[tuple[str, Decimal], ...]

    def chart(self, low: int, high: int) -> dict[str, object]:
        """What the browser draws, on the scale that all strips share."""
        points = [{"value": float(value), "name": name} for name, value in self.points]
        return {"kind": "strip", "low": low, "high": high, "median": float(self.median), "points": points}


@dataclass(frozen=True)
class Strips:
    """The month they are of, and the scale they share, in whole points."""

    period: Period
    strips: tuple[Strip, ...]
    low: int
    high: int


def strips(hall: Hall, shown: Period) -> Strips | None:
    """The newest frozen month that is not after the one shown; None before any month is frozen."""
    key = next((key for key in score_months.frozen_months() if key <= shown.key), None)
    if key is None:
        return None
    newest = score_months.editions(key)[-1]
    kept: Strips | None = hall.months.get(("strips", key), newest.sha256, lambda: _read(key))
    return kept


def _read(key: str) -> Strips | None:
    frozen = score_months.frozen(key)
    if frozen is None:
        return None
    return from_sheet(month(key), read(frozen.result))


def from_sheet(period: Period, sheet: Sheet) -> Strips:
    """The strips of a drawn-up month; kinds of which nobody has a score are left out."""
    base = {rule.id for rule in sheet.rules if not rule.bonus}
    known = {kind: [one for one in sheet.of(*kind) if not base or base & set(one.points)] for kind in KINDS}  # who has no data has no score
    found = tuple(_strip(group, scores) for (_, group), scores in known.items() if scores)
    low = min((one.low for one in found), default=Decimal(0))
    high = max((one.high for one in found), default=Decimal(100))
    return Strips(period, found, int(low.to_integral_value("ROUND_FLOOR")), max(int(high.to_integral_value("ROUND_CEILING")), int(low) + 1))


def _strip(group: str, scores: Sequence[Scored]) -> Strip:
    totals = [one.total for one in scores]
    named = tuple((one.name if one.scored_as == UNIT else "", one.total) for one in sorted(scores, key=lambda one: one.id))
    return Strip(group, min(totals), middle(scores) or Decimal(0), max(totals), named)
