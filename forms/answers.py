"""Turns what a browser sent for a form into facts: only what is in sight counts, and each wrong answer is said in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.facts import Facts, FactValue, Label
from engine.names import Names
from forms.form import Field, Form
from forms.kinds import KINDS
from forms.show import NOTHING, FactBook, Shown, walk
from forms.values import NotAnAnswer, read_choices
from forms.values import read as read_value

Raw = Mapping[str, Sequence[str]]  # what was typed, by field id; several only where several can be ticked
UNANSWERED = Label("还没有填，请填写", "is not answered yet")
UNCHOSEN = Label("还没有选，请选择", "is not chosen yet")
UNSENT = {"photo": Label("还没有照片，请拍照", "has no photo yet"), "file": Label("还没有文件，请选择", "has no file yet")}
TYPED = ("text", "number")  # types of fact that are written; the others are chosen


@dataclass(frozen=True)
class Answers:
    """`facts` are for the rules, `personal` for the ticket alone; `errors` by field id. `hidden` are fields that were answered but are
    out of sight, `strange` names that the form does not have: neither is kept but by name, for the record."""

    facts: Mapping[str, FactValue] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Label] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    shown: Shown = field(default_factory=lambda: Shown(()))

    @property
    def whole(self) -> bool:
        """Whether everything that must be answered is, and rightly."""
        return not self.errors


def read(form: Form, raw: Raw, factbook: FactBook, names: Names, at: datetime, known: Facts = NOTHING) -> Answers:
    """What the form says with these words typed in. `at` is now (aware); `known` are facts the form does not ask but that are known."""
    errors: dict[str, Label] = {}

    def answer(asked: Field) -> Facts:
        typed = [one for one in raw.get(asked.id, ()) if one.strip()]
        try:
            given = _given(asked, typed, factbook, at)
        except NotAnAnswer as wrong:
            errors[asked.id] = wrong.why
            return {}
        if asked.required and not given:
            errors[asked.id] = UNSENT.get(asked.kind) or (UNANSWERED if KINDS[asked.kind].fact in TYPED else UNCHOSEN)
        return given

    shown = walk(form, answer, factbook, names, known)
    answered = [name for name, typed in raw.items() if any(one.strip() for one in typed)]
    fields = {asked.id for _, asked in form.fields()}
    return Answers(
        {name: value for name, value in shown.facts.items() if not factbook[name].personal},
        {name: str(value) for name, value in shown.facts.items() if factbook[name].personal},
        errors,
        tuple(name for name in shown.hidden if name in answered),
        tuple(name for name in answered if name not in fields),
        shown,
    )


def _given(asked: Field, typed: Sequence[str], factbook: FactBook, at: datetime) -> Facts:
    if asked.of:
        return read_choices(asked, typed)
    if not typed:
        return {}
    words = ",".join(typed) if KINDS[asked.kind].sent else typed[0]
    value = read_value(asked, factbook[asked.id], words, at)
    return {} if value is None else {asked.id: value}


def typed_in(form: Form, facts: Facts) -> dict[str, list[str]]:
    """The reverse, for a preview: what one would type to give these facts. Days and minutes cannot be turned back and are left out."""
    found: dict[str, list[str]] = {}
    for _, asked in form.fields():
        if asked.of:
            found[asked.id] = [name for name in asked.of if facts.get(name) is True]
        elif asked.id in facts and asked.kind not in ("date", "datetime"):
            value = facts[asked.id]
            found[asked.id] = [("yes" if value else "no") if isinstance(value, bool) else str(value)]
    return {name: words for name, words in found.items() if words}
