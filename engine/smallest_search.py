"""Looks for the fewest facts to change so that a rule has the say: best first, so that what is found first is the smallest there is.

A state of the search is a set of wishes, each one question with the answer it should have. It starts from the ways in which the
rule fires. When some other rule would stand in its way, one of that rule's questions must come out otherwise: one new state for each.
Each fact takes the nearest value that meets its wishes, so the number of facts to change never falls on the way, and nothing smaller is missed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.dnf import Literal
from engine.facts import Facts, FactValue
from engine.hit import height, value_at
from engine.ruleset import Rule, RuleSet
from engine.smallest_questions import NEGATED, Questions
from engine.smallest_values import Edit, closest

MOST_STATES = 1500  # states looked at before the search gives up
MOST_EDITS = 1500  # values worked out before the search gives up: a text is rewritten for each
MOST_OBSTACLES = 6  # looked at in one state, to take the one with the fewest ways out
MOST_AFTER = 120  # states looked at after the first find, for other ways of the same size
Wishes = frozenset[Literal]
Obstacle = tuple[Rule, ...]  # one of these must be silenced


@dataclass(frozen=True)
class Found:
    """Changes, by fact, that make the rule win; `facts` are all facts after them."""

    edits: tuple[tuple[str, Edit], ...]
    facts: dict[str, FactValue]
    cost: int


class Search:
    """One question: how could this rule win here? `least` is a number of facts that no answer can be under; `over` says that all was looked at."""

    def __init__(self, questions: Questions, rule: Rule, facts: Facts, at: datetime, *, fires_only: bool = False) -> None:
        self._questions = questions
        self._rule = rule
        self._facts = dict(facts)
        self._at = at
        self._obstacles: Callable[[Sequence[Rule]], list[Obstacle]] = _nothing if fires_only else obstacles_of(questions.ruleset, rule)
        self._edits: dict[tuple[str, Wishes], Edit | None] = {}
        self.least = 0
        self.over = False
        self.shadows: dict[str, None] = {}  # rules that could not be silenced, in the order they were met
        self.unsure = False  # a wish about likeness was given up: another text might still do

    def found(self) -> Iterator[Found]:
        """Every answer in order: fewest facts, then least cost."""
        heap: list[tuple[int, int, int, Wishes]] = []
        seen: set[Wishes] = set()
        for way in self._questions.ways(self._rule):
            self._push(heap, seen, frozenset(way))
        looked, first = 0, 0
        while heap and looked < MOST_STATES and len(self._edits) < MOST_EDITS and (not first or looked - first < MOST_AFTER):
            looked += 1
            count, cost, _, wishes = heapq.heappop(heap)
            self.least = max(self.least, count)
            edits = self._all_edits(wishes) or {}
            after = self._after(edits)
            options = [
                (self._ways_out(obstacle, wishes, after), obstacle) for obstacle in self._obstacles(self._questions.fired(after, self._at))[:MOST_OBSTACLES]
            ]
            if not options:
                first = first or looked
                yield Found(tuple(sorted(edits.items())), after, cost)
                continue
            ways, obstacle = min(options, key=lambda one: len(one[0]))
            if not ways:
                self.shadows.update(dict.fromkeys(rule.id for rule in obstacle))
            for turned in ways:
                self._push(heap, seen, turned)
        self.over = not heap

    def _push(self, heap: list[tuple[int, int, int, Wishes]], seen: set[Wishes], wishes: Wishes) -> None:
        if wishes in seen:
            return
        seen.add(wishes)
        edits = self._all_edits(wishes)
        if edits is not None:
            heapq.heappush(heap, (len(edits), sum(edit.cost for edit in edits.values()), len(seen), wishes))

    def _ways_out(self, obstacle: Obstacle, wishes: Wishes, after: Facts) -> list[Wishes]:
        """The states in which one question of one of these rules comes out otherwise, as far as facts allow."""
        turned: list[Wishes] = []
        for rule in obstacle:
            if rule.rank == self._rule.rank:
                continue
            holding = [way for way in self._questions.ways(rule) if all(self._questions.holds(one, after.get(one.fact)) for one in way)]
            for literal in min(holding, key=len, default=()):
                more = wishes | {replace(literal, want=NEGATED[literal.want])}
                if more not in turned and self._edit(literal.fact, more) is not None:
                    turned.append(more)
        return turned

    def _all_edits(self, wishes: Wishes) -> dict[str, Edit] | None:
        edits: dict[str, Edit] = {}
        for name in {wish.fact for wish in wishes}:
            edit = self._edit(name, wishes)
            if edit is None:
                return None
            if edit.cost:
                edits[name] = edit
        return edits

    def _edit(self, name: str, wishes: Wishes) -> Edit | None:
        about = frozenset(wish for wish in wishes if wish.fact == name)
        key = (name, about)
        if key not in self._edits:
            self._edits[key] = closest(self._questions, self._questions.factbook[name], about, self._facts.get(name))
            if self._edits[key] is None and any(wish.op == "similar" for wish in about):
                self.unsure = True
        return self._edits[key]

    def _after(self, edits: dict[str, Edit]) -> dict[str, FactValue]:
        after = dict(self._facts)
        for name, edit in edits.items():
            if edit.value is None:
                after.pop(name, None)
            else:
                after[name] = edit.value
        return after


def obstacles_of(ruleset: RuleSet, rule: Rule) -> Callable[[Sequence[Rule]], list[Obstacle]]:
    """What stands in the rule's way under the set's hit policy, given the rules that fire."""
    policy = ruleset.hit
    if policy.name == "first":
        return lambda fired: [(one,) for one in fired if one.rank < rule.rank]
    if policy.name == "unique" and policy.per is None:
        return lambda fired: [(one,) for one in fired if one.rank != rule.rank]
    if policy.name == "unique":
        path = policy.per or ""
        return lambda fired: _sharing(fired, path)
    if policy.name == "any":
        asked = _plain(rule)
        return lambda fired: [(one,) for one in fired if one.rank < rule.rank or _plain(one) != asked]
    if policy.name == "highest":
        mine = (height(policy.order, rule), rule.rank)
        return lambda fired: [(one,) for one in fired if (height(policy.order, one), one.rank) < mine]
    return _nothing


def _nothing(_fired: Sequence[Rule]) -> list[Obstacle]:
    """Under collect and sum every rule that fires has its say."""
    return []


def _sharing(fired: Sequence[Rule], path: str) -> list[Obstacle]:
    """Pairs of rules that give the same value, and rules that give one twice: with any of them nobody has the say."""
    obstacles: list[Obstacle] = []
    owners: dict[object, Rule] = {}
    for rule in fired:
        for value in (value_at(action, path) for action in rule.then):
            if value is None:
                continue
            if value in owners:
                obstacles.append((rule,) if owners[value].rank == rule.rank else (owners[value], rule))
            owners.setdefault(value, rule)
    return obstacles


def _plain(rule: Rule) -> list[str]:
    return sorted(f"{action.kind} {sorted((key, repr(value)) for key, value in action.args.items())}" for action in rule.then)
