"""What is asked with which answers: Kleene's logic, order, and hidden answers that never become facts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.facts import Facts
from forms.form import Form
from forms.load import from_canonical, load_text
from forms.show import visible
from tests.forms.words import CATEGORIES, FACTS, HEAD, NAMES, TESTED, WORDS, ask, made

FORM = made(
    ask("text: {required: true}", "category")
    + ask("outage: {required: true}", "households: {show_if: {outage: true}, required: true}", show_if="{any: [{category: 供水}, {text: {has_any: [停水]}}]}")
    + ask("depth: {show_if: {households: {gte: 10}}}")
)


def seen(form: Form = FORM, known: Facts | None = None, **answers: object) -> tuple[str, ...]:
    return visible(form, answers, FACTS, NAMES, known or {}).visible  # type: ignore[arg-type]


def test_an_unknown_answer_shows_nothing_that_hangs_on_it() -> None:
    assert seen() == ("text", "category")
    assert seen(text="没事") == ("text", "category")  # the text is no hit, the category unknown: unknown, and unknown is not enough


def test_a_true_condition_shows_its_page_and_a_node_stands_for_what_lies_beneath() -> None:
    assert seen(category="停水") == seen(text="昨天停 水了") == ("text", "category", "outage")
    assert seen(category="供水", outage=True) == ("text", "category", "outage", "households")
    assert seen(category="供水", outage=False) == ("text", "category", "outage")


def test_a_hidden_answer_is_no_fact_and_takes_with_it_what_hung_on_it() -> None:
    answers: Facts = {"category": "噪声", "outage": True, "households": 30, "depth": 2}
    shown = visible(FORM, answers, FACTS, NAMES)
    assert shown.visible == ("text", "category")
    assert shown.facts == {"category": "噪声"}
    assert dict(shown.set_aside) == {"outage": True, "households": 30, "depth": 2}
    assert set(shown.hidden) == {"outage", "households", "depth"}


def test_required_holds_only_while_visible() -> None:
    assert visible(FORM, {}, FACTS, NAMES).required == ("text",)
    assert visible(FORM, {"category": "供水", "outage": True}, FACTS, NAMES).required == ("text", "outage", "households")


def test_what_is_known_beforehand_counts_but_never_in_place_of_an_answer() -> None:
    form = made(ask("kind", "outage: {show_if: {all: [{source: 电话}, {kind: 投诉}]}}"))
    assert seen(form, {"source": "电话"}, kind="投诉") == ("kind", "outage")
    assert seen(form, {"source": "电话", "kind": "投诉"}) == ("kind",)  # the form asks the kind itself: only its answer counts
    assert seen(form, kind="投诉") == ("kind",)


def test_none_over_an_unknown_answer_does_not_show() -> None:
    form = made(ask("kind", "outage: {show_if: {none: [{kind: 咨询}]}}"))
    assert seen(form) == ("kind",)
    assert seen(form, kind="投诉") == ("kind", "outage")


def test_the_reason_is_kept_with_what_is_shown() -> None:
    page = visible(FORM, {"category": "停水"}, FACTS, NAMES).pages[1]
    assert page.because is not None
    assert page.because.verdict is True
    assert page.number == 2


# ---- generated forms ----
NAMED = ("text", "kind", "category", "outage", "danger", "households", "depth")
TESTS = {
    "text": st.sampled_from(["{text: {has_any: [停水]}}", "{text: {has_all: [停, 水]}}", "{text: {missing: true}}"]),
    "kind": st.sampled_from(["{kind: 咨询}", "{kind: [咨询, 投诉]}", "{kind: {ne: 求助}}"]),
    "category": st.sampled_from(["{category: 供水}", "{category: {ne: 公用事业}}", "{category: [噪声, 供电]}"]),
    "outage": st.sampled_from(["{outage: true}", "{outage: false}", "{outage: {missing: false}}"]),
    "danger": st.sampled_from(["{danger: true}", "{danger: false}"]),
    "households": st.sampled_from(["{households: {gte: 10}}", "{households: {lt: 3}}", "{households: 7}"]),
    "depth": st.sampled_from(["{depth: {gt: 0.5}}", "{depth: {lte: 0.5}}"]),
}
VALUES = {
    "text": st.sampled_from(["停水", "停电 水", "没事"]),
    "kind": st.sampled_from(["咨询", "投诉", "求助"]),
    "category": st.sampled_from(sorted(CATEGORIES.nodes)),
    "outage": st.booleans(),
    "danger": st.booleans(),
    "households": st.integers(0, 20),
    "depth": st.sampled_from([0, 1, 2]),
}


@st.composite
def conditions(draw: st.DrawFn, facts: tuple[str, ...]) -> str:
    parts = draw(st.lists(st.one_of([TESTS[fact] for fact in facts]), min_size=1, max_size=3))
    box = draw(st.sampled_from(["all", "any", "none"]))
    return f"{{{box}: [{', '.join(parts)}]}}"


@st.composite
def form_texts(draw: st.DrawFn) -> str:
    """A form of two to seven fields on up to four pages, whose conditions ask only what was asked before."""
    order = draw(st.permutations(NAMED))[: draw(st.integers(2, 7))]
    pages: list[list[str]] = [[]]
    heads = [""]
    for place, name in enumerate(order):
        before = tuple(order[:place])
        if before and draw(st.booleans()):
            pages.append([])
            heads.append(draw(conditions(before)) if draw(st.booleans()) else "")
        shown = f"show_if: {draw(conditions(before))}, " if before and draw(st.booleans()) else ""
        pages[-1].append(f"{name}: {{{shown}required: {'true' if draw(st.booleans()) else 'false'}}}")
    return HEAD + "pages:\n" + "".join(ask(*fields, show_if=head) for fields, head in zip(pages, heads, strict=True)) + TESTED


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_generated_forms_hide_or_show_every_field_and_no_hidden_answer_is_a_fact(data: st.DataObject) -> None:
    text = data.draw(form_texts())
    form, findings = load_text(text, "forms/x.yaml", WORDS)
    assert form is not None, findings
    answers = data.draw(st.fixed_dictionaries({}, optional=VALUES))
    shown = visible(form, answers, FACTS, NAMES)
    asked = [one.id for _, one in form.fields()]
    assert sorted(shown.visible + shown.hidden) == sorted(asked)
    assert not set(shown.facts) & set(shown.hidden)
    assert set(shown.required) <= set(shown.visible)
    assert {**shown.facts, **shown.set_aside} == {name: value for name, value in answers.items() if name in asked}
    # answers out of sight change nothing: without them the same is seen
    assert visible(form, shown.facts, FACTS, NAMES).visible == shown.visible
    again = from_canonical(form.canonical, WORDS, form.file)
    assert again is not None
    assert (again.version, again.canonical) == (form.version, form.canonical)
    assert visible(again, answers, FACTS, NAMES).visible == shown.visible
