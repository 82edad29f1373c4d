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
from engine.condition import Similar
from engine.dnf import Literal, Want
from engine.similar import Phrases

Atom = str | tuple[str, int]  # a keyword, or a phrase with the least ratio at which a text is near it; normalised
Clause = frozenset[Atom]
MARKS = "，；。、｜＃＠＊＋＝～"  # put between keywords in a witness, the first that occurs in none
FILLER = "别的事"
TRIES = 64  # texts tried before a witness is given up (only `similar` ever needs a second one)


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

    def holds(self, text: str | None) -> bool:
        """Whether a normalised text, or None for a missing one, is as asked."""
        if text is None:
            return self.missing
        return (
            self.present
            and not any(_in(atom, text) for atom in self.lacks)
            and all(any(_in(atom, text) for atom in clause) for clause in self.some)
            and not any(all(_in(atom, text) for atom in clause) for clause in self.notall)
        )

    def text(self, mark: str) -> str | None:
        """A present text that is as asked, its keywords joined by `mark`; None when none was found (certain unless `similar` is asked)."""
        if not self.present:
            return None
        return next((text for text in islice(_texts(self, mark), TRIES) if self.holds(normalise.text(text))), None)


def of_literal(literal: Literal) -> Words:
    """One question about a text, with the answer that is wanted."""
    if literal.op == "missing":
        return Words(present=False) if literal.want is Want.TRUE else Words(missing=False)
    true = literal.want in (Want.TRUE, Want.NOT_FALSE)
    missing = literal.want in (Want.NOT_TRUE, Want.NOT_FALSE)
    value = literal.value
    if isinstance(value, Similar):
        atoms: list[Atom] = [(phrase, value.min) for phrase in map(normalise.text, value.to) if phrase]
        whole = True
    else:
        written = value if isinstance(value, tuple) else (str(value),)
        atoms = [word for word in map(normalise.text, written) if word]
        whole = len(atoms) == len(written)  # a keyword of which nothing is left is never found
    if literal.op == "has_all":
        if true:
            return Words(missing, whole, frozenset(frozenset((atom,)) for atom in atoms))
        return Words(missing, notall=frozenset((frozenset(atoms),))) if whole else Words(missing)
    return Words(missing, some=frozenset((frozenset(atoms),))) if true else Words(missing, lacks=frozenset(atoms))


def mark_for(words: Iterable[str]) -> str:
    """A mark that occurs in none of the normalised keywords; a private-use character when all the usual ones do."""
    used = set().union(*map(set, words)) if words else set()
    return next((mark for mark in MARKS if normalise.text(mark) not in used), None) or next(
        chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in used
    )


def implies(one: Atom, other: Atom) -> bool:
    """Whether every text with the one has the other too."""
    if isinstance(one, str):
        return (other if isinstance(other, str) else other[0]) in one
    return not isinstance(other, str) and one[0] == other[0] and one[1] >= other[1]


@lru_cache(maxsize=200_000)
def _fits(words: Words) -> bool:
    return any(True for _ in _lacking(words.some, words.lacks, _sorted(words.notall)))


def _lacking(some: frozenset[Clause], lacks: Clause, notall: tuple[Clause, ...]) -> Iterator[Clause]:
    """The ways to choose what is absent (one more of each of `notall`) that leave something to choose in each of `some`."""
    if not all(any(_free(atom, lacks) for atom in clause) for clause in some):
        return
    if not notall:
        yield lacks
        return
    for atom in _sorted_atoms(notall[0]):
        yield from _lacking(some, lacks | {atom}, notall[1:])


def _free(atom: Atom, lacks: Clause) -> bool:
    if isinstance(atom, str):
        return not any((other if isinstance(other, str) else other[0]) in atom for other in lacks)
    return not any(implies(atom, other) for other in lacks)


def _texts(words: Words, mark: str) -> Iterator[str]:
    """Texts worth trying, the shortest choice first."""
    for lacks in _lacking(words.some, words.lacks, _sorted(words.notall)):
        clauses = [sorted((_word(atom) for atom in clause if _free(atom, lacks)), key=lambda word: (len(word), word)) for clause in _sorted(words.some)]
        if not clauses:
            yield FILLER
            yield ""
        for chosen in product(*clauses) if clauses else ():
            kept: list[str] = []
            for word in sorted(dict.fromkeys(chosen), key=len, reverse=True):
                if not any(word in other for other in kept):
                    kept.append(word)
            yield mark.join(word for word in dict.fromkeys(chosen) if word in kept)


def _word(atom: Atom) -> str:
    return atom if isinstance(atom, str) else atom[0]


def _in(atom: Atom, text: str) -> bool:
    return atom in text if isinstance(atom, str) else _near(atom, text)


@lru_cache(maxsize=50_000)
def _near(atom: tuple[str, int], text: str) -> bool:
    return bool(Phrases(Similar((atom[0],), atom[1])).near(text))


def _sorted(clauses: frozenset[Clause]) -> tuple[Clause, ...]:
    """In one order whatever the hashing, so that the same rules always give the same witness."""
    return tuple(clauses) if len(clauses) < 2 else tuple(sorted(clauses, key=lambda clause: [repr(atom) for atom in _sorted_atoms(clause)]))


def _sorted_atoms(clause: Clause) -> list[Atom]:
    return sorted(clause, key=repr)
