"""Drafts as they stand: which files each changes, who changed what, and what was decided of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from tickets.domain.times import aware
from tickets.store.draft_models import Draft, DraftChange, DraftFile, Opinion
from tickets.store.releases import texts_of

EDITABLE = ("draft", "returned")
LIVING = ("draft", "returned", "submitted", "approved")
SHARED = ("submitted", "approved", "published")


@dataclass(frozen=True)
class DraftInfo:
    """A draft's head. `hash` moves with every save; `base_number` is the release it was begun on (0: the files on disk)."""

    id: int
    title: str
    note: str
    state: str
    author: str
    author_name: str
    revision: int
    hash: str
    base_number: int
    created_at: datetime
    updated_at: datetime
    updated_by_name: str
    submitted_at: datetime | None
    shadow_until: datetime | None
    release_number: int | None
    paths: tuple[str, ...]

    @property
    def editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def shared(self) -> bool:
        """Whether those who do not draft may read it: once it was submitted, but not when its author took it back or gave it up."""
        return self.state in SHARED or (self.state == "returned" and self.submitted_at is not None)


@dataclass(frozen=True)
class ChangeInfo:
    """One save of one file. `before` and `after` are hashes of texts; empty where there was or is none."""

    revision: int
    at: datetime
    who: str
    who_name: str
    path: str
    before: str
    after: str
    what: str


@dataclass(frozen=True)
class OpinionInfo:
    """What an approver decided, and of which text."""

    at: datetime
    who: str
    who_name: str
    verdict: str
    opinion: str
    draft_hash: str
    replay_hash: str


def draft(draft_id: int) -> DraftInfo | None:
    """The draft, or None."""
    row = Draft.get_or_none(Draft.id == draft_id)
    return None if row is None else _infos([row])[0]


def drafts(*, everything: bool, limit: int = 200) -> tuple[DraftInfo, ...]:
    """Drafts, the last touched first. Without `everything` only those that were submitted at some time: the others are private to those who draft."""
    query = Draft.select().order_by(Draft.updated_at.desc()).limit(limit)
    if not everything:
        query = query.where(Draft.state.in_(SHARED) | (Draft.submitted_at.is_null(False) & (Draft.state == "returned")))
    return _infos(list(query))


def changed(draft_id: int) -> dict[str, str | None]:
    """The files a draft changes, by path; None: it removes the file."""
    rows = list(DraftFile.select(DraftFile.path, DraftFile.sha).where(DraftFile.draft == draft_id).tuples())
    texts = texts_of(sha for _, sha in rows)
    return {path: texts[sha] if sha else None for path, sha in rows}


def bases(draft_id: int) -> dict[str, str]:
    """The hash each changed file had when the draft first touched it; empty: it was new."""
    return dict(DraftFile.select(DraftFile.path, DraftFile.base_sha).where(DraftFile.draft == draft_id).tuples())


def changes(draft_id: int, limit: int = 500) -> tuple[ChangeInfo, ...]:
    """Every save, newest first."""
    rows = DraftChange.select().where(DraftChange.draft == draft_id).order_by(DraftChange.id.desc()).limit(limit)
    return tuple(ChangeInfo(row.revision, aware(row.at), row.who, row.who_name, row.path, row.before_sha, row.after_sha, row.what) for row in rows)


def authors(draft_id: int) -> frozenset[str]:
    """Everybody who wrote some of it: none of them may approve it."""
    rows = DraftChange.select(DraftChange.who).where(DraftChange.draft == draft_id).distinct().tuples()
    return frozenset((Draft.get_by_id(draft_id).author, *(who for (who,) in rows)))


def opinions(draft_id: int) -> tuple[OpinionInfo, ...]:
    """What was decided of it, newest first."""
    rows = Opinion.select().where(Opinion.draft == draft_id).order_by(Opinion.id.desc())
    return tuple(OpinionInfo(aware(row.at), row.who, row.who_name, row.verdict, row.opinion, row.draft_hash, row.replay_hash) for row in rows)


def hash_of(draft_id: int) -> str:
    """One hash for all that a draft changes: of its paths and the hashes of their texts."""
    rows = DraftFile.select(DraftFile.path, DraftFile.sha).where(DraftFile.draft == draft_id).order_by(DraftFile.path).tuples()
    return sha256("\n".join(f"{path} {sha}" for path, sha in rows).encode("utf-8")).hexdigest()


def _infos(rows: Sequence[Draft]) -> tuple[DraftInfo, ...]:
    """Heads of drafts with their files, in one more query for all of them."""
    paths: dict[int, list[str]] = {row.id: [] for row in rows}
    for draft_id, path in DraftFile.select(DraftFile.draft, DraftFile.path).where(DraftFile.draft.in_(list(paths))).order_by(DraftFile.path).tuples():
        paths[draft_id].append(path)
    return tuple(_info(row, tuple(paths[row.id])) for row in rows)


def _info(row: Draft, paths: tuple[str, ...]) -> DraftInfo:
    return DraftInfo(
        row.id, row.title, row.note, row.state, row.author, row.author_name, row.revision, row.hash, row.base_number, aware(row.created_at),
        aware(row.updated_at), row.updated_by_name, None if row.submitted_at is None else aware(row.submitted_at),
        None if row.shadow_until is None else aware(row.shadow_until), row.release_number, paths,
    )  # fmt: skip
