"""Queues a message to a person about a ticket, and finds somebody else when that person cannot be found: never silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.actions.message_words import words
from tickets.actions.prefer import wished_channel
from tickets.actions.resolve import Resolved, resolve
from tickets.ports import Desk
from tickets.store.alarms import raise_alarm
from tickets.store.models import Deadline, Ticket
from tickets.store.outbox import Owed, queue

NOBODY = "无人可通知"


@dataclass(frozen=True)
class Queued:
    """Whom a message was queued for. `outbox_ids` is empty when it had been queued before, or when nobody could be told."""

    asked: str
    kind: str
    outbox_ids: tuple[int, ...]
    unit: str = ""
    post: str = ""
    person: str = ""
    why: str = ""

    def note(self) -> dict[str, object]:
        """As it is kept in the ticket's course."""
        return {"asked": self.asked, "kind": self.kind, "unit": self.unit, "post": self.post, "person": self.person, "why": self.why}


def tell(
    desk: Desk,
    ticket: Ticket,
    kind: str,
    asked: str | Resolved,
    channels: Sequence[str],
    at: datetime,
    *,
    once: str,
    instead: Sequence[str] = (),
    deadline: Deadline | None = None,
    link_id: int | None = None,
    cancel_step: int | None = None,
    more: Mapping[str, object] | None = None,
) -> Queued:
    """Queues one message per channel to whom `asked` (address, role, or a person found already) means, inside the caller's transaction.

    `once` with channel and person added is the key that makes each message one, e.g. `link:12` or `assist:7`. Whoever cannot
    be found is replaced by whom `instead` names (the link's `or`), by config.yaml's `last_resort`, then by the manual desk, and an alarm is raised in either case.
    """
    found, why = _find(desk, ticket, asked, at, instead)
    name = asked.asked if isinstance(asked, Resolved) else asked
    if found is None:
        return Queued(name, kind, (), why=why)
    context = words(ticket, desk.manual_desk, deadline, **(more or {}))
    ids = []
    for channel in dict.fromkeys(wished_channel(desk, kind, channel, found.person.id) for channel in channels):
        owed = Owed(
            once=f"{once}:{channel}:{found.person.id}",
            channel=channel,
            kind=kind,
            ticket_id=ticket.id,
            person_id=found.person.id,
            to_phone=found.person.phone,
            context=context,
            link_id=link_id,
            cancel_step=cancel_step,
        )
        ids.append(queue(owed, at))
    return Queued(name, kind, tuple(id_ for id_ in ids if id_ is not None), found.unit.address, found.post.name, found.person.name, why or found.reason)


def _find(desk: Desk, ticket: Ticket, asked: str | Resolved, at: datetime, instead: Sequence[str]) -> tuple[Resolved | None, str]:
    if isinstance(asked, Resolved):
        return asked, ""
    answer = resolve(desk, asked, ticket, at)
    if isinstance(answer, Resolved):
        return answer, ""
    reasons = [answer.reason]
    for other_way in (*instead, desk.last_resort, desk.manual_desk):
        if not other_way or other_way == asked:
            continue
        other = resolve(desk, other_way, ticket, at)
        if isinstance(other, Resolved):
            raise_alarm(NOBODY, f"{reasons[0]}；改为通知{other_way} (told somebody else instead)", at, ticket.id)
            return other, f"{reasons[0]}；改为通知{other_way}"
        reasons.append(other.reason)
    why = "；".join(reasons)
    raise_alarm(NOBODY, f"{why}；没有任何人可通知，请立即处理 (nobody could be told)", at, ticket.id)
    return None, why
