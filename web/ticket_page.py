"""工单: one ticket with its decision, its course, its messages, and the button to sign it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.decision import Decision
from insights.nearby import near
from tickets.actions.dispatch import AssignRefused, assign
from tickets.actions.sign import SignRefused, sign
from tickets.domain import status as st
from tickets.domain.roles import ASSIGN, SIGN, TICKETS
from tickets.domain.times import stored
from tickets.store.directory import sections
from tickets.store.ticket_view import TicketView, find
from web.access import caller, needs
from web.course_bar import bar
from web.hall import hall
from web.sent_files import of_ticket
from web.show.decision import Why, keywords, why
from web.show.highlight import pieces
from web.show.lanes import lanes

PAGES = Blueprint("ticket", __name__)
STEPS = ("found", "accepted", "dispatched", "handled", "answered", "closed")
# status -> the number of the step it stands at, from 1; 7 is past the last
STANDS_AT = {
    st.REGISTERED: 2, st.ACCEPTED: 3, st.DISPUTED: 3, st.DISPATCHED: 4, st.SIGNED: 4, st.SUSPENDED: 4, st.REPLIED: 5, st.REVIEWED: 6, st.VERIFIED: 6, st.MEDIATING: 6,
    st.CLOSED: 7, st.DECLINED: 7, st.MERGED: 7, st.HANDED_OVER: 7,
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One of the six steps: look is done, now or later."""

    name: str
    look: str
    at: datetime | None


@dataclass(frozen=True)
class Missing:
    """A condition of closing, in the catalogue's words `key`; `who` fills them."""

    key: str
    done: bool
    who: str = ""


def ticket_or_404(number: str) -> TicketView:
    """The ticket of this number when the caller may see it; the same 404 when it is somebody else's and when there is none."""
    found = find(caller().viewer, number)
    if found is None:
        abort(404)
    return found


@PAGES.get("/t/<number>")
@needs(TICKETS)
def page(number: str) -> ResponseReturnValue:
    ticket = ticket_or_404(number)
    now = stored(hall().now())
    factbook, rulings = hall().desk.rules.facts, hall().rulings
    newest = next((ruling for ruling in reversed(ticket.rulings) if ruling.ruleset == "dispatch"), None)
    main: Decision | None = rulings.whole(newest) if newest is not None else None
    others: list[Why] = [why(rulings.short(ruling), factbook, g.lang) for ruling in ticket.rulings if ruling is not newest]
    marked = tuple(_words(ticket)) + (keywords(main) if main is not None else ())
    words, names = hall().words, hall().desk.rules.names
    area = ticket.area_path[-1][1] if ticket.area_path else ""
    return render_template(
        "ticket.html",
        ticket=ticket,
        moment=now,
        pieces=pieces(ticket.text, marked),
        main=why(main, factbook, g.lang) if main is not None else None,
        other_rulings=others,
        steps=_steps(ticket),
        missing=_missing(ticket),
        drawing=lanes(ticket, now, g.lang, lambda key, **parts: words.say(key, g.lang, **parts)),
        clock_now=next((clock for clock in ticket.clocks if clock.met_at is None), None) if ticket.status in st.OPEN else None,
        facts=factbook,
        files=tuple(of_ticket(ticket.id).values()),
        nearby=near(caller().viewer, ticket.id, ticket.category, area, ticket.text, now, names.categories, names.areas),
        mine=caller().account.person_id is not None and ticket.person_id == caller().account.person_id,
        may_sign=ticket.may_sign and caller().may(SIGN),
        acts=bar(hall().desk, ticket, caller()),
        to_assign=_ways(ticket) if ticket.status == st.ACCEPTED and caller().may(ASSIGN) else (),
    )


@PAGES.post("/t/<number>/sign")
@needs(SIGN)
def sign_it(number: str) -> ResponseReturnValue:
    """Signs in the caller's own name; only for the ticket's holder or a colleague of the same unit."""
    ticket = ticket_or_404(number)
    here = caller()
    if here.account.person_id is None:
        abort(403)
    try:
        sign(hall().desk, ticket.id, f"account:{here.account.id}", here.account.person_id)
    except SignRefused as refused:
        flash(str(refused), "bad")
    else:
        flash(hall().words.say("ticket.just_signed", g.lang), "good")
    return redirect(url_for("ticket.page", number=number))


@PAGES.post("/t/<number>/assign")
@needs(ASSIGN)
def assign_it(number: str) -> ResponseReturnValue:
    """The manual desk's decision: the ticket goes to the section that was chosen, with its clocks and messages as by rule."""
    ticket = ticket_or_404(number)
    if ticket.status == st.DISPUTED:  # decided on a form of its own, with a reason
        return redirect(url_for("course.redirect", number=number))
    try:
        found = assign(hall().desk, ticket.id, request.form.get("to", "").strip(), f"account:{caller().account.id}", waiting_only=True)
    except AssignRefused as refused:
        flash(str(refused), "bad")
    else:
        flash(hall().words.say("ticket.just_assigned", g.lang, unit=found.unit.address, person=found.person.name), "good")
    return redirect(url_for("ticket.page", number=number))


def _ways(ticket: TicketView) -> tuple[str, ...]:
    """Every section a ticket can be sent to by hand, those of the categories it was likest first."""
    section_of = hall().desk.rules.names.section_of
    others = ticket.suggestion.get("others")
    likely = [ticket.category, ticket.suggestion.get("category"), *(one[0] for one in others if one)] if isinstance(others, list) else [ticket.category]
    first = [section_of[str(name)] for name in likely if str(name) in section_of]
    return tuple(dict.fromkeys([*first, *sections()]))


def _words(ticket: TicketView) -> list[str]:
    found = ticket.suggestion.get("words")
    return [str(word) for word in found] if isinstance(found, list) else []


def _steps(ticket: TicketView) -> tuple[Step, ...]:
    here = STANDS_AT.get(ticket.status, 1)
    at = {line.to_status: line.at for line in ticket.history if line.to_status}
    times = (ticket.registered_at, at.get(st.ACCEPTED), ticket.dispatched_at, ticket.signed_at, at.get(st.REPLIED), ticket.closed_at)
    return tuple(
        Step(name, "done" if number < here else "now" if number == here else "later", time)
        for number, (name, time) in enumerate(zip(STEPS, times, strict=True), 1)
    )


def _missing(ticket: TicketView) -> tuple[Missing, ...]:
    """What still stands between the ticket and its end, in the order it has to come."""
    here = STANDS_AT.get(ticket.status, 1)
    found = [Missing("sign", here > 4 or ticket.status in (st.SIGNED, st.SUSPENDED)), Missing("answer", here > 4)]
    found += [Missing("helper", helper.replied_at is not None, helper.unit) for helper in ticket.helpers]
    return (*found, Missing("review", here > 5), Missing("callback", ticket.status in (st.VERIFIED, st.CLOSED)))
