"""What an operator has to see: raised once, cleared by a person."""

from __future__ import annotations

from datetime import datetime

from tickets.domain.times import stored
from tickets.store.models import Alarm


def raise_alarm(kind: str, text: str, at: datetime, ticket_id: int | None = None) -> None:
    """Raises an alarm inside the caller's transaction. `text` names ids and units, never a citizen; `at` is aware."""
    Alarm.insert(at=stored(at), kind=kind, ticket=ticket_id, text=text).execute()


def standing(kind: str, text: str) -> bool:
    """Whether this very alarm was raised before and nobody has cleared it yet."""
    return bool(Alarm.select().where((Alarm.kind == kind) & (Alarm.text == text) & Alarm.cleared_at.is_null()).exists())
