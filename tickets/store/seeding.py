"""Writes a district's directory into the database: all of it in one transaction, as often as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from peewee import Model, chunked

from tickets.domain.times import clock_words, stored
from tickets.store import directory_log
from tickets.store.connect import transaction
from tickets.store.district import District
from tickets.store.models import Absence, Area, AreaAlias, AreaService, Holding, Person, Post, Setting, Shift, Unit

CHUNK = 500  # rows of one INSERT; SQLite takes at most 32,766 values a statement
Values = Mapping[str, object]
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Seeded:
    """What a seeding did: rows added, changed and put out of force, by table, and the rows that now stand."""

    added: Mapping[str, int]
    changed: Mapping[str, int]
    retired: Mapping[str, int]
    standing: Mapping[str, int]


class EnteredInTheApplication(Exception):
    """People have changed the directory in the application since it was last seeded; seeding again would undo that."""

    permanent = True

    def __init__(self, count: int, last: datetime) -> None:
        when = clock_words(last)
        self.zh = f"名录自上次装入后已在系统里改过 {count} 处（最近一次 {when}），再装入会把它们改回去；请先在后台导出核对，确要以文件为准时加 --replace"
        self.en = f"the directory was changed {count} times in the application since the last seeding (last on {when}); add --replace to let the files win"
        super().__init__(f"{self.zh} ({self.en})")


class _Tally:
    def __init__(self, progress: Progress) -> None:
        self.added: dict[str, int] = {}
        self.changed: dict[str, int] = {}
        self.retired: dict[str, int] = {}
        self._progress = progress

    def note(self, table: str, added: int, changed: int, retired: int, total: int) -> None:
        self.added[table], self.changed[table], self.retired[table] = added, changed, retired
        self._progress(table, total)


def _silent(_table: str, _rows: int) -> None:
    """Nobody watches."""


def seed(district: District, clock: Callable[[], datetime], progress: Progress = _silent, *, replace: bool = False) -> Seeded:
    """Make the database's directory that of `district`; what it already has keeps its id, so tickets keep their references.

    Units, areas, posts and people that are no longer listed go out of force and stay; who holds, serves and is away is
    replaced. A second run with the same district changes nothing. `clock` gives aware UTC; `progress(table, rows)` is called
    after each table. Either everything is written or nothing. Raises EnteredInTheApplication where people have changed the
    directory in the back office since the last seeding, unless `replace`: absences and rosters entered there are never lost by slip.
    """
    tally = _Tally(progress)
    with transaction():
        count, last = directory_log.entered_since_seeding()
        if count and last is not None and not replace:
            raise EnteredInTheApplication(count, last)
        areas = _upsert(Area, "name", {row.name: {"level": row.level} for row in district.areas}, tally)
        _link(Area, areas, {row.name: {"parent": areas[row.parent] if row.parent else None} for row in district.areas})
        units = _upsert(Unit, "address", {row.address: {"name": row.name, "kind": row.kind} for row in district.units}, tally)
        above = {row.address: {"parent": units.get(row.parent), "superior": units.get(row.superior)} for row in district.units}
        _link(Unit, units, above)
        people = _upsert(Person, "code", {row.code: {"name": row.name, "phone": row.phone} for row in district.people}, tally)
        posts = _posts(district, units, areas, tally)
        _replace_all(AreaAlias, ({"area": areas[name], "word": word} for word, name in district.aliases()), tally)
        _replace_all(AreaService, ({"area": areas[row.area], "role": row.role, "unit": units[row.unit]} for row in district.services), tally)
        _replace_all(
            Holding,
            ({"post": posts[f"{row.unit}/{row.post}"], "person": people[row.person], "rank": row.rank} for row in district.holdings),
            tally,
        )
        _replace_all(
            Shift,
            (
                {
                    "post": posts[f"{row.unit}/{row.post}"],
                    "person": people[row.person],
                    "weekday": row.weekday,
                    "start_minute": row.start,
                    "end_minute": row.end,
                }
                for row in district.shifts
            ),
            tally,
        )
        _replace_all(
            Absence,
            (
                {"person": people[row.person], "start": row.start.replace(tzinfo=None), "end": row.end.replace(tzinfo=None), "reason": row.reason}
                for row in district.absences
            ),
            tally,
        )
        _remember("district", district.name)
        _remember("seeded_at", clock().isoformat(timespec="seconds"))
        directory_log.note_seeding(stored(clock()))
    return Seeded(tally.added, tally.changed, tally.retired, district.counts())


def is_seeded() -> bool:
    """True when a district has been written into this database."""
    return bool(Setting.select().where(Setting.name == "district").exists())


def _remember(name: str, value: str) -> None:
    Setting.insert(name=name, value=value).on_conflict(conflict_target=[Setting.name], update={Setting.value: value}).execute()


def _upsert(model: type[Model], key: str, wanted: Mapping[str, Values], tally: _Tally) -> dict[str, int]:
    """Add, change or put out of force rows by their natural key; returns the id per key."""
    standing = {getattr(row, key): row for row in model.select()}
    new = [{key: name, **values} for name, values in wanted.items() if name not in standing]
    for rows in chunked(new, CHUNK):
        model.insert_many(rows).execute()
    changes = {standing[name].id: {**values, "active": True} for name, values in wanted.items() if name in standing}
    changed = _update(model, standing.values(), changes)
    gone = [row.id for name, row in standing.items() if name not in wanted and row.active]
    _update(model, standing.values(), {number: {"active": False} for number in gone})
    tally.note(model.__name__, len(new), changed, len(gone), len(wanted))
    return dict(model.select(getattr(model, key), model.id).where(model.active).tuples())  # type: ignore[attr-defined]


def _link(model: type[Model], ids: Mapping[str, int], wanted: Mapping[str, Values]) -> None:
    """Point rows of a tree at each other, once all of them have an id."""
    _update(model, model.select(), {ids[name]: values for name, values in wanted.items()})


def _posts(district: District, units: Mapping[str, int], areas: Mapping[str, int], tally: _Tally) -> dict[str, int]:
    """Posts have no key of one column: (unit, name) is theirs. Returns the id per address."""
    receiving = district.receiving()
    wanted: dict[tuple[int, str], Values] = {
        (units[row.unit], row.name): {"role": row.role, "receiving": receiving[row.unit] == row.name, "area": areas.get(row.area), "active": True}
        for row in district.posts
    }
    standing = {(row.unit_id, row.name): row for row in Post.select()}
    new = [{"unit": unit, "name": name, **values} for (unit, name), values in wanted.items() if (unit, name) not in standing]
    for rows in chunked(new, CHUNK):
        Post.insert_many(rows).execute()
    changed = _update(Post, standing.values(), {standing[key].id: values for key, values in wanted.items() if key in standing})
    gone = [row.id for key, row in standing.items() if key not in wanted and row.active]
    _update(Post, standing.values(), {number: {"active": False} for number in gone})
    tally.note("Post", len(new), changed, len(gone), len(wanted))
    addresses = {number: address for address, number in units.items()}
    rows = Post.select(Post.unit_id, Post.name, Post.id).where(Post.active).tuples()
    return {f"{addresses[unit]}/{name}": number for unit, name, number in rows if unit in addresses}


def _replace_all(model: type[Model], wanted: Iterable[Values], tally: _Tally) -> None:
    """Rows that nothing refers to: what differs is taken out and put in again."""
    rows = list(wanted)
    columns = list(rows[0]) if rows else []
    kept = {tuple(row[column] for column in columns) for row in rows}
    stored: set[tuple[object, ...]] = set()
    gone: list[int] = []
    for row in model.select():
        values = tuple(row.__data__[column] for column in columns)
        if values in kept and values not in stored:
            stored.add(values)
        else:
            gone.append(row.id)
    for numbers in chunked(gone, CHUNK):
        model.delete().where(model.id.in_(numbers)).execute()  # type: ignore[attr-defined]
    new = [row for row in rows if tuple(row[column] for column in columns) not in stored]
    for part in chunked(new, CHUNK):
        model.insert_many(part).execute()
    tally.note(model.__name__, len(new), 0, len(gone), len(rows))


def _update(model: type[Model], standing: Iterable[Model], wanted: Mapping[int, Values]) -> int:
    """Change the rows (by id) that differ, those that change alike in one statement; returns how many."""
    alike: dict[tuple[tuple[str, object], ...], list[int]] = {}
    for row in standing:
        number = row.__data__["id"]
        different = tuple((name, value) for name, value in wanted.get(number, {}).items() if row.__data__[name] != value)
        if different:
            alike.setdefault(different, []).append(number)
    for values_alike, numbers in alike.items():
        for part in chunked(numbers, CHUNK):
            model.update(dict(values_alike)).where(model.id.in_(part)).execute()  # type: ignore[attr-defined]
    return sum(len(numbers) for numbers in alike.values())
