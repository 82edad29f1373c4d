"""一诉多办: from one ticket to its area: what else of its kind came from there, who is warned of it, and whether it stopped."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from insights.area import Area, Unit, area_of
from insights.similar import Question
from tickets.actions import area_warn
from tickets.actions.area_warn import DAYS, Warned, warn_area
from tickets.actions.steps import StepRefused
from tickets.domain.roles import CENTRE, TICKETS
from tickets.domain.times import stored
from tickets.store import similar_area
from tickets.store.similar_area import WATCHED, Follow
from tickets.store.ticket_view import TicketView
from web.access import caller, needs
from web.hall import hall
from web.show.refusal import one_language
from web.ticket_page import ticket_or_404

PAGES = Blueprint("area", __name__)
USUAL_DAYS = 30


@PAGES.get("/t/<number>/area")
@needs(TICKETS)
def page(number: str) -> ResponseReturnValue:
    """The area as far as the caller may see it."""
    ticket = ticket_or_404(number)
    now = stored(hall().now())
    area, follow = _area(ticket, now), similar_area.follow_of(ticket.id)
    return render_template(
        "area.html",
        ticket=ticket,
        area=area,
        departments=_concerned(area) if area is not None else (),
        wide=_wide(),
        follow=follow,
        standing=_standing(follow, now),
        may_warn=caller().may(CENTRE) and follow is None and area is not None,
        days=DAYS,
        usual=USUAL_DAYS,
        moment=now,
    )


@PAGES.post("/t/<number>/area")
@needs(CENTRE)
def warn(number: str) -> ResponseReturnValue:
    """Warns the units chosen, with the list, asks them to help, and begins to watch."""
    ticket = ticket_or_404(number)
    area = _area(ticket, stored(hall().now()))
    here = url_for("area.page", number=number, wide=1 if _wide() else None)
    if area is None:
        return redirect(here)
    chosen = set(request.form.getlist("unit"))
    days = request.form.get("days", "")
    warned = Warned(
        area.place,
        area.branch,
        tuple(line.one.number for line in area.lines),
        tuple(unit.address for unit in _concerned(area) if unit.address in chosen),
        int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
    )
    try:
        done = warn_area(hall().desk, ticket.id, warned, f"account:{caller().account.id}")
    except StepRefused as refused:
        flash(one_language(str(refused), g.lang), "bad")
        return redirect(here)
    flash(hall().words.say("area.warned_joint" if done.helping else "area.warned", g.lang, told=len(done.told), helping=len(done.helping)), "good")
    for why in done.why:
        flash(why, "bad")
    return redirect(here)


def _wide() -> bool:
    return request.values.get("wide", "") == "1"


def _area(ticket: TicketView, now: datetime) -> Area | None:
    place = ticket.area_path[-1][1] if ticket.area_path else ""
    question = Question(ticket.title, ticket.text, ticket.category, place, now, ticket.id)
    return area_of(caller().viewer, hall().desk.rules.names, question, wide=_wide())


def _concerned(area: Area) -> tuple[Unit, ...]:
    """The departments to warn: all that have the area's appeals, but not the manual desk, which handles nothing."""
    return tuple(unit for unit in area.units if unit.address != hall().desk.manual_desk)


def _standing(follow: Follow | None, now: datetime) -> tuple[int, int] | None:
    """What came since the warning, while nobody has judged it yet."""
    if follow is None or follow.state != WATCHED:
        return None
    return similar_area.came_since(follow, *area_warn.parts(hall().desk, follow), min(now, follow.until))
