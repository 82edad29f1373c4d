"""人工派单: what no rule could decide and what is in dispute, the first due on top, each sent on its way with one press."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tickets.actions.correct import correct
from tickets.actions.dispatch import AssignRefused, assign
from tickets.actions.moves import MovedMeanwhile
from tickets.actions.steps import StepRefused
from tickets.domain.roles import ASSIGN
from tickets.domain.times import stored
from tickets.store.connect import transaction
from tickets.store.desk_queue import Waiting, waiting
from tickets.store.directory import sections
from tickets.store.ticket_view import find
from tickets.store.tickets import by_number
from web.access import caller, needs
from web.hall import hall
from web.show.highlight import Piece, excerpt

PAGES = Blueprint("desk", __name__)
UNITS_SHOWN = 3
LONGEST_LINE = 90  # characters of the citizen's words in a row


@dataclass(frozen=True)
class Row:
    """One line of the page: the ticket, its words with those that decided lit, and the likeliest units."""

    one: Waiting
    pieces: tuple[Piece, ...]
    units: tuple[str, ...]


@PAGES.get("/desk")
@needs(ASSIGN)
def page() -> ResponseReturnValue:
    """Everything that waits for a person to say where it goes."""
    names = hall().desk.rules.names
    count, found = waiting(caller().viewer)
    section_of = names.section_of
    rows = []
    for one in found:
        units = tuple(dict.fromkeys(section_of[name] for name in one.guesses if name in section_of))[:UNITS_SHOWN]
        rows.append(Row(one, excerpt(one.text, one.words, LONGEST_LINE), units))
    tree = names.categories
    categories = [(" › ".join(tree.path(name)), name) for name in tree.nodes] if rows else []
    return render_template("desk_queue.html", rows=rows, count=count, sections=sections() if rows else (), categories=categories, moment=stored(hall().now()))


@PAGES.post("/desk/assign")
@needs(ASSIGN)
def assign_it() -> ResponseReturnValue:
    """Sends a waiting ticket to the unit that was pressed or written, and puts its category right first where another was chosen; both or neither."""
    number, category = request.form.get("number", ""), request.form.get("category", "").strip()
    to = request.form.get("to", "").strip() or request.form.get("other", "").strip()
    if find(caller().viewer, number) is None:
        abort(404)
    desk, here = hall().desk, caller().account.id
    ticket_id = by_number(number).id
    words = hall().words
    try:
        with transaction():
            corrected = bool(category) and correct(desk, ticket_id, category, here).category_by == "given"
            found = assign(desk, ticket_id, to, f"account:{here}", waiting_only=True) if to else None
    except (AssignRefused, StepRefused, MovedMeanwhile) as refused:
        flash(str(refused), "bad")
        return redirect(url_for("desk.page"))
    if corrected:
        flash(words.say("desk.queue_corrected", g.lang, name=category), "good")
    if found is not None:
        flash(words.say("ticket.just_assigned", g.lang, unit=found.unit.address, person=found.person.name), "good")
    return redirect(url_for("desk.page"))
