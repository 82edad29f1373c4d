"""What can be asked of a text at once: which keywords it must and must not hold, exactly, and a text that does so.

A text holds with a keyword every keyword inside it (停水 in 停水通知) and nothing else need follow, because any keywords may stand side by
side with a mark between them that occurs in none. `similar` is taken as a free yes or no, save that a text with the phrase itself is near
it: so a proof that something is impossible holds, and a text is only shown once it was tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from engine import normalise
from engine.condition import Similar, Test
from engine.dnf import Literal, Want
from engine.keywords import Keywords
from engine.similar import Phrases

MARKS = "，；。、｜＃＠＊＋＝～"  # put between keywords in a witness, the first that occurs in none
FILLER = "别的事"
TRIES = 64  # texts tried before a witness is given up (only `similar` ever needs a second one)


class Atom:
    """One thing a text has or has not: a keyword, or (`least` above 0) that it is near a phrase. `inner`: all that every text with it has."""

    __slots__ = ("inner", "key", "least", "word")

    def __init__(self, word: str, least: int) -> None:
        self.word, self.least = word, least
        self.key = (len(word), word, least)
        self.inner: Clause = frozenset()


Clause = frozenset[Atom]


class Wordbook:
    """The keywords and phrases that the questions of one rule set ask for, each once, and which of them lie inside which."""

    def __init__(self, asked: Iterable[Test]) -> None:
        self._atoms: dict[tuple[str, int], Atom] = {}
        for test in asked:
            for key in _keys(test.value):
                if key[0]:
                    self._atoms.setdefault(key, Atom(*key))
        self._keywords = Keywords(word for word, _ in self._atoms)
        self._near = tuple(atom for atom in self._atoms.values() if atom.least)
        for atom in self._atoms.values():
            if atom.least:
                atom.inner = frozenset(other for other in self._near if other.word == atom.word and other.least <= atom.least)
            else:
                inside = self._keywords.hits(atom.word)
                atom.inner = frozenset(self._atoms[word, 0] for word in inside if (word, 0) in self._atoms).union(
                    other for other in self._near if other.word in inside
                )
        used = set().union(*map(set, self._keywords.words))
        usual = (mark for mark in MARKS if normalise.text(mark) not in used)
        self.mark = next(usual, None) or next(chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in used)

    def atoms(self, value: object) -> tuple[list[Atom], bool]:
        """The atoms a question asks for; False beside them when one of its keywords is nothing once normalised, and so is in no text."""
        keys = _keys(value)
        return [self._atoms[key] for key in keys if key[0]], all(word for word, _ in keys) or isinstance(value, Similar)

    def hits(self, text: str) -> Clause:
        """Everything that a normalised text has."""
        found = {self._atoms[word, 0] for word in self._keywords.hits(text) if (word, 0) in self._atoms}
        return frozenset(found).union(atom for atom in self._near if _near(atom.word, atom.least, text))


def _keys(value: object) -> list[tuple[str, int]]:
    if isinstance(value, Similar):
        return [(normalise.text(phrase), value.min) for phrase in value.to]
    return [(normalise.text(word), 0) for word in value] if isinstance(value, tuple) else []


@dataclass(frozen=True)
class Words:
    """What is asked of one text fact: it may be `missing`, or `present` with one of each of `some`, all of `lacks` absent and one of each of `notall` absent."""

    missing: bool = True
    present: bool = True
    some: frozenset[Clause] = frozenset()
    lacks: Clause = frozenset()
    notall: frozenset[Clause] = frozenset()

    def meet(self, other: Words) -> Words:
        """Both at once."""
        both = (self.some | other.some, self.lacks | other.lacks, self.notall | other.notall)
        return Words(self.missing and other.missing, self.present and other.present, *both)

    def possible(self) -> bool:
        """False only when no text, and no missing text, is as asked: proven."""
        return self.missing or (self.present and _fits(self))

    def outside(self) -> Iterator[Words]:
        """The rest: separate pieces that together are everything not asked for here."""
        if not self.missing:
            yield Words(present=False)
        if not self.present:
            yield Words(missing=False)
            return
        inside = Words(missing=False)
        for clause in _sorted(self.some):
            yield inside.meet(Words(lacks=clause))
            inside = inside.meet(Words(some=frozenset((clause,))))
        if self.lacks:
            yield inside.meet(Words(some=frozenset((self.lacks,))))
            inside = inside.meet(Words(lacks=self.lacks))
        for clause in _sorted(self.notall):
            yield inside.meet(Words(some=frozenset(frozenset((atom,)) for atom in clause)))
            inside = inside.meet(Words(notall=frozenset((clause,))))

    def holds(self, hits: Clause | None) -> bool:
        """Whether a text that has just these, or None for a missing one, is as asked."""
        if hits is None:
            return self.missing
        if not self.present or not self.lacks.isdisjoint(hits):
            return False
        return all(not clause.isdisjoint(hits) for clause in self.some) and not any(clause <= hits for clause in self.notall)

    def text(self, book: Wordbook) -> str | None:
        """A present text that is as asked, its keywords joined by a mark; None when none was found (certain unless `similar` is asked)."""
        if not self.present:
            return None
        return next((text for text in islice(_texts(self, book.mark), TRIES) if self.holds(book.hits(normalise.text(text)))), None)


def of_literal(literal: Literal, book: Wordbook) -> Words:
    """One question about a text, with the answer that is wanted."""
    if literal.op == "missing":
        return Words(present=False) if literal.want is Want.TRUE else Words(missing=False)
    true = literal.want in (Want.TRUE, Want.NOT_FALSE)
    missing = literal.want in (Want.NOT_TRUE, Want.NOT_FALSE)
    atoms, whole = book.atoms(literal.value)
    if literal.op == "has_all":
        if true:
            return Words(missing, whole, frozenset(frozenset((atom,)) for atom in atoms))
        return Words(missing, notall=frozenset((frozenset(atoms),))) if whole else Words(missing)
    return Words(missing, some=frozenset((frozenset(atoms),))) if true else Words(missing, lacks=frozenset(atoms))


def _fits(words: Words) -> bool:
    return any(True for _ in _lacking(words.some, words.lacks, _sorted(words.notall)))


def _lacking(some: frozenset[Clause], lacks: Clause, notall: tuple[Clause, ...]) -> Iterator[Clause]:
    """The ways to choose what is absent (one more of each of `notall`) that leave something to choose in each of `some`."""
    if not all(any(atom.inner.isdisjoint(lacks) for atom in clause) for clause in some):
        return
    if not notall:
        yield lacks
        return
    for atom in _in_order(notall[0]):
        yield from _lacking(some, lacks | {atom}, notall[1:])


def _texts(words: Words, mark: str) -> Iterator[str]:
    """Texts worth trying, the shortest choice first."""
    for lacks in _lacking(words.some, words.lacks, _sorted(words.notall)):
        clauses = [[atom.word for atom in _in_order(clause) if atom.inner.isdisjoint(lacks)] for clause in _sorted(words.some)]
        if not clauses:
            yield FILLER
            yield ""
        for chosen in product(*clauses) if clauses else ():
            distinct = dict.fromkeys(chosen)
            yield mark.join(word for word in distinct if not any(word != other and word in other for other in distinct))


@lru_cache(maxsize=50_000)
def _near(phrase: str, least: int, text: str) -> bool:
    return bool(Phrases(Similar((phrase,), least)).near(text))


def _sorted(clauses: frozenset[Clause]) -> tuple[Clause, ...]:
    """In one order whatever the hashing, so that the same rules always give the same witness."""
    return tuple(clauses) if len(clauses) < 2 else tuple(sorted(clauses, key=lambda clause: [atom.key for atom in _in_order(clause)]))


def _in_order(clause: Clause) -> list[Atom]:
    return sorted(clause, key=lambda atom: atom.key)
