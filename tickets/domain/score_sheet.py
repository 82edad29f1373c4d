"""A drawn-up score as it is kept and shown: two texts of canonical JSON and one hash. Plain data.

`facts` holds what was counted, ticket by ticket; `result` the points, rule by rule, with the hash of the facts and the version of the rules. The
hash of the whole (`digest`) is the SHA-256 of `result`: who has it can tell that neither a ticket, nor a rule, nor a point was changed since.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from statistics import median

UNIT, SECTION, PERSON = "单位", "科室", "个人"
SCORED_AS = (UNIT, SECTION, PERSON)


def fingerprint(text: str) -> str:
    """The SHA-256 of a text, in hex."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Rule:
    """One scoring rule as it was: its id, title and legal basis, its indicator, and its numbers (weight, full, target, per_point, floor …)."""

    id: str
    title: str
    basis: str
    indicator: str
    numbers: Mapping[str, Decimal]
    bonus: bool
    below: str

    @property
    def full(self) -> Decimal:
        """The most it gives when it is no bonus."""
        return Decimal(0) if self.bonus else self.numbers.get("full", self.numbers.get("weight", Decimal(0)) * 100)

    @property
    def form(self) -> str:
        """weight, full, above or each: how the points come about (engine/score.py)."""
        return next(name for name in ("weight", "full", "above", "each") if name in self.numbers)


@dataclass(frozen=True)
class Scored:
    """What one unit, section or person scores. `id` is a Unit.id or Person.id, `unit` the Unit.id of the unit it belongs to, `group` whom it may be
    compared with. `facts` are the figures by name, `counts` (above, below the line) of each; `points` by rule id."""

    scored_as: str
    id: int
    name: str
    group: str
    unit: int
    facts: Mapping[str, Decimal]
    counts: Mapping[str, tuple[int, int]]
    points: Mapping[str, Decimal]
    shared: tuple[str, ...]
    unknown: tuple[str, ...]
    total: Decimal
    withheld: bool = False  # every rule that makes up the full marks had too few cases: there is no score to compare


@dataclass(frozen=True)
class Sheet:
    """A whole drawn-up period."""

    period: str
    version: str
    digest: str
    rules: tuple[Rule, ...]
    scores: tuple[Scored, ...] = field(repr=False)

    def of(self, scored_as: str, group: str = "") -> tuple[Scored, ...]:
        """All scored as that (单位 科室 个人), of one group when it is named."""
        return tuple(one for one in self.scores if one.scored_as == scored_as and group in ("", one.group))

    def one(self, scored_as: str, key: int) -> Scored | None:
        """That unit's, section's or person's; None when it had no ticket in the period."""
        return next((one for one in self.scores if one.scored_as == scored_as and one.id == key), None)

    def groups(self, scored_as: str = UNIT) -> tuple[str, ...]:
        """Whom there is to compare, in the order of the directory."""
        return tuple(dict.fromkeys(one.group for one in self.of(scored_as)))


def middle(scores: Iterable[Scored]) -> Decimal | None:
    """The median of their totals, to two places (half up); None of nothing. Whoever had too few cases to be scored is left out."""
    totals = [one.total for one in scores if not one.withheld]
    return Decimal(median(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP) if totals else None


@dataclass(frozen=True)
class Drawn:
    """A period drawn up: the two texts, and by which rules. `canonical` and `context` are the rule set's own text and what it was read with."""

    period: str
    facts: str = field(repr=False)
    result: str = field(repr=False)
    ruleset: str
    version: str
    context_hash: str
    canonical: str = field(repr=False)
    context: str = field(repr=False)

    @property
    def digest(self) -> str:
        return fingerprint(self.result)

    @property
    def sheet(self) -> Sheet:
        """The result, read."""
        return read(self.result)


def read(result: str) -> Sheet:
    """A result as it was kept."""
    said = json.loads(result)
    rules = tuple(
        Rule(
            one["id"],
            one["title"],
            one["basis"],
            one["indicator"],
            {name: Decimal(text) for name, text in one["numbers"].items()},
            one["bonus"],
            one["below"],
        )
        for one in said["rules"]
    )
    return Sheet(
        said["period"],
        said["version"],
        fingerprint(result),
        rules,
        tuple(_scored(one, {rule.id for rule in rules if not rule.bonus}) for one in said["scores"]),
    )


def _scored(one: Mapping[str, object], base: Set[str]) -> Scored:
    numbers = {part: {name: Decimal(text) for name, text in one[part].items()} for part in ("facts", "points")}  # type: ignore[attr-defined]
    counts = {name: (good, total) for name, (good, total) in one["counts"].items()}  # type: ignore[attr-defined]
    words = [str(one[name]) for name in ("as", "name", "group")]
    shared, unknown = (tuple(map(str, one[name])) for name in ("shared", "unknown"))  # type: ignore[call-overload]
    return Scored(
        words[0], int(str(one["id"])), words[1], words[2], int(str(one["unit"])), numbers["facts"], counts, numbers["points"], shared, unknown,
        Decimal(str(one["total"])), bool(base) and base <= {*shared, *unknown},
    )  # fmt: skip
