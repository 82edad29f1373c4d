"""Takes in what was written without network and came too late for its ticket: nothing a person wrote is lost, and nothing late takes effect."""

from __future__ import annotations

from flask import Blueprint, abort, g, jsonify, request
from flask.typing import ResponseReturnValue

from forms.form import Form
from tickets.actions.claim_files import keys_in
from tickets.actions.keep_record import keep_record
from tickets.actions.steps import StepRefused
from tickets.domain.roles import HANDLE
from tickets.store.tickets import NoSuchTicket
from web.access import caller, needs
from web.asked_form import ONCE
from web.course_steps import STEPS
from web.hall import hall
from web.pwa import sent_from
from web.show.clock import millis

PAGES = Blueprint("kept", __name__)
SENT = ("photo", "file")  # kinds of fields whose answer is a list of keys


@PAGES.post("/t/<number>/kept")
@needs(HANDLE)
def keep(number: str) -> ResponseReturnValue:
    """The answers of a step's form as a line of the ticket's history; the header X-Step names the step. Answers in JSON."""
    here, step = caller().account, STEPS.get(request.headers.get("X-Step", ""))
    once, words = request.form.get("once", ""), hall().words
    form = hall().desk.forms.find(step.key) if step is not None else None
    if step is None or form is None or here.person_id is None or not ONCE.match(once):
        abort(400)
    called = words.say(f"course.do_{step.key}", g.lang)
    lines, files = _answers(form)
    try:
        keep_record(hall().desk, number, here.id, here.person_id, called, lines, f"{here.id}-{once}", sent_from(), files)
    except NoSuchTicket:
        abort(404)
    except StepRefused as refused:
        return jsonify(state="refused", why=str(refused), now=millis(hall().now())), 409
    return jsonify(state="taken", why=words.say("inbox.kept_as_record", g.lang, step=called), now=millis(hall().now()))


def _answers(form: Form) -> tuple[str, dict[str, tuple[str, ...]]]:
    """What was written, a line for each field, and the keys of the photos and files."""
    facts, lines, files = hall().desk.rules.facts, [], {}
    for _, field in form.fields():
        given = [one.strip() for one in request.form.getlist(field.id) if one.strip()]
        if given and field.kind in SENT:
            files[field.id] = keys_in(",".join(given))
        elif given and field.id in facts:
            lines.append(f"{facts[field.id].label.zh}：{'、'.join(given)}")
    return "\n".join(lines), files
