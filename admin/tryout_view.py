"""What the page of 试一试 was sent and what it shows: the facts in their order, the answer, and the changes tried so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Request

from admin import tryout_tried
from admin.base import Refused
from admin.draft_choice import draft_to_see, drafts_to_see
from admin.tryout_answer import Answer, answer
from admin.tryout_bench import Benches
from admin.tryout_case import Case, asked_of, case_of, changes_of, field_value
from admin.tryout_edition import Edition, edition, edition_then
from admin.tryout_offer import Offer, offers
from admin.tryout_tried import Tried
from admin.workbench_tree import Kept
from engine import normalise
from engine.facts import Fact, FactValue
from engine.smallest import Remedy
from tickets.domain.mask import in_text
from tickets.domain.times import local
from tickets.store.drafts import DraftInfo
from web.hall import hall

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = "%Y-%m-%dT%H:%M"
MOST_DRAFTS = 30


@dataclass(frozen=True)
class Sent:
    """What is asked: the rules, the facts, the instant. `wrong` are the fields that could not be read; `base` the facts before any change."""

    edition: Edition
    case: Case | None
    missing: str
    facts: dict[str, FactValue]
    raw: Mapping[str, str]
    wrong: Mapping[str, tuple[str, str]]
    at: datetime
    event: str
    rule: str
    base: Mapping[str, FactValue] | None
    tried: list[Tried]
    then_asked: bool


@dataclass(frozen=True)
class Field:
    """One fact on the page. `source` is a word of the catalogue (tryout.source_…); `read` when the chosen rule asks about it."""

    name: str
    label: str
    kind: str
    value: str
    said: str
    source: str
    read: bool
    options: tuple[str, ...] = ()
    tree: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class Mark:
    """A stretch of the citizen's words: plain, good (a keyword that helps the chosen rule) or bad (one that stands in its way)."""

    text: str
    look: str


@dataclass(frozen=True)
class View:
    """The whole page."""

    sent: Sent
    answer: Answer | None
    text: Field | None
    marks: tuple[Mark, ...]
    fields: tuple[Field, ...]
    folded: tuple[Field, ...]
    offers: tuple[Offer, ...]
    remedies: tuple[tuple[Remedy, str], ...]
    tried: tuple[Tried, ...]
    kept_tried: tuple[str, ...]
    base: str
    drafts: list[DraftInfo]
    at: str
    trees: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def sent(kept: Kept, request: Request, lang: str) -> Sent:
    """Reads the request. Refused for a draft or a set that is not there."""
    values = request.values
    draft = draft_to_see(values.get("draft", ""))
    now = edition(kept, values.get("set", ""), draft, lang)
    number, rule = values.get("ticket", ""), (values.getlist("rule") or [""])[-1][:80]  # a pressed rule follows the one shown
    case = case_of(number, now.ruleset.name, rule)
    then = edition_then(case.ruling, now) if case is not None and case.ruling is not None and draft is None and values.get("as", "then") == "then" else None
    chosen = then or now
    event = values.get("event", "") or (case.ruling.event if case is not None and case.ruling is not None else "")
    at = _moment(values.get("at", ""), case)
    found = Sent(
        chosen, case, number[:40] if number and case is None else "", {}, {}, {}, at, event if event in chosen.ruleset.events else chosen.ruleset.events[0], rule,
        None, [], then is not None,
    )  # fmt: skip
    if request.method != "POST":
        return replace(found, facts=dict(case.facts) if case is not None else {}, base=case.facts if case is not None else None)
    form = {**request.form, **{f"f_{name}": value for name, value in changes_of(request.form.get("apply", ""), chosen.facts).items()}}
    asked = asked_of(form, chosen.facts, case)
    base = case.facts if case is not None else _base(request.form.get("base", ""), chosen.facts)
    return replace(found, facts=asked.facts, raw=asked.raw, wrong=asked.wrong, base=base, tried=tryout_tried.read(request.form.getlist("tried")))


def view(asked: Sent, benches: Benches, lang: str) -> View:
    """The page for what was sent; without a single fact the form alone."""
    chosen = asked.edition
    found: Answer | None = None
    before: tuple[str, ...] = ()
    if asked.facts:
        with benches.using(chosen.ruleset, chosen.facts, chosen.names) as bench:
            found = answer(bench, asked.facts, asked.at, asked.event, asked.rule, lang)
            if asked.base:
                known = {name: value for name, value in asked.base.items() if name in bench.facts}
                before = bench.book.decide(chosen.ruleset.name, asked.event, known, asked.at, trace=False).winners
    reads = found.card.reads if found is not None else frozenset()
    fields = [_field(fact, asked, reads, lang) for fact in chosen.facts.values() if not fact.personal]
    text = next((one for one in fields if one.name == "text"), None) or next((one for one in fields if one.kind == "text"), None)
    others = sorted((one for one in fields if one is not text), key=lambda one: not (one.value or one.wrong or one.read))
    split = sum(1 for one in others if one.value or one.wrong or one.read) if asked.facts else 5
    tried = _tried(asked, found, before, lang)
    base = asked.base if asked.base is not None else asked.facts
    return View(
        sent=asked,
        answer=found,
        text=text,
        marks=_marks(text.value, found) if text is not None else (),
        fields=tuple(others[:split]),
        folded=tuple(others[split:]),
        offers=offers(asked.facts, chosen.facts, chosen.names),
        remedies=tuple((_masked(one), _changes(one)) for one in found.why_not.remedies) if found is not None and found.why_not is not None else (),
        tried=tried,
        kept_tried=tuple(tryout_tried.written(one) for one in tried),
        base="" if asked.case is not None else json.dumps({name: field_value(value) for name, value in base.items()}, ensure_ascii=False),
        drafts=drafts_to_see()[:MOST_DRAFTS],
        at=local(asked.at).strftime(MINUTE),
        trees={key: tuple(tree.nodes) for key, tree in (("library", chosen.names.categories), ("areas", chosen.names.areas))},
    )


def _tried(asked: Sent, found: Answer | None, before: tuple[str, ...], lang: str) -> tuple[Tried, ...]:
    if found is None or asked.base is None or asked.wrong:
        return tuple(asked.tried)
    said = tryout_tried.difference(asked.base, asked.facts, asked.edition.facts, lang)
    if not said:
        return tuple(asked.tried)
    return tryout_tried.with_new(asked.tried, Tried(said, found.outcome, found.winner or "else", found.decision.winners == before))


def _masked(remedy: Remedy) -> Remedy:
    """The same with citizens' numbers hidden: a change may quote their words."""
    return replace(remedy, changes=tuple(replace(one, zh=in_text(one.zh), en=in_text(one.en)) for one in remedy.changes))


def _changes(remedy: Remedy) -> str:
    """What the button 这样试算 sends."""
    return json.dumps([[one.fact, field_value(one.after)] for one in remedy.changes], ensure_ascii=False)


def _base(word: str, factbook: Mapping[str, Fact]) -> Mapping[str, FactValue] | None:
    """The typed facts as they were first tried; None before that."""
    try:
        data = json.loads(word) if 0 < len(word) < 40_000 else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not data:
        return None
    return asked_of({f"f_{name}": value for name, value in data.items() if isinstance(value, str)}, factbook, None).facts


def _moment(word: str, case: Case | None) -> datetime:
    """The instant asked for, to the minute; the evaluation's own where nobody changed it."""
    usual = case.at if case is not None else hall().now()
    if not word or word == local(usual).strftime(MINUTE):
        return usual
    try:
        return datetime.strptime(word[:16], MINUTE).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Refused(f"「{word[:30]}」不是时刻，请写成 2026-10-01T23:55", f"{word[:30]} is no moment; write 2026-10-01T23:55", 422) from None


def _field(fact: Fact, asked: Sent, reads: frozenset[str], lang: str) -> Field:
    value = asked.facts.get(fact.name)
    wrong = asked.wrong.get(fact.name)
    tree = {"library": "library", "areas": "areas"}.get(fact.options_from or "", "") if fact.type == "tree" else ""
    return Field(
        fact.name,
        fact.label.say(lang),
        fact.type,
        asked.raw.get(fact.name, "") if wrong else field_value(value),
        _said(value),
        "unknown" if value is None else _source(fact, value, asked),
        fact.name in reads,
        () if tree or fact.type not in ("choice", "tree") else fact.options,
        tree,
        "" if wrong is None else wrong[lang == "en"],
    )


def _said(value: FactValue | None) -> str:
    return "yes" if value is True else "no" if value is False else ""


def _source(fact: Fact, value: FactValue, asked: Sent) -> str:
    """Where a fact came from; `typed` once somebody changed it here."""
    if asked.case is None or asked.case.facts.get(fact.name) != value:
        return "typed"
    return "derived" if fact.derived is not None else asked.case.sources.get(fact.name, "form")


def _marks(text: str, found: Answer | None) -> tuple[Mark, ...]:
    """The citizen's words with the keywords of the chosen rule marked, however they were spelled."""
    if not text:
        return ()
    looks = [""] * len(text)
    mapped = normalise.spans(text)
    for look, listed in (("good", found.card.good), ("bad", found.card.bad)) if found is not None else ():
        for word in listed:
            for start, end in mapped.find(word):
                looks[start:end] = [look] * (end - start)
    pieces: list[Mark] = []
    start = 0
    for here in range(1, len(text) + 1):
        if here == len(text) or looks[here] != looks[start]:
            pieces.append(Mark(text[start:here], looks[start]))
            start = here
    return tuple(pieces)
