"""Categories that people chose over the one suggested: kept with the ticket, and read back as what the library learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import normalise
from tickets.domain.appeal import whole_text
from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.course_models import Correction
from tickets.store.models import database

NEWEST = 500  # looked through at every suggestion
LONGEST_ALIKE = 400  # characters of a text that is compared; of a longer one the beginning


@dataclass(frozen=True)
class Corrected:
    """One text with the category a person chose for it; `plain` is its beginning, normalised."""

    key: int
    text: str
    chosen: str
    plain: str


def keep(ticket_id: int, account: int, suggested: str, confidence: float, chosen: str, at: datetime) -> None:
    """Adds a correction, inside the caller's transaction. `confidence` is 0 to 1, `at` aware."""
    Correction.create(
        ticket=ticket_id, at=stored(at), account=account, suggested=suggested[:60], confidence=f"{confidence:.4f}" if suggested else "", chosen=chosen[:60]
    )


def newest() -> tuple[Corrected, ...]:
    """The newest 500, newest first; read again only when there is another one."""
    last = statements.scalar("SELECT MAX(id) FROM correction") or 0
    kept: dict[int, tuple[Corrected, ...]] = database.obj.__dict__.setdefault("suda_corrections", {})
    if last not in kept:
        found = _read("ORDER BY c.id DESC LIMIT ?", (NEWEST,))
        kept.clear()
        kept[last] = found
    return kept[last]


def to_learn() -> tuple[Corrected, ...]:
    """Every correction, oldest first; of a ticket that was corrected twice the last."""
    return tuple(_read("AND c.id = (SELECT MAX(d.id) FROM correction d WHERE d.ticket = c.ticket) ORDER BY c.id", ()))


def mark_learned(keys: Sequence[int]) -> None:
    """Remembers that a trained library knows these."""
    for start in range(0, len(keys), NEWEST):
        Correction.update(learned=True).where(Correction.id.in_(keys[start : start + NEWEST])).execute()


def plain(text: str) -> str:
    """A text as it is compared."""
    return normalise.text(text[: LONGEST_ALIKE * 2])[:LONGEST_ALIKE]


def _read(tail: str, values: Sequence[object]) -> tuple[Corrected, ...]:
    sql = f"SELECT c.id, t.title, t.text, c.chosen FROM correction c JOIN ticket t ON t.id = c.ticket WHERE 1 = 1 {tail}"
    rows = [(key, whole_text(title, text), chosen) for key, title, text, chosen in statements.execute(sql, values).fetchall()]
    return tuple(Corrected(key, text, chosen, plain(text)) for key, text, chosen in rows)
