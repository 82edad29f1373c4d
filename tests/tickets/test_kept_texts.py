"""Texts kept by hash: what was read is not asked for again, and memory does not grow without end."""

from __future__ import annotations

from tests.databases import counted
from tests.tickets.test_drafts import NOW, ON_DISK, ROADS, published
from tickets.store import releases
from tickets.store.kept_texts import KeptTexts


def test_what_was_not_used_for_longest_makes_room() -> None:
    kept = KeptTexts(10)
    kept.add({"a": "1234", "b": "5678"})
    assert kept.among(["a", "none"]) == {"a": "1234"}
    kept.add({"c": "90"})
    assert kept.among("abc") == {"a": "1234", "b": "5678", "c": "90"}
    kept.among("a")
    kept.add({"d": "x"})
    assert kept.among("abcd") == {"a": "1234", "c": "90", "d": "x"}


def test_a_text_larger_than_all_room_is_not_kept_and_one_added_twice_counts_once() -> None:
    kept = KeptTexts(10)
    for _ in range(5):
        kept.add({"a": "12345"})
    kept.add({"b": "12345"})
    assert kept.among("ab") == {"a": "12345", "b": "12345"}
    kept.add({"large": "x" * 11})
    assert kept.among(["large"]) == {}


def test_a_releases_files_are_read_from_the_database_once(database: str) -> None:
    published("kept: 1\n")
    assert releases.in_force_files(NOW) == {**ON_DISK, ROADS: "kept: 1\n"}
    with counted() as said:
        assert releases.in_force_files(NOW) == {**ON_DISK, ROADS: "kept: 1\n"}
    assert len(said) == 2, "which release, and which files; their texts are known"
