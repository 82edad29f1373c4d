"""Reading forms: what is right is read whole, what is wrong is said in one sentence with its place."""

from __future__ import annotations

import pytest

from forms.form import WHO
from forms.kinds import KINDS, fitting
from forms.load import DEFINITIONS, from_canonical, load_tree, read_folder
from tests.forms.words import HEAD, TESTED, WORDS, ask, made, read
from tickets.domain.roles import ROLES

RIGHT = ask("text: {as: textarea, required: true, hint: 原话}", "category: {required: true}") + ask(
    "outage: {required: true}", "households: {show_if: {outage: true}, unit: 户, max: 500}", show_if="{category: [供水, 供电]}", title="影响"
)


def test_a_form_is_read_with_its_pages_fields_and_lines() -> None:
    form = made(RIGHT)
    assert (form.id, form.who, form.step, form.title.en) == ("intake", ("坐席",), "受理", "Intake")
    assert form.asks() == ("text", "category", "outage", "households")
    households = form.pages[1].ask[1]
    assert (households.kind, households.unit and households.unit.zh, households.max, households.line) == ("number", "户", 500, 14)
    assert [asked.kind for _, asked in form.fields()] == ["textarea", "tree", "yesno", "number"]


def test_a_field_may_be_written_by_its_name_alone() -> None:
    assert made(ask("outage", "households:")).asks() == ("outage", "households")


def test_the_version_is_of_the_meaning_not_of_the_layout() -> None:
    form = made(RIGHT)
    same = made(RIGHT.replace("required: true, hint: 原话}", "hint:   原话, required: true}   # 注释"))
    other = made(RIGHT.replace("原话", "别的话"))
    assert form.version == same.version != other.version
    assert len(form.version) == 64


def test_the_canonical_json_gives_the_same_form_back() -> None:
    form = made(RIGHT)
    again = from_canonical(form.canonical, WORDS, form.file)
    assert again is not None
    assert (again.version, again.asks(), again.pages[1].show_if) == (form.version, form.asks(), form.pages[1].show_if)


WRONG = [
    # fields of the one page, line, words
    ("outag: {}", 8, "没有这个事实「outag」，是不是「outage」？"),
    ("outage: {as: yesnoo}", 8, "没有这个控件（as）「yesnoo」，是不是「yesno」？"),
    ("outage: {as: number}", 8, "事实「outage」是是非，不能用控件 number；可用：yesno"),
    ("category: {as: choice}", 8, "事实「category」是树，不能用控件 choice；可用：tree"),
    ("appeals_3d: {}", 8, "「appeals_3d」由系统算出，表单不能问"),
    ("outage: {require: true}", 8, "没有这个字段（字段 outage）「require」，是不是「required」？"),
    ("outage: {required: maybe}", 8, "required应当是 true 或 false"),
    ("outage: {unit: 户}", 8, "没有这个字段（字段 outage）「unit」"),
    ("households: {min: 5, max: 2}", 8, "min 5 大于 max 2"),
    ("households: {max: 2000}", 8, "max 应当在事实「households」允许的 0 到 1000 之间"),
    ("households: {show_if: {outag: true}}", 8, "没有这个事实「outag」"),
    ("households: {show_if: {}}", 8, "条件是空的"),
    ("households: {show_if: {caller_phone: {missing: true}}}", 8, "「caller_phone」是个人信息，条件不能询问"),
    ("flags: {as: choices}", 8, "「flags」是 choices，要写 label 和 of"),
    ("flags: {as: choices, label: 情况, of: [dangr]}", 8, "没有这个是非事实「dangr」，是不是「danger」？"),
    ("outage: {as: choices, label: 情况, of: [danger]}", 8, "「outage」是一项事实；choices 要另起名字"),
    ("[1, 2]", 8, "ask 的一项应当是一个字段"),
    ("{outage: {}, danger: {}}", 8, "ask 的一项应当是一个字段"),
    ("outage: 3", 8, "字段 outage应当是映射"),
]


@pytest.mark.parametrize(("field", "line", "words"), WRONG)
def test_a_wrong_field_is_said_in_one_sentence_with_its_place(field: str, line: int, words: str) -> None:
    form, findings = read(ask(field))
    assert form is None
    assert any(one.startswith(f"forms/intake.yaml:{line}: intake: ") and words in one for one in findings), findings


HEADS = [
    ("form: Intake\ntitle: x\nwho: [坐席]\nstep: 受理\n", "表单名应当是小写字母"),
    ("form: intake\ntitle: x\nwho: [坐席员]\nstep: 受理\n", "没有这个填表人（who）「坐席员」，是不是「坐席」？"),
    ("form: intake\ntitle: x\nwho: [坐席]\nstep: 受里\n", "没有这个环节（step）「受里」，是不是「受理」？"),
    ("form: intake\ntitle: x\nwho: [坐席]\n", "表单缺少「step」"),
    ("form: intake\ntitel: x\nwho: [坐席]\nstep: 受理\n", "是不是「title」？"),
]


@pytest.mark.parametrize(("head", "words"), HEADS)
def test_a_wrong_head_is_said(head: str, words: str) -> None:
    form, findings = read(ask("outage"), head=head)
    assert form is None
    assert any(words in one for one in findings), findings


def test_the_same_fact_is_asked_once_only() -> None:
    _, findings = read(ask("outage") + ask("outage"))
    assert findings == ["forms/intake.yaml:11: intake: 「outage」已在第 8 行问过，请只留一处"]
    _, findings = read(ask("danger", "flags: {as: choices, label: 情况, of: [danger, vulnerable]}"))
    assert any("「danger」已在第 8 行问过" in one for one in findings)


def test_a_status_may_be_the_step() -> None:
    assert read(ask("outage"), head=HEAD.replace("受理", "办理中"))[0] is not None


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x\n", "form: intake\nform: two\n", "form:\tintake\n", "- a\n", "", "a: !!python/object:os.system x\n", "{" * 500]
)
def test_hostile_yaml_is_refused_in_words(text: str) -> None:
    found = load_tree({"forms/x.yaml": text}, WORDS)
    assert found.forms == {}
    assert found.errors
    assert all(one.text().startswith("forms/x.yaml:") for one in found.errors)


def test_two_files_with_one_name_are_refused_and_other_paths_are_left_alone() -> None:
    text = HEAD + "pages:\n" + ask("outage") + TESTED
    found = load_tree({"forms/a.yaml": text, "forms/b.yaml": text, "rules/x.yaml": "no form", "forms/readme.txt": "no form"}, WORDS)
    assert [one.text() for one in found.findings] == ["forms/b.yaml:1: intake: 表单「intake」已在 forms/a.yaml，请改其中一个的名字"]


def test_who_fills_a_form_in_are_the_roles_people_sign_in_with() -> None:
    assert {role.zh for role in ROLES.values()} | {"群众"} == set(WHO)


def test_every_kind_fits_a_fact_type_and_each_type_has_a_usual_kind_first() -> None:
    assert fitting("text")[0] == "text"
    assert fitting("number") == ("number", "date", "datetime")
    assert all(kind.label.en for kind in KINDS.values())


def test_the_projects_forms_lie_where_they_are_looked_for() -> None:
    steps = ("reply", "return", "transfer", "review", "rework", "uphold", "redirect", "verify", "close")
    assert read_folder(DEFINITIONS)[0].keys() >= {"forms/intake.yaml", *(f"forms/{name}.yaml" for name in steps)}
