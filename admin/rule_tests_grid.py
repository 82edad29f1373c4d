"""The examples of a rule set as tables: facts as columns, one row a test, green or red on the very engine that will decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin.tryout_bench import Benches
from admin.tryout_case import field_value
from admin.workbench_family import Family, RuleSpot
from admin.workbench_model import say
from admin.workbench_tree import State
from engine import canonical, words
from engine.condition import Condition, Test
from engine.facts import Fact
from engine.load_calendar import CalendarRefused
from engine.ruleset import Rule, RuleSet
from engine.run_tests import TestResult, run
from tickets.domain.mask import in_text

PAGE = 40  # rules on one page
SHOWN = ("given", "expect", "name")  # keys with a place of their own; the others are told as they are written


@dataclass(frozen=True)
class Column:
    """One fact of a table."""

    name: str
    label: str
    fact: Fact | None


@dataclass(frozen=True)
class Row:
    """One test. `cells` by fact, as the form holds them and as they are read; `ok` None where the set cannot be run. `rest` are its other keys in words."""

    place: int
    name: str
    cells: Mapping[str, tuple[str, str]]
    expect: str
    rest: str
    ok: bool | None
    why: str


@dataclass(frozen=True)
class Table:
    """The examples of one rule, or of the whole set (`rule` empty)."""

    rule: str
    title: str
    path: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def wrong(self) -> int:
        return sum(row.ok is False for row in self.rows)


@dataclass(frozen=True)
class Grid:
    """All tables of a set. `problem` says why nothing can be run, empty when everything was."""

    tables: tuple[Table, ...]
    problem: tuple[str, str]

    @property
    def tests(self) -> int:
        return sum(len(table.rows) for table in self.tables)

    @property
    def passed(self) -> int:
        return sum(row.ok is True for table in self.tables for row in table.rows)

    @property
    def without(self) -> int:
        """Rules that have no example."""
        return sum(1 for table in self.tables if table.rule and not table.rows)


def grid(state: State, family: Family, benches: Benches, lang: str) -> Grid:
    """Every example of the family with its outcome."""
    ruleset = state.loaded.sets.get(family.name)
    results, problem = _results(state, ruleset, benches)
    by_rule: dict[str, list[TestResult]] = {}
    for one in results:
        by_rule.setdefault(one.rule, []).append(one)
    known = {rule.id: rule for rule in ruleset.rules} if ruleset is not None else {}
    tables = [_table(spot, known.get(spot.id), by_rule.get(spot.id, []), state.loaded.facts, lang) for spot in family.rules()]
    own = [item for file in family.files for item in _listed(file.data.get("tests"))]
    if own and ruleset is not None:
        rows = _rows(own, by_rule.get(ruleset.name, []), lang)
        tables.append(Table("", say(family.head.get("title"), lang) or family.name, family.files[0].path, _columns(own, (), state.loaded.facts, lang), rows))
    return Grid(tuple(tables), problem)


def _results(state: State, ruleset: RuleSet | None, benches: Benches) -> tuple[list[TestResult], tuple[str, str]]:
    if ruleset is None:
        return [], ("这个规则集还有错误，先在工作台改好，样例才能跑", "the set has errors: mend them in the workbench before its examples can run")
    try:
        days = state.loaded.days()
    except CalendarRefused as refused:
        return [], (str(refused), str(refused))
    with benches.using(ruleset, state.loaded.facts, state.loaded.names) as bench:
        return run(ruleset, bench.book.decide, days, state.loaded.facts), ("", "")


def _table(spot: RuleSpot, rule: Rule | None, results: Sequence[TestResult], facts: Mapping[str, Fact], lang: str) -> Table:
    tests = _listed(spot.data.get("tests"))
    read = tuple(dict.fromkeys(test.fact for side in (rule.when, rule.unless) for test in asked(side))) if rule is not None else ()
    return Table(spot.id, say(spot.title, lang) or spot.id, spot.path, _columns(tests, read, facts, lang), _rows(tests, results, lang))


def _columns(tests: Sequence[Mapping[str, object]], read: Sequence[str], facts: Mapping[str, Fact], lang: str) -> tuple[Column, ...]:
    """The facts that tests give or the rule reads; the citizen's words first."""
    names = dict.fromkeys([*read, *(name for test in tests for name in _given(test))])
    ordered = sorted(names, key=lambda name: name != "text")
    return tuple(Column(name, facts[name].label.say(lang) if name in facts else name, facts.get(name)) for name in ordered)


def _rows(tests: Sequence[Mapping[str, object]], results: Sequence[TestResult], lang: str) -> tuple[Row, ...]:
    aligned = len(results) == len(tests)
    return tuple(_row(place, test, results[place] if aligned else None, lang) for place, test in enumerate(tests))


def _row(place: int, test: Mapping[str, object], result: TestResult | None, lang: str) -> Row:
    cells = {name: (_form(value), in_text(words.value(value, lang)) if value is not None else "") for name, value in _given(test).items()}
    rest = "；".join(f"{key}: {plain(value)}" for key, value in test.items() if key not in SHOWN)
    why = "" if result is None else in_text(result.en if lang == "en" else result.zh)
    return Row(place, str(test.get("name") or ""), cells, str(test.get("expect") or ""), rest, None if result is None else result.ok, why)


def _form(value: object) -> str:
    return field_value(value) if isinstance(value, str | bool) else "" if value is None else words.value(value)


def _given(test: Mapping[str, object]) -> Mapping[str, object]:
    given = test.get("given")
    return given if isinstance(given, Mapping) else {}


def _listed(tests: object) -> list[Mapping[str, object]]:
    return [item if isinstance(item, Mapping) else {} for item in tests] if isinstance(tests, list) else []


def plain(value: object) -> str:
    """A key's value as it is written, in one line."""
    return value if isinstance(value, str) else canonical.dumps(value)


def asked(condition: Condition | None) -> list[Test]:
    """The questions of a condition, in order."""
    if condition is None:
        return []
    return [condition] if isinstance(condition, Test) else [test for part in condition.parts for test in asked(part)]
