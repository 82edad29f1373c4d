"""serve: web pages and worker under one supervisor; the first start makes everything ready."""

from __future__ import annotations

import argparse
import random
import sys
from datetime import timedelta
from threading import Event, Thread

from waitress import serve as waitress_serve

from admin.app import create_app
from cli.seed_history import play_recent
from tickets.actions.deliver import Terms
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
from wiring.draft_work import turn
from wiring.import_work import ImportWork
from wiring.knowledge_seed import seed_knowledge
from wiring.logs import set_up_logs
from wiring.settings import PROJECT, Settings, load, make_home
from wiring.upload_sweep import UploadSweep
from worker import demonstration, jobs, loop
from worker.queue import open_queue
from worker.supervisor import Child, stop_on_signals, supervise

MINUTES_PLAYED = 40  # of demonstration before the first start


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "启动网页与后台；首次启动自动建表、装入示范区名录并列出演示账号 (web and worker; the first start prepares everything)"
    command = commands.add_parser("serve", help=about, description=about)
    command.add_argument("--only", choices=("web", "worker", "jobs"), help="只启动其中一个，由监管进程使用 (one of them; used by the supervisor)")
    command.set_defaults(run=run, only=None)


def run(args: argparse.Namespace) -> int:
    """Prepare, print where to look, and keep both programs running until asked to stop."""
    settings = load()
    make_home(settings)
    set_up_logs(settings.home)
    if args.only == "web":
        return _web(settings)
    if args.only == "worker":
        return _worker(settings)
    if args.only == "jobs":
        return _jobs(settings)
    prepare(settings, args.lang)
    stop = Event()
    stop_on_signals(stop)
    program = [sys.executable, str(PROJECT / "run.py"), "serve", "--only"]
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


def _web(settings: Settings) -> int:
    parts = open_parts(settings, open_queue(settings.queue, settings.home))
    waitress_serve(
        create_app(parts),
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident="suda",
        clear_untrusted_proxy_headers=settings.proxies == 0,  # else waitress drops what our proxies say of who asks
    )
    return 0


def _worker(settings: Settings) -> int:
    stop = Event()
    stop_on_signals(stop)
    parts = open_parts(settings)
    terms = Terms(lang=settings.language, lease=timedelta(seconds=settings.lease_seconds), tries=settings.send_tries)
    work = loop.Parts(parts.desk, parts.channels, terms, settings.sweep_seconds, timedelta(seconds=settings.worker_alarm_seconds), parts.renew)
    if settings.demonstration and settings.demonstration_every > 0:
        Thread(target=demonstration.run, args=(parts.desk, _appeals(settings), settings.demonstration_every, stop, random.Random()), daemon=True).start()
    loop.run(work, stop, open_queue(settings.queue, settings.home, lambda ids: loop.send_now(work, ids)))
    parts.book.close()
    return 0


def _jobs(settings: Settings) -> int:
    stop = Event()
    stop_on_signals(stop)
    parts = open_parts(settings)
    files, imports = UploadSweep(settings, parts.desk), ImportWork(settings, parts.desk)
    jobs.run(lambda: parts.renew() + turn(settings, parts.desk) + imports.turn() + files.turn(), stop)
    parts.book.close()
    return 0


def _watch(settings: Settings) -> None:
    """An alarm when the worker has not been heard of for too long; the supervisor asks every ten seconds."""
    try:
        check_worker(utc_now(), timedelta(seconds=settings.worker_alarm_seconds))
    finally:
        database.close()
