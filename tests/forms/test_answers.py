"""What was typed becomes facts, or one sentence about what is wrong; what is hidden or foreign is kept by name alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.facts import FactValue
from forms.answers import Answers, read, typed_in
from forms.show import visible
from tests.forms.words import FACTS, NAMES, NOW, ask, made

FORM = made(
    ask("text: {as: textarea, required: true}", "kind", "category", "caller_phone: {as: cn_mobile}")
    + ask("outage: {required: true}", "households: {show_if: {outage: true}, required: true, max: 500}", show_if="{category: 供水}")
    + ask("flags: {as: choices, label: 情况, of: [danger, vulnerable]}")
)


def typed(form: object = FORM, **raw: str | list[str]) -> Answers:
    return read(form, {name: [words] if isinstance(words, str) else words for name, words in raw.items()}, FACTS, NAMES, NOW)  # type: ignore[arg-type]


def one(field: str, words: str) -> FactValue | str:
    """What a form of this one field makes of the words: the value, or the sentence in Chinese."""
    name = field.split(":", maxsplit=1)[0]
    form = made(ask(field))
    answers = read(form, {name: [words]}, FACTS, NAMES, NOW)
    if answers.errors:
        return answers.errors[name].zh
    return {**answers.facts, **answers.personal}.get(name, "—")


RIGHT = [
    ("outage: {}", "yes", True),
    ("outage: {}", "no", False),
    ("outage: {}", "unknown", "—"),
    ("households: {}", " １２０ ", Decimal(120)),
    ("households: {}", "1,000", Decimal(1000)),
    ("depth: {}", "0.5", Decimal("0.5")),
    ("kind: {}", "咨询", "咨询"),
    ("category: {}", "停水", "停水"),
    ("text: {}", " 一行\n两行 ", "一行 两行"),
    ("text: {as: textarea}", " 一行\r\n两行 ", "一行\n两行"),
    ("text: {}", " \u200b\u3000 ", "—"),
    ("caller_phone: {as: cn_mobile}", "+86 138-0000-0013", "13800000013"),
    ("caller_phone: {as: cn_mobile}", "１３８００００００１３", "13800000013"),
    ("caller_phone: {as: cn_phone}", "(0632) 3312345", "06323312345"),
    ("caller_phone: {as: cn_phone}", "13800000013", "13800000013"),
    ("caller_id: {as: cn_id}", "11010519491231002x", "11010519491231002X"),
    ("due_in: {as: date}", "2026-03-12", Decimal(10)),
    ("due_in: {as: date}", "2026-03-01", Decimal(-1)),
    ("began: {as: datetime}", "2026-03-02T11:30", Decimal(-30)),
    ("began: {as: datetime}", "2026-03-02 12:01", Decimal(1)),
]
WRONG = [
    ("outage: {}", "maybe", "请选“是”或“否”"),
    ("households: {}", "很多", "「很多」不是数字，请只写数字"),
    ("households: {}", "1e3", "「1e3」不是数字，请只写数字"),
    ("households: {}", "Infinity", "「Infinity」不是数字，请只写数字"),
    ("households: {}", "-1", "应当在 0 到 1000 之间，这里是 -1"),
    ("households: {max: 500}", "501", "应当在 0 到 500 之间，这里是 501"),
    ("households: {}", "1.5", "应当是整数，这里是 1.5"),
    ("depth: {}", "0.55", "最多 1 位小数，这里是 0.55"),
    ("depth: {}", "-1", "应当不小于 0，这里是 -1"),
    ("kind: {}", "咨洵", "没有「咨洵」这个选项，是不是「咨询」？"),
    ("category: {}", "<script>", "没有「<script>」这个选项，可用：公用事业、供水、停水、供电、噪声"),
    ("caller_phone: {as: cn_mobile}", "12800000013", "不是手机号；手机号是 1 开头的 11 位数字，请核对"),
    ("caller_phone: {as: cn_mobile}", "06323312345", "不是手机号；手机号是 1 开头的 11 位数字，请核对"),
    ("caller_phone: {as: cn_phone}", "3312345", "不是手机号，也不是带区号的座机号，请核对"),
    ("caller_id: {as: cn_id}", "110105194912310021", "身份证号不对；应当是 18 位，请逐位核对"),
    ("caller_id: {as: cn_id}", "110105194913310020", "身份证号不对；应当是 18 位，请逐位核对"),
    ("due_in: {as: date}", "2026-02-30", "不是日期，请写成 2026-01-31 这样"),
    ("due_in: {as: date}", "2020-01-01", "应当在 -400 到 400 之间，这里是 -2252"),
    ("began: {as: datetime}", "昨天", "不是日期时间，请写成 2026-01-31T08:30 这样"),
    ("text: {}", "a\x00b", "含有无法保存的字符，请重新输入"),
    ("text: {}", "长" * 201, "有 201 个字，最多 200 个，请写短些"),
]


@pytest.mark.parametrize(("field", "words", "value"), RIGHT + WRONG)
def test_what_is_typed_is_read_or_said_to_be_wrong(field: str, words: str, value: FactValue) -> None:
    assert one(field, words) == value


def test_everything_missing_is_said_at_once_and_only_what_is_visible() -> None:
    assert {name: why.zh for name, why in typed().errors.items()} == {"text": "还没有填，请填写"}
    assert set(typed(text="没水", category="停水").errors) == {"outage"}
    assert set(typed(text="没水", category="停水", outage="yes").errors) == {"households"}
    assert typed(text="没水", category="停水", outage="yes", households="60").whole


def test_a_hidden_answer_is_no_fact_and_is_kept_by_name() -> None:
    answers = typed(text="太吵", category="噪声", outage="yes", households="很多")
    assert answers.whole  # what is hidden is not even read
    assert answers.facts == {"text": "太吵", "category": "噪声"}
    assert answers.hidden == ("outage", "households")


def test_a_name_the_form_does_not_have_is_no_fact() -> None:
    answers = typed(text="没水", area="示范区", source="电话", special="yes")
    assert set(answers.facts) == {"text"}
    assert answers.strange == ("area", "source", "special")


def test_a_wrong_answer_is_unknown_to_what_hangs_on_it() -> None:
    assert "households" not in typed(text="没水", category="停水", outage="perhaps").shown.visible


def test_personal_facts_are_kept_apart_from_those_for_the_rules() -> None:
    answers = typed(text="没水", caller_phone="138 0000 0013")
    assert "caller_phone" not in answers.facts
    assert answers.personal == {"caller_phone": "13800000013"}


def test_several_boxes_are_several_yes_no_facts_and_none_ticked_is_unknown() -> None:
    assert "danger" not in typed(text="a").facts
    assert typed(text="a", flags=["danger"]).facts == {"text": "a", "danger": True, "vulnerable": False}
    assert typed(text="a", flags=["none"]).facts == {"text": "a", "danger": False, "vulnerable": False}
    assert "就不能再选别的" in typed(text="a", flags=["none", "danger"]).errors["flags"].zh
    assert "没有「outage」这一项" in typed(text="a", flags=["outage"]).errors["flags"].zh


VALUES = {
    "text": st.text(st.characters(codec="utf-8"), max_size=30),
    "kind": st.sampled_from(["咨询", "投诉", "求", ""]),
    "category": st.sampled_from(["停水", "噪声", "供水", "x"]),
    "outage": st.sampled_from(["yes", "no", "unknown", "?"]),
    "households": st.one_of(st.integers(-5, 600).map(str), st.text(max_size=4)),
    "caller_phone": st.text(st.sampled_from("138 0-+86"), max_size=16),
    "area": st.just("示范区"),
}


@settings(max_examples=300, deadline=None)
@given(st.fixed_dictionaries({}, optional=VALUES))
def test_whatever_is_typed_only_fields_in_sight_become_facts(raw: dict[str, str]) -> None:
    answers = typed(**raw)
    given_facts = set(answers.facts) | set(answers.personal)
    in_sight = {name for one in FORM.fields() if one[1].id in answers.shown.visible for name in one[1].facts}
    assert given_facts <= in_sight
    assert set(answers.errors) <= set(answers.shown.visible)
    assert not set(answers.hidden) & set(answers.shown.visible)
    # typing in again what was understood is understood the same
    again = read(FORM, typed_in(FORM, {**answers.facts, **answers.personal}), FACTS, NAMES, NOW)
    assert (again.facts, again.personal) == (answers.facts, answers.personal)
    assert visible(FORM, answers.facts, FACTS, NAMES).visible == answers.shown.visible
