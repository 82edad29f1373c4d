"""The whole check of a draft's files before anybody else is asked: rules, forms and templates, with every example they bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine import check as engine_check
from engine import folder
from engine.findings import Finding, in_order
from engine.folder import Loaded
from engine.names import Names
from engine.run_tests import TestResult
from engine.vocabulary import Vocabulary
from forms import check as form_check
from forms import load as form_load
from notifications import render, sandbox
from tickets.actions.message_words import SAMPLE, in_language
from tickets.domain.status import STATUSES

Progress = Callable[[int, int], None]
WORKED_OUT = ("source", "category", "area", "urgency")  # by intake and the urgency rules, whatever the forms ask


@dataclass(frozen=True)
class CheckReport:
    """What a check found. `loaded` holds the rule sets without an error; `results` are of every example; `versions` the hash of each set and form."""

    loaded: Loaded
    findings: tuple[Finding, ...]
    results: tuple[TestResult, ...]
    versions: Mapping[str, str]

    @property
    def tests(self) -> tuple[int, int]:
        """Examples that pass, and all."""
        return sum(1 for one in self.results if one.ok), len(self.results)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.level == "error")


def nothing(_done: int, _total: int) -> None:
    """Nobody watches."""


def check(tree: Mapping[str, str], names: Names, progress: Progress = nothing) -> CheckReport:
    """Everything that is wrong with the files of a tree, exactly and in file order. `progress` is told (rules and forms done, all)."""
    loaded = folder.load_tree(tree, base=Vocabulary(names=names), statuses=tuple(STATUSES))
    forms = form_load.load_tree(tree, loaded.vocabulary, tuple(STATUSES))
    asked = frozenset({*WORKED_OUT, *(name for form in forms.forms.values() for name in form.asks())}) if forms.forms else None
    sizes = {name: len(one.rules) for name, one in loaded.sets.items()}
    total, done = sum(sizes.values()) + len(forms.forms), 0
    findings: list[Finding] = list(loaded.findings)
    told = set(findings)  # what belongs to no set is found again with each of them
    results: list[TestResult] = []
    for name in sorted(loaded.sets):
        progress(done, total)
        one = engine_check.checked(loaded, only={name}, asked=asked, progress=_within(progress, done, total))
        findings += [finding for finding in one.findings if finding not in told]
        told.update(one.findings)
        results += one.results
        done += sizes[name]
    found, of_forms = form_check.check_forms(forms, loaded.vocabulary)
    findings += found
    findings += template_findings(tree)
    progress(total, total)
    versions = {**{name: one.version for name, one in loaded.sets.items()}, **{f"forms/{name}": form.version for name, form in forms.forms.items()}}
    return CheckReport(loaded, in_order(findings), (*results, *of_forms), versions)


def template_findings(tree: Mapping[str, str]) -> list[Finding]:
    """What is wrong with the message templates of a tree: a name no message uses, or more than words, choices and short loops."""
    known = set(render.read_folder())
    findings = []
    for path in sorted(path for path in tree if path.startswith(render.TREE)):
        if path not in known:
            zh = "没有消息会用到这个模板，文件名应是现有的一个，如 templates/zh/dispatch.sms.txt"
            findings.append(Finding(path, 1, "template", zh, "no message uses this template: take one of the present names"))
            continue
        try:
            for lang in ("zh", "en"):
                sandbox.fill_in(tree[path], in_language(SAMPLE, lang), path)
        except sandbox.TemplateRefused as refused:
            findings.append(Finding(path, 1, "template", str(refused), str(refused)))
    return findings


def as_plain(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Findings as they are stored and sent to a page."""
    return [
        {
            "file": one.file,
            "line": one.line,
            "rule": one.rule,
            "zh": one.zh,
            "en": one.en,
            "level": one.level,
            "kind": one.kind,
            "witness": None if one.witness is None else {name: value if isinstance(value, bool | str) else str(value) for name, value in one.witness.items()},
            "others": list(one.others),
        }
        for one in findings
    ]


def _within(progress: Progress, before: int, total: int) -> Progress:
    def told(done: int, _rules: int) -> None:
        progress(before + done, total)

    return told
