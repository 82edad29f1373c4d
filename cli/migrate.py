"""migrate: brings the database's tables to the present shape."""

from __future__ import annotations

import argparse

from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from wiring.settings import load, make_home


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "建立或升级数据库的表；可重复运行 (create or upgrade the tables; safe to repeat)"
    command = commands.add_parser("migrate", help=about, description=about)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Apply what has not been applied yet and say which steps those were."""
    settings = load()
    make_home(settings)
    open_database(settings.database_url)
    done = migrate()
    if args.lang == "en":
        print(f"Applied: {', '.join(done)}" if done else "The tables are up to date.")
    else:
        print(f"已执行：{'、'.join(done)}" if done else "表已是最新。")
    return 0
