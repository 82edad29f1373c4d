from __future__ import annotations

import pytest

from notifications.masking import mask_number, without_numbers


@pytest.mark.parametrize(
    ("number", "shown"),
    [("19900001234", "199****1234"), ("+8619900001234", "+86****1234"), ("1234567", "*******"), ("", "")],
)
def test_the_middle_of_a_number_is_hidden(number: str, shown: str) -> None:
    assert mask_number(number) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话19900001234请回", "电话****请回"),
        ("电话 199-0000-1234 请回", "电话 **** 请回"),
        ("电话１９９００００１２３４", "电话****"),  # full width
        ("3号楼2单元501室", "3号楼2单元501室"),
        ("停水3天，12户", "停水3天，12户"),
        ("身份证110101199001011234", "身份证****"),
        ("", ""),
    ],
)
def test_long_runs_of_digits_are_hidden_and_house_numbers_stay(text: str, shown: str) -> None:
    assert without_numbers(text) == shown
