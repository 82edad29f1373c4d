"""运行总览: the living page, and the state it asks for every two seconds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from tickets.domain.roles import LIVE
from tickets.domain.times import local, stored
from tickets.store.overview import TABS, StreamRow, last_written, newest_moment, stream
from tickets.store.overview_figures import Figures, figures
from tickets.store.overview_rail import Alert, Climb, Hot, alerts, climbing, hot
from tickets.store.scope import Viewer
from web.access import caller, needs
from web.hall import hall
from web.show.clock import day_start, millis
from web.show.next_season import NextSeason, next_season
from web.show.rows import Row, row

PAGES = Blueprint("live", __name__)
ROWS = 12


@dataclass(frozen=True)
class State:
    """All that the page shows at one moment."""

    tab: str
    now: datetime
    figures: Figures
    rows: tuple[StreamRow, ...]
    alerts: tuple[Alert, ...]
    alert_count: int
    climbs: tuple[Climb, ...]
    hot: tuple[Hot, ...]
    season: NextSeason | None
    last: datetime | None


def _state() -> State:
    """The state for this caller and tab; screens that ask in the same second, with nothing written between, share one."""
    tab = request.args.get("tab", "all")
    tab = tab if tab in TABS else "all"
    moment, viewer = hall().now(), caller().viewer
    sees: object = "all" if viewer.reach == "all" else viewer
    kept: State = hall().recent.get((sees, tab), (moment.replace(microsecond=0), last_written()), lambda: _read(viewer, tab, moment))
    return replace(kept, now=stored(moment))


def _read(viewer: Viewer, tab: str, moment: datetime) -> State:
    now, since = stored(moment), day_start(moment)
    rows = stream(viewer, since, tab, ROWS)
    urgent, count = alerts(viewer, now)
    return State(
        tab=tab,
        now=now,
        figures=figures(viewer, now, since),
        rows=rows,
        alerts=urgent,
        alert_count=count,
        climbs=climbing(viewer, now),
        hot=hot(viewer, now),
        season=next_season(local(moment).date()),
        last=None if rows else newest_moment(viewer),
    )


def _drawn(state: State) -> list[Row]:
    """The rows as the templates draw them, each with its reason in the reader's language."""
    here, lang = hall(), g.lang
    titles = {rule.id: rule.title.say(lang) for ruleset in here.desk.rules.rulesets() if ruleset.name == "dispatch" for rule in ruleset.rules}

    def say(key: str, **parts: object) -> str:
        return here.words.say(key, lang, **parts)

    return [row(one, state.now, titles, say) for one in state.rows]


@PAGES.get("/")
@needs(LIVE)
def overview() -> ResponseReturnValue:
    """The page as it stands; the script keeps it moving."""
    state = _state()
    return render_template("live.html", state=state, rows=_drawn(state))


@PAGES.get("/live/state")
@needs(LIVE)
def state() -> ResponseReturnValue:
    """Strip, rows and rail as ready pieces of the page; 304 while nothing has changed. `now` is the server's time in milliseconds."""
    here = _state()
    etag = _mark(here.tab, g.lang, here.rows, _steady(here.figures), here.alerts, here.alert_count, here.climbs, here.hot)
    if request.if_none_match.contains_weak(etag):
        unchanged = Response(status=304)
        unchanged.set_etag(etag)
        unchanged.headers["X-Suda-Now"] = str(millis(here.now))
        return unchanged
    rows = [
        {"id": one.number, "version": _mark(g.lang, kept), "html": render_template("live_row.html", row=one)}
        for kept, one in zip(here.rows, _drawn(here), strict=True)
    ]
    body = {
        "strip": render_template("live_strip.html", state=here),
        "tabs": render_template("live_tabs.html", state=here),
        "rail": render_template("live_rail.html", state=here),
        "rows": rows,
        "empty": "" if rows else render_template("live_empty.html", state=here),
    }
    answer: Response = jsonify(body)
    answer.set_etag(etag)
    answer.headers["X-Suda-Now"] = str(millis(here.now))
    return answer


def _mark(*parts: object) -> str:
    """A short mark of what is shown: countdowns are left to the browser, so the mark changes only when something happened."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _steady(seen: Figures) -> Figures:
    """The figures with their spans in whole minutes: a second more is no news."""
    nearest, longest = seen.nearest_seconds, seen.longest_over_seconds
    return replace(seen, nearest_seconds=nearest and nearest // 60, longest_over_seconds=longest and longest // 60)
