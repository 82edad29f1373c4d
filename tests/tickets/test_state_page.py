"""The page and the drawing of statuses say what the table says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tickets.domain import state_page
from tickets.domain.status import MOVES, STATUSES

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_and_the_drawing_in_docs_are_of_todays_table() -> None:
    assert (DOCS / "states.md").read_text(encoding="utf-8") == state_page.page(), "run: python -m tickets.domain.state_page docs"
    assert (DOCS / "states.svg").read_text(encoding="utf-8") == state_page.drawing()


def test_every_status_and_every_move_is_drawn() -> None:
    drawn = state_page.drawing()
    assert all(f">{status}</text>" in drawn for status in STATUSES)
    words = {name for label in re.findall(r'class="n"[^>]*>([^<]+)<', drawn) for name in label.split("、")}
    assert words == set(MOVES)


def test_a_new_status_without_a_place_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STATUSES, "搁置", "laid aside")
    with pytest.raises(LookupError, match="搁置"):
        state_page.drawing()
