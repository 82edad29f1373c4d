"""score --month 2026-10: a month's scores from the installation's own tickets; frozen, and computed again to the byte."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cli.out_file import opened, out_path
from cli.progress import track
from cli.score_out import write
from tickets.actions.steps import StepRefused
from tickets.domain.period import Period, month
from tickets.domain.score_sheet import SCORED_AS, Sheet, middle, read
from tickets.store import score_months
from tickets.store.models import database
from wiring.desk import open_parts
from wiring.scores import MonthScores, month_scores
from wiring.settings import load

ACTOR = "system"  # whoever may run commands on the machine


def scored_month(args: argparse.Namespace) -> int:
    """Prints what every unit scores, by kind, each kind with its median; frozen months as they were frozen. 2 for a month that cannot be frozen."""
    period = month(args.month)
    parts = open_parts(load())
    scores = month_scores(parts.desk, parts.settings)
    try:
        if args.verify:
            return _verify(scores, period, args.lang)
        if args.freeze:
            scores.freeze(period, ACTOR)
        kept = score_months.frozen(period.key)
        sheet = scores.draw(period).sheet if kept is None else read(kept.result)
        if args.out:
            out = out_path(args.out, Path(args.out).with_suffix(".none"))
            with opened(out, encoding="utf-8-sig", newline="") as file:
                write(file, [rule.id for rule in sheet.rules], ((one.name, one.points, None if one.withheld else one.total) for one in sheet.of(SCORED_AS[0])))
        _print(sheet, "" if kept is None else f"{kept.edition}", args.lang)
        return 0
    except StepRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    finally:
        parts.book.close()
        database.close()


def _verify(scores: MonthScores, period: Period, lang: str) -> int:
    """Every frozen edition computed once more: 0 when all are the same to the byte, 1 when one is not, 2 when none is frozen."""
    editions = score_months.editions(period.key)
    if not editions:
        words = f"{period.key} is not frozen: nothing to compare" if lang == "en" else f"{period.key} 还没有冻结，没有可以比对的"
        print(words, file=sys.stderr)
        return 2
    differ = 0
    for edition in track(editions, len(editions), "verify" if lang == "en" else "复算"):
        kept = score_months.frozen(period.key, edition.edition)
        assert kept is not None
        same = scores.same(kept)
        differ += not same
        verdict = ("byte for byte the same" if same else "DIFFERS") if lang == "en" else ("逐字节一致" if same else "不一致，请查")
        print(f"{period.key} · {edition.edition} · {edition.sha256} · {verdict}")
    return 1 if differ else 0


def _print(sheet: Sheet, edition: str, lang: str) -> None:
    units = sheet.of(SCORED_AS[0])
    if not units:
        print(f"{sheet.period}: no ticket counts" if lang == "en" else f"{sheet.period}：没有计入考核的工单")
    for group in sheet.groups():
        ours = sheet.of(SCORED_AS[0], group)
        half = middle(ours) or "—"
        print(f"{group} · median {half}" if lang == "en" else f"{group} · 中位 {half}")
        for one in ours:
            thin = "too few cases" if lang == "en" else "样本不足"
            print(f"  {one.name}\t{thin if one.withheld else f'{one.total:.2f}'}")
    frozen = f"第 {edition} 版已冻结" if edition else "试算，未冻结"
    frozen_en = f"frozen, edition {edition}" if edition else "on trial, not frozen"
    print(f"{sheet.period} · {frozen_en} · {sheet.digest}" if lang == "en" else f"{sheet.period} · {frozen} · {sheet.digest}")
