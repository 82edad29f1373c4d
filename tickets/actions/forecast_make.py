"""Keeps what was foretold on a Monday and asks the warning rules about it; and looks afterwards how each warned-of span went."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.compile_ruleset import tests
from tickets.actions.forecast_count import TOWN, towns
from tickets.actions.forecast_warn import RULESET, ask, planned
from tickets.domain.season import Foretold, judged, monday_of
from tickets.domain.times import local
from tickets.ports import Desk
from tickets.store import forecasts
from tickets.store.connect import Conflict, transaction

DEPTH = 2
HOUR = 8  # of Monday, local: what arrived on Sunday has been counted by then
LOOKS_BACK = timedelta(weeks=530)  # ten years and a little


@dataclass(frozen=True)
class Made:
    """What a Monday's work came to: forecasts newly kept, warnings given, messages queued."""

    forecasts: int = 0
    warnings: int = 0
    messages: int = 0


def due(desk: Desk) -> date | None:
    """The Monday whose forecasts are to be made now; None while it is still being counted. A Monday that was missed is made up for until Sunday."""
    now = local(desk.clock())
    monday = monday_of(now.date())
    return None if now.date() == monday and now.hour < HOUR else monday


def subjects(desk: Desk) -> tuple[str, ...]:
    """The categories that are foretold: all of level 2, and deeper ones that a warning rule names."""
    tree = desk.rules.names.categories
    found = {name: None for name in tree.nodes if len(tree.path(name)) == DEPTH or (len(tree.path(name)) < DEPTH and not tree.children(name))}
    for ruleset in desk.rules.rulesets():
        if ruleset.name == RULESET:
            for test in tests(ruleset):
                if test.fact == "category":
                    named = test.value if isinstance(test.value, tuple | list | frozenset) else (test.value,)
                    found |= {str(name): None for name in named if name in tree and len(tree.path(str(name))) > DEPTH}
    return tuple(found)


def complete(desk: Desk, monday: date) -> bool:
    """Whether every subject's forecast of that Monday is there, in every town and for the district."""
    places = {"", *towns(desk.rules.names.areas)}
    return {(name, place) for name in subjects(desk) for place in places} <= forecasts.made(monday)


def make(desk: Desk, foretold: Iterable[Foretold], monday: date) -> Made:
    """Keeps each forecast with its decision and warnings in a transaction of its own; what that Monday has already is passed over.

    The whole district's (`area` empty, while there are towns) is for looking at: no rule is asked about it.
    """
    known = forecasts.made(monday)
    has_towns = any(node.level == TOWN for node in desk.rules.names.areas.nodes.values())
    kept = warned = sent = 0
    for one in foretold:
        if (one.category, one.area) in known:
            continue
        asked = bool(one.area) or not has_towns
        at = desk.clock()
        if not one.area:
            day, rule = planned(desk, one, monday, at)
            one = replace(one, plan_day=day, plan_rule=rule)
        try:
            with transaction():
                number = forecasts.keep(one, monday, at, asked=asked)
                given = ask(desk, one, number, monday, at) if asked else ()
        except Conflict:
            continue  # another process made it at the same moment
        kept, warned, sent = kept + 1, warned + len(given), sent + sum(one.messages for one in given)
    return Made(kept, warned, sent)


def judge_due(desk: Desk) -> int:
    """Scores every warning whose span is over: did the season come, lower or higher than told; answers how many."""
    now = desk.clock()
    tree = desk.rules.names.categories
    done = 0
    for one in forecasts.to_judge(local(now).date() - timedelta(days=1)):
        leaves = tree.leaves(one.category) if one.category in tree else (one.category,)
        count = forecasts.came(leaves, {one.area} if one.area else None, one.watch_from, one.watch_until)
        words = json.loads(one.words)
        with transaction():
            done += forecasts.judge(one.id, judged(count, one.expected, words.get("low"), words.get("high"), one.usual), count, now)
    return done
