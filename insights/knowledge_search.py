"""Finds knowledge entries while one types: pairs of characters point at candidates, RapidFuzz puts the nearest first.

Each process keeps the entries in memory and reads anew those that changed, as soon as the store's mark has grown.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from engine import normalise
from tickets.store import knowledge
from tickets.store.knowledge import Entry
from tickets.store.models import database

LONGEST_QUERY, LONGEST_ANSWER, LONGEST_COMPARED = 400, 600, 120  # characters read of the question, of an answer; given to RapidFuzz
RAREST = 40  # pairs of a long query that are looked up
CANDIDATES = 40  # entries that RapidFuzz looks at
TITLE, WORDS, ANSWER = 1.0, 0.9, 0.45  # what a pair is worth where it stands
LEAST = 22.0  # a lower score is no answer
OF_CATEGORY = 12.0  # added where the category is the one asked about
COMMON = 0.3  # a pair in a larger share of the entries is lit nowhere
MOST_LIT = 10


@dataclass(frozen=True)
class Found:
    """An entry that answers: how near it is (0 to 100), and the words of the question that it holds, for lighting."""

    entry: Entry
    score: int
    lit: tuple[str, ...]
    expired: bool


@dataclass(frozen=True)
class _Read:
    """An entry made ready: its title and words as they are compared, and by number the pairs it holds with what each is worth."""

    entry: Entry
    title: str
    words: tuple[str, ...]
    pairs: NDArray[np.int32]
    worth: NDArray[np.float32]
    title_pairs: tuple[int, ...]
    word_pairs: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class _Table:
    """Pair by pair the entries that hold it: those of pair p stand at starts[p] up to starts[p + 1]. `rare` is what a pair says of an entry."""

    reads: tuple[_Read, ...]
    holders: NDArray[np.int32]
    worth: NDArray[np.float32]
    starts: NDArray[np.int64]
    rare: tuple[float, ...]

    def holding(self, pair: int) -> slice:
        return slice(int(self.starts[pair]), int(self.starts[pair + 1]))


class Index:
    """The entries in force, by the pairs of characters they hold. It may be asked from any thread; asking while nothing changed costs one small query."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}  # pair -> its number; only grows
        self._read: dict[int, _Read] = {}
        self._table = _table((), 0)
        self._mark: tuple[object, int] = (None, -1)

    def search(self, text: str, category: str, n: int, now: datetime, within: Collection[str] | None = None, expired: bool = False) -> tuple[Found, ...]:
        """The nearest entries, best first; without text those of the category, most used first. See `search`."""
        table = self._fresh()
        asked = normalise.text(text[:LONGEST_QUERY])
        if asked:
            ranked = self._ranked(table, asked, category, within)
        else:
            ranked = [(100.0, read) for read in table.reads if (category or within is not None) and _of(read.entry, category, within)]
            ranked.sort(key=lambda one: (-one[1].entry.used, one[1].entry.id))
        kept = [(score, read, read.entry.expired(now)) for score, read in ranked if expired or not read.entry.expired(now)]
        kept.sort(key=lambda one: one[2])
        return tuple(Found(read.entry, round(min(score, 100)), self._lit(table, asked, read), past) for score, read, past in kept[:n])

    def _fresh(self) -> _Table:
        """The table as it is now: what has changed since the last time is read anew."""
        here, mark = database.obj, knowledge.mark()
        if here is self._mark[0] and mark == self._mark[1]:
            return self._table
        with self._lock:
            known = self._read if here is self._mark[0] else {}
            standing = knowledge.entries()
            self._read = {
                one.id: known[one.id] if one.id in known and known[one.id].entry.edition == one.edition else self._made_ready(one) for one in standing
            }
            self._table = _table(tuple(self._read.values()), len(self._numbers))
            self._mark = (here, mark)
            return self._table

    def _ranked(self, table: _Table, asked: str, category: str, within: Collection[str] | None) -> list[tuple[float, _Read]]:
        pairs = tuple(dict.fromkeys(_pairs(asked)))
        numbers = [number for pair in pairs if (number := self._numbers.get(pair, len(table.rare))) < len(table.rare)]
        sums = np.zeros(len(table.reads), dtype=np.float32)
        for number in sorted(numbers, key=lambda one: -table.rare[one])[:RAREST]:
            here = table.holding(number)
            sums[table.holders[here]] += table.worth[here] * table.rare[number]
        if len(asked) == 1:
            sums[[place for place, read in enumerate(table.reads) if asked in read.title or any(asked in word for word in read.words)]] = 1.0
        if within is not None:
            sums[[place for place, read in enumerate(table.reads) if read.entry.category not in within]] = 0.0
        nearest = np.argsort(-sums, kind="stable")[:CANDIDATES]
        unheard = math.log(2 + len(table.reads))  # what a pair that no entry holds would have said
        whole = sum(table.rare[number] for number in numbers) + (len(pairs) - len(numbers)) * unheard or 1.0
        said = set(numbers)
        scored = [
            (_score(table, asked, said, float(sums[place]) / whole, table.reads[place], category), table.reads[place]) for place in nearest if sums[place] > 0
        ]
        return sorted((one for one in scored if one[0] >= LEAST), key=lambda one: (-one[0], one[1].entry.id))

    def _lit(self, table: _Table, asked: str, read: _Read) -> tuple[str, ...]:
        """The stretches of the question that the entry holds, longest first; a pair that a third of the entries hold is no reason."""
        most = max(3.0, COMMON * len(table.reads))
        held = set(read.pairs.tolist())
        runs = [asked] if len(asked) == 1 else []
        run = ""
        for pair in _pairs(asked):
            number = self._numbers.get(pair, -1)
            if number in held and table.starts[number + 1] - table.starts[number] <= most:
                run = run + pair[1] if run else pair
            elif run:
                runs.append(run)
                run = ""
        longest = sorted(dict.fromkeys([*runs, run] if run else runs), key=lambda one: -len(one))[:MOST_LIT]
        return tuple(dict.fromkeys(words for one in longest for words in _as_written(one, read.entry)))

    def _made_ready(self, entry: Entry) -> _Read:
        title, words = normalise.text(entry.title), tuple(filter(None, map(normalise.text, entry.words.split())))
        worth: dict[int, float] = {}
        for part, value in ((normalise.text(entry.answer[:LONGEST_ANSWER]), ANSWER), *((word, WORDS) for word in words), (title, TITLE)):
            worth.update(dict.fromkeys(self._numbered(part), value))
        numbers, values = np.fromiter(worth.keys(), np.int32, len(worth)), np.fromiter(worth.values(), np.float32, len(worth))
        return _Read(entry, title, words, numbers, values, self._numbered(title), tuple(self._numbered(word) for word in words))

    def _numbered(self, text: str) -> tuple[int, ...]:
        return tuple(self._numbers.setdefault(pair, len(self._numbers)) for pair in _pairs(text))


def _table(reads: tuple[_Read, ...], pairs: int) -> _Table:
    numbers = np.concatenate([read.pairs for read in reads]) if reads else np.zeros(0, np.int32)
    worth = np.concatenate([read.worth for read in reads]) if reads else np.zeros(0, np.float32)
    holders = np.repeat(np.arange(len(reads), dtype=np.int32), [len(read.pairs) for read in reads]) if reads else np.zeros(0, np.int32)
    order = np.argsort(numbers, kind="stable")
    counts = np.bincount(numbers, minlength=pairs) if pairs else np.zeros(0, np.int64)
    rare = np.log(1 + (len(reads) + 1) / (1 + counts))
    return _Table(reads, holders[order], worth[order], np.concatenate([[0], np.cumsum(counts)]), tuple(rare.tolist()))


def _score(table: _Table, asked: str, said: Collection[int], share: float, read: _Read, category: str) -> float:
    """`share` is how much of the question stands in the entry; beside it counts how much of the title, or of one of the words, stands in the question."""
    if len(asked) == 1:
        return 40.0 + 60.0 / len(read.title)
    title = _share(table, read.title_pairs, said)
    word = max((_share(table, one, said) * min(len(one) + 1, 4) / 4 for one in read.word_pairs), default=0.0)
    most = max(share, title, word)
    short, long = sorted((asked[:LONGEST_COMPARED], read.title), key=len)
    alike = fuzz.partial_ratio(short, long) / 100
    score = 100 * (0.42 * max(share, title, 0.85 * word) + 0.23 * min(1.0, share + word / 2) + 0.35 * alike * most**0.5)
    return score + (OF_CATEGORY if category and read.entry.category == category else 0.0)  # type: ignore[no-any-return]


def _share(table: _Table, mine: tuple[int, ...], said: Collection[int]) -> float:
    whole = sum(table.rare[pair] for pair in mine)
    return sum(table.rare[pair] for pair in mine if pair in said) / whole if whole else 0.0


def search(text: str, category: str, n: int, now: datetime, *, within: Collection[str] | None = None, expired: bool = False) -> tuple[Found, ...]:
    """Up to `n` entries that answer `text` (a few letters, or all that a caller said), best first.

    Entries of `category` come a little earlier; with `within` no other categories are looked at. Without text: the entries of the category,
    most used first. `now` is aware; what no longer holds then is left out, or with `expired` comes last.
    """
    return _INDEX.search(text, category, n, now, within, expired)


def _of(entry: Entry, category: str, within: Collection[str] | None) -> bool:
    return entry.category in within if within is not None else entry.category == category


def _as_written(run: str, entry: Entry) -> tuple[str, ...]:
    """The stretch as title and answer write it: 打过12345 is 「打过 12345」 there."""
    found = [run]
    for text in (entry.title, entry.answer):
        if run not in text.lower() and run in normalise.text(text):
            found += [text[start:end] for start, end in normalise.spans(text).find(run)]
    return tuple(found)


def _pairs(text: str) -> tuple[str, ...]:
    return tuple(first + second for first, second in pairwise(text))


_INDEX = Index()
