"""python run.py seed [DIR]: put a district's directory (units, posts, people, areas, duties) into the database."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from cli import seed_history
from tickets.files.district import DistrictRefused, read
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.seeding import EnteredInTheApplication, is_seeded, seed
from wiring import settings

WORDS = {
    "zh": {
        "areas": "区域",
        "units": "单位与科室",
        "posts": "岗位",
        "people": "人员",
        "holdings": "任职",
        "shifts": "值班",
        "absences": "请假",
        "services": "区域服务",
    },
    "en": {name: name for name in ("areas", "units", "posts", "people", "holdings", "shifts", "absences", "services")},
}
TABLES = 8


def add(parser: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers the command with its help."""
    command = parser.add_parser(
        "seed",
        help="写入一个区的组织名录 (put a district's directory into the database)",
        description="把一个文件夹里的 CSV（区域、单位、岗位、人员、任职、值班、请假、区域服务）写入数据库；有一处错误就一行也不写。"
        "再次运行只改动不同之处，名录里没有了的停用而不删除。 (Writes the CSVs of a folder into the database, all or nothing.)",
    )
    command.add_argument("directory", nargs="?", metavar="DIR", help="CSV 所在文件夹，默认是 config.yaml 的 directory（demo/） (default: demo/)")
    command.add_argument(
        "--replace",
        action="store_true",
        help="名录在系统里改过时也以文件为准，改过的会被改回去 (let the files win over what was changed in the application)",
    )
    seed_history.add_options(command)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when written, 2 when the directory or the history was refused; then every fault is one line on stderr.

    With --history the directory is written first when DIR is named, or when there is none yet.
    """
    configured = settings.load()
    if args.history is None:
        return _directory(args, configured)
    settings.make_home(configured)
    if args.directory or not _has_directory(configured):
        refused = _directory(args, configured)
        if refused:
            return refused
    return seed_history.run(args, configured)


def _has_directory(configured: settings.Settings) -> bool:
    open_database(configured.database_url)
    migrate()
    return is_seeded()


def _directory(args: argparse.Namespace, configured: settings.Settings) -> int:
    try:
        district = read(Path(args.directory) if args.directory else configured.directory)
    except DistrictRefused as refused:
        for fault in refused.faults:
            print(fault.text(args.lang), file=sys.stderr)
        return 2
    database = open_database(configured.database_url)
    migrate()
    done: list[str] = []

    def progress(table: str, _rows: int) -> None:
        done.append(table)
        if sys.stderr.isatty():
            bar = "█" * len(done) + "·" * (TABLES - len(done))
            print(f"\r{bar} {table:<12}", end="" if len(done) < TABLES else "\n", file=sys.stderr, flush=True)

    try:
        result = seed(district, lambda: datetime.now(UTC), progress, replace=args.replace)
    except EnteredInTheApplication as refused:
        print(refused.en if args.lang == "en" else str(refused), file=sys.stderr)
        return 2
    finally:
        database.close()
    words = WORDS[args.lang]
    counts = " · ".join(f"{words[name]} {count:,}" for name, count in result.standing.items())
    print(f"{district.name}: {counts}")
    changes = (sum(result.added.values()), sum(result.changed.values()), sum(result.retired.values()))
    print("added {:,} · changed {:,} · retired {:,}".format(*changes) if args.lang == "en" else "新增 {:,} · 变更 {:,} · 停用或撤下 {:,}".format(*changes))
    return 0
