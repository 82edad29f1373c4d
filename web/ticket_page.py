"""工单: one ticket with its decision, its course, its messages, and the button to sign it."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.decision import Decision
from forms.show import visible
from insights.nearby import near
from tickets.actions.dispatch import AssignRefused, assign
from tickets.actions.sign import SignRefused, sign
from tickets.domain import status as st
from tickets.domain.closing import missing
from tickets.domain.course import Course
from tickets.domain.lanes import lanes
from tickets.domain.rebuild import SENT
from tickets.domain.roles import ASSIGN, SIGN, TICKETS
from tickets.domain.times import stored
from tickets.store.directory import sections
from tickets.store.overview import present_clock
from tickets.store.similar_area import follow_of
from tickets.store.ticket_course import course_of
from tickets.store.ticket_view import TicketView, find
from web.access import caller, needs
from web.course_bar import bar
from web.hall import hall
from web.intake_appeal import SOURCE
from web.pwa import sent_from
from web.sent_files import of_ticket
from web.show.because import because
from web.show.decision import Why, keywords, why
from web.show.highlight import pieces
from web.show.lanes import draw
from web.show.six import six
from web.show.told import told

PAGES = Blueprint("ticket", __name__)
REPLY = "reply"  # the form that says whether a photo must come with the result


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
    now, here = stored(hall().now()), caller()
    factbook, rulings, names = hall().desk.rules.facts, hall().rulings, hall().desk.rules.names
    newest = next((ruling for ruling in reversed(ticket.rulings) if ruling.ruleset == "dispatch"), None)
    main: Decision | None = rulings.whole(newest) if newest is not None else None
    others: list[Why] = [why(rulings.short(ruling), factbook, g.lang) for ruling in ticket.rulings if ruling is not newest]
    marked = tuple(_words(ticket)) + (keywords(main) if main is not None else ())
    area = ticket.area_path[-1][1] if ticket.area_path else ""
    return render_template(
        "ticket.html",
        **_course(ticket, now),
        pieces=pieces(ticket.text, marked),
        main=why(main, factbook, g.lang) if main is not None else None,
        other_rulings=others,
        facts=factbook,
        nearby=near(here.viewer, ticket.id, ticket.title, ticket.text, ticket.category, area, now, names),
        follow=follow_of(ticket.id),
        mine=here.account.person_id is not None and ticket.person_id == here.account.person_id,
        may_sign=ticket.may_sign and here.may(SIGN),
        acts=bar(hall().desk, ticket, here),
        sent=_sent(ticket),
        to_assign=_ways(ticket) if ticket.status == st.ACCEPTED and here.may(ASSIGN) else (),
    )


@PAGES.get("/t/<number>/print")
@needs(TICKETS)
def on_paper(number: str) -> ResponseReturnValue:
    """The ticket and its course on A4, black on white; numbers masked as everywhere."""
    now = stored(hall().now())
    return render_template("ticket_print.html", **_course(ticket_or_404(number), now))


def _course(ticket: TicketView, now: datetime) -> dict[str, object]:
    """What the page and the print share: the steps, the picture, what is missing. `now` is stored UTC."""
    course, files, words, by = course_of(ticket), of_ticket(ticket.id), hall().words, _category_by(ticket)
    return {
        "ticket": ticket,
        "category_by": by,
        "reason": ticket.reason if g.lang != "en" else _because(ticket, by),
        "course": course,
        "moment": now,
        "steps": six(course, ticket.person),
        "missing": missing(course, _handler(ticket, course), _photo_asked(ticket)),
        "drawing": draw(
            lanes(course, now),
            ticket.caller,
            _term("source", ticket.source),
            g.lang,
            lambda key, **parts: words.say(key, g.lang, **parts),
            _term,
        ),
        "clock_now": present_clock(ticket.clocks, ticket.status) if ticket.status in st.OPEN else None,
        "files": files,
        "lines": told(course, hall().desk.rules.facts, files, g.lang),
    }


def _because(ticket: TicketView, by: str) -> str:
    """The reason in the reader's language, put together from the record: the sentence the ticket keeps is Chinese."""
    rules, words = hall().desk.rules.rulesets(), hall().words
    title = next((rule.title.say(g.lang) for one in rules if one.name == "dispatch" for rule in one.rules if rule.id == ticket.rule), "")
    share = round(ticket.confidence * 100)
    found = words.say("ticket.by_model", g.lang, share=share) if ticket.category_by == "model" else words.say(f"ticket.by_{by}", g.lang)
    return because(ticket, found, _sent(ticket), title, lambda key, **parts: words.say(key, g.lang, **parts), _term)


def _handler(ticket: TicketView, course: Course) -> str:
    """Whose the matter is to handle: while somebody else visits the citizen, whoever signed it."""
    signed = course.last("签收") if ticket.status == st.MEDIATING else None
    return signed.holder if signed is not None and signed.holder else ticket.person


def _term(group: str, word: str) -> str:
    words = hall().words
    return words.say(f"{group}.{word}", g.lang) if words.known(f"{group}.{word}") else word


def _photo_asked(ticket: TicketView) -> bool:
    """Whether the handler's result needs a photo, as the form in force says for a ticket of this source."""
    form, rules = hall().desk.forms.find(REPLY), hall().desk.rules
    if form is None:
        return False
    shown = visible(form, {}, rules.facts, rules.names, {"source": ticket.source})
    return any(one.field.required and one.field.kind == "photo" for page in shown.pages for one in page.fields)


@PAGES.post("/t/<number>/sign")
@needs(SIGN)
def sign_it(number: str) -> ResponseReturnValue:
    """Signs in the caller's own name; only for the ticket's holder or a colleague of the same unit."""
    ticket = ticket_or_404(number)
    here = caller()
    if here.account.person_id is None:
        abort(403)
    try:
        sign(hall().desk, ticket.id, f"account:{here.account.id}", here.account.person_id, sent_from())
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


def _category_by(ticket: TicketView) -> str:
    """The key of the words that say who found the category; the history tells apart what the source gave, the agent chose and the manual desk put right."""
    if ticket.category_by != "given":
        return ticket.category_by if ticket.category_by in ("keywords", "corrected") else "none"
    if any(line.what == "更正类别" for line in ticket.history):
        return "put_right"
    by = str(next((line.note["category_by"] for line in ticket.history if line.note.get("category_by")), "given"))
    return f"{by}_agent" if by == "chosen" and ticket.source == SOURCE else by


def _sent(ticket: TicketView) -> tuple[str, str]:
    """Where the newest sending went, unit and person, and the post; where it lies while it was never sent. Who visits later is not where it was sent."""
    note = next((line.note for line in reversed(ticket.history) if line.what in SENT and line.note.get("to")), None)
    if note is None:
        return " · ".join(word for word in (ticket.unit, ticket.section, ticket.person) if word), ticket.post
    return " · ".join(word for word in (*str(note["to"]).split("/"), str(note.get("person") or "")) if word), str(note.get("post") or "")


def _words(ticket: TicketView) -> list[str]:
    found = ticket.suggestion.get("words")
    return [str(word) for word in found] if isinstance(found, list) else []
