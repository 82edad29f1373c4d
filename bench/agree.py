"""Compares the engine, its atoms and the independent evaluator on a million decisions made from seeds; prints the disagreements.

python -m bench.agree [--decisions 1000000] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from bench.generate import FACTS, TREES, Maker
from engine import reference
from engine.compile_ruleset import CompileRefused
from engine.decision import RuleVerdict
from engine.evaluate import Judge
from engine.ruleset import HitPolicy

TICKETS = 200  # for each rule set
FULL = 25  # every so many decisions the whole trace is compared, line by line


def compare(seed: int) -> tuple[int, list[str]]:
    """One seed's rule set on its tickets: how many decisions, and a sentence for each disagreement."""
    maker = Maker(seed)
    ruleset = replace(maker.ruleset(maker.rng.randint(1, 8)), hit=HitPolicy("first"))
    try:
        judge = Judge(ruleset, FACTS, TREES)
    except CompileRefused:  # too wide: refused with a sentence, not decided
        return 0, []
    wrong: list[str] = []
    for number in range(TICKETS):
        facts, at = maker.ticket(), maker.moment()
        decision = judge.decide("ticket.registered", facts, at)
        expected = tuple(rule.id for rule in reference.fired(ruleset, facts, FACTS, TREES, at))
        if not decision.agreed or decision.fired != expected or decision.winners != expected[:1]:
            wrong.append(f"seed {seed} ticket {number}: engine {decision.fired}, reference {expected}, atoms {'agree' if decision.agreed else 'differ'}")
        if number % FULL == 0 and _lines(decision.trace) != _lines(reference.verdicts(ruleset, facts, FACTS, TREES, at)):
            wrong.append(f"seed {seed} ticket {number}: traces differ")
    judge.close()
    return TICKETS, wrong


def _lines(trace: Sequence[RuleVerdict]) -> list[RuleVerdict]:
    """Before the hit policy, which the independent evaluator leaves out."""
    return [replace(one, outcome="won") if one.outcome == "lost" else one for one in trace]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    begun, done, seed = time.perf_counter(), 0, args.seed
    wrong: list[str] = []
    while done < args.decisions:
        count, found = compare(seed)
        done, seed = done + count, seed + 1
        wrong.extend(found)
        if sys.stderr.isatty() and seed % 20 == 0:
            filled = min(40, 40 * done // args.decisions)
            print(f"\r[{'#' * filled}{'.' * (40 - filled)}] {done:>9,}  disagreements {len(wrong)}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for line in wrong[:20]:
        print(line)
    print(
        f"{done:,} decisions of {seed - args.seed:,} rule sets (seeds {args.seed} to {seed - 1}) in {time.perf_counter() - begun:.0f} s: {len(wrong)} disagreements"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
