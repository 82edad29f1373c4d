"""What the pages and the jobs process ask about releases, on SQLite and on PostgreSQL: no more queries for a longer history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.databases import counted
from tests.tickets.test_drafts import NOW, ON_DISK, ROADS, begun, checked, published, replayed, sha, write
from tickets.actions import draft_decide
from tickets.store import drafts, releases, runs

LATE = NOW + timedelta(days=30)
READS: dict[str, tuple[int, Callable[[], object]]] = {
    "listed": (1, releases.listed),
    "by_number": (1, lambda: releases.by_number(2)),
    "current": (1, lambda: releases.current(LATE)),
    "waiting": (1, lambda: releases.waiting(NOW)),
    "standing_before": (1, lambda: releases.standing_before(2)),
    "versions_of": (1, lambda: releases.versions_of("dispatch")),
    "last_number": (1, lambda: releases.last_number("dispatch")),
    "last_numbers": (1, releases.last_numbers),
    "release_of": (1, lambda: releases.release_of("dispatch", "none")),
    "listed with what each changed": (3, lambda: releases.changed_paths(releases.listed())),
    "a turn of the jobs process": (1, lambda: draft_decide.mark_effective(LATE)),
}


def a_history(length: int) -> None:
    """That many releases after the first, an hour apart."""
    for hour in range(length):
        at = NOW + timedelta(hours=hour)
        published(f"new: {hour}\n", tree=releases.in_force_files(at) or ON_DISK, at=at)


@pytest.mark.parametrize("name", READS)
def test_a_longer_history_costs_no_more_queries(database: str, name: str) -> None:
    most, read = READS[name]
    a_history(4)
    with counted() as said:
        read()
    assert len(said) == most, said


def test_of_each_release_what_it_changed_against_the_standing_one_before(database: str) -> None:
    a_history(2)
    called_off = published("gone: 1\n", tree=releases.in_force_files(LATE) or {}, at=LATE, effective=LATE + timedelta(days=1))
    draft_decide.call_off(called_off, "何立群", LATE)
    last = draft_decide.roll_back(2, {"dispatch": "v1"}, who="shenpi", who_name="何立群", why="误派", at=LATE)
    assert releases.changed_paths(releases.listed()) == {1: (), 2: (ROADS,), 3: (ROADS,), called_off: (ROADS,), last: (ROADS,)}
    before = releases.standing_before(last)
    assert before is not None
    assert before.number == 3, "the one that was called off does not count"


def test_a_scheduled_release_in_force_by_now_publishes_its_draft_once(database: str) -> None:
    published(effective=NOW + timedelta(days=1))
    assert draft_decide.mark_effective(NOW) == 0
    assert (draft_decide.mark_effective(LATE), draft_decide.mark_effective(LATE)) == (1, 0)


def test_the_last_number_of_a_set_that_was_never_published_is_none(database: str) -> None:
    assert (releases.last_number("dispatch"), releases.last_numbers()) == (None, {})
    published()
    assert (releases.last_number("dispatch"), releases.last_numbers()) == (2, {"dispatch": 2})


def test_a_list_of_drafts_costs_the_same_for_one_and_for_many(database: str) -> None:
    def read() -> list[str]:
        with counted() as said:
            found = drafts.drafts(everything=True)
            ids = [one.id for one in found]
            checks, replays = runs.last_checks(ids), runs.last_replays(ids)
        for one in found:
            assert one == drafts.draft(one.id)
            assert (checks.get(one.id), replays.get(one.id)) == (runs.last_check(one.id), runs.last_replay(one.id))
        return said

    assert len(read()) == 4
    a_history(3)
    empty = begun("没有改动")
    write(begun("检查过两次"), "new: 9\n", sha(ON_DISK[ROADS]))
    for draft in (empty, empty + 1):
        checked(draft)
        checked(draft)
    replayed(empty)
    assert len(read()) == 4
