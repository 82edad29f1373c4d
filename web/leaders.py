"""领导总览: the month at a glance, its cards renewed each minute, and what is behind a village's tile."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from tickets.domain.period import month_of
from tickets.domain.roles import LEAD
from tickets.domain.times import local
from tickets.store.month_places import TOWN, area_tree
from web.access import caller, needs
from web.hall import hall
from web.lead_state import Asked, State, chosen, state
from web.show.months import asked_month, back, month_words
from web.show.plural import counted

PAGES = Blueprint("leaders", __name__)
CARDS = ("rates", "map", "risk", "strips", "seasons", "hot")


def say(key: str, **parts: object) -> str:
    """The words in the language of whoever asks."""
    return hall().words.say(key, g.lang, **parts)


def _asked() -> Asked:
    """What the address asks for; the present month and the whole district where it says nothing that is known."""
    now, area = hall().now(), request.args.get("area", "")
    month = asked_month(request.args.get("month", "")) or month_of(now)
    towns = area_tree().of_level(TOWN)
    return Asked(min(month, month_of(now), key=lambda one: one.since), area if area in towns else "", request.args.get("village", "")[:60], now)


def _words(shown: State) -> dict[str, object]:
    """What the templates need besides the state."""
    asked, months = shown.asked, [month_of(shown.asked.now)]
    months = [back(months[0], by) for by in range(13)]
    first, last = local(asked.month.since), local(min(asked.now, asked.month.until - timedelta(seconds=1)))
    return {
        "state": shown,
        "asked": asked,
        "months": [(one.key, month_words(one, say)) for one in months],
        "strip_month": month_words(shown.strips.value.period, say) if shown.strips.value else "",
        "title": say("lead.title") if asked.month == months[0] else say("lead.title_past", month=month_words(asked.month, say)),
        "first": first,
        "last": last,
        "counted": lambda key, count: counted(say, key, count),
    }


@PAGES.get("/leaders")
@needs(LEAD)
def overview() -> ResponseReturnValue:
    """The page as it stands; the script renews its cards."""
    shown = state(hall(), caller().viewer, _asked(), say)
    return render_template("leaders.html", **_words(shown))


@PAGES.get("/leaders/state")
@needs(LEAD)
def cards() -> ResponseReturnValue:
    """Each card as a ready piece of the page, and the line that says as of when."""
    words = _words(state(hall(), caller().viewer, _asked(), say))
    return jsonify({"span": render_template("leaders_span.html", **words), "cards": {name: render_template(f"leaders_{name}.html", **words) for name in CARDS}})


@PAGES.get("/leaders/village")
@needs(LEAD)
def village() -> ResponseReturnValue:
    """What is behind the tile chosen, as a piece of the page; 404 for a place the directory does not know."""
    asked, tree = _asked(), area_tree()
    if asked.village not in tree.level:
        abort(404)
    return render_template(
        "leaders_village.html", asked=asked, behind=chosen(caller().viewer, tree, asked), counted=lambda key, count: counted(say, key, count)
    )
