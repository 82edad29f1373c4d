"""建议: what would become of the appeal that is being typed, made ready for the panel beside the form. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask import g

from insights.near_open import NearOpen, near_open
from tickets.actions.correct import BY
from tickets.actions.rehearse import Limit, Rehearsal, rehearse
from tickets.actions.suppose import Supposed, suppose
from tickets.domain.appeal import AppealRefused
from tickets.domain.times import stored
from tickets.ports import Suggestion
from tickets.store.directory import whole_unit
from tickets.store.near_open import Earlier, earlier_of
from web.access import caller
from web.desk_known import Known, beside
from web.hall import hall
from web.intake_form import Paper

SURE = 0.6  # below it nothing is ticked: the agent chooses
SHOWN = 3
NOT_SUPPOSED = ("special", "confidential")  # a person's decision, not a gap in what is known


@dataclass(frozen=True)
class Top:
    """One of the likeliest categories: its way down the catalogue, its share of 100, and whether it is the one ticked."""

    category: str
    path: str
    share: int
    chosen: bool


@dataclass(frozen=True)
class Panel:
    """All that the panel shows. `adopt` is the category the form may fill in by itself; `missing` are (field id, label) of what must still be asked."""

    tops: tuple[Top, ...] = ()
    words: tuple[str, ...] = ()
    by: str = ""
    adopt: str = ""
    chosen: str = ""
    area_path: tuple[tuple[str, str], ...] = ()
    place_words: str = ""
    told: Rehearsal | None = None
    unit: str = ""
    rule: str = ""
    limits: tuple[tuple[str, str], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    near: tuple[NearOpen, ...] = ()
    known: tuple[Known, ...] = ()
    count: int = 0
    earlier: tuple[Earlier, ...] = field(default=())
    trouble: str = ""

    @property
    def put_right(self) -> bool:
        """The suggestion rests on what a person put right before."""
        return self.by == BY

    @property
    def to(self) -> str:
        """单位 · 科室 · 人, or empty when the manual desk decides."""
        route = self.told.route if self.told is not None else None
        return f"{self.unit} · {route.to.person.name}" if route is not None and route.to is not None else ""


def panel(one: Paper) -> Panel:
    """The panel for what is typed so far; with no words yet only what the caller's number tells."""
    here, phone = caller().viewer, one.answers.personal.get("caller_phone", "")
    count, earlier = earlier_of(here, _digits(one, phone))
    base = Panel(missing=_missing(one), count=count, earlier=earlier)
    if not str(one.answers.facts.get("text", "")).strip():
        wrong = one.answers.errors.get("text") if any(word.strip() for word in one.raw.get("text", ())) else None
        return replace(base, trouble=wrong.say(g.lang)) if wrong is not None else base
    try:
        return _filled(one, base)
    except AppealRefused as refused:
        return replace(base, trouble=str(refused))


def _filled(one: Paper, base: Panel) -> Panel:
    desk, now = hall().desk, hall().now()
    appeal = one.appeal().checked()
    chosen = appeal.category if appeal.category != one.adopted else ""
    told = rehearse(desk, replace(appeal, category=chosen), now)
    guess = told.read.suggestion
    adopt = guess.category if guess.category in desk.rules.names.categories and guess.confidence >= SURE else ""
    names = desk.rules.names
    area = told.ticket.area
    route = told.route
    unasked = [name for name in one.answers.shown.visible if name not in NOT_SUPPOSED]
    return replace(
        base,
        tops=_tops(guess, chosen or adopt),
        words=guess.words,
        by=guess.by,
        adopt=adopt,
        chosen=chosen,
        area_path=tuple((names.areas.nodes[name].level, name) for name in names.areas.path(area)) if area in names.areas else (),
        place_words=told.read.place.words if told.read.place is not None else "",
        told=told,
        unit=_unit(told),
        rule=_rule(told),
        limits=tuple((limit.name, _within(limit)) for limit in told.limits),
        changes=tuple(_said(one, change) for change in suppose(desk, told, unasked, now)) if route is not None else (),
        near=near_open(caller().viewer, told.ticket.category, area, appeal.phone, appeal.text, stored(now), names.categories, names.areas),
        known=beside(appeal.text, told.ticket.category) if hall().desk.forms.find("answer") is not None else (),
    )


def _digits(one: Paper, phone: str) -> str:
    return "".join(char for char in phone if char.isdigit()) if "caller_phone" not in one.answers.errors else ""


def _tops(guess: Suggestion, chosen: str) -> tuple[Top, ...]:
    tree = hall().desk.rules.names.categories
    ranked = [(guess.category, guess.confidence), *guess.others] if guess.category else list(guess.others)
    shown: dict[str, float] = {}
    for name, share in ranked[:SHOWN]:
        if name in tree:
            shown.setdefault(name, share)
    return tuple(Top(name, " › ".join(tree.path(name)[-2:]), round(share * 100), name == chosen) for name, share in shown.items())


def _unit(told: Rehearsal) -> str:
    if told.route.to is None:
        return ""
    unit = told.route.to.unit
    whole = whole_unit(unit)
    return str(whole.name) + (f" · {unit.name}" if whole.id != unit.id else "")


def _rule(told: Rehearsal) -> str:
    ruling = told.route.ruling
    return f"{ruling.rule} {ruling.title}".strip() if ruling.rule != "else" else hall().words.say("desk.by_catalogue", g.lang)


def _within(limit: Limit) -> str:
    words = {"自然时": "", "工作日": "", "工作时": hall().words.say("desk.working_time", g.lang)}
    return _span(limit) + words.get(limit.clock, "")


def _span(limit: Limit) -> str:
    from_rule = limit.within
    number, unit = from_rule[:-1], from_rule[-1]
    key = "working_days" if unit == "d" and limit.clock != "自然时" else {"m": "minutes", "h": "hours", "d": "days"}[unit]
    return hall().words.say(f"desk.{key}", g.lang, count=number)


def _missing(one: Paper) -> tuple[tuple[str, str], ...]:
    """The fields in sight that must be answered and are not."""
    facts = hall().desk.rules.facts
    labels = {shown.field.id: shown.field.label or facts[shown.field.facts[0]].label for page in one.answers.shown.pages for shown in page.fields}
    blank = [name for name in one.answers.shown.required if not any(word.strip() for word in one.raw.get(name, ()))]
    return tuple((name, labels[name].say(g.lang)) for name in blank)


def _said(one: Paper, change: Supposed) -> tuple[str, str, str]:
    """(field id, what is asked, what it would change) in words."""
    words, facts = hall().words, hall().desk.rules.facts
    label = facts[change.fact].label.say(g.lang)
    then: list[str] = []
    if change.urgency:
        then.append(words.say("desk.then_urgency", g.lang, urgency=_term("urgency", change.urgency)))
    if change.to:
        then.append(words.say("desk.then_to", g.lang, to=_join(change.to)))
    if change.assist:
        then.append(words.say("desk.then_assist", g.lang, to=_join(change.assist)))
    if not then:
        then.append(words.say("desk.then_else", g.lang))
    unit = next(
        (shown.field.unit.say(g.lang) for page in one.answers.shown.pages for shown in page.fields if shown.field.id == change.fact and shown.field.unit), ""
    )
    key = "if_least" if change.least else "if_yes" if change.value is True else "if_no"
    condition = words.say(f"desk.{key}", g.lang, fact=label, value=change.value, unit=unit)
    return change.fact, label, words.say("desk.if_then", g.lang, condition=condition, then=_join(then))


def _term(group: str, word: str) -> str:
    key = f"{group}.{word}"
    return hall().words.say(key, g.lang) if hall().words.known(key) else word


def _join(parts: Sequence[str]) -> str:
    return ("、" if g.lang == "zh" else ", ").join(parts)
