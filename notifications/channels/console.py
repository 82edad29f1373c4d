"""The channel of the demonstration: writes one masked line to the log and keeps its own record of what was sent.

The record plays the part of a provider: it is apart from the database, is only ever appended to, takes each message id once, and can be
asked whether a message was sent. Calls are simulated: the telephone rings and nobody answers.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import structlog

from notifications.masking import mask_number
from notifications.message import Message, NumberRefused, Receipt

_log = structlog.get_logger("channel.console")
# Channel -> how far a message gets at once, and the provider's remark.
ANSWERS: dict[str, Receipt] = {
    "短信": Receipt("", "delivered", "已送达"),
    "电话": Receipt("", "sent", "响铃，无人接听"),
    "弹屏": Receipt("", "delivered", "已弹屏"),
}


class ConsoleChannel:
    """Sends by writing a line. `record` is the file of what was sent, one JSON object a line; several processes may share it."""

    name = "console"

    def __init__(self, record: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._record = record
        self._clock = clock
        self._sent: dict[int, Receipt] = {}
        self._read_to = 0
        self._lock = Lock()

    def send(self, message: Message) -> Receipt:
        """Records and shows the message; the same id again changes nothing and answers with the first receipt.

        Raises NumberRefused for a number that is empty or holds anything but digits.
        """
        if not message.to.lstrip("+").isdigit():
            raise NumberRefused("没有可用的号码；请在名录中补上 (no usable number: add it to the directory)")
        answer = ANSWERS[message.channel]
        with self._lock:
            self._record.parent.mkdir(parents=True, exist_ok=True)
            with self._record.open("ab+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                torn = self._catch_up(file.fileno())
                if message.id in self._sent:
                    return self._sent[message.id]
                receipt = Receipt(f"console-{message.id}", answer.state, answer.detail)
                line = {
                    "id": message.id,
                    "channel": message.channel,
                    "kind": message.kind,
                    "ticket": message.ticket,
                    "to": mask_number(message.to),
                    "at": self._clock().isoformat(),
                    "provider_id": receipt.provider_id,
                    "state": receipt.state,
                    "detail": receipt.detail,
                }
                # One write of one line: a killed process leaves all of it or, at worst, a torn last line that is skipped.
                text = json.dumps(line, ensure_ascii=False)
                os.write(file.fileno(), (("\n" if torn else "") + text + "\n").encode())
                self._catch_up(file.fileno())
        _log.info("message", outbox=message.id, channel=message.channel, kind=message.kind, ticket=message.ticket, to=mask_number(message.to))
        return receipt

    def lookup(self, message: Message) -> Receipt | None:
        """The receipt of this message id if it was sent, by whichever process; None when it certainly was not."""
        with self._lock:
            if not self._record.exists():
                return None
            with self._record.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                self._catch_up(file.fileno())
            return self._sent.get(message.id)

    def _catch_up(self, file: int) -> bool:
        """Reads the whole lines added since the last time, by this process or another; True when a torn line stands at the end."""
        size = os.fstat(file).st_size
        fresh = os.pread(file, size - self._read_to, self._read_to)
        whole = fresh.rfind(b"\n") + 1
        for line in fresh[:whole].splitlines():
            try:
                row = json.loads(line)
                self._sent[int(row["id"])] = Receipt(row["provider_id"], row["state"], row["detail"])
            except (ValueError, KeyError, TypeError):
                _log.warning("unreadable line in the console record", size=len(line))
        self._read_to += whole
        return whole < len(fresh)


def build(home: Path) -> ConsoleChannel:
    """The console channel of the installation in `home` (settings.home)."""
    return ConsoleChannel(home / "console-sent.jsonl")
