"""worker: the sweeper and the delivery alone; several may run at once, each row is claimed by one of them."""

from __future__ import annotations

import argparse
import random
from datetime import timedelta
from threading import Thread

from cli.background import background
from tickets.actions.deliver import Terms
from worker import demonstration, loop
from worker.queue import open_queue


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "只启动后台（催办、送达）；可同时启动几个，每件事只由其中一个做 (sweeper and delivery alone; several may run)"
    command = commands.add_parser("worker", help=about, description=about)
    command.set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """Sweep and deliver until asked to stop; the message under way is recorded first."""
    with background() as (settings, parts, stop):
        terms = Terms(lang=settings.language, lease=timedelta(seconds=settings.lease_seconds), tries=settings.send_tries)
        work = loop.Parts(parts.desk, parts.channels, terms, settings.sweep_seconds, timedelta(seconds=settings.worker_alarm_seconds), parts.renew)
        if settings.demonstration and settings.demonstration_every > 0:
            appeals = demonstration.read_appeals(settings.directory / "appeals.csv")
            Thread(target=demonstration.run, args=(parts.desk, appeals, settings.demonstration_every, stop, random.Random()), daemon=True).start()
        loop.run(work, stop, open_queue(settings.queue, settings.home, lambda ids: loop.send_now(work, ids)))
    return 0
