"""What must be put right in a database that comes from a backup, before anybody works on it.

Between the backup and now the world went on: what waited to be sent may have been sent since, ids were given out again, sessions ended.
"""

from __future__ import annotations

from datetime import datetime

from tickets.domain.times import clock_words, stored
from tickets.store import statements
from tickets.store.alarms import raise_alarm
from tickets.store.connect import is_sqlite, transaction
from tickets.store.insert import insert
from tickets.store.models import Outbox

RESTORED = "已从备份恢复"
# A provider knows a message by its id and takes each id once: the ids given out after the backup must never be given to other messages.
LEAP = 1_000_000
SESSIONS = 1_000  # versions a session is further: whoever was signed in signs in again


def put_right(made: datetime, now: datetime) -> int:
    """Prepares the open database, copied at `made`, for work from `now` on (both aware); how many messages the provider is asked about first.

    Messages that waited or were being sent become `unknown`: before any of them is sent, the provider is asked whether it has it. One whose
    hour has not come yet cannot have left, and waits on.
    """
    moment = stored(now)
    with transaction():
        asked = statements.execute(
            "UPDATE outbox SET state = 'unknown', token = '', lease_until = ? WHERE state = 'sending' OR (state = 'queued' AND not_before <= ?)",
            (moment, moment),
        ).rowcount
        last = int(statements.scalar("SELECT COALESCE(MAX(id), 0) FROM outbox"))
        insert(
            Outbox,
            [
                {
                    "id": last + LEAP,
                    "once": f"restored:{made.isoformat()}:{now.isoformat()}",
                    "channel": "",
                    "kind": "",
                    "state": "cancelled",
                    "not_before": moment,
                    "queued_at": moment,
                    "error": "恢复备份时跳过的编号 (ids skipped by a restore)",
                }
            ],
        )
        if not is_sqlite():
            statements.execute("SELECT setval(pg_get_serial_sequence('outbox', 'id'), ?)", (last + LEAP,))
        statements.execute("UPDATE account SET session_version = session_version + ?", (SESSIONS,))
        statements.execute("DELETE FROM heartbeat")
        raise_alarm(
            RESTORED, f"恢复到 {clock_words(made)} 的备份；其后登记的工单与操作不在其中，{asked} 条消息先向渠道核实再决定是否补发 (restored from a backup)", now
        )
    return int(asked)
