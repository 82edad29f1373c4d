"""Taking a step of a ticket's course: the form of that step, checked before it is sent on a phone, and told in words when it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.render import FileView, body
from forms.values import keys
from tickets.actions.allowed import Barred, barred, take_once
from tickets.actions.dispatch import AssignRefused
from tickets.actions.moves import MovedMeanwhile
from tickets.actions.steps import StepRefused
from tickets.domain.roles import CENTRE
from tickets.domain.times import stored
from tickets.store.sent_pages import sent_for
from tickets.store.ticket_view import WRITTEN, Happened, TicketView, find
from web.access import caller, needs
from web.asked_form import ONCE
from web.course_bar import person_for
from web.course_form import Sheet, history_line, in_words, raw_answers, sheet
from web.course_phone import above
from web.course_steps import STEPS, Call, Step
from web.files import takes_files
from web.hall import hall
from web.pwa import wants_json
from web.sent_files import claim_answers, of_ticket
from web.show.clock import millis
from web.show.refusal import one_language

PAGES = Blueprint("course", __name__)
STATUS = {"turn": 409, "person": 403, "late": 409}
SAID = ("visit_result", "visit_words", "plan", "result", "days", "until", *WRITTEN)  # what was written in earlier steps, shown beside the form
GO_ON = ("continue", "back")  # the form again, nothing sent


def _ticket(number: str) -> TicketView | None:
    return find(caller().viewer, number)


def _opened(step: Step, number: str) -> ResponseReturnValue:
    """The empty form; in words why not, when it is not this step's turn or not this person's to do."""
    ticket = _ticket(number) or abort(404)
    why = _barred(step, number)
    return _shown(sheet(step, ticket, {}, fresh=True), why.why if why else "", STATUS[why.kind] if why else 200, bool(why), complain=False)


def _sent(step: Step, number: str) -> ResponseReturnValue:
    """Takes the step; refused, the same page again with everything typed. A page sent twice is one step."""
    once = _page_number()
    ticket = _ticket(number)
    if once and sent_for(number, once):
        return _done(step, number)
    if ticket is None:
        abort(404)
    one, go = sheet(step, ticket, raw_answers()), request.form.get("go", "send")
    why = _barred(step, number)
    if why is not None:
        return _shown(one, why.why, STATUS[why.kind], True, complain=False)
    if go in GO_ON:
        return _shown(one, "", 200, complain=False)
    if request.form.get("version", one.form.version) != one.form.version:
        return _shown(one, hall().words.say("course.form_changed", g.lang), 409)
    if not one.answers.whole:
        return _shown(one, "", 422)
    if go == "check":
        return _check(one)
    try:
        _take(one, once or one.once)
    except (StepRefused, AssignRefused, MovedMeanwhile) as refused:
        return _shown(sheet(step, _ticket(number) or ticket, raw_answers(), fresh=True), str(refused), 409, complain=False)
    return _done(step, number)


def _state(step: Step, number: str) -> ResponseReturnValue:
    """The pages and fields in sight with the answers so far, as a piece of HTML; nothing is stored."""
    ticket = _ticket(number) or abort(404)
    return str(body(sheet(step, ticket, raw_answers()).seen(complain=False)))


def _take(one: Sheet, once: str) -> None:
    desk, here, step, ticket = hall().desk, caller(), one.step, one.ticket
    call = Call(
        desk,
        ticket.id,
        f"account:{here.account.id}",
        person_for(step, here),
        one.answers.facts,
        one.answers.personal,
        history_line(one, once),
    )

    def take() -> None:
        claim_answers(one.form, one.answers, ticket.id, desk.clock())
        step.take(call)

    take_once(ticket.id, once, one.seq, step.move, step.called, take)


def _barred(step: Step, number: str) -> Barred | None:
    here = caller()
    return barred(hall().desk, number, step.move, step.called, here.account.person_id, of_centre=here.may(CENTRE))


def _page_number() -> str:
    """The number of the page that was sent, made this account's own; empty when it has none."""
    given = request.form.get("once", "")
    return f"{caller().account.id}-{given}" if ONCE.match(given) else ""


def _done(step: Step, number: str) -> ResponseReturnValue:
    """On to the ticket; to the list when the ticket is no longer the caller's to see."""
    if wants_json():
        return jsonify(state="taken", now=millis(hall().now()))
    flash(hall().words.say(f"course.done_{step.key}", g.lang, number=number), "good")
    return redirect(url_for("ticket.page", number=number) if _ticket(number) is not None else url_for("lists.tickets"))


def _shown(one: Sheet, refused: str, status: int, closed: bool = False, complain: bool = True) -> ResponseReturnValue:
    """The form. `closed` keeps what was typed in sight but cannot be sent. To a script that sends what was kept: the sentence alone."""
    if wants_json():
        wrong = "；".join(f"{label}：{error}" for _, label, error in one.seen(complain).wrong)
        return jsonify(state="refused", why=refused or wrong, now=millis(hall().now())), status
    page = render_template(
        "course.html",
        step=one.step,
        ticket=one.ticket,
        form=one.seen(complain),
        once=one.once,
        seq=one.seq if one.seq >= 0 else one.ticket.step_seq,
        refused=one_language(refused, g.lang),
        closed=closed,
        typed=bool(one.raw),
        before=_before(one.ticket),
        moment=stored(hall().now()),
        above=above(one.step, one.ticket, stored(hall().now())),
    )
    return page, status


def _check(one: Sheet) -> ResponseReturnValue:
    asked = {field.id for _, field in one.form.fields()}
    kept = [(name, word) for name, words in one.raw.items() if name in asked for word in words]
    return render_template(
        "course_check.html", step=one.step, ticket=one.ticket, form=one.form, pages=in_words(one.seen(False)), kept=kept, once=one.once, seq=one.seq
    )


def _before(ticket: TicketView) -> list[tuple[str, str, datetime, list[tuple[str, str]], list[FileView]]]:
    """The steps in which people wrote something, the newest first: (what, who, when, [(label key, words)], files)."""
    lines = [(line, [(key, str(line.note[key])) for key in ("solved", "satisfied", *SAID) if line.note.get(key)]) for line in ticket.history]
    files = of_ticket(ticket.id)
    told = [(line.what, line.who, line.at, said, _files(line, files)) for line, said in lines if said and "form" in line.note]
    return told[::-1][:4]


def _files(line: Happened, files: Mapping[str, FileView]) -> list[FileView]:
    """What was sent with a step, of what the ticket has."""
    answers = line.note.get("answers")
    given = [key for value in answers.values() for key in keys([str(value)])] if isinstance(answers, dict) else []
    return [files[key] for key in given if key in files]


def _page(step: Step, act: Callable[[Step, str], ResponseReturnValue]) -> Callable[[str], ResponseReturnValue]:
    def page(number: str) -> ResponseReturnValue:
        return act(step, number)

    return needs(step.right)(page)


for _one in STEPS.values():
    PAGES.add_url_rule(f"/t/<number>/do/{_one.key}", _one.key, _page(_one, _opened), methods=["GET"])
    PAGES.add_url_rule(f"/t/<number>/do/{_one.key}", f"{_one.key}_send", takes_files(_page(_one, _sent)), methods=["POST"])
    PAGES.add_url_rule(f"/t/<number>/do/{_one.key}/state", f"{_one.key}_state", _page(_one, _state), methods=["POST"])
