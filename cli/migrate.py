"""migrate: brings the database's tables to the present shape, or some steps back."""

from __future__ import annotations

import argparse
import sys

from tickets.files.refused import FileRefused
from tickets.store.connect import open_database
from tickets.store.migrate import applied, down, migrate
from wiring.restore import working
from wiring.settings import Settings, load, make_home


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "建立或升级数据库的表；可重复运行 (create or upgrade the tables; safe to repeat)"
    command = commands.add_parser("migrate", help=about, description=about)
    command.add_argument(
        "--down", type=int, metavar="N", help="退回最近 N 步，这些表里的数据会丢失 (take the last N steps back: what their tables hold is lost)"
    )
    command.add_argument("--yes", action="store_true", help="不再询问 (do not ask)")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Apply what has not been applied yet, or take steps back, and say which those were."""
    settings = load()
    make_home(settings)
    open_database(settings.database_url)
    if args.down is not None:
        return _down(settings, args)
    done = migrate()
    if args.lang == "en":
        print(f"Applied: {', '.join(done)}" if done else "The tables are up to date.")
    else:
        print(f"已执行：{'、'.join(done)}" if done else "表已是最新。")
    return 0


def _down(settings: Settings, args: argparse.Namespace) -> int:
    """Steps back, once somebody has said yes; never beside a running installation."""
    english = args.lang == "en"
    going = tuple(reversed(applied()))[: max(args.down, 0)]
    if not going:
        raise FileRefused(
            "--down 后面要写退回几步，至少 1，且数据库里要有执行过的步骤", "--down takes the number of steps, at least 1, of those that were applied"
        )
    with working(settings.home, alone=True):
        if not args.yes:
            if not sys.stdin.isatty():
                raise FileRefused("退回会丢失数据：请先备份，再加 --yes 确认", "going back loses data: make a backup, then add --yes")
            print(
                f"Going back: {', '.join(going)}. What their tables hold is lost." if english else f"将退回：{'、'.join(going)}。其中的数据会丢失，请先备份。"
            )
            if input("Type yes: " if english else "确认请输入 yes：").strip() != "yes":
                print("Nothing was changed." if english else "没有改动。")
                return 1
        done = down(len(going))
    print(f"Taken back: {', '.join(done)}" if english else f"已退回：{'、'.join(done)}")
    return 0
