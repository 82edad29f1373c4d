"""rules check · rules test: what is wrong with rule files, and whether their own examples hold."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from cli import rules_versions as versions
from engine import folder
from engine.check import Checked, check
from engine.findings import Finding, RulesRefused
from engine.folder import Vocabulary
from engine.names import Names
from tickets.actions import draft_check
from tickets.domain.status import STATUSES
from tickets.files.district import DistrictRefused
from tickets.store.connect import DatabaseAddressWrong
from wiring import settings
from wiring.names import current_names
from wiring.rulebook import tree_of
from wiring.settings import PROJECT

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
        _lang(action)
    _add_versions(actions)


def _add_versions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """replay, diff, export, import and publish: they work on an installation's database."""
    states = "发布号、draft:编号、live（现行）、disk（随程序的文件），或文件、文件夹 (a release's number, draft:ID, live, disk, or a file or folder)"
    replay = _version(actions, "replay", versions.replay_path, "拿草稿重算过去的工单，列出会变的 (a draft over past tickets: what would change)")
    replay.add_argument("path", metavar="PATH", help=states)
    replay.add_argument("--days", type=int, default=90, metavar="N", help="往回多少天，默认 90 (how many days back)")
    diff = _version(actions, "diff", versions.diff, "两个版本逐条规则对比，用话说出 (two states compared, rule by rule, in words)")
    diff.add_argument("a", metavar="A", help=states)
    diff.add_argument("b", metavar="B", help=states)
    export = _version(actions, "export", versions.export, "把现行文件写成 YAML，保留注释，便于放进 Git (write the files in force, comments kept)")
    export.add_argument("dir", metavar="DIR", help="目标文件夹 (where to)")
    export.add_argument("--state", default="live", metavar="STATE", help=states)
    taken = _version(actions, "import", versions.import_path, "把文件的改动存成草稿，等人审批 (make a draft of what differs)")
    taken.add_argument("path", metavar="PATH", help=states)
    taken.add_argument("--title", metavar="TITLE", help="草稿名称 (the draft's title)")
    taken.add_argument("--author", metavar="ACCOUNT", help="起草人账号 (whose draft it is)")
    publish = _version(actions, "publish", versions.publish, "检查、回放并发布草稿；审批人须另有其人 (check, replay and publish a draft)")
    publish.add_argument("name", metavar="NAME", help="草稿编号或名称 (a draft's id or title)")
    publish.add_argument("--approver", required=True, metavar="ACCOUNT", help="审批人账号；密码另问，或放在 SUDA_PASSWORD (the approver; asks the password)")
    publish.add_argument("--opinion", default="", metavar="TEXT", help="审批意见 (the approver's words)")
    publish.add_argument("--days", type=int, default=90, metavar="N", help="回放多少天 (days of the replay)")


def _version(actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: versions.Chosen, about: str) -> argparse.ArgumentParser:
    action = actions.add_parser(name, help=about, description=about)
    _lang(action)
    action.set_defaults(run=run_versions, what=versions.refused(what))
    return action


def _lang(action: argparse.ArgumentParser) -> None:
    action.add_argument("--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help="输出语言 (language of the output)")


def run_versions(args: argparse.Namespace) -> int:
    """Works on the installation's drafts and releases."""
    what: versions.Chosen = args.what
    return what(args, settings.load())


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
    if not paths:
        return _whole(rules, names)
    checked = check(paths, base=base, statuses=tuple(STATUSES), calendar=sorted((rules / folder.CALENDAR).glob("*.yaml")))
    if checked.errors and wrong:  # the project's own words are broken: that may be all that is wrong with these files
        return replace(checked, findings=(*(one for one in wrong if one not in checked.findings), *checked.findings))
    return checked


def _whole(rules: Path, names: Names) -> Checked:
    """The project's own files, forms and message templates with them, shown where they lie on disk."""
    try:
        tree = tree_of(rules)
        own = rules.resolve() == PROJECT / "rules"  # the forms that came with the program are written in the facts that came with it
        report = draft_check.check(tree if own else {path: text for path, text in tree.items() if path.startswith(folder.TREE)}, names)
    except RulesRefused as refused:
        return Checked(folder.Loaded(), refused.findings, ())
    places = (("rules/", f"{_near(rules)}/"), ("forms/", "forms/definitions/"), ("templates/", "notifications/templates/"))

    def there(file: str) -> str:
        return next((on_disk + file.removeprefix(inside) for inside, on_disk in places if file.startswith(inside)), file)

    findings = tuple(replace(one, file=there(one.file)) for one in report.findings)
    return Checked(report.loaded, findings, tuple(replace(one, file=there(one.file)) for one in report.results))


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
