"""How long a text message is: in which alphabet it travels and how many parts a gateway bills (3GPP TS 23.038 and 23.040)."""

from __future__ import annotations

from dataclasses import dataclass

# The GSM 7-bit alphabet; the second line needs an escape and counts twice.
BASIC = frozenset("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
ESCAPED = frozenset("\f^{}\\[~]|€")
ALONE, PART = {"GSM-7": 160, "UCS-2": 70}, {"GSM-7": 153, "UCS-2": 67}  # characters of a single message; of each part of a longer one


@dataclass(frozen=True)
class Length:
    """`units` are what the alphabet counts: 7-bit characters, or UTF-16 code units (an emoji is two); `segments` is what is billed."""

    units: int
    alphabet: str
    segments: int
    left: int  # units until another segment is billed


def measure(text: str) -> Length:
    """The length of a message; an empty one is one segment of nothing."""
    if all(char in BASIC or char in ESCAPED for char in text):
        alphabet, sizes = "GSM-7", [2 if char in ESCAPED else 1 for char in text]
    else:
        alphabet, sizes = "UCS-2", [2 if ord(char) > 0xFFFF else 1 for char in text]
    units = sum(sizes)
    if units <= ALONE[alphabet]:
        return Length(units, alphabet, 1, ALONE[alphabet] - units)
    segments, room = 1, PART[alphabet]
    for size in sizes:  # a character of two units never straddles two parts
        if size > room:
            segments, room = segments + 1, PART[alphabet]
        room -= size
    return Length(units, alphabet, segments, room)
