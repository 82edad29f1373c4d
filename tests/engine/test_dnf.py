"""A condition written out as alternatives is true exactly when the condition is, unknowns included."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import reference
from engine.condition import ALWAYS, All, AnyOf, Condition, NoneOf, Test
from engine.dnf import MOST, Literal, TooWide, Want, expand, of_rule

A, B, C = (Test(name, "eq", True) for name in "abc")
leaves = st.sampled_from([A, B, C, Test("a", "eq", False), Test("b", "missing", True), Test("c", "missing", False)])
conditions = st.recursive(
    leaves, lambda inner: st.builds(lambda box, parts: box(tuple(parts)), st.sampled_from([All, AnyOf, NoneOf]), st.lists(inner, max_size=3)), max_leaves=8
)
VALUES: list[bool | None] = [True, False, None]


def answer(condition: Condition, facts: dict[str, bool | None]) -> bool | None:
    if isinstance(condition, Test):
        actual = facts[condition.fact]
        if condition.op == "missing":
            return (actual is None) == condition.value
        return None if actual is None else actual == condition.value
    parts = [answer(part, facts) for part in condition.parts]
    if isinstance(condition, All):
        return reference.both(parts)
    found = reference.either(parts)
    return found if isinstance(condition, AnyOf) else reference.opposite(found)


def holds(literal: Literal, facts: dict[str, bool | None]) -> bool:
    verdict = answer(Test(literal.fact, literal.op, literal.value), facts)  # type: ignore[arg-type]
    return {
        Want.TRUE: verdict is True,
        Want.FALSE: verdict is False,
        Want.NOT_TRUE: verdict is not True,
        Want.NOT_FALSE: verdict is not False,
    }[literal.want]


@given(conditions, st.sampled_from(list(Want)))
def test_the_alternatives_hold_exactly_when_the_condition_is_as_wanted(condition: Condition, want: Want) -> None:
    ways = expand(condition, want)
    for values in product(VALUES, repeat=3):
        facts = dict(zip("abc", values, strict=True))
        verdict = answer(condition, facts)
        wanted = {
            Want.TRUE: verdict is True,
            Want.FALSE: verdict is False,
            Want.NOT_TRUE: verdict is not True,
            Want.NOT_FALSE: verdict is not False,
        }[want]
        assert any(all(holds(literal, facts) for literal in way) for way in ways) == wanted


def test_no_condition_is_always_and_an_empty_any_is_never() -> None:
    assert of_rule(ALWAYS) == ((),)
    assert of_rule(AnyOf(())) == ()


def test_an_unknown_unless_does_not_stop() -> None:
    assert [literal.want for literal in of_rule(A, B)[0]] == [Want.TRUE, Want.NOT_TRUE]


def test_none_wants_what_is_known_to_be_false() -> None:
    assert [literal.want for literal in of_rule(NoneOf((A, B)))[0]] == [Want.FALSE, Want.FALSE]


def test_repeats_contradictions_and_longer_alternatives_go() -> None:
    assert len(of_rule(AnyOf((A, A, All((A, B)), All((B, C, NoneOf((B,)))))))) == 1


def test_a_condition_of_64_alternatives_passes_and_one_more_is_too_wide() -> None:
    wide = AnyOf(tuple(Test(f"f{number}", "eq", True) for number in range(MOST)))
    assert len(of_rule(wide)) == MOST
    with pytest.raises(TooWide, match="请拆成几条规则"):
        of_rule(AnyOf((*wide.parts, A)))


def test_an_explosion_is_refused_before_it_fills_the_memory() -> None:
    boxes = tuple(AnyOf(tuple(Test(f"f{row}_{column}", "eq", True) for column in range(9))) for row in range(12))
    with pytest.raises(TooWide):
        of_rule(All(boxes))


def test_true_one_and_the_number_one_are_different_questions() -> None:
    assert len(of_rule(AnyOf((Test("a", "eq", True), Test("a", "eq", "True"))))) == 2
