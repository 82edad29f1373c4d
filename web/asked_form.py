"""What every page that asks a form has in common: the form in force, the page's own number, how it is read and shown."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection

from flask import abort, g, request

from forms.answers import Answers
from forms.form import Form
from forms.render import FormView, view
from web.hall import hall

ONCE = re.compile(r"[0-9a-f]{32}\Z")  # the number that makes a page sent twice one step
Raw = dict[str, list[str]]


def form_in_force(key: str) -> Form:
    """The form in force; 404 when the office has none, or one that asks what the rules no longer know."""
    form = hall().desk.forms.find(key)
    if form is None or any(name not in hall().desk.rules.facts for name in form.asks()):
        abort(404)
    return form


def page_number(given: str) -> str:
    """The number the page came with; a fresh one where it came with none."""
    return given if ONCE.match(given) else secrets.token_hex(16)


def typed_answers(parts: Collection[str]) -> Raw:
    """What the browser sent, without the `parts` of the page itself."""
    return {name: request.form.getlist(name) for name in request.form if name not in parts}


def seen(form: Form, answers: Answers, raw: Raw, complain: bool, prefix: str = "") -> FormView:
    """The form as the templates read it; `complain` shows what is missing or wrong, `prefix` goes before the ids of its fields."""
    desk = hall().desk
    return view(form, answers.shown, raw, desk.rules.facts, desk.rules.names, g.lang, answers.errors if complain else {}, prefix)
