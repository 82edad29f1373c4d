"""Why something cannot be taken out of force yet, and what happens when it is: one sentence each, with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from admin.office_forms import say
from admin.office_named import naming
from tickets.domain.status import OPEN
from tickets.store.models import Ticket
from web.hall import hall

SHOWN = 5  # names in a sentence


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many there are."""
    shown = "、".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else say("and_more", names=shown, count=len(names))


def named_sentences(word: str) -> list[str]:
    """A sentence each for the rules, the categories and the settings that name the address or the area."""
    house = hall()
    found = naming(house.desk, house.settings, word)
    out = [say("named_rules", word=word, names=listed(found.rules))] if found.rules else []
    if found.categories:
        out.append(say("named_categories", word=word, names=listed(found.categories)))
    if found.settings:
        out.append(say("named_settings", word=word, names=listed(found.settings)))
    return out


def open_tickets(condition: Any) -> list[str]:
    """A sentence when tickets in hand meet the condition, with the first numbers."""
    numbers = [number for (number,) in Ticket.select(Ticket.number).where(condition & Ticket.status.in_(OPEN)).order_by(Ticket.number).tuples()]
    return [say("open_tickets", count=len(numbers), names=listed(numbers))] if numbers else []
