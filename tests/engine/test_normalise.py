"""Text is made comparable the same way everywhere, and highlights find their way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import normalise

CASES = [
    ("停 水", "停水"),
    ("停\u3000水\n", "停水"),  # ideographic space, line break
    ("ＷｉＦｉ", "wifi"),  # full width
    ("①号楼", "1号楼"),  # NFKC
    ("停\u200b水\ufeff", "停水"),  # zero-width space, byte order mark
    ("E\u0301tage", "étage"),  # an accent of its own joins its letter
    ("", ""),
]


@pytest.mark.parametrize(("raw", "expected"), CASES)
def test_text_loses_width_case_and_white_space(raw: str, expected: str) -> None:
    assert normalise.text(raw) == expected


@given(st.text())
def test_the_mapped_text_is_the_text(raw: str) -> None:
    mapped = normalise.spans(raw)
    assert mapped.text == normalise.text(raw)
    assert len(mapped.starts) == len(mapped.ends) == len(mapped.text)
    assert all(0 <= start < end <= len(raw) for start, end in zip(mapped.starts, mapped.ends, strict=True))


def test_a_highlight_covers_the_words_as_they_were_written() -> None:
    raw = "三号楼 停\u3000水 通知，ＷＩＦＩ也断了"
    mapped = normalise.spans(raw)
    assert [raw[start:end] for start, end in mapped.find("停水")] == ["停\u3000水"]
    assert [raw[start:end] for start, end in mapped.find("wifi")] == ["ＷＩＦＩ"]
    assert mapped.find("停电") == ()


def test_a_place_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="规范化文本"):
        normalise.spans("停水").span(1, 3)
