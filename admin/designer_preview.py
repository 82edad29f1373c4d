"""The form as a citizen's agent would see it with some answers, and what that shows, hides and requires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from admin.designer_tree import Sheet
from admin.workbench_model import Json, plain_json
from engine.condition import Similar
from engine.dnf import Literal, Want
from engine.expect import Scope
from engine.facts import Fact, FactValue
from engine.findings import Report
from engine.load_tests import fact_value
from engine.nodes import from_plain
from engine.source import EditRefused
from engine.source_edit import normal
from forms.answers import Raw, read, typed_in
from forms.reach import Reach
from forms.render import preview, view
from forms.show import visible

MOST_ANSWERS = 300
MOST_WAYS = 40


def preview_json(sheet: Sheet, raw: Raw, known: Mapping[str, FactValue], page: int, at: datetime, lang: str, reveal: str = "") -> Json:
    """The HTML of page `page` (0: all), and the field ids in sight, hidden, required and revealed. `sound` is False while it cannot be drawn.

    `reveal` is a field to bring into sight: where some further answers do so, they are added and told as `answers` and `known`.
    """
    form, words = sheet.form, sheet.sheets.vocabulary
    if form is None:
        return {"sound": False}
    further: Json = {}
    if reveal:
        raw, known, more = revealed_by(sheet, raw, known, reveal, at)
        further = {"answers": {name: list(typed_) for name, typed_ in raw.items()}, "known": plain_json(known)} if more else {}
    answers = read(form, raw, words.facts, words.names, at, known)
    facts: dict[str, FactValue] = {**answers.facts, **answers.personal}
    html = preview(form, facts, words.facts, words.names, lang, page=page, known=known)
    seen = view(form, answers.shown, raw, words.facts, words.names, lang)
    because = {one.id: one.because for shown in seen.pages for one in shown.fields if one.because}
    return {
        "sound": True,
        "html": str(html),
        "numbers": [shown.number for shown in answers.shown.pages],
        "visible": list(answers.shown.visible),
        "hidden": list(answers.shown.hidden),
        "required": list(answers.shown.required),
        "revealed": because,
        "pages": {str(shown.number): shown.because for shown in seen.pages if shown.because},
        "given": plain_json({**known, **answers.facts}),
        **further,
        "wrong": {name: label.say(lang) for name, label in answers.errors.items() if raw.get(name)},
    }


def revealed_by(sheet: Sheet, raw: Raw, known: Mapping[str, FactValue], name: str, at: datetime) -> tuple[Raw, Mapping[str, FactValue], bool]:
    """The answers with those added that bring a hidden field into sight; as they were, and False, where it is in sight or none are found."""
    form, words = sheet.form, sheet.sheets.vocabulary
    asked = form.find(name) if form is not None else None
    if form is None or asked is None:
        return raw, known, False
    now = read(form, raw, words.facts, words.names, at, known)
    if asked.id in now.shown.visible:
        return raw, known, False
    own = set(form.asks())
    for way in (Reach(form, words).of(asked) or ())[:MOST_WAYS]:
        facts = {literal.fact: value for literal in way if (value := witness(literal, words.facts[literal.fact])) is not None}
        fresh: Raw = {**raw, **typed_in(form, facts)}
        told = {**known, **{fact: value for fact, value in facts.items() if fact not in own}}
        if asked.id in read(form, fresh, words.facts, words.names, at, told).shown.visible:
            return fresh, told, True
    return raw, known, False


def witness(literal: Literal, fact: Fact) -> FactValue | None:
    """A value of the fact for which the question comes out as wanted; None where there is none so simple."""
    value, yes = literal.value, literal.want is Want.TRUE
    first = value[0] if isinstance(value, tuple) else value
    if isinstance(first, bool):
        return first if yes else not first
    if isinstance(value, Similar):
        return value.to[0] if yes else None
    if fact.type == "number" and isinstance(first, int | Decimal):
        off = {"gt": 1, "gte": 0, "eq": 0, "in": 0, "lt": -1, "lte": 0, "ne": 1} if yes else {"gt": 0, "gte": -1, "lt": 0, "lte": 1, "ne": 0, "eq": 1, "in": 1}
        return first + off.get(literal.op, 0)
    if literal.op == "has_all" and yes and isinstance(value, tuple):
        return "，".join(str(word) for word in value)
    if literal.op == "ne" and yes:
        return next((option for option in fact.options if option != first), None)
    named = literal.op in ("eq", "in", "has_any", "has_all") if yes else literal.op == "ne"
    return str(first) if named else None


def expected_json(sheet: Sheet, given: Mapping[str, FactValue]) -> Json:
    """What a sample with these facts would find now: the fields in sight, hidden and required. `sound` is False while it cannot be told."""
    form, words = sheet.form, sheet.sheets.vocabulary
    if form is None:
        return {"sound": False}
    shown = visible(form, given, words.facts, words.names, known=given)
    return {"sound": True, "visible": list(shown.visible), "hidden": list(shown.hidden), "required": list(shown.required)}


def typed(data: object) -> dict[str, list[str]]:
    """What was typed, by field, from a browser's JSON; what is no text is left out."""
    if not isinstance(data, Mapping):
        return {}
    some = list(data.items())[:MOST_ANSWERS]
    return {str(name): [str(word)[:4000] for word in words if isinstance(word, str)] for name, words in some if isinstance(words, list)}


def known_facts(sheet: Sheet, data: object) -> dict[str, FactValue]:
    """Facts from a browser's JSON; a value that the fact cannot have is left out, as unknown."""
    if not isinstance(data, Mapping):
        return {}
    words = sheet.sheets.vocabulary
    found: dict[str, FactValue] = {}
    for name, value in list(data.items())[:MOST_ANSWERS]:
        fact = words.facts.get(str(name))
        if fact is None or value is None:
            continue
        try:
            node = from_plain(normal(value))
        except (EditRefused, TypeError):
            continue
        got = fact_value(fact, node, Scope(Report(), sheet.path, "", words))
        if got is not None:
            found[fact.name] = got
    return found
