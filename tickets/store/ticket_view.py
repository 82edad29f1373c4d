"""One ticket as its page shows it: everything kept about it, read in a fixed number of queries, citizens' numbers masked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN

from tickets.domain.mask import in_text, phone
from tickets.domain.status import DISPATCHED
from tickets.store import statements
from tickets.store.directory import works_in
from tickets.store.held import held_tickets
from tickets.store.models import Account, Area, Assist, ChainLink, Evaluation, History, Outbox, Person, RuleSetVersion, Ticket, Unit
from tickets.store.overview import Clock, clocks_of, unit_words
from tickets.store.scope import Viewer, visible

WRITTEN = ("reason", "basis", "opinion", "task", "did", "words", "note")
SAID = ("result", *WRITTEN, "answer", "plan", "visit_words", "why")  # what people wrote in a step: citizens' numbers in it are masked


@dataclass(frozen=True)
class Happened:
    """A line of the ticket's course. `who` names the actor (empty for the system and for rules); `holder` is who had it from then on."""

    seq: int
    at: datetime
    actor: str
    who: str
    what: str
    to_status: str
    holder_id: int | None
    note: Mapping[str, object]


@dataclass(frozen=True)
class Message:
    """A message owed or sent. `rule` and `when` name the chain link it came from, if it did."""

    channel: str
    kind: str
    state: str
    person_id: int | None
    person: str
    queued_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    error: str
    rule: str
    when: str


@dataclass(frozen=True)
class NextLink:
    """A link of an escalation chain that waits for its time."""

    at: datetime
    channels: str
    to: tuple[str, ...]
    rule: str
    when: str
    held: bool


@dataclass(frozen=True)
class Helper:
    """A unit that helps beside the lead; `replied_at` once it has answered."""

    unit: str
    person_id: int | None
    person: str
    asked: str
    replied_at: datetime | None


@dataclass(frozen=True)
class Ruling:
    """A stored decision; `decision` is its JSON as written by the engine."""

    ruleset: str
    version: str
    context_hash: str
    event: str
    at: datetime
    by_else: bool
    agreed: bool
    micros: int
    decision: str


@dataclass(frozen=True)
class TicketView:
    """A ticket whole. `caller` is masked for everybody (tickets/actions/reveal.py shows it); `may_sign` is true for its holder and the holder's colleagues."""

    id: int
    number: str
    source: str
    status: str
    step_seq: int
    kind: str
    title: str
    text: str
    address: str
    caller: str
    registered_at: datetime
    dispatched_at: datetime | None
    signed_at: datetime | None
    closed_at: datetime | None
    category: str
    confidence: float
    category_by: str
    suggestion: Mapping[str, object]
    place: Mapping[str, object]
    answers: Mapping[str, object]
    area_path: tuple[tuple[str, str], ...]  # (level, name), the district first
    urgency: str
    unit: str
    section: str
    post: str
    person: str
    person_id: int | None
    manual: bool
    rule: str
    reason: str
    millis: float
    clocks: tuple[Clock, ...]
    history: tuple[Happened, ...]
    messages: tuple[Message, ...]
    links: tuple[NextLink, ...]
    helpers: tuple[Helper, ...]
    rulings: tuple[Ruling, ...]
    may_sign: bool


def find(viewer: Viewer, number: str) -> TicketView | None:
    """The ticket of this number when the viewer may see it, else None: a foreign ticket and none at all look the same."""
    ticket = held_tickets().where(visible(viewer) & (Ticket.number == number)).first()
    if ticket is None:
        return None
    kept, extra = json.loads(ticket.evidence or "{}"), json.loads(ticket.extra or "{}")
    unit, section = unit_words(ticket.unit if ticket.unit_id else None)
    return TicketView(
        id=ticket.id,
        number=ticket.number,
        source=ticket.source,
        status=ticket.status,
        step_seq=ticket.step_seq,
        kind=ticket.kind,
        title=in_text(ticket.title),
        text=in_text(ticket.text),
        address=in_text(ticket.address),
        caller=phone(ticket.caller_phone),
        registered_at=ticket.registered_at,
        dispatched_at=ticket.dispatched_at,
        signed_at=ticket.signed_at,
        closed_at=ticket.closed_at,
        category=ticket.category,
        confidence=ticket.category_confidence,
        category_by=ticket.category_by,
        suggestion=kept.get("suggestion") or {"words": kept.get("words") or []},
        place=kept.get("place") or {},
        answers=extra.get("answers") or {},
        area_path=_area_path(ticket.area),
        urgency=ticket.urgency,
        unit=unit,
        section=section,
        post=ticket.post.name if ticket.post_id else "",
        person=ticket.person.name if ticket.person_id else "",
        person_id=ticket.person_id,
        manual=ticket.manual,
        rule=ticket.dispatch_rule,
        reason=ticket.reason,
        millis=ticket.millis,
        clocks=clocks_of([ticket.id]).get(ticket.id, ()),
        history=_history(ticket.id),
        messages=_messages(ticket.id),
        links=_links(ticket.id),
        helpers=_helpers(ticket.id),
        rulings=_rulings(ticket.id),
        may_sign=_may_sign(viewer, ticket),
    )


def _may_sign(viewer: Viewer, ticket: Ticket) -> bool:
    if ticket.status != DISPATCHED or viewer.person_id is None:
        return False
    return bool(ticket.person_id == viewer.person_id or (ticket.unit_id is not None and works_in(viewer.person_id, ticket.unit_id)))


def _area_path(name: str) -> tuple[tuple[str, str], ...]:
    path: list[tuple[str, str]] = []
    area = statements.first(Area, "name = ?", (name,)) if name else None
    while area is not None and len(path) < 8:  # the tree has six levels; a loop in bad data must not hang a page
        path.insert(0, (area.level, area.name))
        area = statements.first(Area, "id = ?", (area.parent_id,)) if area.parent_id is not None else None
    return tuple(path)


def _history(ticket_id: int) -> tuple[Happened, ...]:
    rows = statements.rows(History, "ticket_id = ? ORDER BY seq", (ticket_id,))
    names = _actor_names({row.actor for row in rows})
    return tuple(
        Happened(row.seq, row.at, row.actor, names.get(row.actor, ""), row.what, row.to_status, row.holder_id, _masked(json.loads(row.note or "{}")))
        for row in rows
    )


def _masked(note: dict[str, object]) -> dict[str, object]:
    return {key: in_text(value) if key in SAID and isinstance(value, str) else value for key, value in note.items()}


def _actor_names(actors: set[str]) -> dict[str, str]:
    """person:12 and account:3 to names, in two queries at most."""
    names: dict[str, str] = {}
    people = {int(actor.removeprefix("person:")) for actor in actors if actor.startswith("person:") and actor[7:].isdigit()}
    accounts = {int(actor.removeprefix("account:")) for actor in actors if actor.startswith("account:") and actor[8:].isdigit()}
    if people:
        names |= {f"person:{key}": name for key, name in Person.select(Person.id, Person.name).where(Person.id.in_(people)).tuples()}
    if accounts:
        rows = Account.select(Account.id, Account.username, Person.name).join(Person, JOIN.LEFT_OUTER).where(Account.id.in_(accounts)).tuples()
        names |= {f"account:{key}": name or username for key, username, name in rows}
    return names


def _messages(ticket_id: int) -> tuple[Message, ...]:
    rows = (
        Outbox.select(Outbox, Person, ChainLink)
        .join(Person, JOIN.LEFT_OUTER, on=(Outbox.person == Person.id))
        .switch(Outbox)
        .join(ChainLink, JOIN.LEFT_OUTER)
        .where(Outbox.ticket == ticket_id)
        .order_by(Outbox.queued_at, Outbox.id)
    )
    return tuple(
        Message(
            channel=row.channel,
            kind=row.kind,
            state=row.state,
            person_id=row.person_id,
            person=row.person.name if row.person_id else "",
            queued_at=row.queued_at,
            sent_at=row.sent_at,
            delivered_at=row.delivered_at,
            error=row.error,
            rule=row.link.rule if row.link_id else "",
            when=row.link.when if row.link_id else "",
        )
        for row in rows
    )


def _links(ticket_id: int) -> tuple[NextLink, ...]:
    found = statements.rows(ChainLink, "ticket_id = ? ORDER BY at, id", (ticket_id,))  # found by the ticket, not by the state
    rows = [row for row in found if row.state in ("waiting", "held")]
    return tuple(NextLink(row.at, row.send, tuple(json.loads(row.to)), row.rule, row.when, row.state == "held") for row in rows)


def _helpers(ticket_id: int) -> tuple[Helper, ...]:
    rows = Assist.select(Assist, Unit, Person).join(Unit).switch(Assist).join(Person, JOIN.LEFT_OUTER).where(Assist.ticket == ticket_id).order_by(Assist.id)
    return tuple(
        Helper(row.unit.address.replace("/", " · "), row.person_id, row.person.name if row.person_id else "", row.asked, row.replied_at) for row in rows
    )


def _rulings(ticket_id: int) -> tuple[Ruling, ...]:
    rows = statements.rows(Evaluation, "ticket_id = ? ORDER BY id", (ticket_id,))
    return tuple(Ruling(row.ruleset, row.version, row.context_hash, row.event, row.at, row.by_else, row.agreed, row.micros, row.decision) for row in rows)


def rules_of(ruling: Ruling) -> tuple[str, str] | None:
    """The rule set's canonical JSON and what it was read with, as they were when this decision was made."""
    where = (RuleSetVersion.name == ruling.ruleset) & (RuleSetVersion.version == ruling.version) & (RuleSetVersion.context_hash == ruling.context_hash)
    row = RuleSetVersion.get_or_none(where)
    return None if row is None else (row.canonical, row.context)
