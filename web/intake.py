"""坐席受理: the agent's form, as an office has written it, with suggestions beside it, and the ticket that comes of it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.render import body
from tickets.actions.intake import open_ticket
from tickets.actions.manual import NoManualDesk
from tickets.domain.appeal import AppealRefused, plain_phone
from tickets.domain.mask import phone as masked
from tickets.domain.roles import INTAKE
from tickets.domain.times import stored
from tickets.store import form_drafts
from web.access import caller, needs
from web.asked_form import ONCE
from web.desk_panel import panel
from web.hall import hall
from web.intake_appeal import SOURCE
from web.intake_form import FORM, Paper, paper
from web.limits import limited
from web.show.clock import hms, moment_words

PAGES = Blueprint("intake", __name__)
ENDS = ("answer", "handover", "decline")  # forms by which an appeal may end instead of being dispatched
RATE = "rate"  # the kind of flash that asks for the rating of the call


@PAGES.get("/intake")
@needs(INTAKE)
def page() -> ResponseReturnValue:
    """An empty form, with the caller's number where the telephone gave it (?phone=…); with ?draft=… a saved one as it was."""
    wanted = request.args.get("draft", "")
    if wanted:
        return _saved_one(wanted)
    phone = plain_phone(request.args.get("phone", ""))
    return shown(paper({"caller_phone": [phone]} if phone else {}), complain=False, listed=True)


@PAGES.post("/intake")
@needs(INTAKE)
def send() -> ResponseReturnValue:
    """Takes the appeal in and shows its ticket; with anything missing or wrong the same page again, nothing typed lost.

    The page carries a number of its own, so that pressing twice or reloading makes one ticket.
    """
    one = paper()
    if one.changed:
        return shown(one, changed_words(one), 409)
    if not one.answers.whole:
        return shown(one)
    try:
        opened = open_ticket(hall().desk, one.appeal())
    except (AppealRefused, NoManualDesk) as refused:
        return shown(one, str(refused))
    key = "taken_before" if opened.duplicate_of else "just_taken_manual" if opened.manual else "just_taken"
    return taken(one, opened.ticket, hall().words.say(f"intake.{key}", g.lang), ask=not opened.duplicate_of)


@PAGES.post("/intake/continue")
@needs(INTAKE)
def go_on() -> ResponseReturnValue:
    """The whole page with the parts that the answers so far call for: how the form goes on in a browser without JavaScript."""
    return shown(paper(), complain=False)


@PAGES.post("/intake/state")
@needs(INTAKE)
def state() -> ResponseReturnValue:
    """The pages and fields in sight with the answers so far, as a piece of HTML; nothing is stored."""
    return str(body(paper().seen(complain=False)))


@PAGES.post("/intake/suggest")
@needs(INTAKE)
@limited("suggest")
def suggest() -> ResponseReturnValue:
    """What would become of the appeal as typed so far, as a piece of HTML; a rehearsal, nothing is stored."""
    return render_template("intake_panel.html", panel=panel(paper()), moment=stored(hall().now()))


def shown(one: Paper, refused: str = "", status: int = 200, complain: bool = True, listed: bool = False) -> ResponseReturnValue:
    """The page. `listed` shows the account's saved forms above it, where nothing has been typed yet."""
    saved = form_drafts.own(caller().account.id, FORM) if listed else ()
    forms = hall().desk.forms
    page = render_template(
        "intake.html",
        form=one.seen(complain and bool(one.raw)),
        once=one.once,
        adopted=one.adopted,
        began=one.began,
        number=masked(plain_phone("".join(one.raw.get("caller_phone", ())))),
        refused=refused,
        panel=panel(one),
        saved=saved,
        ends=[key for key in ENDS if forms.find(key) is not None],
        moment=stored(hall().now()),
    )
    return page, status


def taken(one: Paper, number: str, said: str, ask: bool = True) -> ResponseReturnValue:
    """On to the ticket; what was saved of the page is no longer needed, and the caller may be asked how the call was."""
    form_drafts.forget(caller().account.id, one.once)
    flash(said, "good")
    if ask:
        flash(number, RATE)
    return redirect(url_for("ticket.page", number=number))


def changed_words(one: Paper) -> str:
    """That the form changed meanwhile, and which answers it no longer asks for."""
    words, gone = hall().words, [name for name in (*one.answers.strange, *one.answers.hidden) if name in hall().desk.rules.facts]
    labels = "、".join(hall().desk.rules.facts[name].label.say(g.lang) for name in gone)
    return words.say("desk.form_changed", g.lang) + (words.say("desk.not_asked_now", g.lang, names=labels) if labels else "")


def _saved_one(once: str) -> ResponseReturnValue:
    kept = form_drafts.one(caller().account.id, once) if ONCE.match(once) else None
    if kept is None:
        abort(404)
    parts = {name[1:]: words[0] for name, words in kept.answers.items() if name.startswith("_") and words}
    raw = {name: list(words) for name, words in kept.answers.items() if not name.startswith("_")}
    opened = paper(raw, once=once, **{name: parts.get(name, "") for name in ("version", "adopted", "began")})
    time = moment_words(kept.at, stored(hall().now()), g.lang)
    flash(hall().words.say("desk.restored", g.lang, time=time), "good")
    return shown(opened, changed_words(opened) if opened.changed else "", complain=False)


@PAGES.post("/intake/keep")
@needs(INTAKE)
def keep() -> ResponseReturnValue:
    """Saves what is typed so far under the page's number: by itself every few seconds, and with the button 暂存. Never a ticket."""
    one, here = paper(), caller()
    quietly = request.accept_mimetypes.best == "application/json"
    at = hall().now()
    number = form_drafts.sent_already(SOURCE, here.account.id, one.once)
    if number:  # sent meanwhile: a late save must not bring it back
        return {"sent": number} if quietly else redirect(url_for("ticket.page", number=number))
    if not any(word.strip() for words in one.raw.values() for word in words):
        return {"saved": ""} if quietly else redirect(url_for("intake.page"))
    title = " ".join("".join(one.raw.get("text", ())).split())[:40]
    try:
        form_drafts.keep(here.account.id, FORM, one.once, {**one.raw, **_parts(one)}, title, at)
    except form_drafts.DraftRefused as refused:
        return ({"error": str(refused)}, 413) if quietly else shown(one, str(refused), 413, complain=False)
    if quietly:
        return {"saved": hms(at)}
    flash(hall().words.say("desk.just_saved", g.lang), "good")
    return redirect(url_for("intake.page"))


@PAGES.post("/intake/drop")
@needs(INTAKE)
def drop() -> ResponseReturnValue:
    """Deletes a saved form of one's own."""
    once = request.form.get("once", "")
    if ONCE.match(once) and form_drafts.forget(caller().account.id, once):
        flash(hall().words.say("desk.dropped", g.lang), "good")
    return redirect(url_for("intake.page"))


def _parts(one: Paper) -> dict[str, list[str]]:
    rest = {"version": one.version or one.form.version, "adopted": one.adopted, "began": one.began}
    return {f"_{name}": [word] for name, word in rest.items() if word}
