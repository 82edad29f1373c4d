"""Two processes at one replay: whoever lost its lease adds nothing to what the other finds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.folder import Loaded
from insights.replay_run import Progress, Result, Sink, Window
from tests.cli.installation import seeded
from tests.databases import shut
from tests.tickets.fakes import FixedClock
from tickets.actions import draft_edit
from tickets.ports import Desk
from tickets.store import drafts, releases, runs
from tickets.store.draft_models import ReplayRun
from tickets.store.runs import ChangedTicket
from wiring import draft_work, rulebook
from wiring.desk import Parts, open_parts
from wiring.settings import load

__all__ = ["seeded"]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PATH = "rules/dispatch/utilities.yaml"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def parts(seeded: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Parts]:
    shutil.copy(seeded, tmp_path / "suda.sqlite3")
    opened = open_parts(load({"SUDA_HOME": str(tmp_path)}), clock=clock)
    yield opened
    opened.book.close()
    shut()


def asked(parts: Parts) -> int:
    """A draft with one change, and a replay of it that waits."""
    tree = rulebook.tree_on_disk(parts.settings)
    draft = draft_edit.start(NOON, "zhengce", "周敏", "试")
    draft_edit.save(draft, PATH, tree[PATH] + "# 注\n", seen=releases.sha_of(tree[PATH]), base=tree[PATH], at=NOON, who="zhengce", who_name="周敏")
    info = drafts.draft(draft)
    assert info is not None
    return runs.ask_replay(draft, info.hash, releases.tree_hash(tree), (NOON - timedelta(days=1), NOON), "zhengce", NOON)


def found(number: int) -> ChangedTicket:
    return ChangedTicket(number, f"20261122-{number:04}", ("unit",), {"unit": "水务局"}, {"unit": "住建局"}, "因", "why")


def replaying(meanwhile: Callable[[], object]) -> Callable[..., Result]:
    """A replay of three tickets that stands still for a while after the first."""

    def replay(_desk: Desk, _before: Loaded, _after: Loaded, _window: Window, *, progress: Progress, sink: Sink) -> Result:
        progress(0, 3)
        sink([found(1)])
        meanwhile()
        rest: Sequence[ChangedTicket] = [found(2), found(3)]
        sink(rest)
        progress(3, 3)
        return Result(total=3, changed=3, digest="d")

    return replay


def test_a_replay_that_lost_its_lease_adds_nothing_to_the_others(parts: Parts, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    run = asked(parts)

    def taken_over() -> None:
        clock.on(minutes=2)
        assert runs.claim(ReplayRun, "other", clock()) == run
        runs.add_changes(run, [found(1)])

    monkeypatch.setattr(draft_work, "replay", replaying(taken_over))
    assert draft_work.turn(parts.settings, parts.desk) == 1
    assert [one.ticket_id for one in runs.changed_tickets(run)] == [1]
    info = runs.replay_run(run)
    assert info is not None
    assert (info.state, info.hash) == ("running", "")
    assert runs.finish_replay(run, "other", clock(), done=3, changed=1, summary={}, hash_="h")


def test_a_replay_left_by_a_process_that_died_is_done_by_the_next_and_nothing_is_there_twice(
    parts: Parts, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asked(parts)
    assert runs.claim(ReplayRun, "dead", clock()) == run
    runs.add_changes(run, [found(1), found(2)])
    monkeypatch.setattr(draft_work, "replay", replaying(lambda: None))
    assert draft_work.turn(parts.settings, parts.desk) == 0
    clock.on(minutes=2)
    assert draft_work.turn(parts.settings, parts.desk) == 1
    assert [one.ticket_id for one in runs.changed_tickets(run)] == [1, 2, 3]
    info = runs.replay_run(run)
    assert info is not None
    assert (info.state, info.changed) == ("done", 3)


def test_a_fault_of_the_program_ends_the_run_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise it would be taken up again after each lease, and the page would wait for ever."""
    failed: list[str] = []
    monkeypatch.setattr(draft_work.runs, "claim", lambda *_: 7)
    monkeypatch.setattr(draft_work.runs, "check_run", lambda _: SimpleNamespace(draft_id=1, hash="h"))
    monkeypatch.setattr(draft_work.runs, "fail", lambda _kind, run, _token, _at, why: failed.append(f"{run} {why}"))

    def broken(_id: int) -> None:
        raise KeyError("x")

    monkeypatch.setattr(draft_work.drafts, "draft", broken)
    with pytest.raises(KeyError):
        draft_work._check_one(load({}), SimpleNamespace(clock=lambda: datetime(2026, 11, 22, tzinfo=UTC)))  # type: ignore[arg-type]
    assert len(failed) == 1
    assert failed[0].startswith("7 程序出错（KeyError）")
