"""What happened to a ticket after a decision: its history, messages and clocks in one order of time, each in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.mask import in_text
from tickets.store.ticket_view import Happened, Message, TicketView
from web.show.clock import span_words

MOST = 14  # lines; the ticket's own page has all of them
Say = Callable[..., str]


@dataclass(frozen=True)
class Event:
    """One line: look is done, good, bad or later (a time that has not come)."""

    at: datetime
    text: str
    look: str


@dataclass(frozen=True)
class After:
    """The first lines, and how many more there are."""

    events: tuple[Event, ...]
    more: int


def after(ticket: TicketView, since: datetime, now: datetime, lang: str, t: Say, term: Callable[[str, str], str]) -> After:
    """Everything from `since` on (stored), oldest first; times to come stand last."""
    found = [
        *(_step(line, ticket, lang, t, term) for line in ticket.history if line.at >= since and not _told_by_messages(line)),
        *(_told(one, t, term) for one in ticket.messages if one.queued_at >= since),
        *_clocks(ticket, since, now, t, term),
    ]
    found.sort(key=lambda event: event.at)
    return After(tuple(found[:MOST]), max(len(found) - MOST, 0))


def _told_by_messages(line: Happened) -> bool:
    """A chain link that fired: its messages are listed themselves."""
    return line.what in ("通知", "提醒")


def _step(line: Happened, ticket: TicketView, lang: str, t: Say, term: Callable[[str, str], str]) -> Event:
    note: Mapping[str, object] = line.note
    who = line.who or str(note.get("person") or "")
    why = in_text(str(note.get("reason") or note.get("why") or ""))
    if line.what in ("派单", "转派") and note.get("to"):
        return Event(line.at, t("log.after_sent", unit=str(note["to"]).replace("/", " · "), person=note.get("person") or "—", why=why), "done")
    if line.what == "签收":
        took = (line.at - (ticket.dispatched_at or line.at)).total_seconds()
        return Event(line.at, t("log.after_signed", person=who, took=span_words(took, lang)), "good")
    parts = (term("happened", line.what), term("status", line.to_status) if line.to_status else "", who, why)
    return Event(line.at, " · ".join(part for part in parts if part), "bad" if line.what == "逾期" else "done")


def _told(one: Message, t: Say, term: Callable[[str, str], str]) -> Event:
    state = term("outbox_call" if one.channel == "电话" else "outbox", one.state)
    at = one.delivered_at or one.sent_at or one.queued_at
    words = t("log.after_message", channel=term("channel", one.channel), kind=term("kind", one.kind), person=one.person or "—", state=state)
    return Event(at, words, "bad" if one.state == "failed" else "done")


def _clocks(ticket: TicketView, since: datetime, now: datetime, t: Say, term: Callable[[str, str], str]) -> Iterator[Event]:
    for clock in ticket.clocks:
        if clock.due_at is None or clock.started_at is None or clock.due_at < since or clock.state == "cancelled":
            continue
        late = clock.met_at is None and clock.due_at <= now
        if clock.met_at is None:
            words = t("log.after_late" if late else "log.after_due", name=term("deadline", clock.name), rule=clock.rule)
            yield Event(clock.due_at, words, "bad" if late else "later")
