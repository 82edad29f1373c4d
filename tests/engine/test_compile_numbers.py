"""Numbers keep their order on the line of whole numbers, however fine or far they are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compile_numbers import EXACT, code, digits_after_point, fits

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)
thresholds = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3)


@given(numbers, thresholds)
def test_a_number_stands_to_a_threshold_as_its_code_does(number: Decimal, threshold: Decimal) -> None:
    assert fits(threshold, 3)
    assert (code(number, 3) < code(threshold, 3), code(number, 3) == code(threshold, 3)) == (number < threshold, number == threshold)


EDGES = [
    ("0.1", "0.10000000000000000000000000000001"),  # finer than any threshold
    ("-0.1", "-0.09999999999999999999999999999999"),
    ("-1e-30", "0"),
    ("9e13", "1e400"),  # beyond every threshold, in either direction
    ("-1e400", "-9e13"),
    ("20", "20.01"),
]


@pytest.mark.parametrize(("less", "more"), EDGES)
def test_a_hair_makes_a_difference(less: str, more: str) -> None:
    assert code(Decimal(less), 1) < code(Decimal(more), 1)
    assert -EXACT < code(Decimal(less), 1) < code(Decimal(more), 1) < EXACT


def test_whole_numbers_and_decimals_have_the_same_code() -> None:
    assert code(7, 2) == code(Decimal("7.00"), 2) == 1400
    assert code(-(10**40), 2) == 1 - EXACT


def test_idle_zeros_need_no_places() -> None:
    assert [digits_after_point(Decimal(text)) for text in ("0.50", "20", "2E+3", "0.000", "1.25")] == [1, 0, 0, 0, 2]


def test_a_threshold_beyond_exactness_does_not_fit() -> None:
    assert fits(Decimal(2**51), 0)
    assert not fits(Decimal(2**53), 0)
    assert not fits(Decimal("0.001"), 2)
