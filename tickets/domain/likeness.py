"""What two appeals are compared by: the pairs of characters in their words, and the few keys under which a past appeal is found again.

A pair of neighbouring characters is a number, its bucket. How rare a bucket is among the appeals of the installation is one byte
(`rarity`, see `rarity_of`); which buckets become keys depends on it, so that every key leads to about as many appeals as are wanted of it,
however many there are.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

BUCKETS = 1 << 18  # two different pairs share a bucket once in 2,600 appeals of a hundred pairs
LONGEST = 600  # characters read: what follows repeats or digresses
MOST_TERMS = 160
STEPS = 16.0  # of rarity for a factor of e
WANTED = 40  # appeals a key should lead to
CROWDED = 0.05  # a pair in a larger share of the appeals never counts as just common enough
VILLAGES, MATTERS = 60, 100  # into about so many parts a district and a catalogue divide appeals
ALONE, WITH_PLACE, WITH_MATTER = 4, 5, 7  # keys written of each kind
ASKED = 9  # keys of each kind a search looks up: a past appeal may have chosen others of its pairs


@dataclass(frozen=True)
class Where:
    """The parts of catalogue and district an appeal belongs to, "" where not known: its `category`, the `branch` that is in, the
    `neighbourhood` (a village or community) and the `town`."""

    category: str = ""
    branch: str = ""
    neighbourhood: str = ""
    town: str = ""


@dataclass(frozen=True)
class Weights:
    """How rare each bucket was (a byte each, none: all alike) among `tickets` appeals, when edition `version` was made."""

    version: int = 0
    tickets: int = 0
    rarity: bytes = b""


@dataclass(frozen=True)
class Key:
    """A number under which appeals are kept. `bucket` is the pair it is made of, -1 for a key of place and matter alone."""

    number: int
    bucket: int
    place: bool
    matter: bool


def terms(plain: str) -> tuple[int, ...]:
    """The buckets of a normalised text (engine/normalise.py), each once, in the order in which they come; numbers and marks say nothing."""
    found: dict[int, None] = {}
    for first, second in pairwise(plain[:LONGEST]):
        if first.isalnum() and second.isalnum() and not (first.isdigit() and second.isdigit()):
            found[zlib.crc32((first + second).encode()) % BUCKETS] = None
    return tuple(found)[:MOST_TERMS]


def packed(buckets: Iterable[int]) -> bytes:
    """As they are stored: ascending, four bytes each, the lowest first."""
    ordered = sorted(buckets)
    return struct.pack(f"<{len(ordered)}I", *ordered)


def unpacked(stored: bytes) -> tuple[int, ...]:
    """What `packed` made, ascending."""
    return struct.unpack(f"<{len(stored) // 4}I", stored)


def rarity_of(counts: Sequence[int], tickets: int) -> bytes:
    """A byte for each bucket: 16 times the natural logarithm of how many appeals there are for one that holds it; `counts` of `tickets` appeals."""
    return bytes(min(255, round(STEPS * math.log((tickets + 1) / (count + 1)))) for count in counts)


def weight(weights: Weights, bucket: int) -> float:
    """What sharing that bucket is worth; 1 while nothing is known of how rare each is."""
    return weights.rarity[bucket] / STEPS + 0.1 if weights.rarity else 1.0


def keys(weights: Weights, buckets: Iterable[int], where: Where, *, asked: bool = False) -> tuple[Key, ...]:
    """The keys of an appeal, to be written; with `asked` those to look up, which are more. The same buckets and place give the same keys."""
    every = list(buckets)
    version, found = weights.version, list[Key]()
    for kind, matter, place in (
        ("地类", where.branch, where.neighbourhood),
        ("地末", where.category, where.neighbourhood),
        ("镇末", where.category, where.town),
    ):
        if matter and place:
            found.append(Key(_number(version, kind, matter, place), -1, place=kind != "镇末", matter=True))
    if where.category:
        found.append(Key(_number(version, "末", where.category), -1, place=False, matter=True))
    found += (Key(_number(version, "词", str(one)), one, place=False, matter=False) for one in _chosen(weights, every, 1, ASKED if asked else ALONE))
    if where.neighbourhood:
        chosen = _chosen(weights, every, VILLAGES, ASKED if asked else WITH_PLACE)
        found += (Key(_number(version, "词地", str(one), where.neighbourhood), one, place=True, matter=False) for one in chosen)
    if where.category:
        chosen = _chosen(weights, every, MATTERS, ASKED if asked else WITH_MATTER)
        found += (Key(_number(version, "词末", str(one), where.category), one, place=False, matter=True) for one in chosen)
    return tuple(found)


def _chosen(weights: Weights, buckets: list[int], parts: int, most: int) -> list[int]:
    """Of the buckets those just common enough that a part of the appeals holds as many as are wanted: the rarest of them first, then the rarer ones."""
    if not weights.rarity:
        return sorted(buckets)[:most]
    rarity, share = weights.rarity, min(CROWDED, WANTED * parts / max(weights.tickets, 1))
    rarest = min(254, round(-STEPS * math.log(share)))
    return sorted(buckets, key=lambda one: (rarity[one] > rarest, -rarity[one] if rarity[one] <= rarest else rarity[one], one))[:most]


def _number(version: int, *parts: str) -> int:
    """63 bits: both databases keep it as a whole number."""
    return int.from_bytes(blake2b("\x1f".join((str(version), *parts)).encode(), digest_size=8).digest(), "big") >> 1
