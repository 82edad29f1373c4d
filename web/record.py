"""A unit's page and a person's own: their rates, what waits, how it went over twelve months. Each sees his own, leaders see all."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from insights.month_rates import HEADLINE, MonthRates
from tickets.domain.period import month_of
from tickets.domain.roles import RECORD
from tickets.domain.times import stored
from tickets.store.clocks_at_risk import at_risk
from tickets.store.month_places import area_tree
from tickets.store.scope import Viewer
from tickets.store.ticket_list import Wanted, page
from tickets.store.unit_record import came, held, may_see_person, may_see_unit, people_of, person_at, sections_of, unit_at, waiting
from web.access import caller, needs
from web.hall import hall
from web.lead_state import year_of_rates
from web.show.clock import day_start
from web.show.months import asked_month, back, month_words, year_to
from web.show.plural import counted
from web.show.rate_cards import RateCard, cards
from web.show.targets import aims

PAGES = Blueprint("record", __name__)
Line = tuple[int, str, str, tuple[RateCard, ...]]  # id, name, post, figures


def say(key: str, **parts: object) -> str:
    """The words in the language of whoever asks."""
    return hall().words.say(key, g.lang, **parts)


def _months() -> tuple[tuple[MonthRates, ...], dict[str, object]]:
    """The rates of the year to the month asked for, and the words every page here needs."""
    now = hall().now()
    present = month_of(now)
    month = min(asked_month(request.args.get("month", "")) or present, present, key=lambda one: one.since)
    choice = [back(present, by) for by in range(13)]
    words = {
        "month": month,
        "months": [(one.key, month_words(one, say)) for one in choice],
        "month_words": month_words(month, say),
        "moment": stored(now),
        "counted": lambda key, count: counted(say, key, count),
    }
    return year_of_rates(hall(), area_tree(), month, now), words


@PAGES.get("/record")
@needs(RECORD)
def own() -> ResponseReturnValue:
    """To the page that is the caller's own: the month of the district, his unit, or himself."""
    viewer = caller().viewer
    if viewer.reach == "all":
        return redirect("/leaders")
    if viewer.reach == "unit" and viewer.unit_id is not None:
        return redirect(f"/units/{viewer.unit_id}/overview")
    if viewer.person_id is None:
        abort(404)
    return redirect(f"/people/{viewer.person_id}/overview")


@PAGES.get("/units/<int:unit>/overview")
@needs(RECORD)
def unit(unit: int) -> ResponseReturnValue:
    """The unit's rates, what waits in it, what came month by month, its sections and its people side by side."""
    found = unit_at(unit) if unit < 2**31 and may_see_unit(caller().viewer, unit) else None
    if found is None:
        abort(404)
    months, words = _months()
    here, targets = hall(), aims(hall().desk.rules.rulesets())
    what = "unit" if any(("unit", unit) in one.of for one in months) or not found.parent else "section"
    spans = [(stored(one.since), stored(one.until)) for one in year_to(months[-1].period)]
    counts = came(found.inside, spans)
    names = [month_words(one.period, say) for one in months]
    people = [(key, name, post, cards(months[-2:], "person", key, targets, say)) for key, name, post in people_of(found.inside)]
    sections = [(key, name, "", cards(months[-2:], "section", key, targets, say)) for key, name in sections_of(unit)]
    return render_template(
        "unit_record.html",
        unit=found,
        rates=cards(months, what, unit, targets, say),
        waits=waiting(found.inside),
        risk=at_risk(Viewer("unit", None, unit), stored(here.now())),
        came=list(zip(names, counts, strict=True)),
        chart={"kind": "bars", "labels": [one.period.key for one in months], "values": counts, "unit": say("record.unit_pieces")},
        sections=_with_figures(sections),
        people=_with_figures(people),
        **words,
    )


def _with_figures(lines: list[Line]) -> list[Line]:
    """Those of whom the month has anything to say."""
    return [line for line in lines if any(one.total for one in line[3])]


@PAGES.get("/people/<int:person>/overview")
@needs(RECORD)
def person(person: int) -> ResponseReturnValue:
    """One person's rates, and the open tickets in his hands that the caller may see."""
    here = caller()
    found = person_at(person) if person < 2**31 and may_see_person(here.viewer, person) else None
    if found is None:
        abort(404)
    months, words = _months()
    now = hall().now()
    listed = page(here.viewer, Wanted(stored(now), day_start(now), status="open", person=person))
    return render_template(
        "person_record.html",
        person=found,
        own=here.account.person_id == person,
        rates=cards(months, "person", person, aims(hall().desk.rules.rulesets()), say, HEADLINE),
        waits=held(person),
        page=listed,
        **words,
    )
