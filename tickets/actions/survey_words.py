"""What a citizen's page and message may say of the matter: enough to know which it is, nothing that says whose."""

from __future__ import annotations

from notifications.masking import without_numbers
from tickets.store.models import Ticket

SUBJECT, RESULT = 30, 300  # characters
MATTER = "反映的事项"


def plain(ticket: Ticket, text: str, most: int) -> str:
    """The text without the caller's name, the address, and runs of seven or more digits; at most `most` characters."""
    words = " ".join(text.split())
    for personal in (ticket.address.strip(), ticket.caller_name.strip()):
        if len(personal) > 1:
            words = words.replace(personal, "＊＊")
    words = without_numbers(words)
    return words if len(words) <= most else words[: most - 1] + "…"


def subject(ticket: Ticket) -> str:
    """The matter in a few words: the title, else the category, never the citizen's whole text."""
    return plain(ticket, ticket.title, SUBJECT) or ticket.category or MATTER
