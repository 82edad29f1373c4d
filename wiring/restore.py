"""Puts a backup back: everything is unpacked beside its place and checked there; only then, in one step, it takes the place of what was.

The last step is the rename of the SQLite file (or PostgreSQL's commit). Whatever is cut short before it leaves the installation as it was.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tickets.files.refused import FileRefused
from tickets.store import snapshot
from tickets.store.connect import is_sqlite, open_database, transaction
from tickets.store.heartbeat import newest_beat
from tickets.store.migrate import migrate, steps
from tickets.store.models import Ticket, Unit, database
from tickets.store.restored import put_right
from tickets.store.snapshot import SnapshotDamaged, Table
from wiring.archive import ALTERED, DATABASE, Reader, reading
from wiring.backup import engine, program_version
from wiring.secret import secret_key
from wiring.settings import Settings, make_home

Told = Callable[[int, int], None]
LOCK = "running.lock"
QUIET = timedelta(seconds=15)  # after the last sign of life of a worker nobody works with a PostgreSQL database any more
SPARE = 64 * 1024 * 1024  # bytes of the disk that are left free
IN_USE = FileRefused(
    "这套系统正在运行（或刚刚停止），没有恢复任何内容；请先停止 web、worker、jobs，再恢复",
    "the installation is running, or has only just stopped; nothing was restored: stop web, worker and jobs first",
)


@dataclass(frozen=True)
class Restored:
    """What was put back. `asked` messages go to the provider first; `aside` is where the old SQLite file lies; `same_secret` whether sealed things open."""

    made: datetime
    version: str
    tables: dict[str, Table]
    files: int
    asked: int
    aside: Path | None
    same_secret: bool


@contextmanager
def working(home: Path, *, alone: bool = False) -> Iterator[None]:
    """Held by every process that serves from this home, and `alone` by a restore: FileRefused when the one meets the other."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            raise (IN_USE if alone else FileRefused("正在恢复备份，暂时不能启动；请等它结束", "a backup is being restored: wait until it is done")) from None
        yield


def restore(settings: Settings, source: Path, at: datetime, told: Told, *, replace: bool) -> Restored:
    """Puts the backup `source` in the place of what is there. `at` is now (aware); `told` is given (bytes done, bytes in all).

    FileRefused in one sentence, and nothing changed, when the file is torn, altered, of another schema or kind of database, when the
    installation runs, or holds something and `replace` is not given.
    """
    make_home(settings)
    with working(settings.home, alone=True), reading(source, secret_key(settings.secret_key, settings.home)) as reader:
        open_database(settings.database_url)
        _check(reader, settings)
        _check_place(settings, at, replace)
        with TemporaryDirectory(dir=_folder(settings), prefix=".suda-restore-") as kept:
            staged = Path(kept)
            _unpack(reader, staged, told)
            asked, aside = (_sqlite if is_sqlite() else _postgres)(settings, reader, staged, at)
        return Restored(
            reader.manifest.made,
            reader.manifest.version,
            reader.manifest.tables,
            sum(name.startswith(("home/uploads", "home/imports")) for name in reader.manifest.members),
            asked,
            aside,
            reader.genuine is not None,
        )


def _folder(settings: Settings) -> Path:
    """Where to unpack: beside the SQLite file, so that a rename is enough; else in home."""
    return Path(database.obj.database).resolve().parent if is_sqlite() else settings.home


def _check(reader: Reader, settings: Settings) -> None:
    """Whether the backup fits this program and this kind of database, and the disk has room."""
    made = reader.manifest
    if made.engine != engine():
        raise FileRefused(
            f"这是 {made.engine} 的备份，这里用的是 {engine()}，没有恢复任何内容；请改 config.yaml 的 database",
            f"a backup of {made.engine} cannot be restored into {engine()}: change the database setting",
        )
    if made.schema != steps():
        last, ours = (made.schema or ("?",))[-1], steps()[-1]
        raise FileRefused(
            f"备份的表结构停在 {last}（程序 {made.version}），本程序的是 {ours}（{program_version()}），没有恢复任何内容；请用 {made.version} 版恢复后再升级",
            f"the backup's schema ends at {last}, this program's at {ours}: restore with version {made.version}, then upgrade",
        )
    wanted = {DATABASE} if made.engine == "sqlite" else {f"tables/{name}.copy" for name in made.tables}
    if {name for name in made.members if not name.startswith("home/")} != wanted:
        raise ALTERED
    free = shutil.disk_usage(_folder(settings)).free
    if made.size + SPARE > free:
        raise FileRefused(
            f"磁盘空间不够：要 {made.size >> 20} MB，只剩 {free >> 20} MB；请先腾出空间",
            f"not enough room: {made.size >> 20} MB are needed, {free >> 20} MB free",
        )


def _check_place(settings: Settings, at: datetime, replace: bool) -> None:
    """Whether anybody works here, and whether there is something to lose."""
    if is_sqlite():
        full = Path(database.obj.database).exists()
    else:
        full = Unit.table_exists() and (Unit.select().exists() or Ticket.select().exists())
        seen = newest_beat() if full else None
        if seen is not None and at - seen < QUIET:
            raise IN_USE
    if full and not replace:
        raise FileRefused(
            f"{settings.home} 里已有数据，没有恢复任何内容；确定要用备份取代它，请加 --replace",
            f"{settings.home} holds data already; nothing was restored: add --replace to put the backup in its place",
        )


def _unpack(reader: Reader, staged: Path, told: Told) -> None:
    """Every member beside its place, compared with the manifest."""
    done, total = 0, reader.manifest.size

    def wrote(count: int) -> None:
        nonlocal done
        done += count
        told(done, total)

    for name in reader.manifest.members:
        reader.unpack(name, staged / name, wrote)


def _place_files(settings: Settings, staged: Path) -> None:
    """Photos and files go to their places first: their names are random, so they replace nothing. The provider's own record is never set back."""
    home, found = settings.home, staged / "home"
    for path in sorted(one for folder in ("uploads", "imports") for one in (found / folder).glob("??/*")):
        target = home / path.relative_to(found)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.move(path, target)
    if (found / "library.model").exists():
        shutil.move(found / "library.model", home / ".library.model.new")
        os.replace(home / ".library.model.new", home / "library.model")
    if (found / "console-sent.jsonl").exists() and not (home / "console-sent.jsonl").exists():
        shutil.move(found / "console-sent.jsonl", home / "console-sent.jsonl")


def _sqlite(settings: Settings, reader: Reader, staged: Path, at: datetime) -> tuple[int, Path | None]:
    place, fresh = Path(database.obj.database).resolve(), staged / DATABASE
    with closing(sqlite3.connect(fresh)) as copy:
        try:
            shape = snapshot.look_sqlite(copy)
            loose = snapshot.dangling(copy)
        except SnapshotDamaged:
            raise ALTERED from None
        if shape.tables != reader.manifest.tables or shape.steps != reader.manifest.schema or loose:
            raise ALTERED
    open_database(f"sqlite:///{fresh}")
    try:
        asked = put_right(reader.manifest.made, at)
    finally:
        database.close()
    with closing(sqlite3.connect(fresh)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
    _sync(fresh)
    aside = _step_aside(place, at) if place.exists() else None
    _place_files(settings, staged)
    os.replace(fresh, place)
    _sync(place.parent)
    open_database(settings.database_url)
    return asked, aside


def _step_aside(place: Path, at: datetime) -> Path:
    """Keeps the old file under another name too, its log folded in: a log left beside the new file would be played into it."""
    aside = place.with_name(f"{place.name}.before-{at:%Y%m%d-%H%M%S}")
    try:
        with closing(sqlite3.connect(place, timeout=1)) as old:
            old.execute("PRAGMA journal_mode = DELETE")  # refused while anybody has it open
    except sqlite3.OperationalError:
        raise IN_USE from None
    except sqlite3.DatabaseError:  # it is damaged, and why we are here: what lies beside it goes with it
        for end in ("-wal", "-shm"):
            beside = place.with_name(place.name + end)
            if beside.exists():
                os.replace(beside, aside.with_name(aside.name + end))
    os.link(place, aside)
    return aside


def _postgres(settings: Settings, reader: Reader, staged: Path, at: datetime) -> tuple[int, None]:
    migrate()
    made = reader.manifest
    try:
        with transaction():
            snapshot.fill_postgres(made.tables, lambda name: (staged / f"tables/{name}.copy").open("rb"))
            asked = put_right(made.made, at)
            _place_files(settings, staged)
    except SnapshotDamaged:
        raise ALTERED from None
    return asked, None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
