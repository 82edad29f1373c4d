"""The least rewriting of a text after which keywords stand in it, or no longer do: the real new text, not the idea of one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from dataclasses import dataclass

from rapidfuzz import fuzz

from engine import normalise
from engine.condition import Similar
from engine.dnf import Literal, Want

MOST_CUTS = 60  # rounds of taking things out of one text
MOST_CHOICES = 64  # ways to break a `has_all`: one of its words must go
SOMETHING = "无"  # what a text says that must be known and must not say anything
STOPS = "。，！？；、,.!?;"
POSITIVE = (Want.TRUE, Want.NOT_FALSE)


@dataclass(frozen=True)
class Written:
    """The new text and the pieces that changed, each (old, new): ("停水通知", "") was taken out, ("", "停水") was added."""

    text: str
    swaps: tuple[tuple[str, str], ...]

    @property
    def length(self) -> int:
        """Characters taken out and put in; shortening a word in place counts a little less than taking it out and adding another."""
        return sum(len(old) + len(new) - (bool(old) and bool(new)) for old, new in self.swaps)


@dataclass(frozen=True)
class _Wish:
    """`groups`: one word of each must be there. `banned`: none may. `far`: phrases the text must not come near."""

    groups: tuple[tuple[str, ...], ...]
    banned: tuple[str, ...]
    far: tuple[Similar, ...]

    def nested(self) -> bool:
        """Whether a wanted word stands inside one that must go: then part of it could stay."""
        banned = [normalise.text(one) for one in (*self.banned, *(phrase for similar in self.far for phrase in similar.to))]
        return any(normalise.text(word) in one for group in self.groups for word in group for one in banned)

    def allowed(self, word: str) -> bool:
        plain = normalise.text(word)
        return bool(plain) and not any(normalise.text(one) in plain for one in self.banned if normalise.text(one))


def rewrite(raw: str | None, wishes: Collection[Literal], holds: Callable[[str], bool]) -> Written | None:
    """The shortest rewriting found that `holds`; None when there is none. `raw` is None for a text that is not known."""
    best: Written | None = None
    for wish in _choices(wishes):
        for keep in (False, True) if wish.nested() else (False,):
            written = _write(raw or "", wish, keep)
            if written is not None and holds(written.text) and (best is None or written.length < best.length):
                best = written
    if best is None and raw:  # nothing of the text can stay
        for wish in _choices(wishes):
            written = _write("", wish, False)
            if written is not None and holds(written.text):
                return Written(written.text, ((raw, written.text),))
    return best


def _choices(wishes: Collection[Literal]) -> list[_Wish]:
    """The wishes as words to have and words to lose; where a `has_all` must fail, one choice for each of its words."""
    groups: list[tuple[str, ...]] = []
    banned: list[str] = []
    far: list[Similar] = []
    one_of: list[tuple[str, ...]] = []
    for wish in wishes:
        value, positive = wish.value, wish.want in POSITIVE
        if isinstance(value, Similar):
            if positive:
                groups.append(value.to)
            else:
                far.append(value)
        elif isinstance(value, tuple):
            if wish.op == "has_all":
                groups.extend((word,) for word in value) if positive else one_of.append(value)
            elif positive:
                groups.append(value)
            else:
                banned.extend(value)
    picks = itertools.islice(itertools.product(*one_of), MOST_CHOICES)
    return [_Wish(tuple(groups), tuple(dict.fromkeys((*banned, *pick))), tuple(far)) for pick in picks]


def _write(raw: str, wish: _Wish, keep: bool) -> Written | None:
    """Takes out what must go (with `keep`, leaving the part of it that must stay), then adds what is wanted."""
    text, swaps = raw, []
    wanted = [word for group in wish.groups for word in group if wish.allowed(word)] if keep else []
    for _ in range(MOST_CUTS):
        places = _blocking(text, wish)
        if not places:
            break
        for start, end in reversed(places):
            old = text[start:end]
            new = next((word for word in wanted if normalise.text(word) in normalise.text(old)), "")
            text = text[:start] + new + text[end:]
            swaps.append((old, new))
    while missing := [group for group in wish.groups if not _has(text, group)]:
        words = [word for group in missing for word in group if wish.allowed(word)]
        if not words:
            return None
        word = min(words, key=lambda one: (-sum(_has(one, group) for group in missing), len(one)))
        if not any(_has(word, group) for group in missing):
            return None
        text = text + ("" if not text or text[-1] in STOPS else "，") + word
        swaps.append(("", word))
    if not text:
        text, swaps = SOMETHING, [*swaps, ("", SOMETHING)]
    return Written(text, tuple(dict.fromkeys(swaps)))


def _has(text: str, words: tuple[str, ...]) -> bool:
    plain = normalise.text(text)
    return any(normalise.text(word) and normalise.text(word) in plain for word in words)


def _blocking(text: str, wish: _Wish) -> tuple[tuple[int, int], ...]:
    """Every place of the first thing that must go: of two banned words one inside the other, the inner one; then what comes near a phrase."""
    plain = normalise.text(text)
    for word in sorted((normalise.text(one) for one in wish.banned), key=len):
        if word and word in plain:
            return normalise.spans(text).find(word)
    for similar in wish.far:
        for phrase in (normalise.text(one) for one in similar.to):
            if phrase and len(plain) >= len(phrase):
                near = fuzz.partial_ratio_alignment(phrase, plain, score_cutoff=similar.min)
                if near is not None and near.dest_end > near.dest_start:
                    return (normalise.spans(text).span(near.dest_start, near.dest_end),)
    return ()
