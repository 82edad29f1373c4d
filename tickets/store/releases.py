"""What was published, when it is in force, and under which number an office knows it. Nothing here is ever changed or deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from peewee import fn

from tickets.domain.times import aware, stored
from tickets.store.draft_models import Release, ReleaseFile, SetVersion, TextBlob
from tickets.store.kept_texts import KeptTexts

IN_ONE_QUERY = 500
_KEPT = KeptTexts(8_000_000)  # characters: some fifty whole trees; a release's files are asked for by every page


@dataclass(frozen=True)
class ReleaseInfo:
    """A published state of all files. Times are aware UTC."""

    id: int
    number: int
    title: str
    note: str
    author: str
    author_name: str
    approver: str
    approver_name: str
    opinion: str
    decided_at: datetime
    created_at: datetime
    effective_at: datetime
    hash: str
    draft_id: int | None
    back_to: int | None
    withdrawn: bool


def sha_of(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, in hex."""
    return sha256(text.encode("utf-8")).hexdigest()


def sha_in(tree: Mapping[str, str], path: str) -> str:
    """The hash of a file of a tree, empty where there is none: the mark a page shows and sends back with a change of it."""
    return sha_of(tree[path]) if path in tree else ""


def tree_hash(tree: Mapping[str, str]) -> str:
    """One hash for a whole tree of files: of its paths and the hashes of their texts, in path order."""
    return sha256("\n".join(f"{path} {sha_of(text)}" for path, text in sorted(tree.items())).encode("utf-8")).hexdigest()


def keep_texts(texts: Iterable[str]) -> None:
    """Stores texts that are not yet stored."""
    new = {sha_of(text): text for text in texts}
    shas = list(new)
    for start in range(0, len(shas), IN_ONE_QUERY):
        part = shas[start : start + IN_ONE_QUERY]
        TextBlob.insert_many([{"sha": sha, "text": new[sha]} for sha in part]).on_conflict_ignore().execute()


def texts_of(shas: Iterable[str]) -> dict[str, str]:
    """The stored texts, by hash."""
    wanted = set(shas) - {""}
    found = _KEPT.among(wanted)
    asked = sorted(wanted - found.keys())
    for start in range(0, len(asked), IN_ONE_QUERY):
        rows = TextBlob.select().where(TextBlob.sha.in_(asked[start : start + IN_ONE_QUERY]))
        read = {row.sha: row.text for row in rows}
        _KEPT.add(read)
        found.update(read)
    return found


def current(at: datetime) -> ReleaseInfo | None:
    """The release in force at that moment; None when nothing has been published."""
    row = _in_force(at)
    return None if row is None else _info(row)


def newest_mark(at: datetime) -> int:
    """The number of the release in force, 0 for none: one cheap question, asked often."""
    row = _in_force(at)
    return 0 if row is None else int(row.number)


def listed(limit: int = 200) -> tuple[ReleaseInfo, ...]:
    """The releases, newest first, scheduled and withdrawn ones included."""
    return tuple(_info(row) for row in Release.select().order_by(Release.number.desc()).limit(limit))


def by_number(number: int) -> ReleaseInfo | None:
    """The release of that number."""
    row = Release.get_or_none(Release.number == number)
    return None if row is None else _info(row)


def standing_before(number: int) -> ReleaseInfo | None:
    """The release before that number that was not called off; None for the first."""
    row = Release.select().where(Release.number < number, Release.withdrawn_at.is_null()).order_by(Release.number.desc()).first()
    return None if row is None else _info(row)


def changed_paths(asked: Iterable[ReleaseInfo]) -> dict[int, tuple[str, ...]]:
    """By a release's number, the files that differ from the standing release before it, in order; none for the first. Two queries, however many are asked."""
    standing = list(Release.select(Release.number, Release.id).where(Release.withdrawn_at.is_null()).order_by(Release.number.desc()).tuples())
    ids = {one.number: (one.id, next((id_ for number, id_ in standing if number < one.number), None)) for one in asked}
    trees: dict[int | None, dict[str, str]] = defaultdict(dict)
    wanted = {id_ for pair in ids.values() for id_ in pair if id_ is not None}
    for release, path, sha in ReleaseFile.select(ReleaseFile.release, ReleaseFile.path, ReleaseFile.sha).where(ReleaseFile.release.in_(wanted)).tuples():
        trees[release][path] = sha
    return {number: () if before is None else _apart(trees[before], trees[own]) for number, (own, before) in ids.items()}


def waiting(at: datetime) -> tuple[ReleaseInfo, ...]:
    """Those that are scheduled and not yet in force."""
    rows = Release.select().where(Release.effective_at > stored(at), Release.withdrawn_at.is_null()).order_by(Release.effective_at)
    return tuple(_info(row) for row in rows)


def files(release_id: int) -> dict[str, str]:
    """Every file of a release, by path."""
    rows = list(ReleaseFile.select(ReleaseFile.path, ReleaseFile.sha).where(ReleaseFile.release == release_id).tuples())
    texts = texts_of(sha for _, sha in rows)
    return {path: texts[sha] for path, sha in rows}


def in_force_files(at: datetime) -> dict[str, str] | None:
    """Every file in force at that moment; None when nothing has been published: then the files on disk hold."""
    row = _in_force(at)
    return None if row is None else files(row.id)


def set_number(name: str, version: str) -> int | None:
    """The number of a rule set's version (V37), the newest where one was published again; None for one that never was."""
    row = SetVersion.select(SetVersion.number).where(SetVersion.name == name, SetVersion.version == version).order_by(SetVersion.number.desc()).first()
    return None if row is None else int(row.number)


def release_of(name: str, version: str) -> ReleaseInfo | None:
    """The first release that brought this version of a rule set; one that was called off brought nothing."""
    stands = (SetVersion.name == name, SetVersion.version == version, Release.withdrawn_at.is_null())
    row = SetVersion.select(SetVersion, Release).join(Release).where(*stands).order_by(SetVersion.number).first()
    return None if row is None else _info(row.release)


def versions_of(name: str) -> tuple[tuple[int, str, ReleaseInfo], ...]:
    """Every published version of a rule set: number, hash, release; oldest first."""
    rows = SetVersion.select(SetVersion, Release).join(Release).where(SetVersion.name == name).order_by(SetVersion.number)
    return tuple((row.number, row.version, _info(row.release)) for row in rows)


def last_number(name: str) -> int | None:
    """The number of a rule set's newest version, scheduled and called-off ones included; None for one that was never published."""
    found = SetVersion.select(fn.MAX(SetVersion.number)).where(SetVersion.name == name).scalar()
    return None if found is None else int(found)


def last_numbers() -> dict[str, int]:
    """The same for every rule set and form that was published, by name."""
    return dict(SetVersion.select(SetVersion.name, fn.MAX(SetVersion.number)).group_by(SetVersion.name).tuples())


def next_number() -> int:
    """The number of the next release."""
    return int(Release.select(fn.MAX(Release.number)).scalar() or 0) + 1


def write(
    tree: Mapping[str, str],
    versions: Mapping[str, str],
    *,
    at: datetime,
    effective_at: datetime,
    title: str,
    author: tuple[str, str],
    approver: tuple[str, str] = ("", ""),
    opinion: str = "",
    note: str = "",
    draft_id: int | None = None,
    back_to: int | None = None,
) -> int:
    """Stores a release of the whole tree with its sets' versions (name -> hash) and answers its number. Call within a transaction."""
    keep_texts(tree.values())
    release = Release.create(
        number=next_number(), title=title, note=note, draft_id=draft_id, author=author[0], author_name=author[1], approver=approver[0],
        approver_name=approver[1], opinion=opinion, decided_at=stored(at), created_at=stored(at), effective_at=stored(effective_at),
        hash=tree_hash(tree), back_to=back_to,
    )  # fmt: skip
    ReleaseFile.insert_many([{"release": release.id, "path": path, "sha": sha_of(text)} for path, text in sorted(tree.items())]).execute()
    for name, version in sorted(versions.items()):
        rows = SetVersion.select().where(SetVersion.name == name).order_by(SetVersion.number.desc())
        standing = rows.join(Release).where(Release.withdrawn_at.is_null()).first()  # a version called off was never in force: its number is not used again
        if standing is None or standing.version != version:
            last = rows.first()
            SetVersion.create(name=name, number=1 if last is None else last.number + 1, version=version, release=release)
    return int(release.number)


def withdraw(number: int, who_name: str, at: datetime) -> bool:
    """Calls off a scheduled release before it takes effect; False when it is in force already or was called off."""
    moment = stored(at)
    open_still = (Release.number == number, Release.withdrawn_at.is_null(), Release.effective_at > moment)
    return bool(Release.update(withdrawn_at=moment, withdrawn_by=who_name).where(*open_still).execute())


def _in_force(at: datetime) -> Release | None:
    holds = (Release.effective_at <= stored(at), Release.withdrawn_at.is_null())
    return Release.select().where(*holds).order_by(Release.effective_at.desc(), Release.number.desc()).first()  # type: ignore[no-any-return]


def _info(row: Release) -> ReleaseInfo:
    return ReleaseInfo(
        row.id, row.number, row.title, row.note, row.author, row.author_name, row.approver, row.approver_name, row.opinion, aware(row.decided_at),
        aware(row.created_at), aware(row.effective_at), row.hash, row.draft_id, row.back_to, row.withdrawn_at is not None,
    )  # fmt: skip


def _apart(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(path for path in {*old, *new} if old.get(path) != new.get(path)))
