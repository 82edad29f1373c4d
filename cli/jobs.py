"""jobs: checks, replays and imports alone; several may run at once, each job is claimed by one of them."""

from __future__ import annotations

import argparse

from cli.background import background
from wiring.area_follow import area_follow
from wiring.draft_work import turn
from wiring.import_work import ImportWork
from wiring.issue_work import IssueWork
from wiring.lesson_reminders import lesson_reminders
from wiring.season_work import SeasonWork
from wiring.similar_work import SimilarWork
from wiring.upload_sweep import upload_sweep
from worker import jobs


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "只启动长任务（规则检查、回放、导入）；可同时启动几个 (checks, replays and imports alone; several may run)"
    command = commands.add_parser("jobs", help=about, description=about)
    command.set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """Work off what pages ask for until asked to stop."""
    with background() as (settings, parts, stop):
        issues = IssueWork(parts.desk)
        files, imports, lessons = upload_sweep(settings, parts.desk), ImportWork(settings, parts.desk), lesson_reminders(parts.desk)
        similar, seasons = SimilarWork(parts.desk), SeasonWork(parts.desk)
        hourly = (files, lessons, seasons, area_follow(parts.desk))
        jobs.run(lambda: parts.renew() + turn(settings, parts.desk) + imports.turn() + similar.turn() + issues.turn() + sum(one.turn() for one in hourly), stop)
    return 0
