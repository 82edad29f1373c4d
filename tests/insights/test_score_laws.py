"""Laws of the figures, whatever the tickets: bounds, half-up, parts that add up to the whole, and a text from which everything can be made again."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from insights.rates import INDICATORS, Case, Rates
from insights.scores import read_back, written
from tickets.domain.period import month
from tickets.domain.score_sheet import Scored, middle
from tickets.store.rate_rows import Who
from tickets.store.score_subjects import Subject, Subjects

OCTOBER = month("2026-10")
PEOPLE = Subjects(
    {key: Subject(key, f"单位{key}", "部门", key, "区直部门") for key in (1, 2)},
    {key: Subject(key, f"科室{key}", "部门科室", key % 2 + 1, "区直部门") for key in (3, 4)},
    {key: Subject(key, f"承办{key}", "承办人", 1, "区直部门") for key in (1, 2, 3)},
)
one_case = st.builds(
    lambda ticket, section, person, good, amount: Case(Who(ticket, section, person, "", ""), section % 2 + 1, good, Decimal(amount)),
    st.integers(1, 30), st.sampled_from((3, 4)), st.sampled_from((1, 2, 3)), st.booleans(), st.integers(0, 10**12),
)  # fmt: skip
figures = st.dictionaries(st.sampled_from(sorted(INDICATORS)), st.lists(one_case, max_size=25, unique_by=lambda case: case.who.ticket).map(tuple))


@settings(max_examples=25)
@given(figures)
def test_rates_lie_between_nought_and_a_hundred_and_are_rounded_half_up(cases: dict[str, tuple[Case, ...]]) -> None:
    for name, figure in Rates(OCTOBER, cases).figures().items():
        if figure.indicator.form != "rate":
            continue
        assert (figure.value is None) == (figure.total == 0), name
        if figure.value is not None:
            exact = Fraction(figure.good * 100, figure.total)
            assert 0 <= figure.value <= 100
            assert figure.value == (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


@settings(max_examples=25)
@given(figures, st.sets(st.integers(1, 30)))
def test_parts_add_up_to_the_whole_and_what_is_left_out_leaves_both_sides(cases: dict[str, tuple[Case, ...]], gone: set[int]) -> None:
    rates = Rates(OCTOBER, cases)
    for key in ("unit", "section", "person"):
        parts = rates.by(key)
        for name in INDICATORS:
            whole = rates.figure(name)
            assert sum(part.figure(name).total for part in parts.values()) == whole.total
            assert sum(part.figure(name).good for part in parts.values()) == whole.good
    fewer = rates.without({"all": gone})
    for name, figure in rates.figures().items():
        assert set(fewer.figure(name).tickets) == set(figure.tickets) - gone
        assert set(fewer.figure(name).above) == set(figure.above) - gone


@settings(max_examples=25)
@given(figures)
def test_the_text_that_is_frozen_gives_the_same_figures_and_the_same_text(cases: dict[str, tuple[Case, ...]]) -> None:
    rates = Rates(OCTOBER, cases)
    text = written(rates, PEOPLE)
    again, people = read_back(text)
    assert written(again, people) == text
    assert again.facts() == rates.facts()
    assert {key: part.facts() for key, part in again.by("person").items()} == {key: part.facts() for key, part in rates.by("person").items()}


@given(st.lists(st.decimals(-100, 200, places=2), max_size=9))
def test_the_median_lies_among_those_who_were_scored(totals: list[Decimal]) -> None:
    scores = [Scored("单位", n, "", "", n, {}, {}, {}, (), (), total, withheld=n % 3 == 2) for n, total in enumerate(totals)]
    counted = [one.total for one in scores if not one.withheld]
    found = middle(scores)
    assert (found is None) == (not counted)
    if found is not None:
        assert min(counted) <= found <= max(counted)
