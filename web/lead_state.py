"""What the leaders' overview shows at one moment: each card read for itself, so that one which fails leaves the others standing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from insights.month_rates import WHOLE, MonthRates, in_numbers
from tickets.domain.period import Period, month_of
from tickets.domain.times import stored
from tickets.store.clocks_at_risk import AtRisk, at_risk
from tickets.store.lead_issues import HotIssues, hot_issues
from tickets.store.month_places import TOWN, AreaTree, Behind, Places, area_tree, behind, places
from tickets.store.month_report import exclusions_mark
from tickets.store.scope import Viewer
from web.hall import Hall
from web.lead_seasons import Seasons, seasons
from web.lead_strips import Strips, strips
from web.show.months import year_to
from web.show.rate_cards import RateCard, Say, cards
from web.show.targets import aims
from wiring.scores import month_scores

LOG = structlog.get_logger(__name__)
Read = TypeVar("Read")
HOURS_KEPT = 3600.0  # seconds: a month that is over hardly changes any more


@dataclass(frozen=True)
class Part(Generic[Read]):
    """One card: what was read, or that it could not be."""

    value: Read | None
    failed: bool = False


@dataclass(frozen=True)
class Asked:
    """The month and the area chosen; no area is the whole district. `village` is the tile chosen."""

    month: Period
    area: str
    village: str
    now: datetime

    @property
    def inside(self) -> tuple[str, ...]:
        return area_tree().beneath(self.area) if self.area else ()


@dataclass(frozen=True)
class State:
    """The cards of the overview."""

    asked: Asked
    towns: tuple[str, ...]
    total: int | None
    rates: Part[tuple[RateCard, ...]]
    places: Part[Places]
    behind: Behind | None
    risk: Part[AtRisk]
    strips: Part[Strips | None]
    seasons: Part[Seasons | None]
    hot: Part[HotIssues]


def state(hall: Hall, viewer: Viewer, asked: Asked, say: Say) -> State:
    """Everything, for a viewer who may see the district."""
    tree = area_tree()
    inside = tree.beneath(asked.area) if asked.area else ()
    since, until = stored(asked.month.since), stored(asked.month.until)
    mapped = part("places", lambda: places(viewer, tree, since, until, inside))
    return State(
        asked=asked,
        towns=tree.of_level(TOWN),
        total=mapped.value.total if mapped.value else None,
        rates=part("rates", lambda: rate_cards(hall, tree, asked, say)),
        places=mapped,
        behind=chosen(viewer, tree, asked) if asked.village in tree.level else None,
        risk=part("risk", lambda: at_risk(viewer, stored(asked.now), inside)),
        strips=part("strips", lambda: strips(hall, asked.month)),
        hot=part("hot", lambda: hot_issues(stored(asked.now), inside)),
        seasons=part("seasons", lambda: seasons(hall.desk.calendar.data, asked.area)),
    )


def part(name: str, read: Callable[[], Read]) -> Part[Read]:
    """The card of that name. Whatever goes wrong in it is logged and said on the card alone: the others are not to suffer."""
    try:
        return Part(read())
    except Exception:
        LOG.exception("leaders.card_failed", card=name)
        return Part(None, failed=True)


def chosen(viewer: Viewer, tree: AreaTree, asked: Asked) -> Behind:
    """What is behind the tile that was chosen."""
    since, until = stored(asked.month.since), stored(asked.month.until)
    return behind(viewer, tree, asked.village, since, until, stored(asked.month.before().since))


def rate_cards(hall: Hall, tree: AreaTree, asked: Asked, say: Say) -> tuple[RateCard, ...]:
    """The headline rates of the district, or of the town chosen."""
    what, key = ("town", asked.area) if asked.area else (WHOLE, None)
    return cards(year_of_rates(hall, tree, asked.month, asked.now), what, key, aims(hall.desk.rules.rulesets()), say)


def year_of_rates(hall: Hall, tree: AreaTree, month: Period, now: datetime) -> tuple[MonthRates, ...]:
    """The rates of the twelve months to this one. The present month is measured once a minute, one that is over once an hour."""
    mark = exclusions_mark()
    return tuple(month_rates(hall, tree, one, now, mark) for one in year_to(month))


def month_rates(hall: Hall, tree: AreaTree, month: Period, now: datetime, left_out: tuple[int, int]) -> MonthRates:
    """The rates of one month without the tickets that are left out of it; counted again once their time is over, or when another ticket is left out."""
    seconds = 60.0 if month.until >= month_of(now).since else HOURS_KEPT
    stamp = (int(now.timestamp() // seconds), left_out)
    kept: MonthRates = hall.months.get(
        month.key, stamp, lambda: in_numbers(month_scores(hall.desk, hall.settings).rates(month), lambda area: tree.at(area, TOWN))
    )
    return kept
