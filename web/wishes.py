"""接收偏好: how a person wishes to be told what can wait; his own at 我的账号, another's for whoever keeps the directory."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from notifications.render import TO_CITIZENS
from tickets.actions.prefer import BadWish, prefer
from tickets.domain.roles import KEEP_DIRECTORY, ME
from tickets.store import preferences
from tickets.store.last_move import known_person
from tickets.store.models import Person
from web.access import caller, needs
from web.hall import hall

PAGES = Blueprint("wishes", __name__)


@PAGES.post("/me/wishes")
@needs(ME)
def mine() -> ResponseReturnValue:
    """One's own; an account without a person behind it is told nothing and wishes nothing."""
    person_id = caller().account.person_id
    if person_id is None:
        abort(404)
    return _kept(known_person(person_id), "/me/wishes", "/me")


@PAGES.get("/people/<int:key>/wishes")
@needs(KEEP_DIRECTORY)
def of_person(key: int) -> ResponseReturnValue:
    """Another's, as they stand."""
    person = _person(key)
    return _page(person, f"/people/{key}/wishes", preferences.written(preferences.of(person.id)))


@PAGES.post("/people/<int:key>/wishes")
@needs(KEEP_DIRECTORY)
def keep_for_person(key: int) -> ResponseReturnValue:
    """Another's, changed; the log names who did it."""
    return _kept(_person(key), f"/people/{key}/wishes", f"/admin/people/details/?id={key}")


def _kept(person: Person, action: str, onward: str) -> ResponseReturnValue:
    sent = {name: request.form.get(name, "") for name in preferences.FIELDS}
    try:
        prefer(hall().desk, person.id, sent, caller().account.id)
    except BadWish as wrong:
        return _page(person, action, sent, str(wrong)), 422
    flash(hall().words.say("wishes.kept", g.lang), "good")
    return redirect(onward)


def _page(person: Person, action: str, wish: dict[str, str], sentence: str = "") -> str:
    return render_template("wishes.html", name=person.name, action=action, wish=wish, sentence=sentence, **usual())


def usual() -> dict[str, object]:
    """What the card says of the installation: its quiet hours, and what can wait at all."""
    quiet = hall().desk.quiet
    return {"quiet": quiet, "quiet_kinds": "、".join(hall().words.say(f"kind.{kind}", g.lang) for kind in sorted(quiet.kinds) if kind not in TO_CITIZENS)}


def _person(key: int) -> Person:
    found = Person.get_or_none(Person.id == key) if key < 1 << 62 else None
    if found is None:
        abort(404)
    return found  # type: ignore[no-any-return]
