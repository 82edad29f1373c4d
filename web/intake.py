"""登记诉求: the hotline agent's form, as an office has written it, and the ticket that comes of it."""

from __future__ import annotations

import re
import secrets

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.answers import Answers, read
from forms.form import Form
from forms.render import body, view
from tickets.actions.intake import open_ticket
from tickets.actions.manual import NoManualDesk
from tickets.domain.appeal import AppealRefused
from tickets.domain.roles import INTAKE
from web.access import caller, needs
from web.hall import hall
from web.intake_appeal import SOURCE, appeal_of

PAGES = Blueprint("intake", __name__)
FORM = "intake"
ONCE = re.compile(r"[0-9a-f]{32}\Z")
NOT_ANSWERS = ("csrf_token", "once", "go")  # parts of the page itself


@PAGES.get("/intake")
@needs(INTAKE)
def page() -> ResponseReturnValue:
    """An empty form; what the rules of visibility show before anything is answered."""
    form = _form()
    return _shown(form, _read(form, {}), {}, secrets.token_hex(16))


@PAGES.post("/intake")
@needs(INTAKE)
def send() -> ResponseReturnValue:
    """Takes the appeal in and shows its ticket; with anything missing or wrong the same page again, nothing typed lost.

    The page carries a number of its own, so that pressing twice or reloading makes one ticket.
    """
    form, raw, once = _form(), _raw(), _once()
    answers = _read(form, raw)
    if not answers.whole:
        return _shown(form, answers, raw, once)
    account = caller().account.id
    try:
        opened = open_ticket(hall().desk, appeal_of(form, answers, account, once, hall().now()))
    except (AppealRefused, NoManualDesk) as refused:
        return _shown(form, answers, raw, once, refused=str(refused))
    key = "taken_before" if opened.duplicate_of else "just_taken_manual" if opened.manual else "just_taken"
    flash(hall().words.say(f"intake.{key}", g.lang), "good")
    return redirect(url_for("ticket.page", number=opened.ticket))


@PAGES.post("/intake/continue")
@needs(INTAKE)
def go_on() -> ResponseReturnValue:
    """The whole page with the parts that the answers so far call for: how the form goes on in a browser without JavaScript."""
    form, raw = _form(), _raw()
    return _shown(form, _read(form, raw), raw, _once(), complain=False)


@PAGES.post("/intake/state")
@needs(INTAKE)
def state() -> ResponseReturnValue:
    """The pages and fields in sight with the answers so far, as a piece of HTML; nothing is stored."""
    form, raw = _form(), _raw()
    desk = hall().desk
    answers = _read(form, raw)
    return str(body(view(form, answers.shown, raw, desk.rules.facts, desk.rules.names, g.lang)))


def _form() -> Form:
    """The intake form in force; 404 when the office has none, or one that asks what the rules no longer know."""
    form = hall().desk.forms.find(FORM)
    if form is None or any(name not in hall().desk.rules.facts for name in form.asks()):
        abort(404)
    return form


def _raw() -> dict[str, list[str]]:
    return {name: request.form.getlist(name) for name in request.form if name not in NOT_ANSWERS}


def _once() -> str:
    given = request.form.get("once", "")
    return given if ONCE.match(given) else secrets.token_hex(16)


def _read(form: Form, raw: dict[str, list[str]]) -> Answers:
    desk = hall().desk
    return read(form, raw, desk.rules.facts, desk.rules.names, hall().now(), known={"source": SOURCE})


def _shown(form: Form, answers: Answers, raw: dict[str, list[str]], once: str, refused: str = "", complain: bool = True) -> ResponseReturnValue:
    desk = hall().desk
    errors = answers.errors if raw and complain else {}
    seen = view(form, answers.shown, raw, desk.rules.facts, desk.rules.names, g.lang, errors)
    return render_template("intake.html", form=seen, once=once, refused=refused)
