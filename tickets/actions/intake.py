"""Takes an appeal in: one transaction from text to a named person with clocks running, or nothing at all."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tickets.actions import clocks, dispatch
from tickets.actions.correct import note_choice, suggest
from tickets.actions.decide import Ruling, decide
from tickets.actions.facts import facts_of
from tickets.actions.manual import hand_to_desk
from tickets.actions.moves import finish, move
from tickets.actions.opened import opened
from tickets.domain import reason
from tickets.domain.appeal import Appeal, Opened, whole_text
from tickets.domain.status import REGISTERED
from tickets.domain.times import stored
from tickets.ports import Desk, PlaceFound, Suggestion
from tickets.store import course, similar
from tickets.store.connect import Conflict, transaction
from tickets.store.insert import insert
from tickets.store.models import Ticket
from tickets.store.tickets import canonical, earlier, next_number

SYSTEM = "system"
NOTHING = Suggestion("", 0.0, "none", unsure=True)


@dataclass(frozen=True)
class Read:
    """What reading the words alone gives: a category, how it was come by, a place; `doubt` says why the category is not sure enough."""

    category: str
    by: str
    suggestion: Suggestion
    place: PlaceFound | None
    doubt: str = ""


@dataclass(frozen=True)
class Taken:
    """An appeal that has just been accepted, inside its transaction: what an ending goes on with."""

    desk: Desk
    ticket: Ticket
    facts: dispatch.Facts
    read: Read
    pace: Ruling
    at: datetime


Ending = Callable[[Taken], str]  # what becomes of an accepted appeal; answers the last part of the ticket's reason


def open_ticket(desk: Desk, appeal: Appeal, ending: Ending | None = None) -> Opened:
    """Makes the appeal a ticket: registered, decided, dispatched or left to the manual desk, its clocks started, its messages queued.

    `ending` takes the place of dispatching: answered at once, handed over, declined, merged (tickets/actions/endings.py).
    All of it is committed together or not at all. The same `source` and `source_id` a second time gives the first ticket back, with
    `duplicate_of` set. Asks the clock once. Raises AppealRefused for an appeal that cannot become a ticket, NoManualDesk when nobody
    at all could hold it.
    """
    began = time.perf_counter()
    at = desk.clock()
    checked = appeal.checked()
    before = earlier(checked.source, checked.source_id)
    if before is not None:
        return opened(before, began, duplicate=True)
    read = read_words(desk, checked)  # outside the transaction: reading a text needs no lock
    try:
        with transaction():
            ticket = _take_in(desk, checked, read, at, began, ending or dispatched)
    except Conflict:  # another process took the same appeal in meanwhile: the table holds source and source_id only once
        before = earlier(checked.source, checked.source_id)
        if before is None:
            raise
        return opened(before, began, duplicate=True)
    return opened(ticket, began)


def _take_in(desk: Desk, appeal: Appeal, read: Read, at: datetime, began: float, ending: Ending) -> Ticket:
    ticket = _register(appeal, read, at)
    similar.keep(ticket, desk.rules.names)
    _learn(desk, ticket, appeal, read, at)
    facts = facts_of(desk, ticket, at)
    pace = decide(desk, ticket, "urgency", "ticket.registered", facts, at)
    ticket.urgency = str(next((action.args["value"] for _, action in pace.of("urgency")), ""))
    facts = {**facts, "urgency": ticket.urgency} if ticket.urgency else facts
    clocks.plan(desk, ticket, pace.of("deadline"), facts, at)
    move(desk, ticket, "受理", actor=SYSTEM, at=at, facts=facts, changes={"urgency": ticket.urgency})
    done = ending(Taken(desk, ticket, {**facts, "step": ticket.status}, read, pace, at))
    ticket.reason = reason.sentence(*_because(read, ticket, pace, bool(appeal.form)), done)
    finish(desk, ticket, at)
    ticket.millis = round((time.perf_counter() - began) * 1000, 3)
    ticket.save(only=[Ticket.reason, Ticket.millis])
    return ticket


def dispatched(taken: Taken) -> str:
    """The ordinary ending: by the dispatch rules to a named person, or to the manual desk."""
    route = dispatch.choose(taken.desk, taken.ticket, taken.facts, taken.at, taken.read.doubt)
    if taken.pace.trouble and route.to is not None:
        route = replace(route, to=None, why=taken.pace.trouble)
    return _send_or_keep(taken.desk, taken.ticket, route, taken.facts, taken.at)


def _register(appeal: Appeal, read: Read, at: datetime) -> Ticket:
    ticket: Ticket = Ticket(
        number=next_number(at),
        source=appeal.source,
        source_id=appeal.source_id,
        status=REGISTERED,
        kind=appeal.kind,
        title=appeal.title,
        text=appeal.text,
        address=appeal.address,
        caller_phone=appeal.phone,
        phone_tail=appeal.phone[-4:],
        caller_name=appeal.caller_name,
        appealed_at=stored(appeal.appealed_at) if appeal.appealed_at is not None else None,
        registered_at=stored(at),
        category=read.category,
        category_confidence=1.0 if read.by == "given" else read.suggestion.confidence,
        category_by=read.by,
        area=read.place.area if read.place is not None else "",
        evidence=canonical({"suggestion": vars(read.suggestion), "place": vars(read.place) if read.place is not None else None, "given": appeal.category}),
        extra=canonical({"answers": dict(appeal.answers)}),
    )
    ticket.id = insert(Ticket, [{name: value for name, value in ticket.__data__.items() if name != "id"}])[0]
    course.begin(ticket)
    details: dict[str, object] = {"source": appeal.source, "source_id": appeal.source_id}
    if appeal.form:
        details.update(form=appeal.form, hidden=list(appeal.hidden))
        if read.by == "given":  # whoever took it down kept to the suggestion, or chose another
            details["category_by"] = "adopted" if _adopted(read) else "chosen"
    course.note(ticket, at=at, actor=appeal.by or SYSTEM, what="登记", to_status=REGISTERED, details=details)
    return ticket


def _learn(desk: Desk, ticket: Ticket, appeal: Appeal, read: Read, at: datetime) -> None:
    """Keeps a person's choice that differs from the suggestion; a branch chosen above the suggested part of it contradicts nothing."""
    account = account_of(appeal.by)
    if account and read.by == "given" and not desk.rules.names.categories.holds(read.category, read.suggestion.category):
        note_choice(ticket, read.suggestion, account, at)


def account_of(by: str) -> int:
    """The account behind account:7; 0 for any other actor."""
    kind, _, number = by.partition(":")
    return int(number) if kind == "account" and number.isascii() and number.isdigit() else 0


def read_words(desk: Desk, appeal: Appeal) -> Read:
    """What the words of a checked appeal say: the category given, else suggested, and the place. Writes nothing."""
    words = whole_text(appeal.title, appeal.text)
    place = desk.places.find(words, appeal.address)
    if place is not None and place.area not in desk.rules.names.areas:
        place = None  # a place the rules' area tree does not know is no fact
    categories = desk.rules.names.categories
    given = _given(desk, appeal.category)
    leaf = bool(given) and not categories.children(given)
    if leaf and not account_of(appeal.by):
        return Read(given, "given", NOTHING, place)
    suggestion = suggest(desk, words)  # of what a person chose too: where he chose otherwise, the library learns
    if leaf:
        return Read(given, "given", suggestion, place)
    known = suggestion.category in categories
    if given:  # a whole branch was given: the suggestion may say which part of it, but not another branch
        closer = known and not suggestion.unsure and categories.holds(given, suggestion.category)
        return Read(suggestion.category, suggestion.by, suggestion, place) if closer else Read(given, "given", suggestion, place)
    if not suggestion.category:
        return Read("", "none", suggestion, place, "诉求类别无法判断")
    if not known:
        return Read("", "none", suggestion, place, f"类别「{suggestion.category}」不在派单目录中")
    if suggestion.unsure:
        return Read("", "none", suggestion, place, f"类别把握不足（最像「{suggestion.category}」，{suggestion.confidence:.0%}）")
    return Read(suggestion.category, suggestion.by, suggestion, place)


def _given(desk: Desk, words: str) -> str:
    """The category the source names, when the catalogue knows it; of a path such as 公用事业/供水 its last known part."""
    parts = [part.strip() for part in re.split(r"[/>＞／|-]", words)]
    return next((one for one in (words, *reversed(parts)) if one in desk.rules.names.categories), "")


def _send_or_keep(desk: Desk, ticket: Ticket, route: dispatch.Route, facts: dispatch.Facts, at: datetime) -> str:
    """Dispatches along the route, or leaves the ticket to the manual desk; answers the last part of the reason."""
    rule, why = route.ruling.rule, route.why
    if route.to is not None:
        why = dispatch.send(desk, ticket, route.to, move_name="派单", rule=rule, actor=f"rule:{rule}", at=at, facts=facts, assist=route.assist)
    if route.to is None or why:
        who = hand_to_desk(desk, ticket, why, rule, at)
        return f"转人工派单席：{why}；{who}"
    by = reason.rule_words(rule, route.ruling.title, "派单目录归口科室")
    return f"按{by}派至{ticket.unit.address}；{route.to.reason}"


def _adopted(read: Read) -> bool:
    """Whether the category given is the one that was suggested."""
    return read.suggestion.category == read.category


def _because(read: Read, ticket: Ticket, pace: Ruling, on_form: bool) -> tuple[str, ...]:
    by = reason.rule_words(pace.rule, pace.title, "")
    return (
        reason.category_words(
            read.category,
            reason.chosen_words(ticket.source, _adopted(read)) if on_form and read.by == "given" else read.by,
            ticket.category_confidence,
            read.suggestion.words if read.by != "given" else (),
        ),
        reason.place_words(ticket.area, read.place.words if read.place is not None else ""),
        (f"{ticket.urgency}（{by}）" if by else ticket.urgency),
    )
