"""Why a ticket went where it went, as one sentence from what the record holds: for readers of English, whom the sentence kept in Chinese tells nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tickets.store.ticket_view import TicketView

Words = Callable[..., str]
MOST_WORDS = 4  # a reason names no more of them


def because(ticket: TicketView, by: str, sent: Sequence[str], title: str, say: Words, term: Callable[[str, str], str]) -> str:
    """The sentence. `by` says who found the category, `sent` is (unit and person, post) it was sent to, `title` that of the rule that sent it.

    `say` and `term` give the catalogue's words and the business's own in the reader's language.
    """
    comma, parts = say("live.comma"), []
    if ticket.category:
        found = ticket.suggestion.get("words")
        words = [str(one) for one in found][:MOST_WORDS] if isinstance(found, list) and ticket.category_by != "given" else []
        carried = say("ticket.because_words", words=comma.join(words)) if words else ""
        parts.append(say("ticket.because_category", category=ticket.category, by=comma.join(part for part in (by, carried) if part)))
    else:
        parts.append(say("ticket.because_no_category"))
    parts.append(say("ticket.because_place", place=ticket.area_path[-1][1]) if ticket.area_path else say("ticket.because_no_place"))
    if ticket.urgency:
        parts.append(term("urgency", ticket.urgency))
    if ticket.manual:
        parts.append(say("ticket.because_manual"))
    elif ticket.dispatched_at is not None and sent[0]:
        rule = f"{ticket.rule} {title}".strip() if ticket.rule not in ("", "else", "人工") else say("ticket.because_catalogue")
        parts.append(say("ticket.because_sent", rule=rule, to=sent[0]))
    return say("ticket.because_joint").join(parts)
