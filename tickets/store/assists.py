"""The units that help with a ticket beside its lead, and what became of each one's part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.course_models import AssistAnswer
from tickets.store.insert import insert
from tickets.store.models import Assist

ANSWERED, WAIVED, CALLED_OFF = "回复", "免于回复", "取消"


@dataclass(frozen=True)
class Helper:
    """One helper: unit and person by name; `state` is empty while nothing has come of it, else 回复, 免于回复 or 取消, with its words. `at` is stored UTC."""

    assist_id: int
    unit_id: int
    unit: str
    person_id: int | None
    person: str
    state: str = ""
    words: str = ""
    at: datetime | None = None

    @property
    def open(self) -> bool:
        return not self.state


def helpers(ticket_id: int) -> tuple[Helper, ...]:
    """Every helper of the ticket, in the order in which they were asked."""
    joined = "JOIN unit u ON u.id = t.unit_id LEFT JOIN person p ON p.id = t.person_id WHERE t.ticket_id = ? ORDER BY t.id"
    found = statements.beside(Assist, "u.address, p.name", joined, (ticket_id,))
    if not found:
        return ()
    newest = {row.assist: row for row in statements.rows(AssistAnswer, "ticket = ? ORDER BY id", (ticket_id,))}
    return tuple(_helper(one, unit, person or "", newest.get(one.id)) for one, (unit, person) in found)


def _helper(row: Assist, unit: str, person: str, answer: AssistAnswer | None) -> Helper:
    told = (answer.what, answer.words, answer.at) if answer is not None else ("", "", None)
    return Helper(row.id, row.unit_id, unit, row.person_id, person, *told)


def waiting(ticket_id: int) -> tuple[Helper, ...]:
    """The helpers who have neither answered nor been let off."""
    return tuple(one for one in helpers(ticket_id) if one.open)


def answer(ticket_id: int, assist_ids: Sequence[int], what: str, actor: str, person_id: int | None, words: str, at: datetime) -> None:
    """Appends what became of these helpers' parts. `at` is aware."""
    rows: list[dict[str, object]] = [
        {"assist": one, "ticket": ticket_id, "at": stored(at), "what": what, "actor": actor, "person": person_id, "words": words} for one in assist_ids
    ]
    if rows:
        insert(AssistAnswer, rows)
        statements.update(Assist, {"replied_at": stored(at)}, f"id IN ({statements.marks(assist_ids)})", assist_ids)
