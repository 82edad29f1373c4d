"""The whole check of rule files: what loading finds, and the examples they bring, run on the engine that will decide."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine import folder
from engine.analyse import analyse, spans_of
from engine.book import RuleBook
from engine.compile_ruleset import CompileRefused
from engine.durable_host import HostFailed
from engine.findings import Finding, in_order
from engine.folder import Loaded
from engine.load_calendar import CalendarRefused
from engine.run_tests import TestResult, run
from engine.vocabulary import Vocabulary


@dataclass(frozen=True)
class Checked:
    """`findings` of loading and of failing tests, in order; `results` of every test that could be run."""

    loaded: Loaded
    findings: tuple[Finding, ...]
    results: tuple[TestResult, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "error")

    @property
    def failed(self) -> tuple[TestResult, ...]:
        return tuple(result for result in self.results if not result.ok)


def check(paths: Iterable[str | Path], *, base: Vocabulary | None = None, statuses: Sequence[str] = (), calendar: Sequence[Path] = ()) -> Checked:
    """Loads, tests and analyses the files. `calendar` is used where the paths bring none. A set that does not load has no tests run."""
    return checked(folder.load(paths, base=base, statuses=statuses), calendar)


def check_tree(tree: Mapping[str, str], *, base: Vocabulary | None = None, statuses: Sequence[str] = ()) -> Checked:
    """The same from texts by path, as a draft holds them."""
    return checked(folder.load_tree(tree, base=base, statuses=statuses))


def checked(
    loaded: Loaded,
    calendar: Sequence[Path] = (),
    only: Collection[str] | None = None,
    asked: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Checked:
    """The tests and the analysis of what was loaded: of every set, or of those named in `only`. `asked`: see engine.analyse.analyse."""
    findings = list(loaded.findings)
    results: list[TestResult] = []
    try:
        days = loaded.days(calendar)
    except CalendarRefused as refused:
        findings += refused.findings
        return Checked(loaded, in_order(findings), ())
    spans = spans_of(loaded.sets)
    for name, ruleset in loaded.sets.items():
        if only is not None and name not in only:
            continue
        findings += analyse(ruleset, loaded.facts, loaded.names, asked=asked, deadlines=spans, working_day=days.working_day, progress=progress)
        try:
            book = RuleBook({name: ruleset}, loaded.facts, loaded.names)
        except CompileRefused as refused:
            findings.append(Finding(refused.file, refused.line, refused.rule, refused.why, refused.why))
            continue
        except (ValueError, HostFailed) as refused:  # durable-rules' own limits: the sentence says which
            findings.append(Finding(ruleset.file, 1, name, str(refused), str(refused)))
            continue
        try:
            results += run(ruleset, book.decide, days, loaded.facts)
        finally:
            book.close()
    findings += [Finding(one.file, one.line, one.rule, f"测试不通过：{one.zh}", f"the test fails: {one.en}") for one in results if not one.ok]
    return Checked(loaded, in_order(findings), tuple(results))
