"""Why a ticket should not count: proposed before the month is frozen, appealed for after it, decided by another person."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from forms.answers import read
from tickets.actions.score_exclude import decide_exclusion, propose
from tickets.actions.score_month import appeal, decide_appeal
from tickets.actions.steps import StepRefused
from tickets.domain.roles import HANDLE, KEEP_SCORES, REVIEW, SCORES
from tickets.domain.score_sheet import UNIT
from tickets.store.score_tickets import behind, ticket_id
from web import scores_state as state
from web.access import caller, needs
from web.asked_form import form_in_force, page_number, seen, typed_answers
from web.hall import hall
from web.show.months import month_words

PAGES = Blueprint("score_claims", __name__)
FORM, PARTS = "exclude", ("csrf_token", "once", "month", "go")


def say(key: str, **parts: object) -> str:
    """The words in the language of whoever asks."""
    return hall().words.say(key, g.lang, **parts)


def _actor() -> str:
    return f"account:{caller().account.id}"


def _back() -> str:
    """The page it was asked on: one of scores, nowhere else."""
    wanted = request.form.get("back", "")
    return wanted if wanted.startswith("/scores") and "\\" not in wanted else "/scores"


@PAGES.get("/scores/exclude/<number>")
@needs(SCORES)
def ask(number: str) -> ResponseReturnValue:
    """The form by which somebody proposes that a ticket be left out."""
    return _form(number, {}, complain=False)


@PAGES.post("/scores/exclude/<number>")
@needs(SCORES)
def send(number: str) -> ResponseReturnValue:
    """Asks the exclusion rules; what they take for a ground waits for its approval."""
    raw = typed_answers(PARTS)
    form, desk = form_in_force(FORM), hall().desk
    answers = read(form, raw, desk.rules.facts, desk.rules.names, hall().now())
    if not answers.whole or request.form.get("go") == "continue":
        return _form(number, raw, complain=not answers.whole)
    key = _of_reader(number)
    period = state.chosen_month(request.form.get("month", ""))
    try:
        found = propose(desk, key, period, dict(answers.facts), _actor(), caller().account.person_id)
    except StepRefused as refused:
        return _form(number, raw, complain=True, refused=str(refused))
    flash(say("scores.proposed", number=number, reason=found.reason, approve=found.approve.replace("/", " · ") or "—"), "good")
    return redirect(f"/scores?month={period.key}")


def _of_reader(number: str) -> int:
    """The ticket's id; 404 unless the reader may see it, and handles tickets or keeps the scores."""
    if not (caller().may(HANDLE) or caller().may(KEEP_SCORES)):
        abort(404)
    key = ticket_id(number)
    if key is None or not behind([key], caller().viewer):
        abort(404)
    return key


def _form(number: str, raw: dict[str, list[str]], *, complain: bool, refused: str = "") -> ResponseReturnValue:
    key = _of_reader(number)
    form, desk = form_in_force(FORM), hall().desk
    answers = read(form, raw, desk.rules.facts, desk.rules.names, hall().now())
    period = state.chosen_month(request.values.get("month", ""))
    shown = seen(form, answers, raw, complain and not refused)
    status = 409 if refused else 422 if shown.wrong and complain else 200
    ticket = behind([key], caller().viewer)[0]
    once = page_number(request.form.get("once", ""))
    words = month_words(period, say)
    return render_template("score_exclude.html", form=shown, ticket=ticket, period=period, month_words=words, refused=refused, once=once), status


@PAGES.post("/scores/exclusion/<int:key>")
@needs(KEEP_SCORES)
def decide_one(key: int) -> ResponseReturnValue:
    """Approves a proposal or refuses it."""
    granted = request.form.get("granted") == "yes"
    try:
        decide_exclusion(hall().desk, key, granted, request.form.get("opinion", ""), _actor(), caller().account.person_id)
    except StepRefused as refused:
        flash(str(refused), "bad")
    else:
        flash(say("scores.exclusion_granted" if granted else "scores.exclusion_refused"), "good")
    return redirect(_back())


@PAGES.post("/scores/<int:unit>/appeal")
@needs(REVIEW)
def claim(unit: int) -> ResponseReturnValue:
    """A unit appeals against its frozen score: a ticket should not count."""
    month = state.shown(state.chosen_month(request.form.get("month", "")))
    one = state.find(month, UNIT, unit)
    if month.kept is None:
        abort(409)
    rates = state.own_rates(month, one)
    counted = {case.who.ticket for cases in rates.cases.values() for case in cases} if rates is not None else set()
    words, evidence = request.form.get("words", ""), request.form.get("evidence", "")
    try:
        key = ticket_id(request.form.get("number", "").strip()) or 0
        appeal(hall().desk, month.kept, one.id, key, words, evidence, _actor(), caller().account.person_id, state.scores().within, counted)
    except StepRefused as refused:
        flash(str(refused), "bad")
    else:
        flash(say("scores.appealed"), "good")
    return redirect(_back())


@PAGES.post("/scores/appeal/<int:key>")
@needs(KEEP_SCORES)
def decide_claim(key: int) -> ResponseReturnValue:
    """Grants an appeal, which freezes a new edition beside the old one, or refuses it."""
    granted = request.form.get("granted") == "yes"
    try:
        settled = decide_appeal(hall().desk, key, granted, request.form.get("opinion", ""), _actor(), caller().account.person_id, state.scores().without)
    except StepRefused as refused:
        flash(str(refused), "bad")
    else:
        flash(say("scores.appeal_granted", edition=settled.new_edition) if granted else say("scores.appeal_refused"), "good")
    return redirect(_back())
