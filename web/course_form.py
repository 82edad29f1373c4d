"""A step's form as its page needs it: what is known already, what was typed, what the answers read like before they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import g, request

from engine.facts import FactValue
from forms.answers import Answers, read
from forms.form import Form
from forms.render import FieldView, FileView, FormView, Option, view
from tickets.actions.facts import facts_of, typed
from tickets.store.directory import sections
from tickets.store.ticket_view import TicketView
from tickets.store.tickets import by_number
from web.asked_form import Raw, form_in_force, page_number, typed_answers
from web.course_steps import Step
from web.hall import hall
from web.pwa import sent_from
from web.sent_files import judged, pictured, refused_now, with_sent

NOT_ANSWERS = ("csrf_token", "once", "go", "seq", "version", "device_at")  # parts of the page itself
UNITS = "to_unit"  # the fact that names a unit: chosen from the directory


@dataclass(frozen=True)
class Sheet:
    """A form as it lies before a person: its ticket, what was typed (`raw`), what came of it, and the page's own number and ticket step."""

    step: Step
    ticket: TicketView
    form: Form
    raw: Raw
    answers: Answers
    once: str
    seq: int

    def seen(self, complain: bool) -> FormView:
        """As the templates read it; `complain` shows what is missing or wrong."""
        desk = hall().desk
        shown = view(self.form, self.answers.shown, self.raw, desk.rules.facts, desk.rules.names, g.lang, self.answers.errors if complain else refused_now())
        shown = replace(shown, pages=tuple(replace(page, fields=tuple(_with_units(field) for field in page.fields)) for page in shown.pages))
        return pictured(shown)


def sheet(step: Step, ticket: TicketView, raw: Raw, *, fresh: bool = False) -> Sheet:
    """The form in force with what was typed; 404 when the office has none, or one that asks what the rules no longer know."""
    desk = hall().desk
    form = form_in_force(step.key)
    now = hall().now()
    known = {**facts_of(desk, by_number(ticket.number), now), **_earlier(ticket)}
    raw = with_sent(form, raw)
    answers = judged(form, read(form, raw, desk.rules.facts, desk.rules.names, now, known=known), ticket.id)
    given, seq = request.form.get("once", ""), request.form.get("seq", "")
    once = page_number("" if fresh else given)
    return Sheet(step, ticket, form, raw, answers, once, int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 9 and not fresh else -1)


def raw_answers() -> Raw:
    """What the browser sent, without the parts of the page itself."""
    return typed_answers(NOT_ANSWERS)


def history_line(one: Sheet, once: str) -> dict[str, object]:
    """What the form adds to the step's line: which form, in which version, from which page, what was answered and went out of sight."""
    rest: Mapping[str, FactValue] = {name: value for name, value in one.answers.facts.items() if name not in one.step.uses}
    kept = {name: value if isinstance(value, bool) else str(value) for name, value in rest.items()}
    return {
        "form": f"{one.form.id}@{one.form.version}",
        "hidden": list(one.answers.hidden),
        "once": once,
        **sent_from(),
        **({"answers": kept} if kept else {}),
    }


def in_words(seen: FormView) -> tuple[tuple[str, tuple[tuple[str, str, tuple[FileView, ...]], ...]], ...]:
    """The answers to be checked before sending: per page its title and (label, answer, files); what was left open is an empty answer."""
    return tuple((page.title, tuple((field.label, _words(field), field.files) for field in page.fields)) for page in seen.pages)


def _words(field: FieldView) -> str:
    chosen = [option.words for _, options in field.groups for option in options if option.chosen]
    if field.groups:
        return "、".join(chosen)
    if field.widget == "upload":
        return ""  # its photos are shown themselves
    return f"{field.value} {field.unit}".strip() if field.value else ""


def _with_units(field: FieldView) -> FieldView:
    """The field that names a unit is a list of the directory's; one that was typed and is not there stays to be seen."""
    if field.id != UNITS:
        return field
    names: Sequence[str] = sections()
    known = (*names, field.value) if field.value and field.value not in names else names
    return replace(
        field, widget="list", groups=(("", tuple(Option(name, name, name == field.value, name.replace("/", " › ")) for name in known)),), searched=True
    )


def _earlier(ticket: TicketView) -> dict[str, FactValue]:
    """What earlier steps' forms were answered, the newest answer for each; a rework begins anew."""
    desk = hall().desk
    given: dict[str, object] = {}
    for line in ticket.history:
        if line.what == "重办":
            given.clear()
        answers = line.note.get("answers")
        given.update(answers if isinstance(answers, dict) else {})
        given.update({name: line.note[name] for name in ("solved", "satisfied", "result") if name in line.note})
    facts = desk.rules.facts
    read_as = {name: typed(facts[name], value, desk.rules.names.categories) for name, value in given.items() if name in facts and not facts[name].personal}
    return {name: value for name, value in read_as.items() if value is not None}
