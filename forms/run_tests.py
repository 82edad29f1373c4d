"""Runs the examples written in a form: with these answers, exactly these fields are asked."""

from __future__ import annotations

from engine.given import Wrong
from engine.run_tests import TestResult
from engine.vocabulary import Vocabulary
from forms.form import Form, FormTest
from forms.show import visible


def run(form: Form, vocabulary: Vocabulary) -> list[TestResult]:
    """Every test, in the order they are written; a failing one says what was expected and what came."""
    results = []
    for test in form.tests:
        wrong = judge(form, test, vocabulary)
        zh, en = "；".join(one.zh for one in wrong) or "通过", "; ".join(one.en for one in wrong) or "holds"
        results.append(TestResult(not wrong, form.file, test.line, form.id, zh, en))
    return results


def judge(form: Form, test: FormTest, vocabulary: Vocabulary) -> tuple[Wrong, ...]:
    """What does not hold. Facts given that the form does not ask count as known beforehand."""
    shown = visible(form, test.given, vocabulary.facts, vocabulary.names, known=test.given)
    wrong: list[Wrong] = []
    if test.visible is not None and set(test.visible) != set(shown.visible):
        wrong.append(_differs("应当只看到", "expected only", test.visible, "实际看到", "but there is", shown.visible))
    seen = tuple(name for name in test.hidden if name in shown.visible)
    if seen:
        wrong.append(Wrong(f"应当隐藏的 {_listed(seen)} 看得到", f"{', '.join(seen)} should be hidden and can be seen"))
    if test.required is not None and set(test.required) != set(shown.required):
        wrong.append(_differs("应当必填", "required should be", test.required, "实际必填", "but is", shown.required))
    return tuple(wrong)


def _differs(zh: str, en: str, expected: tuple[str, ...], zh_came: str, en_came: str, came: tuple[str, ...]) -> Wrong:
    return Wrong(f"{zh} {_listed(expected)}，{zh_came} {_listed(came)}", f"{en} {', '.join(expected) or 'nothing'}, {en_came} {', '.join(came) or 'nothing'}")


def _listed(names: tuple[str, ...]) -> str:
    return "、".join(names) or "无"
