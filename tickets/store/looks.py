"""Looks at personal data: nobody of the audit reads a citizen's number without having said why, and everybody of the audit can read who did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tickets.domain.mask import in_text
from tickets.domain.times import stored
from tickets.store.connect import transaction
from tickets.store.log_models import Look
from tickets.store.models import Evaluation, Ticket

CALLER, TEXT, EXPORT = "caller_phone", "text", "export"
SHORTEST_REASON, LONGEST_REASON = 6, 200  # characters
PAGE = 50


class LookRefused(Exception):
    """The look is not granted; the sentence says what is missing."""

    permanent = True


@dataclass(frozen=True)
class LookedAt:
    """One look that was granted."""

    id: int
    at: datetime
    who: str
    role: str
    what: str
    ticket: str
    evaluation: int | None
    reason: str


@dataclass(frozen=True)
class Who:
    """The person who looks: the account's id, its name as shown, and its role."""

    account_id: int
    name: str
    role: str


def reveal(evaluation_id: int, what: str, reason: str, who: Who, at: datetime) -> str:
    """What was hidden on the page of that evaluation, whole; the look is kept in the same transaction. `at` is aware.

    Raises LookRefused for a reason that is too short or too long, for something that is not hidden there, and for no such evaluation.
    """
    said = checked_reason(reason)
    with transaction():
        row = Evaluation.select(Evaluation.id, Ticket.number, Ticket.caller_phone, Ticket.text).join(Ticket).where(Evaluation.id == evaluation_id)
        found = row.tuples().first()
        if found is None or what not in (CALLER, TEXT):
            raise LookRefused("没有这一项，请回到判定日志重新打开 (no such thing: open it again from the log)")
        shown = str(found[2]) if what == CALLER else str(found[3])
        if not shown:
            raise LookRefused("这件工单没有留下号码 (the ticket has no number)")
        keep(what, said, who, at, ticket=str(found[1]), evaluation=evaluation_id)
    return shown


def checked_reason(reason: str) -> str:
    """The reason without surrounding spaces; LookRefused unless it has 6 to 200 characters that say something."""
    said = " ".join(reason.split())
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON or len(set(said)) < 3:
        zh = f"请写明查看事由，{SHORTEST_REASON} 至 {LONGEST_REASON} 个字，例如：核对 5 月 3 日投诉是否同一人"
        raise LookRefused(f"{zh} (say why in {SHORTEST_REASON} to {LONGEST_REASON} characters)")
    return said


def keep(what: str, reason: str, who: Who, at: datetime, *, ticket: str = "", evaluation: int | None = None) -> None:
    """Appends a look to the list, inside the caller's transaction if there is one."""
    Look.insert(
        at=stored(at), account=who.account_id, account_name=who.name, role=who.role, what=what, ticket=ticket, evaluation=evaluation, reason=reason
    ).execute()


def recent(below: int | None = None, most: int = PAGE) -> tuple[LookedAt, ...]:
    """The newest looks, or those before the one with that id."""
    rows = Look.select().order_by(Look.id.desc()).limit(most)
    return tuple(_looked_at(row) for row in (rows if below is None else rows.where(Look.id < below)))


def of_ticket(number: str, most: int = 10) -> tuple[LookedAt, ...]:
    """The newest looks at one ticket's data."""
    return tuple(_looked_at(row) for row in Look.select().where(Look.ticket == number).order_by(Look.id.desc()).limit(most))


def hidden_in(text: str) -> bool:
    """True when the text holds a number that pages mask."""
    return in_text(text) != text


def _looked_at(row: Look) -> LookedAt:
    return LookedAt(row.id, row.at, row.account_name, row.role, row.what, row.ticket, row.evaluation, row.reason)
