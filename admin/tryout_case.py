"""The ticket, or the typed appeal, that is tried: its facts, where each came from, and what the form sent of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from engine import words
from engine.facts import Fact, FactValue
from engine.given import read
from insights.replay_run import facts_in
from tickets.actions.facts import facts_of
from tickets.domain.mask import in_text
from tickets.store import replay_cases
from tickets.store.ticket_view import Ruling, TicketView, find
from web.access import caller
from web.hall import hall

LONGEST = 5_000  # characters of an appeal
LONGEST_VALUE = 200
MOST_CHANGES = 12


@dataclass(frozen=True)
class Case:
    """What is known of a ticket for one rule set. `facts` as the rules were told them; `sources` say where each came from."""

    number: str
    ticket_id: int
    facts: Mapping[str, FactValue]
    sources: Mapping[str, str]
    at: datetime
    ruling: Ruling | None
    confidence: float = 0.0

    def shown(self, name: str) -> str:
        """A fact as the form holds it: numbers of citizens hidden."""
        return field_value(self.facts.get(name))


@dataclass
class Asked:
    """What the form sent: facts by name, what could not be read, and the sentences that say so."""

    facts: dict[str, FactValue] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, tuple[str, str]] = field(default_factory=dict)


def case_of(number: str, ruleset: str, rule: str = "") -> Case | None:
    """The ticket's facts at its stored evaluation by that set (else as they are now); None for no ticket, or one not the caller's to see.

    Of several evaluations the one in which the rule fired, else the latest: the same that `explain` tells about.
    """
    view = find(caller().viewer, number.strip()) if number.strip() and len(number) <= 40 else None
    if view is None:
        return None
    judged = [one for one in view.rulings if one.ruleset == ruleset]
    if judged:
        ruling = next((one for one in judged if rule in json.loads(one.decision).get("fired", ())), judged[-1])
        stored = json.loads(ruling.decision)
        return _case(view, facts_in(ruling.decision), datetime.fromisoformat(str(stored["at"])), ruling)
    now = hall().now()
    row = replay_cases.ticket_rows([view.id])[view.id]
    return _case(view, facts_of(hall().desk, row, now), now, None)


def _case(view: TicketView, facts: Mapping[str, FactValue], at: datetime, ruling: Ruling | None) -> Case:
    sources = {name: _source(name, view) for name in facts}
    return Case(view.number, view.id, facts, sources, at, ruling, view.confidence if view.category_by in ("model", "keywords") else 0.0)


def _source(name: str, view: TicketView) -> str:
    """form, place, category or text; derived facts are told by their declaration."""
    if name == "category":
        return "category" if view.category_by in ("model", "keywords") and view.confidence else "chosen"
    if name == "area":
        return "place" if view.place else "chosen"
    return "text" if name == "text" else "form"


def asked_of(form: Mapping[str, str], factbook: Mapping[str, Fact], case: Case | None) -> Asked:
    """The facts of a form's `f_` fields. A field that is still as the ticket gave it stands for the ticket's own value, which may be masked on the page."""
    found = Asked()
    for name, fact in factbook.items():
        if fact.personal:
            continue
        sent = form.get(f"f_{name}", "")
        text = sent.replace("\r\n", "\n").strip()
        if not text:
            continue
        found.raw[name] = text
        if case is not None and name in case.facts and text == case.shown(name).strip():
            found.facts[name] = case.facts[name]
            continue
        _take(found, fact, text)
    return found


def _take(found: Asked, fact: Fact, text: str) -> None:
    name = fact.name
    most = LONGEST if fact.type == "text" else LONGEST_VALUE
    if len(text) > most:
        found.raw[name] = text[:most]
        found.wrong[name] = (
            f"{fact.label.zh}最多 {most:,} 字，这里有 {len(text):,} 字",
            f"{fact.label.say('en')}: at most {most:,} characters, not {len(text):,}",
        )
        return
    value: object = text
    if fact.type == "yesno":
        value = {"true": True, "false": False}.get(text, text)
    elif fact.type == "number":
        try:
            value = Decimal(text.replace(",", "").replace("，", ""))
        except InvalidOperation:
            value = text
    facts, wrong = read({name: value}, {name: fact})
    number = facts.get(name)
    if isinstance(number, Decimal) and ((fact.min is not None and number < fact.min) or (fact.max is not None and number > fact.max)):
        low, high = ("…" if one is None else f"{one:,}" for one in (fact.min, fact.max))
        found.wrong[name] = (f"{fact.label.zh}应当在 {low} 到 {high} 之间", f"{fact.label.say('en')} must be between {low} and {high}")
    elif wrong:
        found.wrong[name] = (wrong[0].zh.replace("given 里 ", "").replace(name, fact.label.zh, 1), wrong[0].en.replace("given: ", ""))
    else:
        found.facts.update(facts)


def changes_of(word: str, factbook: Mapping[str, Fact]) -> dict[str, str]:
    """The changes a button stands for: fact -> what the form would hold (empty: not known). Nothing for what cannot be read."""
    try:
        listed = json.loads(word) if len(word) <= 4 * LONGEST else []
    except (ValueError, RecursionError):
        return {}
    if not isinstance(listed, list) or len(listed) > MOST_CHANGES:
        return {}
    pairs = [one for one in listed if isinstance(one, list) and len(one) == 2 and isinstance(one[0], str) and isinstance(one[1], str)]
    return {name: value for name, value in pairs if name in factbook and not factbook[name].personal}


def field_value(value: FactValue | None) -> str:
    """A value as a form's field holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return in_text(words.value(value)) if not isinstance(value, str) else in_text(value)
