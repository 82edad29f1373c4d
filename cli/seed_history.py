"""seed --history N: past tickets for a demonstration, played through the same actions as real ones."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from datetime import datetime

from cli.progress import track
from tickets.domain.times import local
from tickets.store.models import database
from wiring.desk import Parts, open_parts, utc_now
from wiring.settings import Settings
from worker.history import Asked, HistoryRefused, prepare

DAYS, RECENT_DAYS, SEED = 365, 90, 12345
WORDS = {
    "zh": {
        "resumed": "接着写上次没有写完的历史 …",
        "bar": "写入历史",
        "recent": "正在写入过去三个月的 {count:,} 件演示工单 …",
        "done": "历史 {count:,} 件：{start} 至 {end}，用时 {seconds:,.0f} 秒",
        "cut": "已中断；已写入的保留，用同样的参数再运行一次即可接着写",
    },
    "en": {
        "resumed": "Taking up the history that was cut short …",
        "bar": "history",
        "recent": "Writing {count:,} demonstration tickets of the last three months …",
        "done": "history of {count:,} tickets: {start} to {end}, {seconds:,.0f} s",
        "cut": "Interrupted; what is written stays: run it again with the same words to go on",
    },
}


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of seed that make a history."""
    more = command.add_argument_group("演示历史 (a demonstration's past)")
    more.add_argument("--history", type=int, metavar="N", help="写入 N 件过去的工单，经同样的派单、签收、回复、审核、回访、结案 (write N past tickets)")
    more.add_argument("--days", type=int, default=DAYS, help=f"分布在过去多少天，默认 {DAYS} (over the last so many days)")
    more.add_argument("--seed", type=int, default=SEED, help="随机种子：同样的种子写出同样的历史 (the same seed writes the same history)")
    more.add_argument("--more", action="store_true", help="数据库里已有工单也再写一批 (even though there are tickets already)")
    more.add_argument("--into-production", action="store_true", help="非演示系统也写（编造的工单，慎用） (invented tickets into a real installation)")


def play_recent(parts: Parts, count: int, end: datetime, lang: str) -> None:
    """Plays `count` tickets of the last three months up to `end` (aware), so that a first start has something to look back on."""
    print(WORDS[lang]["recent"].format(count=count), flush=True)
    try:
        history = prepare(parts.desk, parts.catalogue, Asked(count, RECENT_DAYS, SEED, end))
    except HistoryRefused as refused:  # rules that begin today have no past; the demonstration goes on without
        print(refused.en if lang == "en" else refused.zh, file=sys.stderr)
        return
    for _ in track(history.play(), history.count, WORDS[lang]["bar"]):
        pass


def run(args: argparse.Namespace, settings: Settings) -> int:
    """0 when written, 2 when refused, 130 when interrupted: then the same call goes on."""
    words = WORDS[args.lang]
    if not settings.demonstration and not args.into_production:
        zh, en = (
            "这不是演示系统（config.yaml 的 demonstration: false），编造的历史不写入；确要写请加 --into-production",
            "not a demonstration: add --into-production to write invented tickets",
        )
        print(en if args.lang == "en" else zh, file=sys.stderr)
        return 2
    parts = open_parts(settings)
    began = time.monotonic()
    try:
        history = prepare(parts.desk, parts.catalogue, Asked(args.history, args.days, args.seed, utc_now(), args.more))
        if history.resumed:
            print(words["resumed"], file=sys.stderr)
        gc.freeze()  # rules and directory stay; what comes and goes with each ticket is all the collector need look at
        for _ in track(history.play(), history.count, words["bar"]):
            pass
    except HistoryRefused as refused:
        print(refused.en if args.lang == "en" else refused.zh, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(words["cut"], file=sys.stderr)
        return 130
    finally:
        parts.book.close()
        database.close()
    days = {name: local(at).strftime("%Y-%m-%d") for name, at in (("start", history.start), ("end", history.end))}
    print(words["done"].format(count=history.count, seconds=time.monotonic() - began, **days))
    return 0
