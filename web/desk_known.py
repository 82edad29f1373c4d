"""知识库 at the desk: what a caller's question may be answered from, offered beside the form and in the form of 直接答复."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from insights.knowledge_search import search
from tickets.store.knowledge import Entry, by_code
from web.hall import hall

GOOD = 45  # of 100: an entry below it is no suggestion beside the form
BESIDE, LISTED = 2, 5  # entries beside the form; in the form of the answer
LONGEST = 100  # characters of a search word
LINE = 60  # characters of an answer shown on one line


@dataclass(frozen=True)
class Known:
    """An entry as it is offered; `line` is the beginning of its answer."""

    code: str
    title: str
    answer: str
    line: str
    basis: str


@dataclass(frozen=True)
class Shelf:
    """What the form of the answer shows: the entry it rests on (`code`, `title`, both empty when none), the search word, the entries found."""

    code: str
    title: str
    word: str
    category: str
    found: tuple[Known, ...]


def beside(text: str, category: str) -> tuple[Known, ...]:
    """The best entries for the appeal typed so far; none that is only distantly alike, or that no longer holds."""
    return _known([one.entry for one in search(text, category, BESIDE, hall().now()) if one.score >= GOOD])


def shelf(code: str, word: str, text: str, category: str) -> Shelf:
    """The entries for the search word, or without one for the appeal's text. An entry no longer in force is let go of."""
    cited = in_force(code)
    found = search(word[:LONGEST] or text, category, LISTED, hall().now())
    return Shelf(cited.code if cited else "", cited.title if cited else "", word[:LONGEST], category, _known([one.entry for one in found]))


def in_force(code: str) -> Entry | None:
    """The entry of that code, if one may answer from it now."""
    found = by_code(code) if code and code.isprintable() else None
    return found if found is not None and found.active and not found.expired(hall().now()) else None


def _known(entries: Sequence[Entry]) -> tuple[Known, ...]:
    return tuple(Known(one.code, one.title, one.answer, " ".join(one.answer.split())[:LINE], one.basis) for one in entries)
