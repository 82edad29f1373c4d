"""More time asked for a ticket's clock: what was asked, by whom, and what came of it."""

from __future__ import annotations

from datetime import datetime

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.course_models import Extension
from tickets.store.insert import insert
from tickets.store.models import ChainLink

ASKED, GRANTED, REFUSED, LAPSED = "asked", "granted", "refused", "lapsed"


def ask(
    ticket_id: int, deadline_id: int, person_id: int, span: str, reason: str, old_due: datetime, new_due: datetime, decider_id: int | None, at: datetime
) -> int:
    """A new request, its number. Dues are stored UTC as on the clock, `at` is aware."""
    row: dict[str, object] = {
        "ticket": ticket_id,
        "deadline": deadline_id,
        "asked_at": stored(at),
        "person": person_id,
        "span": span,
        "reason": reason,
        "old_due": old_due,
        "new_due": new_due,
        "decider": decider_id,
        "state": ASKED,
    }
    return insert(Extension, [row])[0]


def undecided(ticket_id: int) -> Extension | None:
    """The request nobody has decided yet; there is never more than one."""
    return statements.first(Extension, "ticket = ? AND state = 'asked' ORDER BY id DESC", (ticket_id,))


def newest(ticket_id: int) -> Extension | None:
    """The last request, decided or not."""
    return statements.first(Extension, "ticket = ? ORDER BY id DESC LIMIT 1", (ticket_id,))


def all_of(ticket_id: int) -> list[Extension]:
    """Every request of the ticket, the oldest first."""
    return statements.rows(Extension, "ticket = ? ORDER BY id", (ticket_id,))


def decide(extension_id: int, state: str, actor: str, opinion: str, at: datetime) -> bool:
    """Writes the decision (granted, refused, lapsed); False when it was decided before. `at` is aware."""
    changes = {"state": state, "decided_at": stored(at), "decided_by": actor, "opinion": opinion}
    return statements.update(Extension, changes, "id = ? AND state = 'asked'", (extension_id,)) == 1


def lapse(ticket_id: int, at: datetime) -> bool:
    """What nobody decided is over: the ticket moved on, or its clock ran out. True when there was such a request. `at` is aware."""
    changes = {"state": LAPSED, "decided_at": stored(at), "decided_by": "system"}
    return statements.update(Extension, changes, "ticket = ? AND state = 'asked'", (ticket_id,)) > 0


def links_ahead(deadline_id: int) -> list[ChainLink]:
    """The reminders of a clock that have not gone out yet: waiting, or held while the clock stands."""
    return statements.rows(ChainLink, "deadline_id = ? AND state IN ('waiting', 'held') ORDER BY seq", (deadline_id,))


def move_link(link_id: int, at: datetime) -> None:
    """The reminder goes out at another moment (aware)."""
    statements.update(ChainLink, {"at": stored(at)}, "id = ?", (link_id,))
