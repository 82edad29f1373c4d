"""The queue: carries the ids of messages to the worker so that they leave at once. What it loses, the delivery loop finds anyway."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

_log = structlog.get_logger("worker.queue")
NAME = "suda"
# With Huey's standard of 10 s an idle queue was seen to start a job 8.5 s late.
LONGEST_WAIT = 0.2
SLOWEST = 3.0  # seconds Redis may take for an answer


class PlainSerializer(Serializer):  # type: ignore[misc]
    """Jobs as JSON: reading a queue file somebody else wrote can never run code, as Huey's pickles could."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(bytes(data)))


def _sqlite(home: Path) -> Huey:
    home.mkdir(parents=True, exist_ok=True)
    # No fsync: after a power cut the messages are still owed in the database.
    return SqliteHuey(NAME, filename=str(home / "queue.sqlite3"), results=False, serializer=PlainSerializer(), fsync=False)


def _redis(url: str) -> Huey:
    # Time-outs: a page that hands over an id must not hang on a Redis that is away. A worker waits for an id a second at a time.
    pool = ConnectionPool.from_url(url, socket_timeout=SLOWEST, socket_connect_timeout=SLOWEST, retry=Retry(NoBackoff(), 1))
    return RedisHuey(NAME, connection_pool=pool, results=False, serializer=PlainSerializer(), read_timeout=1)


class IdQueue:
    """Implements tickets.ports.Queue. Whoever only hands over ids needs no `deliver`; the worker passes what sends them."""

    def __init__(self, huey: Huey, deliver: Callable[[Sequence[int]], None] | None = None) -> None:
        self.huey = huey

        def messages(ids: Sequence[int]) -> None:
            if deliver is not None:
                deliver(ids)

        self._job = huey.task(name="messages")(messages)

    def nudge(self, outbox_ids: Sequence[int]) -> None:
        """Hands ids over after a commit. A queue that cannot be written to is logged, nothing more: no message depends on it."""
        try:
            if outbox_ids:
                self._job([int(id_) for id_ in outbox_ids])
        except Exception as lost:
            _log.warning("nudge lost", ids=list(outbox_ids), kind=type(lost).__name__)

    def consumer(self) -> Consumer:
        """Huey's consumer of this queue with one thread and no clockwork: timers live in the database (tickets/store/due.py)."""
        return Consumer(self.huey, workers=1, periodic=False, initial_delay=0.05, max_delay=LONGEST_WAIT, scheduler_interval=60, shutdown_timeout=5)


def open_queue(kind: str, home: Path, deliver: Callable[[Sequence[int]], None] | None = None) -> IdQueue:
    """The queue config.yaml names: `kind` is sqlite or the address of a Redis; `home` is settings.home."""
    return IdQueue(_sqlite(home) if kind == "sqlite" else _redis(kind), deliver)
