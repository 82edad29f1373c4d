"""python run.py simulate: a year of the hotline in minutes, with everything going wrong that can, and what must hold checked at its end."""

from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.progress import bar
from cli.simulate_report import WORDS, report
from simulator.faults import Rates
from simulator.parts import PARTS, simulate_parts
from simulator.play import Asked
from simulator.stage import staged
from simulator.year import Judged, simulate
from tickets.domain.times import SHANGHAI
from wiring import settings
from worker.year_staff import ORDINARY, STAFF

TICKETS, DAYS, SEED = 20_181, 365, 1
START = datetime(2026, 1, 1, tzinfo=SHANGHAI)
MOST, MOST_DAYS, MOST_FAULTS = 200_000, 700, 1_000.0
SAMPLED, ALL = 40, 1
SHORTEST = 7  # days of a part


def add(parser: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers the command with its help."""
    command = parser.add_parser(
        "simulate",
        help="几分钟模拟一年，注入故障，核对不变量 (a year in minutes, with faults, invariants checked)",
        description="在临时文件夹的新 SQLite 数据库里，用本项目的规则和名录把一年演一遍：来件、签收、办理、审核、回访，后台被杀、渠道出错、数据库被锁、时钟跳变。"
        "结束时列出全年指标，与本区自己的数字并列，再从数据库和渠道自己的记录核对不变量；有一条不成立即退出码 2。不碰本机的数据库。"
        " (Plays a year in a fresh database in a temporary folder, with the project's rules and directory; exit code 2 when an invariant does not hold.)",
    )
    command.add_argument("--seed", type=int, default=SEED, help=f"随机种子，默认 {SEED}：同样的种子，同样的字节 (the same seed gives the same bytes)")
    command.add_argument("--tickets", type=int, default=TICKETS, metavar="N", help=f"诉求件数，默认 {TICKETS:,} (appeals)")
    command.add_argument(
        "--days", type=int, default=None, metavar="N", help=f"天数，默认按每年 {TICKETS:,} 件折算，至多 {DAYS} 天 (days; in proportion by default)"
    )
    command.add_argument(
        "--whole", action="store_true", help="一整年在一个库里演；默认分四季、各在一个库里并行 (the year in one database; by default its quarters side by side)"
    )
    command.add_argument("--faults", type=float, default=1.0, metavar="X", help="故障率为自然情形的 X 倍，0 为没有故障 (times the natural rate of faults)")
    command.add_argument("--staff", choices=tuple(STAFF), default=ORDINARY, help="人员：守时、一般、拖沓 (who works there)")
    command.add_argument("--verify", action="store_true", help="重算每一次规则判定，而不是抽样 (make every decision again, not a sample)")
    command.add_argument("--json", type=Path, metavar="FILE", help="结果另存为 JSON (the result as JSON)")
    command.add_argument("--keep", type=Path, metavar="DIR", help="数据库留在这个文件夹，一整年一个库 (keep the database in this folder; implies --whole)")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when everything holds, 2 when an invariant does not or the numbers make no sense."""
    days = args.days if args.days is not None else max(1, min(DAYS, round(args.tickets * DAYS / TICKETS)))
    wrong = _wrong(args, days)
    if wrong is not None:
        print(wrong[args.lang == "en"], file=sys.stderr)
        return 2
    whole = args.whole or args.keep is not None or days < PARTS * SHORTEST
    asked = Asked(args.seed, args.tickets, days, Rates(times=args.faults), STAFF[args.staff], parts=1 if whole else PARTS)
    began, used = time.monotonic(), _used()
    with TemporaryDirectory(prefix="suda-simulation-") as folder:
        judged = _play(asked, args.keep or Path(folder), args.lang, ALL if args.verify else SAMPLED)
    took = (time.monotonic() - began, _used() - used)
    print(report(judged, args.staff, took, args.lang))
    if args.json is not None:
        args.json.write_text(json.dumps(judged.as_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 2 if judged.violations else 0


def _play(asked: Asked, home: Path, lang: str, every: int) -> Judged:
    with staged(settings.load(), START) as stage, bar(WORDS[lang]["bar"]) as told:
        gc.freeze()  # rules and directory stay; what comes and goes with each ticket is all the collector need look at
        usual = gc.get_threshold()
        gc.set_threshold(20_000, *usual[1:])
        try:
            return (simulate if asked.parts == 1 else simulate_parts)(stage, asked, home, lambda done: told(done, asked.tickets), every)
        finally:
            gc.set_threshold(*usual)
            gc.unfreeze()


def _used() -> float:
    """Seconds of processor, those of the parts' processes among them."""
    own, parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + parts.ru_utime + parts.ru_stime


def _wrong(args: argparse.Namespace, days: int) -> tuple[str, str] | None:
    if not 1 <= args.tickets <= MOST:
        return f"--tickets 须在 1 到 {MOST:,} 之间", f"--tickets must be 1 to {MOST:,}"
    if not 1 <= days <= MOST_DAYS:
        return f"--days 须在 1 到 {MOST_DAYS} 之间（规则和日历自 2026 年起）", f"--days must be 1 to {MOST_DAYS} (rules and calendar begin in 2026)"
    if not 0 <= args.faults <= MOST_FAULTS:
        return f"--faults 须在 0 到 {MOST_FAULTS:,.0f} 之间", f"--faults must be 0 to {MOST_FAULTS:,.0f}"
    if args.keep is not None and (args.keep / "suda.sqlite3").exists():
        return f"{args.keep} 里已有一个数据库，不覆盖；请换一个空文件夹", f"{args.keep} holds a database already: choose an empty folder"
    return None
