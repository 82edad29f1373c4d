"""One ticket as its page shows it: everything kept about it, read in a fixed number of queries, citizens' numbers masked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.mask import in_text, phone
from tickets.domain.status import DISPATCHED
from tickets.store import statements
from tickets.store.directory import works_in
from tickets.store.models import Assist, ChainLink, Evaluation, History, Outbox, Ticket
from tickets.store.overview import Clock, clocks_of
from tickets.store.scope import Viewer, seen

WRITTEN = ("reason", "basis", "opinion", "task", "did", "words", "note")
SAID = ("result", *WRITTEN, "answer", "plan", "visit_words", "why")  # what people wrote in a step: citizens' numbers in it are masked

HOLDER = """LEFT JOIN unit u ON u.id = t.unit_id LEFT JOIN unit w ON w.id = u.parent_id LEFT JOIN post o ON o.id = t.post_id
    LEFT JOIN person p ON p.id = t.person_id"""
# The tree has six levels; a loop in bad data must not hang a page.
UPWARD = """WITH RECURSIVE up(id, level, name, parent_id, far) AS (SELECT id, level, name, parent_id, 1 FROM area WHERE name = ? UNION ALL
    SELECT a.id, a.level, a.name, a.parent_id, up.far + 1 FROM area a JOIN up ON a.id = up.parent_id WHERE up.far < 8) SELECT level, name FROM up ORDER BY far DESC"""


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
    may, who = seen(viewer)
    found = statements.beside(Ticket, "u.name, w.name, o.name, p.name", f"{HOLDER} WHERE t.number = ? AND {may}", [number, *who])
    if not found:
        return None
    ticket, (part, whole, post, person) = found[0]
    kept, extra = json.loads(ticket.evidence or "{}"), json.loads(ticket.extra or "{}")
    unit, section = (whole, part) if whole else (part or "", "")
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
        post=post or "",
        person=person or "",
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
    return tuple((level, area) for level, area in statements.execute(UPWARD, (name,)).fetchall()) if name else ()


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
        names |= {
            f"person:{key}": name for key, name in statements.execute(f"SELECT id, name FROM person WHERE id IN ({statements.marks([*people])})", [*people])
        }
    if accounts:
        sql = f"SELECT a.id, a.username, p.name FROM account a LEFT JOIN person p ON p.id = a.person_id WHERE a.id IN ({statements.marks([*accounts])})"
        names |= {f"account:{key}": name or username for key, username, name in statements.execute(sql, [*accounts])}
    return names


def _messages(ticket_id: int) -> tuple[Message, ...]:
    joined = "LEFT JOIN person p ON p.id = t.person_id LEFT JOIN chain_link l ON l.id = t.link_id WHERE t.ticket_id = ? ORDER BY t.queued_at, t.id"
    return tuple(
        Message(
            channel=row.channel,
            kind=row.kind,
            state=row.state,
            person_id=row.person_id,
            person=person or "",
            queued_at=row.queued_at,
            sent_at=row.sent_at,
            delivered_at=row.delivered_at,
            error=row.error,
            rule=rule or "",
            when=when or "",
        )
        for row, (person, rule, when) in statements.beside(Outbox, 'p.name, l.rule, l."when"', joined, (ticket_id,))
    )


def _links(ticket_id: int) -> tuple[NextLink, ...]:
    found = statements.rows(ChainLink, "ticket_id = ? ORDER BY at, id", (ticket_id,))  # found by the ticket, not by the state
    rows = [row for row in found if row.state in ("waiting", "held")]
    return tuple(NextLink(row.at, row.send, tuple(json.loads(row.to)), row.rule, row.when, row.state == "held") for row in rows)


def _helpers(ticket_id: int) -> tuple[Helper, ...]:
    joined = "JOIN unit u ON u.id = t.unit_id LEFT JOIN person p ON p.id = t.person_id WHERE t.ticket_id = ? ORDER BY t.id"
    found = statements.beside(Assist, "u.address, p.name", joined, (ticket_id,))
    return tuple(Helper(unit.replace("/", " · "), row.person_id, person or "", row.asked, row.replied_at) for row, (unit, person) in found)


def _rulings(ticket_id: int) -> tuple[Ruling, ...]:
    rows = statements.rows(Evaluation, "ticket_id = ? ORDER BY id", (ticket_id,))
    return tuple(Ruling(row.ruleset, row.version, row.context_hash, row.event, row.at, row.by_else, row.agreed, row.micros, row.decision) for row in rows)


def rules_of(ruling: Ruling) -> tuple[str, str] | None:
    """The rule set's canonical JSON and what it was read with, as they were when this decision was made."""
    sql = "SELECT canonical, context FROM rule_set_version WHERE name = ? AND version = ? AND context_hash = ?"
    row = statements.execute(sql, (ruling.ruleset, ruling.version, ruling.context_hash)).fetchone()
    return None if row is None else (row[0], row[1])
