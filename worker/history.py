"""A history for an installation that has none: decides whether one may be written, over which days, and takes up one that was cut short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.load_library import Catalogue
from engine.tree import Tree
from tickets.domain.times import local
from tickets.ports import Desk
from tickets.store import past
from tickets.store.connect import transaction
from worker.past import Past
from worker.year_model import Incoming, Matter, World, year

MOST = 1_000_000
SHORTEST = timedelta(hours=1)


class HistoryRefused(Exception):
    """No history is written; the sentence says why and what to do, in Chinese and in English."""

    permanent = True

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} ({en})")
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Asked:
    """What was asked for: `count` appeals over the last `days` up to `end` (aware), `seed` of the dice, `more` beside what is there."""

    count: int
    days: int
    seed: int
    end: datetime
    more: bool = False


@dataclass(frozen=True)
class History:
    """A history about to be played. `resumed` says that an earlier one is taken up; `start` may lie later than asked (rules in force)."""

    run: int
    count: int
    start: datetime
    end: datetime
    resumed: bool
    past: Past

    def play(self) -> Iterator[Incoming]:
        """Plays it, yields each appeal once it is committed, and notes at the end that it is complete."""
        yield from self.past.play()
        with transaction():
            past.remember({**(past.remembered() or {}), "finished": True})


def world_of(catalogue: Catalogue, areas: Tree) -> World:
    """The categories and places of an installation, as the model of a year wants them."""
    tree = catalogue.tree
    matters = tuple(
        Matter(
            name,
            path[0],
            path[-2] if len(path) > 1 else path[0],
            catalogue.keywords.get(name, ()),
            tuple(one.rstrip("。") for one in catalogue.samples.get(name, ())),
        )
        for name in tree.nodes
        if not tree.children(name) and (path := tree.path(name))
    )
    named: dict[str, list[str]] = {}
    for name, node in areas.nodes.items():
        named.setdefault(node.level, []).append(name)
    rural = tuple(name for name in named.get("村居", ()) if not name.endswith("社区"))
    return World(matters, tuple(named.get("小区", ())), rural or tuple(named.get("村居", ())), tuple(named.get("道路", ())))


def prepare(desk: Desk, catalogue: Catalogue, asked: Asked) -> History:
    """Makes the year up, ready to be played; an unfinished history asked for in the same words is taken up where it stopped.

    Raises HistoryRefused: for numbers out of range, a database with tickets that are no demonstration's (unless `more`), another
    history left unfinished, or rules that were not in force at any time of the window.
    """
    if not 1 <= asked.count <= MOST:
        raise HistoryRefused(f"件数须在 1 到 {MOST:,} 之间", f"the number of tickets must be 1 to {MOST:,}")
    if not 1 <= asked.days <= 3_660:
        raise HistoryRefused("天数须在 1 到 3660 之间", "days must be 1 to 3,660")
    before = past.remembered()
    if before is not None and not before.get("finished"):
        return _taken_up(desk, catalogue, asked, before)
    if not asked.more:
        _untouched(before)
    start = _start(desk, asked)
    run = int(str((before or {}).get("run", 0))) + 1
    values = {
        "run": run,
        "count": asked.count,
        "days": asked.days,
        "seed": asked.seed,
        "start": start.isoformat(),
        "end": asked.end.isoformat(),
        "finished": False,
    }
    with transaction():
        past.remember(values)
    return _history(desk, catalogue, values, resumed=False)


def _untouched(before: dict[str, object] | None) -> None:
    real = past.real_tickets()
    if real:
        zh = f"数据库里已有 {real:,} 件真实工单，未写入演示历史；请换一个空的数据目录（SUDA_HOME），确要混在一起请加 --more"
        raise HistoryRefused(zh, f"{real:,} real tickets are here: use another SUDA_HOME, or --more to mix them")
    if before is not None:
        zh = f"已写过 {before.get('count')} 件历史；再写一批请加 --more"
        raise HistoryRefused(zh, "a history has been written already; add --more for another")


def _taken_up(desk: Desk, catalogue: Catalogue, asked: Asked, before: dict[str, object]) -> History:
    same = (before["count"], before["days"], before["seed"]) == (asked.count, asked.days, asked.seed)
    if not same:
        words = f"--history {before['count']} --days {before['days']} --seed {before['seed']}"
        raise HistoryRefused(f"上一次历史没有写完；请先用 seed {words} 接着写完", f"finish the interrupted history first: seed {words}")
    return _history(desk, catalogue, before, resumed=True)


def _history(desk: Desk, catalogue: Catalogue, values: dict[str, object], *, resumed: bool) -> History:
    start, end = (datetime.fromisoformat(str(values[name])) for name in ("start", "end"))
    count, seed, run = (int(str(values[name])) for name in ("count", "seed", "run"))
    incoming = year(world_of(catalogue, desk.rules.names.areas), count, start, end, seed)
    return History(run, count, start, end, resumed, Past(desk, incoming, seed, run, end))


def _start(desk: Desk, asked: Asked) -> datetime:
    """The first moment of the window at which every rule set was in force: before it no ticket could be decided."""
    wanted = asked.end - timedelta(days=asked.days)
    in_force = [found.effective.start for found in desk.rules.rulesets() if found.effective.start is not None]
    start = max([wanted, *in_force])
    if asked.end - start < SHORTEST:
        first = local(max(in_force)).strftime("%Y-%m-%d") if in_force else ""
        raise HistoryRefused(f"规则自 {first} 起才有效，此前没有历史可写", f"the rules are in force from {first} only: there is no past to play")
    return start
