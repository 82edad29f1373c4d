"""Checks forms as a whole: what can never show, what is asked in the wrong order, and the examples they bring."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from engine import words
from engine.condition import ALWAYS, Condition, Test
from engine.dnf import Alternative, Want, expand
from engine.expect import Scope
from engine.findings import Finding, Report, in_order
from engine.run_tests import TestResult
from engine.suggest import offer
from engine.vocabulary import Vocabulary
from forms.form import STEPS, Field, Form, Page
from forms.load import Forms, load_tree
from forms.reach import Reach, said
from forms.run_tests import run

TOLD = ("source",)  # known before the first question
FOUND_AT_INTAKE = ("area", "urgency")  # worked out when the ticket is registered


def check(form: Form, vocabulary: Vocabulary, before: Collection[str] = ()) -> tuple[Finding, ...]:
    """What is wrong with a form that was read, in order of its lines. `before` are facts asked by forms of earlier steps."""
    report = Report()
    scope = Scope(report, form.file, form.id, vocabulary)
    if _in_order(form, scope, {*before, *TOLD}):
        _can_show(form, scope)
    report.findings += [
        Finding(one.file, one.line, one.rule, f"样例不通过：{one.zh}", f"the test fails: {one.en}") for one in run(form, vocabulary) if not one.ok
    ]
    return in_order(report.findings)


def check_tree(tree: Mapping[str, str], vocabulary: Vocabulary, statuses: Sequence[str] = ()) -> tuple[tuple[Finding, ...], tuple[TestResult, ...]]:
    """All forms of a tree (its paths under `forms/`): every finding, and the result of every test that could be run."""
    loaded = load_tree(tree, vocabulary, statuses)
    return check_forms(loaded, vocabulary)


def check_forms(loaded: Forms, vocabulary: Vocabulary) -> tuple[tuple[Finding, ...], tuple[TestResult, ...]]:
    """The same for forms that are read already."""
    findings = list(loaded.findings)
    results: list[TestResult] = []
    for form in loaded.forms.values():
        findings += check(form, vocabulary, asked_before(form, loaded.forms))
        results += run(form, vocabulary)
    return in_order(findings), tuple(results)


def asked_before(form: Form, forms: Mapping[str, Form]) -> frozenset[str]:
    """The facts that are known by the time this form is filled in: what forms of earlier steps ask."""
    here = _place(form)
    earlier = {name for other in forms.values() if other.id != form.id and _place(other) < here for name in other.asks()}
    return frozenset(earlier | (set(FOUND_AT_INTAKE) if here > STEPS.index("受理") else set()))


def _place(form: Form) -> int:
    """Where the form's step stands among the six; a status counts as after intake."""
    return STEPS.index(form.step) if form.step in STEPS else STEPS.index("处置")


def _in_order(form: Form, scope: Scope, before: set[str]) -> bool:
    """A condition may ask only about what was asked before it; answers whether all do."""
    sound = len(scope.report.findings)
    seen = set(before)
    later = form.asks()
    for page in form.pages:
        _asks_before(page.show_if, page.line, seen, later, scope)
        for asked in page.ask:
            _asks_before(asked.show_if, asked.line, seen, later, scope, asked)
            seen.update(asked.facts)
    return len(scope.report.findings) == sound


def _asks_before(condition: Condition, line: int, seen: set[str], later: Sequence[str], scope: Scope, asked: Field | None = None) -> None:
    for test in questions(condition):
        if test.fact in seen or scope.vocabulary.facts[test.fact].derived is not None:
            continue
        at = test.line or line
        label = scope.vocabulary.facts[test.fact].label
        if asked is not None and test.fact in asked.facts:
            scope.error(at, f"显示条件问的是「{label.zh}」自己的回答，成了圈", f"show_if asks about {test.fact} itself: a circle")
        elif test.fact in later:
            zh = f"显示条件问的「{label.zh}」要到后面才问，请调整顺序"
            scope.error(at, zh, f"show_if asks about {test.fact}, which is asked only later: change the order")
        else:
            near_zh, near_en = offer(test.fact, sorted(seen))
            zh = f"显示条件问的「{label.zh}」（{test.fact}）这张表单和以前的表单都没有问{near_zh}"
            scope.error(at, zh, f"show_if asks about {test.fact}, which neither this form nor one before it asks{near_en}")


def questions(condition: Condition) -> tuple[Test, ...]:
    """Every question of a condition."""
    return (condition,) if isinstance(condition, Test) else tuple(test for part in condition.parts for test in questions(part))


def _can_show(form: Form, scope: Scope) -> None:
    reach = Reach(form, scope.vocabulary)
    for page in form.pages:
        if page.show_if != ALWAYS and reach.ways(page.show_if) == ():
            zh, en = _reason(page, None, reach, scope)
            line = next((test.line for test in questions(page.show_if)), page.line)
            scope.error(line, f"「{page.title.zh}」页永远不会显示：{zh}", f"the page {page.title.say('en')} can never show: {en}")
            continue
        for asked in page.ask:
            if reach.of(asked) == ():
                zh, en = _reason(page, asked, reach, scope)
                scope.error(asked.line, f"字段「{asked.id}」永远不会显示：{zh}", f"the field {asked.id} can never show: {en}")


def _reason(page: Page, asked: Field | None, reach: Reach, scope: Scope) -> tuple[str, str]:
    """Which questions cannot hold together, of the first way that was tried."""
    parts = [page.show_if, *([asked.show_if] if asked is not None else [])]
    ways = [expand(part, Want.TRUE) for part in parts]
    if not all(ways):
        return "条件自相矛盾", "its condition contradicts itself"
    whole: Alternative = tuple(literal for own in ways for literal in own[0])
    clash = reach.clash(whole)
    if clash is None:  # it clashes with where the answers it asks about are themselves asked
        for other in reach.tried(whole):
            clash = reach.clash(other)
            if clash is not None:
                break
    if clash is None:
        return "它所依据的问题在那时不会问到", "the questions it rests on are not asked then"
    sentences = [[_said(test, yes, scope, lang) for test, yes in said(clash)] for lang in ("zh", "en")]
    return "、".join(sentences[0]) + ("不能同时成立" if len(sentences[0]) > 1 else "不可能成立"), " and ".join(sentences[1]) + " cannot hold"


def _said(test: Test, yes: bool, scope: Scope, lang: str) -> str:
    text = words.condition(test, scope.vocabulary.facts, lang)
    return f"「{text}」" if yes else (f"并非「{text}」" if lang == "zh" else f"not “{text}”")
