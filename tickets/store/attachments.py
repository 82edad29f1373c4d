"""The rows of photos and files: what was sent, by whom, and which ticket it belongs to. Their bytes are in uploads.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.connect import transaction
from tickets.store.course_models import Attachment
from tickets.store.models import Ticket
from tickets.store.scope import Viewer, visible

PHOTO, FILE = "photo", "file"


@dataclass(frozen=True)
class Kept:
    """One photo or file. Times as stored (naive UTC): `at` received, `taken_at` as the device says. `ticket` is None until a step has claimed it."""

    key: str
    sha256: str
    kind: str  # photo file
    mime: str
    name: str
    size: int
    account: int
    at: datetime
    width: int = 0
    height: int = 0
    taken_at: datetime | None = None
    place: str = ""
    ticket: int | None = None
    field: str = ""


def add(one: Kept) -> None:
    """Writes the row. Only once its bytes are safe on the disk: a row without a file would be a photo that is lost."""
    Attachment.create(**one.__dict__)


def of_keys(keys: Collection[str]) -> dict[str, Kept]:
    """The rows of these keys that there are, by key."""
    return {row.key: _kept(row) for row in Attachment.select().where(Attachment.key.in_(list(keys)))} if keys else {}


def of_ticket(ticket_id: int) -> tuple[Kept, ...]:
    """What the steps of a ticket have claimed, in the order it came."""
    return tuple(_kept(row) for row in statements.rows(Attachment, "ticket = ? ORDER BY claimed_at, id", (ticket_id,)))


def seen_by(viewer: Viewer, account_id: int, key: str) -> Kept | None:
    """The row of this key for whoever may see its ticket; while no ticket has it, for its sender alone. None for all others and for no such key."""
    row = Attachment.get_or_none(Attachment.key == key)
    if row is None:
        return None
    if row.ticket is None:
        return _kept(row) if row.account == account_id else None
    return _kept(row) if Ticket.select(Ticket.id).where(visible(viewer) & (Ticket.id == row.ticket)).exists() else None


def unclaimed_of(account_id: int) -> int:
    """How many files an account has sent that no step has claimed yet."""
    return int(Attachment.select().where((Attachment.account == account_id) & Attachment.ticket.is_null()).count())


def usable(row: Kept | None, ticket_id: int | None, field: str, account_id: int) -> bool:
    """Whether this account may answer `field` of this ticket (None: one that is not registered yet) with it: its own, and free or this very answer."""
    if row is None or row.account != account_id:
        return False
    return row.ticket is None or (row.ticket == ticket_id and row.field == field)


def take(keys: Collection[str], ticket_id: int, field: str, account_id: int, at: datetime) -> int:
    """Gives this account's files to the ticket, in the caller's transaction; answers how many of them are the ticket's in this field now."""
    own = Attachment.key.in_(list(keys)) & (Attachment.account == account_id)
    Attachment.update(ticket=ticket_id, field=field, claimed_at=stored(at)).where(own & Attachment.ticket.is_null()).execute()
    return int(Attachment.select().where(own & (Attachment.ticket == ticket_id) & (Attachment.field == field)).count())


def forget_unclaimed(before: datetime) -> tuple[str, ...]:
    """Removes the rows that nobody has claimed since `before` (aware) and answers their keys: the files may go once this is committed."""
    old = Attachment.ticket.is_null() & (Attachment.at < stored(before))
    with transaction():
        keys = tuple(row[0] for row in Attachment.select(Attachment.key).where(old).tuples())
        # asked again in the removal itself: what a step claims meanwhile stays
        gone = [key for key in keys if Attachment.delete().where(old & (Attachment.key == key)).execute()]
    return tuple(gone)


def known(keys: Iterable[str]) -> frozenset[str]:
    """Those of the keys that have a row."""
    wanted = sorted(set(keys))
    found: set[str] = set()
    for start in range(0, len(wanted), 500):  # as many as one statement takes
        found.update(row[0] for row in Attachment.select(Attachment.key).where(Attachment.key.in_(wanted[start : start + 500])).tuples())
    return frozenset(found)


def _kept(row: Attachment) -> Kept:
    return Kept(**{name: getattr(row, name) for name in Kept.__dataclass_fields__})
