"""rules check · rules test: what is wrong with rule files, and whether their own examples hold."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from engine import folder
from engine.check import Checked, check
from engine.findings import Finding
from engine.folder import Vocabulary
from engine.names import Names
from tickets.domain.status import STATUSES
from tickets.files.district import DistrictRefused
from tickets.store.connect import DatabaseAddressWrong
from wiring import settings
from wiring.names import current_names

BAD_INPUT = 2


def add(parser: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers the command with its help."""
    command = parser.add_parser("rules", help="检查与测试规则 (check and test rules)", description="检查与测试规则文件 (check and test rule files)")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what, about in (
        ("check", check_paths, "逐条列出规则文件的问题：文件:行: 规则: 说明 (what is wrong, as FILE:LINE: RULE: sentence)"),
        ("test", test_paths, "运行规则自带的测试 (run the examples that rules bring)"),
    ):
        action = actions.add_parser(name, help=about, description=about)
        paths = (
            "YAML 文件或文件夹，默认是本项目的规则；文件夹自带的 facts.yaml、library.yaml、directory.yaml 优先 (files or folders; default: the project's rules)"
        )
        action.add_argument("paths", nargs="*", metavar="PATH", help=paths)
        action.set_defaults(run=run, what=what)
        action.add_argument("--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help="输出语言 (language of the output)")


def run(args: argparse.Namespace) -> int:
    """Checks or tests with the names of the installation: its database, else its directory."""
    chosen = settings.load()
    try:
        names = current_names(chosen)
    except (DistrictRefused, DatabaseAddressWrong) as refused:
        print(refused, file=sys.stderr)
        return BAD_INPUT
    what: Callable[[Sequence[str], Path, Names, str], int] = args.what
    return what(args.paths, chosen.rules, names, args.lang)


def check_paths(paths: Sequence[str], rules: Path, names: Names, lang: str) -> int:
    """Prints every finding; 2 when one is an error, else 0."""
    checked = look(paths, rules, names)
    for finding in checked.findings:
        print(finding.text(lang) if finding.level == "error" else f"{finding.text(lang)}{' (warning)' if lang == 'en' else '（提醒）'}")
    errors, warnings = len(checked.errors), len(checked.findings) - len(checked.errors)
    sets, total = len(checked.loaded.sets), sum(len(ruleset.rules) for ruleset in checked.loaded.sets.values())
    if errors:
        return _refuse(checked, lang)
    if lang == "en":
        print(f"Rule sets: {sets}, rules: {total}. No errors, warnings: {warnings}. {tally(checked)}.")
    else:
        print(f"{sets} 个规则集、{total} 条规则，没有错误，{warnings} 处提醒。{tally(checked)}。")
    return 0


def test_paths(paths: Sequence[str], rules: Path, names: Names, lang: str) -> int:
    """Runs every test and prints `N of M tests pass`, the failing ones first; 2 when one fails or a file has an error."""
    checked = look(paths, rules, names)
    for error in checked.errors:
        print(error.text(lang))
    print(tally(checked))
    return _refuse(checked, lang) if checked.errors else 0


def look(paths: Sequence[str], rules: Path, names: Names) -> Checked:
    """Checks the paths, else the project's rules; lone files are read with the project's facts and names."""
    base = Vocabulary(names=names)
    wrong: tuple[Finding, ...] = ()
    if paths:
        own = folder.load([rules], base=base, statuses=tuple(STATUSES))
        base, wrong = own.vocabulary, tuple(one for one in own.errors if folder.kind_of(Path(one.file)) != "rules")
    checked = check(paths or [_near(rules)], base=base, statuses=tuple(STATUSES), calendar=sorted((rules / folder.CALENDAR).glob("*.yaml")))
    if checked.errors and wrong:  # the project's own words are broken: that may be all that is wrong with these files
        return replace(checked, findings=(*(one for one in wrong if one not in checked.findings), *checked.findings))
    return checked


def tally(checked: Checked) -> str:
    """`N of M tests pass`, in every language: other programs read it."""
    return f"{len(checked.results) - len(checked.failed)} of {len(checked.results)} tests pass"


def _refuse(checked: Checked, lang: str) -> int:
    first, errors = checked.errors[0], len(checked.errors)
    place = f"{first.file}:{first.line}"
    print(f"{place}: errors: {errors}; put them right one by one" if lang == "en" else f"{place}: 共 {errors} 处错误，请逐条改正", file=sys.stderr)
    return BAD_INPUT


def _near(path: Path) -> Path:
    """The path as seen from here when it lies below, so that findings stay short."""
    here = Path(os.getcwd())
    return path.relative_to(here) if path.is_relative_to(here) and path != here else path
