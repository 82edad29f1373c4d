"""What the log knows of rule sets and their rules: the versions that were ever used, who published them, and how often a rule decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import Case, fn

from tickets.store.draft_models import Release, SetVersion
from tickets.store.log_models import EvaluationHit
from tickets.store.models import RuleSetVersion


@dataclass(frozen=True)
class Published:
    """The release a version belongs to: its number, who wrote and who approved it, with which words, and since when it holds."""

    number: int  # of the set's version: V37
    release: int
    title: str
    author: str
    approver: str
    opinion: str
    effective_at: datetime


@dataclass(frozen=True)
class Version:
    """A version of a rule set that has decided something. `published` is None for one that came with the program."""

    name: str
    version: str
    canonical: str
    context: str
    first_used: datetime
    published: Published | None


def versions(name: str) -> tuple[Version, ...]:
    """The versions of a rule set in the order of their first use; one used with several directories is there once."""
    rows = RuleSetVersion.select().where(RuleSetVersion.name == name).order_by(RuleSetVersion.first_used, RuleSetVersion.id)
    first = {row.version: row for row in reversed(list(rows))}
    known = published((name, version) for version in first)
    return tuple(
        Version(name, row.version, row.canonical, row.context, row.first_used, known.get((name, row.version)))
        for row in sorted(first.values(), key=lambda row: (row.first_used, row.id))
    )


def published(wanted: object) -> dict[tuple[str, str], Published]:
    """The releases of these (set, version) pairs, by pair; a version published twice is shown as it was first."""
    pairs = set(wanted)  # type: ignore[call-overload]
    if not pairs:
        return {}
    rows = (
        SetVersion.select(SetVersion, Release).join(Release).where(SetVersion.version.in_([version for _, version in pairs])).order_by(SetVersion.number.desc())
    )
    return {
        (row.name, row.version): Published(
            row.number, row.release.number, row.release.title, row.release.author_name, row.release.approver_name, row.release.opinion, row.release.effective_at
        )
        for row in rows
        if (row.name, row.version) in pairs
    }


@dataclass(frozen=True)
class Choice:
    """A version to choose in the filter."""

    name: str
    version: str
    first_used: datetime


def newest_versions(most: int = 60) -> tuple[Choice, ...]:
    """The versions that were used, newest first, without their texts."""
    rows = (
        RuleSetVersion.select(RuleSetVersion.name, RuleSetVersion.version, fn.MIN(RuleSetVersion.first_used))
        .group_by(RuleSetVersion.name, RuleSetVersion.version)
        .order_by(fn.MIN(RuleSetVersion.first_used).desc())
        .limit(most)
        .tuples()
    )
    return tuple(Choice(*row) for row in rows)


def texts_of(name: str, version: str, context_hash: str) -> tuple[str, str] | None:
    """The canonical JSON of a version and of what it was read with; None when it is not kept."""
    where = (RuleSetVersion.name == name) & (RuleSetVersion.version == version) & (RuleSetVersion.context_hash == context_hash)
    row = RuleSetVersion.select(RuleSetVersion.canonical, RuleSetVersion.context).where(where).tuples().first()
    return None if row is None else (row[0], row[1])


def hits(ruleset: str, rule: str, starts: Sequence[datetime]) -> tuple[int, tuple[int, ...]]:
    """(how often the rule has decided in all, how often in each span): `starts` are the beginnings of the spans, ascending; the last one is open."""
    spans = [
        fn.SUM(Case(None, [((EvaluationHit.at >= start) & (EvaluationHit.at < after) if after is not None else EvaluationHit.at >= start, 1)], 0))
        for start, after in zip(starts, [*starts[1:], None], strict=True)
    ]
    where = (EvaluationHit.rule == rule) & (EvaluationHit.ruleset == ruleset)
    row = EvaluationHit.select(fn.COUNT(1), *spans).where(where).tuples().get()
    return int(row[0]), tuple(int(count or 0) for count in row[1:])
