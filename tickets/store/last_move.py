"""Who brought a ticket to where it stands, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN

from tickets.store import statements
from tickets.store.models import Account, History, Holding, Person, Post, Shift, Unit

SYSTEM = "系统"


@dataclass(frozen=True)
class LastMove:
    """The newest line that changed a ticket's status; `at` is stored UTC, `by` the name of whoever did it, or 系统."""

    what: str
    at: datetime
    by: str


def last_move(ticket_id: int) -> LastMove | None:
    """What brought the ticket to where it stands; None for a ticket without history."""
    moved = (History.ticket == ticket_id) & (History.to_status != "")
    line = History.select().where(moved).order_by(History.seq.desc()).first()
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
    posts = Post.select(Post.id).join(Unit).where(((Unit.id == unit.id) | (Unit.parent == unit.id)) & Post.active)
    held = Holding.select().where((Holding.person == person_id) & Holding.post.in_(posts)).exists()
    return held or Shift.select().where((Shift.person == person_id) & Shift.post.in_(posts)).exists()  # type: ignore[no-any-return]
