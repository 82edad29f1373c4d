"""score --rules YAML --facts FILE --out OUT.csv: what units score by a rule set; score --month 2026-10: the same from the installation's own tickets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cli.out_file import opened, out_path
from cli.progress import track
from cli.score_facts import Figures, figures
from cli.score_month import scored_month
from cli.score_out import write
from engine import folder
from engine.book import RuleBook
from engine.compile_ruleset import CompileRefused
from engine.findings import RulesRefused
from engine.folder import Loaded
from engine.ruleset import RuleSet
from engine.score import Score, ScoreRefused, read
from insights.scores import EVENT, NotScored, last_moment, points
from tickets.domain.period import PeriodRefused, month
from tickets.domain.status import STATUSES
from tickets.files.read_table import Limits
from tickets.files.refused import FileRefused
from wiring.desk import load_rules, utc_now
from wiring.names import current_names
from wiring.settings import Settings, load


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "按规则算考核得分：用一份指标文件，或用本库某月的工单 (scores by rules: from a file of figures, or a month of this installation)"
    command = commands.add_parser("score", help=about, description=about)
    command.add_argument("--rules", metavar="YAML", help="考核规则文件 (the scoring rule set)")
    command.add_argument("--facts", metavar="FILE", help="CSV 或 XLSX，一行一个单位，一列一个指标 (a row a unit, a column an indicator)")
    command.add_argument("--month", metavar="MONTH", help="月份，如 2026-10；不写 --facts 时从本库的工单算 (a month; without --facts, from this database)")
    command.add_argument("--out", metavar="OUT.csv", help="结果文件：unit、每条规则一列、total (where the points go)")
    command.add_argument("--freeze", action="store_true", help="与 --month 同用：核对剔除并冻结该月 (with --month: judge exclusions and freeze)")
    command.add_argument(
        "--verify", action="store_true", help="与 --month 同用：把冻结的每一版重算一遍，逐字节比对 (with --month: compute again, compare bytes)"
    )
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when done, 1 when a frozen month differs from what is computed again, 2 with one sentence for what cannot be used."""
    try:
        if args.facts is None and args.rules is None and args.month is not None:
            return scored_month(args)
        if not (args.rules and args.facts and args.out) or args.freeze or args.verify:
            raise FileRefused(
                "score 要么写 --rules YAML --facts FILE --out OUT.csv，要么写 --month 2026-10",
                "score: give --rules YAML --facts FILE --out OUT.csv, or --month 2026-10",
            )
        return _from_file(args)
    except (FileRefused, NotScored, ScoreRefused, PeriodRefused, CompileRefused) as refused:
        print(refused.text(args.lang) if isinstance(refused, FileRefused) else refused, file=sys.stderr)
        return 2


def _from_file(args: argparse.Namespace) -> int:
    settings = load()
    out = out_path(args.out, Path(args.facts))
    out_path(args.out, Path(args.rules))
    loaded, ruleset = _rules(Path(args.rules), settings)
    rows = figures(Path(args.facts), loaded.facts, Limits(settings.import_megabytes, settings.import_rows))
    at = last_moment(month(args.month)) if args.month else utc_now()
    book = RuleBook([ruleset], loaded.facts, loaded.names)
    try:
        label = "score" if args.lang == "en" else "考核"
        scored = [(row, _score(book, ruleset, row, at)) for row in track(rows, len(rows), label)]
    finally:
        book.close()
    rules = [rule.id for rule in ruleset.rules if any(action.kind == "score" for action in rule.then)]
    with opened(out, encoding="utf-8-sig", newline="") as file:
        write(file, rules, ((row.unit, score.points, score.total) for row, score in scored))
    _say_missing(ruleset, rows, args.lang)
    print(f"{len(rows):,} units → {args.out}" if args.lang == "en" else f"已算出 {len(rows):,} 个单位的得分，写入 {args.out}")
    return 0


def _score(book: RuleBook, ruleset: RuleSet, row: Figures, at: datetime) -> Score:
    """Choices and numbers are asked by the rules' conditions; numbers are what points come from."""
    return points(book, ruleset.name, dict(row.facts), at)[0]  # type: ignore[arg-type]


def _rules(path: Path, settings: Settings) -> tuple[Loaded, RuleSet]:
    """The one scoring rule set there, in the words of the installation or of its own folder. RulesRefused with every error."""
    if not path.exists():
        raise FileRefused(f"{path}: 没有这个规则文件，请核对路径", f"{path}: no such rule file: check the path")
    base = load_rules(settings, folder.Vocabulary(names=current_names(settings))).vocabulary
    loaded = folder.load([path], base=base, statuses=tuple(STATUSES))
    if loaded.errors:
        raise RulesRefused(loaded.errors)
    sets = [one for one in loaded.sets.values() if EVENT in one.events]
    if len(sets) != 1:
        have = "、".join(loaded.sets) or "无"
        zh = f"{path}: 应当恰有一个 event 为 {EVENT} 的规则集，现有：{have}"
        raise FileRefused(zh, f"{path}: there must be exactly one rule set with the event {EVENT}")
    return loaded, sets[0]


def _say_missing(ruleset: RuleSet, rows: Sequence[Figures], lang: str) -> None:
    """Which indicators the file lacks altogether: those rules give no points."""
    have = {name for row in rows for name in row.facts}
    parts = [part for rule in ruleset.rules for action in rule.then if (part := read(rule.id, action)) is not None]
    missing = [f"{part.rule}（{part.indicator}）" for part in parts if part.indicator not in have]
    if missing:
        words = "、".join(missing)
        print(f"No figures for {words}: these rules give no points." if lang == "en" else f"文件里没有这些规则的指标，不得分：{words}", file=sys.stderr)
