"""未诉先办: the weeks ahead by category, who is warned when, and what became of the warnings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from insights.season_occasions import between, festivals_of
from tickets.actions.forecast_count import towns
from tickets.actions.forecast_warn import RULESET
from tickets.domain.roles import LIBRARY
from tickets.domain.season import monday_of
from tickets.domain.times import local
from tickets.store import forecasts
from tickets.store.forecast_models import SeasonWarning
from web.access import needs
from web.hall import hall
from web.show import season_grid
from web.show.season_grid import AHEAD, ROWS, WEEK, Given, Row

PAGES = Blueprint("seasons", __name__)
TOLD = 40


@dataclass(frozen=True)
class Told:
    """A warning as the list shows it."""

    row: SeasonWarning
    day: date
    what: str
    why: str
    people: tuple[str, ...]


@PAGES.get("/seasons")
@needs(LIBRARY)
def page() -> ResponseReturnValue:
    """The season map of the district or of a town, the table beside it, and the warnings."""
    here = hall()
    names = [name for name in towns(here.desk.rules.names.areas) if name]
    area = request.args.get("area", "")
    area = area if area in names else ""
    today = local(here.now()).date()
    monday = forecasts.newest_monday()
    warnings = forecasts.warnings(TOLD)
    since = (today - forecasts.STANDS).isoformat()
    given: dict[str, Given] = {}
    for one in warnings:
        day = local(one.at).date().isoformat()
        if day >= since and (not area or one.area == area):
            given.setdefault(one.category, Given(day, one.peak_start, one.rule, one.state))
    tree = here.desk.rules.names.categories
    for name in [name for name in tree.nodes if name not in given and tree.at_depth(name, 2) in given]:
        given[name] = given[tree.at_depth(name, 2)]  # warned of together: once for the branch
    start = monday or monday_of(today)
    calendar = here.desk.calendar.data
    found = season_grid.rows(forecasts.forecasts(monday, area), given, start) if monday is not None else ()
    whole = request.args.get("all") == "1"
    return render_template(
        "seasons.html",
        columns=season_grid.columns(start, between(festivals_of(calendar), calendar.seasons, start, start + WEEK * AHEAD)),
        rows=found if whole else found[:ROWS],
        hidden=0 if whole else max(0, len(found) - ROWS),
        chosen=_chosen(found),
        monday=monday,
        towns=names,
        area=area,
        years=max((row.one.years for row in found), default=0),
        enough=any(row.one.weeks for row in found),
        told=[_told(one) for one in warnings if not area or one.area == area],
        titles=_titles(),
        week_end=lambda monday: monday + WEEK - timedelta(days=1),
    )


def _titles() -> dict[str, str]:
    """Rule -> its title in the reader's language."""
    return {rule.id: rule.title.say(g.lang) for ruleset in hall().desk.rules.rulesets() if ruleset.name == RULESET for rule in ruleset.rules}


def _chosen(found: tuple[Row, ...]) -> tuple[Row, season_grid.Cell] | None:
    """The row and week the address asks to explain; else the steepest week of the first row with a season ahead."""
    category, week = request.args.get("category", ""), request.args.get("week", "")
    for row in found:
        for cell in row.cells:
            if row.one.category == category and cell.monday.isoformat() == week and row.one.weeks:
                return row, cell
    first = next((row for row in found if row.one.weeks and row.peak is not None), None)
    return None if first is None else (first, max(first.cells, key=lambda cell: cell.ratio))


def _told(one: SeasonWarning) -> Told:
    words = json.loads(one.words)
    people = tuple(dict.fromkeys(f"{who['unit'].replace('/', ' · ')} {who['person']}".strip() or who["asked"] for who in json.loads(one.told)))
    return Told(one, local(one.at).date(), str(words.get("title", "")), str(words.get("reason", "")), people)
