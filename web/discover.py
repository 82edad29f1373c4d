"""随手报: what a grid officer finds on his round, with photos; handled on the spot it goes to its review at once."""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.answers import Answers, read
from forms.form import Form
from forms.render import body, view
from tickets.actions.claim_files import keys_in
from tickets.actions.discover import SOURCE, Handled, discover
from tickets.actions.manual import NoManualDesk
from tickets.actions.steps import StepRefused
from tickets.domain.appeal import Appeal, AppealRefused
from tickets.domain.roles import DISCOVER
from tickets.store.grid_place import own_grid
from tickets.store.last_move import known_person
from tickets.store.tickets import earlier
from web.access import caller, needs
from web.asked_form import Raw, form_in_force, page_number, typed_answers
from web.files import takes_files
from web.hall import hall
from web.intake_appeal import appeal_of
from web.pwa import device_time, sent_from, wants_json
from web.sent_files import asked_files, judged, pictured, with_sent
from web.show.clock import millis

PAGES = Blueprint("discover", __name__)
FORM = "discover"
NOT_ANSWERS = ("csrf_token", "once", "go", "version", "device_at")  # parts of the page itself


@PAGES.get("/discover")
@needs(DISCOVER)
def page() -> ResponseReturnValue:
    """An empty form, its address begun with the officer's own node."""
    raw = {"address": [own_grid(caller().account.person_id)]}
    return _shown(form_in_force(FORM), raw, secrets.token_hex(16), complain=False)


@PAGES.post("/discover")
@takes_files
@needs(DISCOVER)
def send() -> ResponseReturnValue:
    """Makes a ticket of it; with anything missing or wrong the same page again, nothing typed lost. A page sent twice is one ticket."""
    form, once = form_in_force(FORM), _once()
    raw = with_sent(form, _raw())
    if request.form.get("go") == "continue":
        return _shown(form, raw, once, complain=False)
    if (before := earlier(SOURCE, _source_id(once))) is not None:
        return _done(before.number)
    answers = _read(form, raw)
    if not answers.whole:
        return _shown(form, raw, once)
    try:
        return _done(_take(form, answers, once))
    except (AppealRefused, NoManualDesk, StepRefused) as refused:
        return _shown(form, raw, once, refused=str(refused))


@PAGES.post("/discover/state")
@needs(DISCOVER)
def state() -> ResponseReturnValue:
    """The pages and fields in sight with the answers so far, as a piece of HTML; nothing is stored."""
    form, raw = form_in_force(FORM), _raw()
    desk = hall().desk
    return str(body(pictured(view(form, _read(form, raw).shown, raw, desk.rules.facts, desk.rules.names, g.lang))))


def _take(form: Form, answers: Answers, once: str) -> str:
    here, facts = caller(), answers.facts
    if here.account.person_id is None:
        abort(403)
    appeal = _appeal(form, answers, once)
    photos = {one.id: keys_in(facts[one.id]) for one in asked_files(form) if one.id in facts}
    handled = None
    if facts.get("self_handled") is True:
        kept = {"photos_after": str(facts["photos_after"])} if "photos_after" in facts else {}
        line = {"form": f"{form.id}@{form.version}", "once": f"{here.account.id}-{once}", **sent_from(), "answers": kept}
        handled = Handled(str(facts.get("result", "")), line)
    return discover(hall().desk, appeal, here.account.person_id, handled, photos, sent_from().get("elsewhere", "")).ticket


def _appeal(form: Form, answers: Answers, once: str) -> Appeal:
    """The officer himself is the caller: whoever has a question about it asks him."""
    here = caller().account
    who = known_person(here.person_id) if here.person_id is not None else None
    made = appeal_of(form, answers, here.id, once, hall().now())
    return replace(made, source=SOURCE, phone=who.phone if who is not None else "", caller_name=here.name, answers={**made.answers, **device_time()})


def _done(number: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(state="taken", href=f"/t/{number}", now=millis(hall().now()))
    flash(hall().words.say("discover.taken", g.lang, number=number), "good")
    return redirect(url_for("inbox.page"))


def _raw() -> Raw:
    return typed_answers(NOT_ANSWERS)


def _once() -> str:
    return page_number(request.form.get("once", ""))


def _source_id(once: str) -> str:
    return f"{caller().account.id}-{once}"


def _read(form: Form, raw: Raw) -> Answers:
    desk = hall().desk
    return judged(form, read(form, raw, desk.rules.facts, desk.rules.names, hall().now(), known={"source": SOURCE}), None)


def _shown(form: Form, raw: Raw, once: str, refused: str = "", complain: bool = True) -> ResponseReturnValue:
    desk = hall().desk
    answers = _read(form, raw)
    errors = answers.errors if complain else {}
    seen = pictured(view(form, answers.shown, raw, desk.rules.facts, desk.rules.names, g.lang, errors))
    status = 200 if not complain else 409 if refused else 422
    if wants_json():
        wrong = "；".join(f"{label}：{error}" for _, label, error in seen.wrong)
        return jsonify(state="look", why=refused or wrong, now=millis(hall().now())), status
    g.asks_place = any(one.place for one in asked_files(form))
    return render_template("discover.html", form=seen, once=once, refused=refused, most_files=hall().settings.files_per_field), status
