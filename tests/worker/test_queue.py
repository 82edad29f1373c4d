from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue

import pytest

from worker.queue import PlainSerializer, open_queue


@pytest.fixture(params=["sqlite", "redis"])
def kind(request: pytest.FixtureRequest) -> str:
    """The setting `queue`: each kind that may be set."""
    return "sqlite" if request.param == "sqlite" else str(request.getfixturevalue("broker"))


def test_ids_handed_over_by_one_process_reach_the_other(kind: str, tmp_path: Path) -> None:
    got: SimpleQueue[list[int]] = SimpleQueue()

    def deliver(ids: Sequence[int]) -> None:
        got.put(list(ids))

    worker = open_queue(kind, tmp_path, deliver)
    consumer = worker.consumer()
    for _, thread in consumer.worker_threads:
        thread.start()
    try:
        open_queue(kind, tmp_path).nudge([3, 5])
        assert got.get(timeout=10) == [3, 5]
    finally:
        consumer.stop_flag.set()


def test_nothing_is_queued_for_nothing(kind: str, tmp_path: Path) -> None:
    queue = open_queue(kind, tmp_path)
    queue.nudge([])
    assert queue.huey.storage.queue_size() == 0


def test_a_queue_that_cannot_be_written_to_costs_no_more_than_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = open_queue("sqlite", tmp_path)
    queue.huey.storage.close()

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(queue.huey.storage, "enqueue", broken)
    queue.nudge([1])
    assert queue.huey.storage.queue_size() == 0


def test_a_redis_that_is_away_costs_no_more_than_a_warning(tmp_path: Path) -> None:
    open_queue("redis://127.0.0.1:1/0", tmp_path).nudge([1])


def test_the_queue_holds_plain_json(kind: str, tmp_path: Path) -> None:
    queue = open_queue(kind, tmp_path)
    queue.nudge([7])
    (blob,) = queue.huey.storage.enqueued_items()
    assert [7] in json.loads(bytes(blob))[6]
    with pytest.raises(ValueError, match="Expecting"):
        PlainSerializer().deserialize(b"cos\nsystem\n(S'true'\ntR.")
