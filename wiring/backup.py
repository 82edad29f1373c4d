"""Makes a backup while the installation works: the database at one moment, then the files it speaks of. Never a key or a password of config.yaml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tickets.files.refused import FileRefused
from tickets.store import snapshot
from tickets.store.connect import is_sqlite
from tickets.store.migrate import pending
from tickets.store.models import database
from tickets.store.snapshot import Shape, SnapshotDamaged
from wiring import archive
from wiring.archive import DATABASE, Manifest, Writer
from wiring.secret import secret_key
from wiring.settings import PROJECT, Settings

Told = Callable[[int, int], None]


def program_version() -> str:
    """The version of this program."""
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def engine() -> str:
    """sqlite or postgresql, whichever is open."""
    return "sqlite" if is_sqlite() else "postgresql"


def back_up(settings: Settings, target: Path, at: datetime, told: Told) -> Manifest:
    """Writes the backup to `target` and answers its manifest. The database must be open; `at` is now, aware; `told` is given (bytes done, bytes in all).

    The files are copied after the database: each was whole on the disk before the database spoke of it, so none is missing.
    FileRefused when the file is something else, the tables are another version's, or the database does not hold together.
    """
    if target.exists() and not archive.is_backup(target):
        raise FileRefused(f"{target} 已经存在而且不是备份文件，没有覆盖；请换一个文件名", f"{target} exists and is no backup: choose another name")
    if pending():
        raise FileRefused("数据库的表不是最新，请先运行 python run.py migrate", "the tables are another version's: run migrate first")
    target.parent.mkdir(parents=True, exist_ok=True)
    files = dict(_files(settings.home))
    sizes = {name: path.stat().st_size for name, path in files.items() if path.exists()}
    size, done = sum(sizes.values()), [0]

    def wrote(count: int) -> None:
        done[0] += count
        told(done[0], max(size, done[0]))

    secret = secret_key(settings.secret_key, settings.home)
    try:
        with archive.writing(target, wrote) as (writer, close):
            shape = _sqlite(writer, target.parent, told) if is_sqlite() else _postgres(writer, settings.database_url)
            for name, path in {**files, **dict(_files(settings.home))}.items():  # also those that came while the database was copied
                try:
                    writer.file(name, path, packed=not name.startswith("home/uploads"))
                except FileNotFoundError:
                    continue  # nobody wanted it any more: the sweep took it, and with it the row
            made = Manifest(
                made_at=at.isoformat(),
                version=program_version(),
                engine=engine(),
                district=settings.district,
                secret=archive.secret_id(secret),
                schema=shape.steps,
                tables=shape.tables,
                members=writer.members,
            )
            close(made, secret)
    except SnapshotDamaged as damaged:
        raise FileRefused(
            f"数据库自身已损坏（{damaged}），没有生成备份；请用最近一份好的备份恢复", f"the database is damaged ({damaged}): restore the last good backup"
        ) from None
    return made


def _sqlite(writer: Writer, folder: Path, told: Told) -> Shape:
    with TemporaryDirectory(dir=folder, prefix=".suda-copy-") as kept:  # readable by its owner alone
        copy = Path(kept) / DATABASE
        shape = snapshot.copy_sqlite(Path(database.obj.database), copy, told)
        writer.file(DATABASE, copy)
    return shape


def _postgres(writer: Writer, url: str) -> Shape:
    with snapshot.postgres_moment(url) as link:
        shape = snapshot.look_postgres(link)
        for name, table in shape.tables.items():
            with writer.member(f"tables/{name}.copy") as target:
                snapshot.copy_table(link, name, table, target)
    return shape


def _files(home: Path) -> Iterator[tuple[str, Path]]:
    """Every file of the home folder that belongs in a backup, by its name there."""
    for path in [home / "library.model", home / "console-sent.jsonl", *sorted((home / "uploads").glob("??/*")), *sorted((home / "imports").glob("??/*"))]:
        name = f"home/{path.relative_to(home).as_posix()}"
        if archive.NAME.match(name) and path.is_file():
            yield name, path
