"""jobs: checks, replays and imports alone; several may run at once, each job is claimed by one of them."""

from __future__ import annotations

import argparse
from threading import Event

from wiring.desk import open_parts
from wiring.draft_work import turn
from wiring.import_work import ImportWork
from wiring.lesson_reminders import LessonReminders
from wiring.logs import set_up_logs
from wiring.restore import working
from wiring.settings import load, make_home
from wiring.upload_sweep import UploadSweep
from worker import jobs
from worker.supervisor import stop_on_signals


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "只启动长任务（规则检查、回放、导入）；可同时启动几个 (checks, replays and imports alone; several may run)"
    command = commands.add_parser("jobs", help=about, description=about)
    command.set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """Work off what pages ask for until asked to stop."""
    settings = load()
    make_home(settings)
    set_up_logs(settings.home, settings.log)
    stop = Event()
    stop_on_signals(stop)
    with working(settings.home):
        parts = open_parts(settings)
        files, imports, lessons = UploadSweep(settings, parts.desk), ImportWork(settings, parts.desk), LessonReminders(parts.desk)
        jobs.run(lambda: parts.renew() + turn(settings, parts.desk) + imports.turn() + files.turn() + lessons.turn(), stop)
        parts.book.close()
    return 0
