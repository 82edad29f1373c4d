"""Hides telephone and identity numbers, so that neither a log nor a message carries them."""

from __future__ import annotations

import unicodedata

_LONGEST_PLAIN = 6  # a run of digits longer than this may be a telephone or identity number
_JOINERS = " -－—()（）+.·"


def mask_number(number: str) -> str:
    """The number with its middle hidden, 138****0013; short ones are hidden wholly."""
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}****{number[-4:]}"


def without_numbers(text: str) -> str:
    """The text with every run of seven or more digits hidden, digits written in full width or parted by spaces and dashes too.

    A citizen often writes the own telephone number into the request; the officer's message names the place and the matter only.
    """
    out: list[str] = []
    run: list[str] = []
    for char in [*text, ""]:
        if char and (_is_digit(char) or (run and char in _JOINERS)):
            run.append(char)
            continue
        out.append(_hide(run))
        out.append(char)
        run = []
    return "".join(out)


def _is_digit(char: str) -> bool:
    return unicodedata.category(char) in ("Nd", "No") and unicodedata.normalize("NFKC", char).isdigit()


def _hide(run: list[str]) -> str:
    if sum(map(_is_digit, run)) <= _LONGEST_PLAIN:
        return "".join(run)
    tail = len(run)
    while not _is_digit(run[tail - 1]):
        tail -= 1
    return "****" + "".join(run[tail:])
