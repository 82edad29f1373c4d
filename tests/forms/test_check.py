"""What the checker finds: what can never show and why, wrong order, failing examples; and that it is right, against trying everything."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import assume, given, settings

from forms.check import asked_before, check, check_tree
from forms.form import Form
from forms.load import load_text
from forms.reach import Reach
from forms.show import visible
from tests.forms.test_show import form_texts
from tests.forms.words import CATEGORIES, FACTS, HEAD, NAMES, TESTED, WORDS, ask, made


def found(pages: str, tests: str = TESTED) -> list[str]:
    return [one.text() for one in check(made(pages, tests), WORDS)]


FIRST = ask("text", "category", "kind", "outage: {show_if: {category: 供水}}", "households")
NEVER = [
    # the condition of a field on a second page, why it can never be
    ("{all: [{kind: 咨询}, {kind: 投诉}]}", "「诉求性质 是 咨询」、「诉求性质 是 投诉」不能同时成立"),
    ("{all: [{category: 噪声}, {category: 公用事业}]}", "「诉求类别 属于 噪声」、「诉求类别 属于 公用事业」不能同时成立"),
    ("{all: [{category: 停水}, {category: {ne: 供水}}]}", "不能同时成立"),
    ("{all: [{households: {gt: 5}}, {households: {lt: 6}}]}", "不能同时成立"),  # between whole numbers there is none
    ("{households: {gt: 1000}}", "「影响户数 大于 1000」不可能成立"),
    ("{households: {gte: 0, lte: 2, ne: 1}, all: [{households: {ne: 0}}, {households: {ne: 2}}]}", "不能同时成立"),
    ("{text: {has_any: [停水通知]}, none: [{text: {has_any: [停水]}}]}", "不能同时成立"),  # a keyword inside a keyword
    ("{text: {has_all: [停水, 通知]}, none: [{text: {has_any: [停, 断]}}]}", "不能同时成立"),
    ("{none: [{kind: [咨询, 投诉, 求助]}]}", "并非「诉求性质 是 咨询、投诉、求助 之一」不可能成立"),
    ("{kind: {missing: true}, all: [{kind: 咨询}]}", "不能同时成立"),
    ("{all: [{outage: true}, {category: 供电}]}", "「诉求类别 属于 供电」、「诉求类别 属于 供水」不能同时成立"),  # outage is asked for water alone
    ("{all: [{outage: {missing: false}}, {category: 噪声}]}", "不能同时成立"),
]
CAN = [
    "{all: [{category: 停水}, {category: 供水}]}",
    "{all: [{households: {gt: 5}}, {households: {lt: 7}}]}",
    "{text: {has_any: [停水]}, none: [{text: {has_any: [停水通知]}}]}",
    "{text: {has_all: [停水, 停电]}, none: [{text: {has_all: [停水, 停电, 停气]}}]}",
    "{all: [{outage: {missing: true}}, {category: 供电}]}",
    "{all: [{outage: true}, {category: 停水}]}",
    "{any: [{all: [{kind: 咨询}, {kind: 投诉}]}, {kind: 求助}]}",
    "{text: {similar: {to: [没有自来水], min: 90}}, none: [{text: {has_any: [停电]}}]}",
    "{none: [{text: {similar: {to: [没有自来水], min: 90}}}]}",
]


@pytest.mark.parametrize(("condition", "why"), NEVER)
def test_what_can_never_show_is_found_with_the_reason(condition: str, why: str) -> None:
    said = found(FIRST + ask(f"danger: {{show_if: {condition}}}"))
    assert len(said) == 1, said
    assert said[0].startswith("forms/intake.yaml:15: intake: 字段「danger」永远不会显示：")
    assert why in said[0]
    assert "「影响」页永远不会显示：" in found(FIRST + ask("danger", show_if=condition, title="影响"))[0]


@pytest.mark.parametrize("condition", CAN)
def test_what_can_show_is_not_refused(condition: str) -> None:
    assert found(FIRST + ask(f"danger: {{show_if: {condition}}}")) == []


def test_page_and_field_conditions_count_together() -> None:
    said = found(FIRST + ask("danger: {show_if: {kind: 咨询}}", show_if="{kind: 投诉}"))
    assert "字段「danger」永远不会显示：「诉求性质 是 投诉」、「诉求性质 是 咨询」不能同时成立" in said[0]


def test_a_condition_may_ask_only_what_was_asked_before() -> None:
    assert "「正在中断」要到后面才问，请调整顺序" in found(ask("danger: {show_if: {outage: true}}", "outage"))[0]
    assert "自己的回答，成了圈" in found(ask("outage: {show_if: {outage: true}}"))[0]
    assert "（danger）这张表单和以前的表单都没有问" in found(ask("outage: {show_if: {danger: true}}"))[0]
    assert "「诉求类别」要到后面才问" in found(ask("outage", show_if="{category: 供水}") + ask("category"))[0]
    assert found(ask("outage: {show_if: {source: 电话}}")) == []
    assert found(ask("outage: {show_if: {appeals_3d: {gte: 3}}}")) == []


def test_a_later_form_may_rest_on_what_an_earlier_one_asked() -> None:
    later = "form: reply\ntitle: 回复\nwho: [承办人]\nstep: 处置\npages:\n" + ask("danger: {show_if: {all: [{outage: true}, {area: 示范区}]}}") + TESTED
    first = HEAD + "pages:\n" + ask("outage") + TESTED
    assert check_tree({"forms/intake.yaml": first, "forms/reply.yaml": later}, WORDS)[0] == ()
    alone = check_tree({"forms/reply.yaml": later}, WORDS)[0]
    assert len(alone) == 1
    assert "正在中断" in alone[0].zh
    form = load_text(later, "forms/reply.yaml", WORDS)[0]
    assert form is not None
    assert asked_before(form, {"intake": made(ask("outage"))}) == {"outage", "area", "urgency"}


def test_a_failing_example_is_a_finding_that_says_what_came() -> None:
    tests = (
        "tests:\n  - {given: {category: 供水}, visible: [text, category]}\n  - {given: {}, hidden: [text]}\n"
        "  - {given: {}, required: [text]}\n  - {given: {}, visible: [text, category, kind, households]}\n"
    )
    form = made(FIRST, tests)
    said = [one.text() for one in check(form, WORDS)]
    assert said == [
        "forms/intake.yaml:14: intake: 样例不通过：应当只看到 text、category，实际看到 text、category、kind、outage、households",
        "forms/intake.yaml:15: intake: 样例不通过：应当隐藏的 text 看得到",
        "forms/intake.yaml:16: intake: 样例不通过：应当必填 text，实际必填 无",
    ]


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("{given: {outag: true}, hidden: []}", "没有这个事实「outag」"),
        ("{given: {kind: 投}, hidden: []}", "没有这个选项（诉求性质 kind）「投」"),
        ("{given: {outage: 1}, hidden: []}", "outage应当是 true 或 false"),
        ("{given: {}, visible: [outag]}", "没有这个字段「outag」，是不是「outage」？"),
        ("{given: {}}", "样例没有写应当看到什么"),
        ("{given: [], hidden: []}", "given 应当是映射"),
    ],
)
def test_an_example_that_cannot_be_read_is_said(test: str, words: str) -> None:
    form, findings = load_text(f"{HEAD}pages:\n{FIRST}tests:\n  - {test}\n", "forms/intake.yaml", WORDS)
    assert form is None
    assert any(words in one.zh for one in findings), findings


def test_a_form_without_examples_is_warned_of() -> None:
    _, findings = load_text(f"{HEAD}pages:\n{FIRST}", "forms/intake.yaml", WORDS)
    assert [(one.level, one.zh) for one in findings] == [("warning", "没有样例（tests）")]


# Every value that the questions of tests.forms.test_show can tell apart.
DOMAIN: dict[str, tuple[object, ...]] = {
    "text": (None, "停水", "停电 水", "没事", "停", "水"),
    "kind": (None, "咨询", "投诉", "求助"),
    "category": (None, *sorted(CATEGORIES.nodes)),
    "outage": (None, True, False),
    "danger": (None, True, False),
    "households": (None, 0, 2, 3, 7, 9, 10),
    "depth": (None, 0, 1),
}


def ever_seen(form: Form) -> set[str]:
    asked = form.asks()
    found: set[str] = set()
    for values in product(*(DOMAIN[name] for name in asked)):
        answers = {name: value for name, value in zip(asked, values, strict=True) if value is not None}
        found.update(visible(form, answers, FACTS, NAMES).visible)  # type: ignore[arg-type]
        if len(found) == len(asked):
            break
    return found


@settings(max_examples=150, deadline=None)
@given(form_texts())
def test_what_is_said_never_to_show_never_shows_and_the_rest_does(text: str) -> None:
    form, _ = load_text(text, "forms/x.yaml", WORDS)
    assert form is not None
    assume(len(form.asks()) <= 5)  # trying everything would take minutes
    reach = Reach(form, WORDS)
    assert {one.id for _, one in form.fields() if reach.of(one) != ()} == ever_seen(form)
