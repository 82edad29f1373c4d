"""How each person wishes to be told: own quiet hours, and by what, in which language."""

from __future__ import annotations

from datetime import datetime

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.channel_models import Preference

FIELDS = ("quiet_from", "quiet_until", "channel", "lang")


def of(person_id: int | None) -> Preference | None:
    """The person's wishes; None where nothing was ever said."""
    return statements.first(Preference, "person_id = ?", (person_id,)) if person_id is not None else None


def written(wish: Preference | None) -> dict[str, str]:
    """The wishes as plain text, empty where the installation's way holds."""
    return {name: str(getattr(wish, name)) if wish is not None else "" for name in FIELDS}


def keep(person_id: int, values: dict[str, str], at: datetime) -> None:
    """Keeps the wishes inside the caller's transaction. `at` is aware."""
    row = {**{name: values.get(name, "") for name in FIELDS}, "changed_at": stored(at)}
    if not Preference.update(row).where(Preference.person == person_id).execute():
        Preference.insert(person=person_id, **row).execute()
