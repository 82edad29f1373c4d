"""A replay over a year's tickets with a thousand dispatch rules on either side: seconds, and what it would be one by one."""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from engine.folder import Loaded
from insights.replay_run import Result, replay
from tickets.files.district import read
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import database
from tickets.store.seeding import seed
from wiring import rulebook
from wiring.desk import Parts, open_parts, utc_now
from wiring.settings import load
from worker.history import Asked, prepare

YEAR = 20_181
SMALL = 1_500  # tickets of the installation made when none is named
RULES = 1_000
SIDES = ("停车场", "广场舞", "路灯", "下水道", "噪音", "垃圾", "占道", "绿化", "公交", "电梯")


def run(home: str | None = None) -> None:
    """Prints seconds for the tickets there are, and for a year at that pace. `home` names an installation with a history; else one is made."""
    with tempfile.TemporaryDirectory() as folder:
        parts = open_parts(load({"SUDA_HOME": home})) if home else _made(folder)
        tree = rulebook.tree_in_force(parts.settings, parts.desk.clock())
        before, after = _with_rules(tree, 0), _with_rules(tree, 10)
        now = parts.desk.clock()
        print(f"回放：{len(before.sets['dispatch'].rules):,} 条派单规则，改 10 条 · a replay with that many dispatch rules on either side, ten of them changed")
        print(f"{'tickets':>10}{'changed':>10}{'seconds':>10}{'ms each':>10}{f'{YEAR:,} would take':>22}")
        began = time.perf_counter()
        result: Result = replay(parts.desk, before, after, (now - timedelta(days=800), now + timedelta(days=1)))
        spent = time.perf_counter() - began
        each = spent / result.total if result.total else 0.0
        print(f"{result.total:>10,}{result.changed:>10,}{spent:>10.1f}{each * 1000:>10.2f}{each * YEAR:>20.1f} s")
        parts.book.close()
        database.close()


def _made(folder: str) -> Parts:
    settings = load({"SUDA_HOME": folder})
    open_database(settings.database_url)
    migrate()
    seed(read(settings.directory), utc_now)
    parts = open_parts(settings)
    for _ in prepare(parts.desk, parts.catalogue, Asked(SMALL, 90, 7, utc_now())).play():
        pass
    return parts


def _with_rules(tree: dict[str, str], changed: int) -> Loaded:
    """The files in force with the dispatch rules filled up to a thousand; the first `changed` of the new ones send elsewhere."""
    own = sum(text.count("\n  - id: D-") for path, text in tree.items() if path.startswith("rules/dispatch/"))
    lines = ["ruleset: dispatch", "rules:"]
    for number in range(RULES - own):
        to = "住建局/物业科" if number < changed else "城市管理局/市政设施科"
        word = SIDES[number % len(SIDES)] + ("" if number < len(SIDES) else f"{number}号")
        lines += [
            f"  - id: X-{number:04d}",
            f"    priority: {5000 + number}",
            f"    when: {{text: {{has_any: [{word}]}}}}",
            f"    then: [{{dispatch: {{to: {to}}}}}]",
        ]
    loaded = rulebook.load_tree({**tree, "rules/dispatch/bench.yaml": "\n".join(lines) + "\n"})
    if loaded.errors:
        raise SystemExit("\n".join(one.text() for one in loaded.errors[:5]))
    return loaded


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--home", type=Path, help="an installation with a history")
    chosen = asked.parse_args().home
    run(str(chosen) if chosen else None)
