"""Many screens, one computation; and nobody sees yesterday's answer."""

from __future__ import annotations

from web.recent import MOST, Recent


def test_the_same_stamp_is_answered_once_and_a_new_one_afresh() -> None:
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word

    recent: Recent[str] = Recent()
    assert [recent.get("all", 1, lambda: make("a")), recent.get("all", 1, lambda: make("b"))] == ["a", "a"]
    assert recent.get("all", 2, lambda: make("c")) == "c"
    assert recent.get("unit 7", 2, lambda: make("d")) == "d"
    assert recent.get("all", 1, lambda: make("e")) == "e"
    assert made == ["a", "c", "d", "e"]


def test_keys_do_not_pile_up() -> None:
    recent: Recent[int] = Recent()
    for key in range(MOST + 5):
        recent.get(key, 0, lambda: 0)
    assert recent.get(MOST + 4, 0, lambda: 1) == 0
    assert recent.get(0, 0, lambda: 1) == 1
