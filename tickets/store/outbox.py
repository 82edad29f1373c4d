"""The messages that are owed: each once, claimed by one sender at a time, never forgotten and never sent twice.

A row goes queued -> sending (token, lease) -> sent -> delivered | failed. A sending whose lease ran out is `unknown`: the provider is
asked before anything is sent again. A message whose ticket was signed, or whose clock was met, becomes `cancelled` and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.insert import insert
from tickets.store.models import Outbox, Ticket
from tickets.store.tickets import canonical

# A receipt moves a message forward only.
ORDER = {"queued": 0, "sending": 1, "unknown": 1, "sent": 2, "delivered": 3, "failed": 3, "cancelled": 3}
REPEATING = ("催办", "临期")  # of these the newest says all; older ones still waiting are dropped
NO_LONGER = "已签收或已办结，不再发送 (no longer needed)"
REPLACED = "已有更新的同类提醒 (a newer reminder took its place)"
A_WHILE = timedelta(minutes=5)  # between our clock and a provider's
_DUE = "SELECT id FROM outbox WHERE state = 'queued' AND not_before <= ? ORDER BY channel <> '电话', not_before, id LIMIT ?"
# Still queued, its hour has come, its ticket stands at the step it was meant for, and its clock (if any) runs unmet and unpaused.
_CLAIMED = """id = ? AND state = 'queued' AND not_before <= ?
 AND (cancel_step IS NULL OR NOT EXISTS (SELECT 1 FROM ticket t WHERE t.id = outbox.ticket_id AND t.step_seq > outbox.cancel_step))
 AND NOT EXISTS (SELECT 1 FROM chain_link l JOIN deadline d ON l.deadline_id = d.id WHERE l.id = outbox.link_id
  AND (d.met_at IS NOT NULL OR d.why <> '' OR d.state NOT IN ('running', 'breached') OR d.paused_at IS NOT NULL))"""

_GONE = """UPDATE outbox SET state = 'cancelled', error = ? WHERE state = 'queued' AND (
 (cancel_step IS NOT NULL AND EXISTS (SELECT 1 FROM ticket t WHERE t.id = outbox.ticket_id AND t.step_seq > outbox.cancel_step))
 OR EXISTS (SELECT 1 FROM chain_link l JOIN deadline d ON l.deadline_id = d.id WHERE l.id = outbox.link_id
  AND (d.met_at IS NOT NULL OR d.why <> '' OR d.state NOT IN ('running', 'breached'))))"""
_DROPPED = f"""UPDATE outbox SET state = 'cancelled', error = ? WHERE state = 'queued' AND kind IN ({statements.marks(REPEATING)})
 AND EXISTS (SELECT 1 FROM outbox n WHERE n.state = 'queued' AND n.ticket_id = outbox.ticket_id AND n.person_id = outbox.person_id
  AND n.channel = outbox.channel AND n.kind = outbox.kind AND n.id > outbox.id)"""


@dataclass(frozen=True)
class Owed:
    """A message to be queued. `once` is the key that makes it one; `cancel_step` the ticket's step after which it must not be sent."""

    once: str
    channel: str
    kind: str
    ticket_id: int | None
    person_id: int | None
    to_phone: str
    context: Mapping[str, object] = field(default_factory=dict)
    link_id: int | None = None
    cancel_step: int | None = None
    not_before: datetime | None = None  # aware; left out, it may leave at once


def queue(owed: Owed, at: datetime) -> int | None:
    """Queues the message inside the caller's transaction; its id, or None when the same `once` is there already. `at` is aware."""
    if statements.scalar("SELECT id FROM outbox WHERE once = ?", (owed.once,)) is not None:
        return None
    now = stored(at)
    row = {
        "once": owed.once,
        "channel": owed.channel,
        "kind": owed.kind,
        "ticket": owed.ticket_id,
        "link": owed.link_id,
        "person": owed.person_id,
        "to_phone": owed.to_phone,
        "context": canonical(dict(owed.context)),
        "not_before": now if owed.not_before is None else stored(owed.not_before),
        "queued_at": now,
        "cancel_step": owed.cancel_step,
    }
    return insert(Outbox, [row])[0]


def once_of(start: str) -> frozenset[str]:
    """The keys that begin so, of messages in any state; `start` holds letters, digits, colons and dashes alone."""
    return frozenset(statements.column("SELECT once FROM outbox WHERE once LIKE ?", (f"{start}%",)))


def due(at: datetime, limit: int = 200) -> list[int]:
    """The ids of queued messages that may leave now: calls before the rest, which may be a whole file's, then the oldest first."""
    return statements.column(_DUE, (stored(at), limit))


def queued_of(ticket_id: int) -> list[int]:
    """The ids of the ticket's queued messages, the oldest first."""
    return statements.column("SELECT id FROM outbox WHERE ticket_id = ? AND state = 'queued' ORDER BY id", (ticket_id,))


def claim(outbox_id: int, token: str, at: datetime, lease: timedelta, body: str, provider: str = "") -> bool:
    """Takes the message for sending; True when it is ours. One statement: it is still queued, its hour has come, its ticket still
    stands at the step it was meant for and its clock still runs unmet and unpaused. So a signed ticket is never called."""
    sql = f"UPDATE outbox SET state = 'sending', token = ?, lease_until = ?, tries = tries + 1, body = ?, provider = ?, error = '' WHERE {_CLAIMED}"
    return int(statements.execute(sql, (token, stored(at + lease), body, provider, outbox_id, stored(at))).rowcount) == 1


def hand_over(outbox_id: int, token: str, at: datetime, lease: timedelta, provider: str) -> bool:
    """Gives a claimed message, which the provider before certainly did not send, to another one; recorded before that one is asked."""
    return _settle(outbox_id, token, provider=provider, lease_until=stored(at + lease))


def cancel_stale() -> int:
    """Calls off queued messages nobody needs any more, and older reminders that a newer one replaces; how many."""
    gone = statements.execute(_GONE, (NO_LONGER,)).rowcount
    return int(gone) + int(statements.execute(_DROPPED, (REPLACED, *REPEATING)).rowcount)


def by_id(outbox_id: int) -> Outbox | None:
    """The message's row, its ticket with it; None when there is none."""
    found = statements.first(Outbox, "id = ?", (outbox_id,))
    if found is not None and found.ticket_id is not None:
        found.ticket = statements.first(Ticket, "id = ?", (found.ticket_id,))
        found._dirty.clear()
    return found


def expired(at: datetime, limit: int = 50) -> list[int]:
    """Messages whose sending was never answered for: their lease has run out."""
    sql = "SELECT id FROM outbox WHERE state IN ('sending', 'unknown') AND lease_until <= ? ORDER BY id LIMIT ?"
    return statements.column(sql, (stored(at), limit))


def claim_unknown(outbox_id: int, token: str, at: datetime, lease: timedelta) -> bool:
    """Takes a message of unknown fate, to ask the provider about it; True when it is ours."""
    changed = (
        Outbox.update(state="unknown", token=token, lease_until=stored(at + lease))
        .where((Outbox.id == outbox_id) & Outbox.state.in_(("sending", "unknown")) & (Outbox.lease_until <= stored(at)))
        .execute()
    )
    return bool(changed == 1)


def accepted(outbox_id: int, token: str, at: datetime, state: str, provider_id: str) -> bool:
    """Records that the provider has it (`state` sent or delivered). False when the claim was lost meanwhile."""
    now = stored(at)
    done = {"delivered_at": now} if state == "delivered" else {}
    return _settle(outbox_id, token, state=state, sent_at=now, provider_id=provider_id[:80], error="", lease_until=None, **done)


def put_back(outbox_id: int, token: str, at: datetime, wait: timedelta, error: str) -> bool:
    """Queues the message again after a failure that may pass; it waits `wait` from `at`."""
    return _settle(outbox_id, token, state="queued", not_before=stored(at + wait), lease_until=None, error=error[:200])


def doubtful(outbox_id: int, token: str, at: datetime, wait: timedelta, error: str) -> bool:
    """Marks a message that may or may not have left; the provider is asked once `wait` has passed."""
    return _settle(outbox_id, token, state="unknown", lease_until=stored(at + wait), error=error[:200])


def failed(outbox_id: int, token: str, error: str) -> bool:
    """Gives the message up for good."""
    return _settle(outbox_id, token, state="failed", lease_until=None, error=error[:200])


def refuse(outbox_id: int, error: str) -> bool:
    """Gives a queued message up that can never be sent, such as one without a template."""
    return bool(Outbox.update(state="failed", error=error[:200]).where((Outbox.id == outbox_id) & (Outbox.state == "queued")).execute())


def _settle(outbox_id: int, token: str, **values: object) -> bool:
    return statements.update(Outbox, values, "id = ? AND token = ? AND state IN ('sending', 'unknown')", (outbox_id, token)) == 1


def postpone(outbox_id: int, until: datetime) -> None:
    """Keeps a queued message back until then (aware); it stays the message it is."""
    statements.execute("UPDATE outbox SET not_before = ? WHERE id = ? AND state = 'queued'", (stored(until), outbox_id))


def neighbours(row: Outbox) -> tuple[frozenset[str], int]:
    """What may be mistaken for this message when its provider is asked: the provider's ids of other messages by its channel that left since it
    was queued, and how many others to the same number are in doubt too."""
    left = statements.column(
        "SELECT provider_id FROM outbox WHERE channel = ? AND provider = ? AND id <> ? AND provider_id <> '' AND (sent_at IS NULL OR sent_at >= ?)",
        (row.channel, row.provider, row.id, row.queued_at - A_WHILE),
    )
    doubt = statements.rows(Outbox, "channel = ? AND id <> ? AND state IN ('sending', 'unknown')", (row.channel, row.id))
    return frozenset(left), sum(_tail(other.to_phone) == _tail(row.to_phone) for other in doubt)


def _tail(number: str) -> str:
    """The end of a number, however it is written."""
    return "".join(char for char in number if char.isdigit())[-8:]


def reported(outbox_id: int, provider: str, provider_id: str, state: str, at: datetime, error: str = "") -> bool:
    """What the provider reports of a message it carries (`state` sent, delivered or failed). It moves the message forward only: also one that is
    still being sent or in doubt, or that was queued again because the provider seemed not to have it. False when it changed nothing."""
    behind = [name for name, order in ORDER.items() if order < ORDER[state]]
    arrived = ", delivered_at = ?" if state == "delivered" else ""
    sql = f"""UPDATE outbox SET state = ?, provider_id = ?, sent_at = COALESCE(sent_at, ?), lease_until = NULL, error = ?{arrived}
 WHERE id = ? AND provider = ? AND tries > 0 AND (provider_id = '' OR provider_id = ?) AND state IN ({statements.marks(behind)})"""
    now = stored(at)
    values = (state, provider_id, now, error[:200], *((now,) if arrived else ()), outbox_id, provider, provider_id, *behind)
    return bool(statements.execute(sql, values).rowcount == 1)


def settled_by_hand(outbox_id: int, at: datetime, arrived: bool, said: str) -> bool:
    """A person found out what became of a message in doubt; False when it was settled meanwhile."""
    values: dict[str, object] = {"state": "sent", "sent_at": stored(at)} if arrived else {"state": "failed"}
    query = Outbox.update(lease_until=None, error=said, **values).where((Outbox.id == outbox_id) & (Outbox.state == "unknown"))
    return bool(query.execute() == 1)


def remark(outbox_id: int, provider_id: str, text: str) -> None:
    """The provider's word on a message that stays where it is, such as 响铃，无人接听."""
    Outbox.update(error=text[:200]).where((Outbox.id == outbox_id) & (Outbox.provider_id == provider_id) & (Outbox.state == "sent")).execute()
