"""Who brought a ticket to where it stands, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN

from tickets.store import statements
from tickets.store.models import Account, History, Person, Unit

SYSTEM = "系统"
OF_UNIT = "WHERE x.person_id = ? AND (u.id = ? OR u.parent_id = ?) AND o.active"
WORKS_UNDER = f"""SELECT EXISTS (SELECT 1 FROM holding x JOIN post o ON o.id = x.post_id JOIN unit u ON u.id = o.unit_id {OF_UNIT})
    OR EXISTS (SELECT 1 FROM shift x JOIN post o ON o.id = x.post_id JOIN unit u ON u.id = o.unit_id {OF_UNIT})"""


@dataclass(frozen=True)
class LastMove:
    """The newest line that changed a ticket's status; `at` is stored UTC, `by` the name of whoever did it, or 系统."""

    what: str
    at: datetime
    by: str


def last_move(ticket_id: int) -> LastMove | None:
    """What brought the ticket to where it stands; None for a ticket without history."""
    line = statements.first(History, "ticket_id = ? AND to_status <> '' ORDER BY seq DESC LIMIT 1", (ticket_id,))
    return None if line is None else LastMove(line.what, line.at, actor_name(line.actor))


def actor_name(actor: str) -> str:
    """person:12 and account:3 by the name of the person (an account without one by its user name)."""
    kind, _, number = actor.partition(":")
    if not number.isdigit() or kind not in ("person", "account"):
        return SYSTEM
    if kind == "account":
        account = Account.select(Account, Person).join(Person, JOIN.LEFT_OUTER).where(Account.id == int(number)).first()
        return SYSTEM if account is None else account.person.name if account.person_id is not None else account.username
    person = Person.get_or_none(Person.id == int(number))
    return SYSTEM if person is None else person.name


def known_person(person_id: int) -> Person:
    """The person of that id, who must exist: it stands on a row that refers to him."""
    found = statements.first(Person, "id = ?", (person_id,))
    if found is None:
        raise LookupError(f"没有 id 为 {person_id} 的人员 (no such person)")
    return found


def works_under(person_id: int, unit: Unit) -> bool:
    """True when the person holds, deputises for or is rostered on a post of the unit or of one of its sections."""
    return bool(statements.scalar(WORKS_UNDER, (person_id, unit.id, unit.id) * 2))
