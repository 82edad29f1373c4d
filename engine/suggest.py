"""The nearest right name for a wrong one: outag -> outage."""

from __future__ import annotations

from collections.abc import Collection

from rapidfuzz import fuzz, process

# Two-character Chinese names that share one character score 50: still worth offering.
NEAR_ENOUGH = 50


def nearest(word: str, names: Collection[str], least: int = NEAR_ENOUGH) -> str | None:
    """The name most like `word` (RapidFuzz ratio at least `least` of 100), or None when none is near."""
    found = process.extractOne(word[:200], list(names), scorer=fuzz.ratio, score_cutoff=least)
    return str(found[0]) if found else None


def offer(word: str, names: Collection[str]) -> tuple[str, str]:
    """The tail of a sentence, Chinese and English: which name was probably meant, else which there are (when few), else nothing."""
    near = nearest(word, names)
    if near is not None:
        return f"，是不是「{near}」？", f"; did you mean {near}?"
    if 0 < len(names) <= 12:
        return f"，可用：{'、'.join(names)}", f"; there are: {', '.join(names)}"
    return "", ""
