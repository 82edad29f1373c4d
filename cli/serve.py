"""serve: web pages and worker under one supervisor; the first start makes everything ready."""

from __future__ import annotations

import argparse
import random
import sys
from datetime import timedelta
from threading import Event

from cli.seed_history import play_recent
from tickets.actions.watch import check_worker
from tickets.domain.appeal import Appeal
from tickets.files.district import read
from tickets.store.accounts import DEMONSTRATION_PASSWORD
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import Ticket, database
from tickets.store.seeding import is_seeded, seed
from wiring.demonstration import make_accounts, make_lessons
from wiring.desk import open_parts, utc_now
from wiring.knowledge_seed import seed_knowledge
from wiring.logs import set_up_logs
from wiring.restore import working
from wiring.settings import PROJECT, Settings, load, make_home
from worker import demonstration
from worker.supervisor import Child, stop_on_signals, supervise

MINUTES_PLAYED = 40  # of demonstration before the first start


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "启动网页与后台；首次启动自动建表、装入示范区名录并列出演示账号 (web and worker; the first start prepares everything)"
    command = commands.add_parser("serve", help=about, description=about)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prepare, print where to look, and keep the programs running until asked to stop."""
    settings = load()
    make_home(settings)
    set_up_logs(settings.home, settings.log)
    with working(settings.home):
        prepare(settings, args.lang)
        stop = Event()
        stop_on_signals(stop)
        program = [sys.executable, str(PROJECT / "run.py")]
        return supervise([Child(name, [*program, name]) for name in ("web", "worker", "jobs")], stop, lambda: _watch(settings))


def prepare(settings: Settings, lang: str) -> None:
    """Migrates, seeds an empty directory, checks the rules, makes demonstration accounts; says what was done."""
    make_home(settings)
    open_database(settings.database_url)
    migrate()
    if not is_seeded():
        print("首次启动：正在装入组织名录 …" if lang == "zh" else "First start: loading the directory …", flush=True)
        seed(read(settings.directory), utc_now)
    parts = open_parts(settings)
    seed_knowledge(settings, parts.desk)
    accounts = make_accounts() if settings.demonstration else ()
    if settings.demonstration:
        make_lessons(settings.directory / "lessons.yaml", utc_now())
    if settings.demonstration and settings.demonstration_every > 0 and not Ticket.select().exists():
        if settings.demonstration_history:
            play_recent(parts, settings.demonstration_history, utc_now() - timedelta(minutes=MINUTES_PLAYED), lang)
        print("正在演示过去四十分钟 …" if lang == "zh" else "Playing the last forty minutes …", flush=True)
        demonstration.warm_up(parts.desk, parts.channels, _appeals(settings), MINUTES_PLAYED, random.Random())
    parts.book.close()
    database.close()
    print(f"诉达 Suda · {settings.district}  http://{settings.host}:{settings.port}/")
    if accounts:
        print(f"演示账号（密码均为 {DEMONSTRATION_PASSWORD}）：" if lang == "zh" else f"Demonstration accounts (password {DEMONSTRATION_PASSWORD}):")
        for account in accounts:
            print(f"  {account.username:<10}{account.name}  {account.place}")
    print("按 Ctrl+C 停止。" if lang == "zh" else "Ctrl+C stops it.", flush=True)


def _appeals(settings: Settings) -> tuple[Appeal, ...]:
    return demonstration.read_appeals(settings.directory / "appeals.csv")


def _watch(settings: Settings) -> None:
    """An alarm when the worker has not been heard of for too long; the supervisor asks every ten seconds."""
    try:
        check_worker(utc_now(), timedelta(seconds=settings.worker_alarm_seconds))
    finally:
        database.close()
