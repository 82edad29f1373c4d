"""How a call may end otherwise than by dispatch: answered at once, handed over, declined, merged; each registers and ends in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.answers import Answers, read
from forms.form import Form
from forms.render import view
from tickets.actions import endings
from tickets.actions.intake import Ending, open_ticket
from tickets.actions.manual import NoManualDesk
from tickets.actions.rate_call import level_of, rate_call
from tickets.actions.steps import StepRefused
from tickets.domain.appeal import AppealRefused
from tickets.domain.roles import INTAKE
from tickets.store.ticket_view import find
from tickets.store.tickets import NoSuchTicket, by_number
from web.access import caller, needs
from web.asked_form import Raw, form_in_force, seen
from web.desk_known import Shelf, in_force, shelf
from web.hall import hall
from web.intake import ENDS, changed_words, shown, taken
from web.intake_appeal import SOURCE
from web.intake_form import CARRIED, Paper, is_carried, paper, plain_answers

PAGES = Blueprint("intake_end", __name__)
ANSWER, PICK = "answer", "knowledge_pick"  # the ending that may rest on the knowledge base; the button that takes an entry from it
PIECE = "piece"  # asked for by desk.js: the form alone, to stand in a dialog


@dataclass(frozen=True)
class EndForm:
    """The form of an ending with what was typed into it; `knowledge` is the code of the entry that an answer rests on."""

    key: str
    form: Form
    raw: Raw
    answers: Answers
    knowledge: str = ""

    def said(self, name: str) -> str:
        return str(self.answers.facts.get(name, ""))

    @property
    def note(self) -> Mapping[str, object]:
        """What the form adds to the history line: which form, and the answers that its verb does not take."""
        kept = {name: value if isinstance(value, bool) else str(value) for name, value in self.answers.facts.items() if name in ("told_caller",)}
        return {"form": f"{self.form.id}@{self.form.version}", "hidden": list(self.answers.hidden), **({"answers": kept} if kept else {})}


# key -> what the answers of its form make
MAKE: dict[str, Callable[[str, EndForm], Ending]] = {
    "answer": lambda by, one: endings.answering(by, one.said("answer_words"), one.said("solved"), one.said("satisfied"), one.note, one.knowledge),
    "handover": lambda by, one: endings.handing_over(by, one.said("handed_to"), one.said("opinion"), one.note),
    "decline": lambda by, one: endings.declining(by, one.said("reason"), one.said("basis"), one.note),
}


@PAGES.post("/intake/end/<key>")
@needs(INTAKE)
def end(key: str) -> ResponseReturnValue:
    """The form of that ending, once the appeal itself is whole; sent (go=send), the appeal is registered and ended at once."""
    if key not in ENDS:
        abort(404)
    one = paper()
    if one.changed or not one.answers.whole:
        return shown(one, changed_words(one) if one.changed else "", 409 if one.changed else 422)
    sent = request.form.get("go") == "send"
    sheet = _sheet(key, plain_answers() if is_carried() else {})
    if request.form.get("go") == "back":
        return shown(one, complain=False)
    if not sent or not sheet.answers.whole:
        return _asked(one, sheet, complain=sent)
    try:
        opened = open_ticket(hall().desk, one.appeal(), MAKE[key](f"account:{caller().account.id}", sheet))
    except (AppealRefused, NoManualDesk, StepRefused) as refused:
        return _asked(one, sheet, str(refused))
    asked = sheet.said("call_level")
    if asked and not opened.duplicate_of:
        rate_call(hall().desk, opened.ticket_id, caller().account.id, level_of(asked))
    said = hall().words.say("intake.taken_before" if opened.duplicate_of else f"desk.done_{key}", g.lang)
    answer = taken(one, opened.ticket, said, ask=not asked and not opened.duplicate_of)
    return {"go": url_for("ticket.page", number=opened.ticket)} if request.form.get(PIECE) else answer


@PAGES.post("/intake/end/merge")
@needs(INTAKE)
def merge() -> ResponseReturnValue:
    """Registers the appeal and merges it into the open one that was named; one press, and the caller is told."""
    one, into = paper(), request.form.get("into", "").strip()
    if one.changed or not one.answers.whole:
        return shown(one, changed_words(one) if one.changed else "", 409 if one.changed else 422)
    if find(caller().viewer, into) is None:
        abort(404)
    try:
        why = hall().words.say("desk.merge_reason", "zh")
        opened = open_ticket(hall().desk, one.appeal(), endings.merging(f"account:{caller().account.id}", into, why))
    except (AppealRefused, NoManualDesk, StepRefused, NoSuchTicket) as refused:
        return shown(one, str(refused), 409)
    said = "intake.taken_before" if opened.duplicate_of else "desk.done_merge"
    return taken(one, opened.ticket, hall().words.say(said, g.lang, number=into), ask=not opened.duplicate_of)


@PAGES.post("/intake/rate")
@needs(INTAKE)
def rate() -> ResponseReturnValue:
    """The caller's rating of the call, one press after registering; only by who took the call."""
    number, level = request.form.get("number", ""), request.form.get("level", "")
    if find(caller().viewer, number) is None:
        abort(404)
    try:
        rate_call(hall().desk, by_number(number).id, caller().account.id, int(level) if level.isascii() and level.isdigit() and len(level) < 3 else 0)
    except StepRefused as refused:
        flash(str(refused), "bad")
    else:
        flash(hall().words.say("desk.rated", g.lang, level=level), "good")
    return redirect(url_for("ticket.page", number=number))


def _sheet(key: str, raw: Raw) -> EndForm:
    form, desk = form_in_force(key), hall().desk
    asked = {one.id for _, one in form.fields()}
    typed = {name: words for name, words in raw.items() if name in asked}
    cited = request.form.get("knowledge", "").strip() if key == ANSWER else ""
    if key == ANSWER and PICK in request.form:  # an entry was pressed, or with no code let go of
        picked = in_force(request.form[PICK])
        cited = picked.code if picked is not None else ""
        typed = {**typed, "answer_words": [picked.answer]} if picked is not None and "answer_words" in asked else typed
    return EndForm(key, form, typed, read(form, typed, desk.rules.facts, desk.rules.names, hall().now(), known={"source": SOURCE}), cited)


def _asked(one: Paper, sheet: EndForm, refused: str = "", complain: bool = True) -> ResponseReturnValue:
    piece = bool(request.form.get(PIECE))
    form = seen(sheet.form, sheet.answers, sheet.raw, complain, "e-")
    carried = [(f"{CARRIED}{name}", word) for name, words in one.raw.items() for word in words]
    parts = {"once": one.once, "version": one.version or one.form.version, "adopted": one.adopted, "began": one.began}
    template = "desk_end_form.html" if piece else "desk_end.html"
    words = str(one.answers.facts.get("text", ""))
    known = _shelf(one, sheet, words, "" if piece else request.form.get("knowledge_q", "").strip()) if sheet.key == ANSWER else None
    page = render_template(template, key=sheet.key, form=form, carried=carried, parts=parts, refused=refused, words=words, shelf=known)
    return page, 422 if complain and (refused or not sheet.answers.whole) else 200


def _shelf(one: Paper, sheet: EndForm, text: str, word: str) -> Shelf:
    return shelf(sheet.knowledge, word, text, str(one.answers.facts.get("category", "")))


@PAGES.post("/intake/end/<key>/state")
@needs(INTAKE)
def end_state(key: str) -> ResponseReturnValue:
    """The fields of an ending's form that are in sight with the answers so far, as a piece of HTML; nothing is stored."""
    if key not in ENDS:
        abort(404)
    desk, sheet = hall().desk, _sheet(key, plain_answers())
    seen = view(sheet.form, sheet.answers.shown, sheet.raw, desk.rules.facts, desk.rules.names, g.lang, prefix="e-")
    return render_template("form_body.html", form=seen)
