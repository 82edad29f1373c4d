"""The bar of long work."""

from __future__ import annotations

import io

from cli.progress import track


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_drawn_into_a_pipe() -> None:
    pipe = io.StringIO()
    assert list(track([1, 2, 3], 3, "派单", pipe)) == [1, 2, 3]
    assert pipe.getvalue() == ""


def test_a_bar_is_drawn_on_a_terminal_and_wiped_at_the_end() -> None:
    screen = Terminal()
    assert list(track(range(3), 3, "派单", screen)) == [0, 1, 2]
    assert "派单 " in screen.getvalue()
    assert "0/3 0%" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_an_unknown_total_draws_too() -> None:
    screen = Terminal()
    list(track([], 0, "派单", screen))
    assert "0/0 100%" in screen.getvalue()
