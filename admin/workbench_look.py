"""The slower look at one rule: what the analysis proves about it, and whether its tests hold, on the very engine that will decide."""

from __future__ import annotations

import time
from collections.abc import Mapping

from admin.workbench_family import Family, RuleSpot
from admin.workbench_model import Json, alone, finding_json, plain_json
from admin.workbench_tree import State
from engine.analyse import analyse, spans_of
from engine.book import RuleBook
from engine.calendar import Calendar
from engine.compile_ruleset import CompileRefused
from engine.durable_host import HostFailed
from engine.findings import Finding
from engine.folder import Loaded
from engine.load_calendar import CalendarRefused
from engine.ruleset import RuleSet
from engine.run_tests import TestResult, run

MOST_ANALYSED = 3000  # rules; beyond that the gate analyses the family in the background


def look(state: State, family: Family, spot: RuleSpot, lang: str) -> dict[str, object]:
    """The findings of the analysis about one rule, its tests one by one, and the milliseconds it took."""
    began = time.perf_counter()
    known = state.loaded.sets.get(family.name)
    own = alone(state, family, spot)
    results, found = tested(own, state.loaded)
    analysed = known is not None and len(known.rules) <= MOST_ANALYSED
    if analysed and known is not None:
        found += analyse(known, state.loaded.facts, state.loaded.names, changed={spot.id}, deadlines=spans_of(state.loaded.sets))
    return {
        "rule": spot.id,
        "findings": [finding_json(one, lang) for one in found],
        "tests": [_test(one, spot, place, lang) for place, one in enumerate(results)],
        "sound": own is not None,
        "analysed": analysed,
        "millis": round((time.perf_counter() - began) * 1000),
    }


def tested(ruleset: RuleSet | None, loaded: Loaded) -> tuple[list[TestResult], list[Finding]]:
    """The tests of a set of one rule; a finding where the engine cannot take it."""
    if ruleset is None or not ruleset.rules:
        return [], []
    try:
        days: Calendar = loaded.days()
    except CalendarRefused as refused:
        return [], list(refused.findings)
    try:
        book = RuleBook({ruleset.name: ruleset}, loaded.facts, loaded.names)
    except CompileRefused as refused:
        return [], [Finding(refused.file, refused.line, refused.rule, refused.why, refused.why)]
    except (ValueError, HostFailed) as refused:
        return [], [Finding(ruleset.file, ruleset.rules[0].line, ruleset.rules[0].id, str(refused), str(refused))]
    try:
        return run(ruleset, book.decide, days, loaded.facts), []
    finally:
        book.close()


def _test(result: TestResult, spot: RuleSpot, place: int, lang: str) -> Json:
    listed = spot.data.get("tests")
    written = listed[place] if isinstance(listed, list) and place < len(listed) and isinstance(listed[place], Mapping) else {}
    return {
        "ok": result.ok,
        "line": result.line,
        "text": result.en if lang == "en" else result.zh,
        "given": plain_json(written.get("given")),
        "expect": written.get("expect"),
    }
