"""A message's length is what a gateway bills."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.sms_length import Length, measure


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", Length(0, "GSM-7", 1, 160)),
        ("a" * 160, Length(160, "GSM-7", 1, 0)),
        ("a" * 161, Length(161, "GSM-7", 2, 145)),
        ("€" * 80, Length(160, "GSM-7", 1, 0)),
        ("停" * 70, Length(70, "UCS-2", 1, 0)),
        ("停" * 71, Length(71, "UCS-2", 2, 63)),
        ("停" * 134, Length(134, "UCS-2", 2, 0)),
        ("停" * 135, Length(135, "UCS-2", 3, 66)),
        ("😀" * 35, Length(70, "UCS-2", 1, 0)),
        ("😀" * 36, Length(72, "UCS-2", 2, 61)),  # 33 in the first part: the 34th would straddle
        ("a" * 69 + "停", Length(70, "UCS-2", 1, 0)),
    ],
)
def test_known_lengths(text: str, length: Length) -> None:
    assert measure(text) == length


@given(st.text(max_size=400), st.text(max_size=5))
def test_a_longer_text_is_never_fewer_segments(text: str, more: str) -> None:
    assert measure(text + more).segments >= measure(text).segments
    assert measure(text).left >= 0
