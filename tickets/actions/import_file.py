"""One row of an imported file becomes a ticket, or its refusal is kept: once, whatever dies meanwhile."""

from __future__ import annotations

import structlog

from tickets.actions.intake import open_ticket
from tickets.actions.manual import NoManualDesk
from tickets.domain.appeal import Appeal
from tickets.ports import Desk
from tickets.store import imports
from tickets.store.connect import DatabaseFailed, away, transaction
from tickets.store.imports import BROKEN, MANUAL, REPEATED, TAKEN, Line

_log = structlog.get_logger("imports")


class TakenOver(Exception):
    """Another process has taken the import: its lease was over. What was being done is undone."""

    permanent = True


def take(desk: Desk, run_id: int, token: str, number: int, line: int, appeal: Appeal) -> Line:
    """Takes the row in, in one transaction with the run's count: however often it is tried, it is one ticket and one line.

    TakenOver when the run is another process's by now; NoManualDesk and a database that is away end the turn, the row is not through then.
    A fault of the program is kept as the row's line: one strange row must not keep the other good rows from going through.
    """
    try:
        with transaction():
            opened = open_ticket(desk, appeal)
            state = REPEATED if opened.duplicate_of else MANUAL if opened.manual else TAKEN
            return keep(desk, run_id, token, Line(number, line, state, opened.ticket))
    except (TakenOver, NoManualDesk):
        raise
    except Exception as fault:
        if isinstance(fault, DatabaseFailed) and away(fault):
            raise
        _log.exception("row failed", run=run_id, row=number)
        kind = type(fault).__name__
    zh, en = f"程序出错（{kind}），这一行没有保存，已记入日志", f"failed ({kind}): nothing of it was saved"
    return keep(desk, run_id, token, Line(number, line, BROKEN, zh=zh, en=en))


def keep(desk: Desk, run_id: int, token: str, line: Line) -> Line:
    """Keeps what became of a row; TakenOver when the run is another process's by now."""
    with transaction():
        if not imports.add(run_id, token, line, desk.clock()):
            raise TakenOver(str(run_id))
    return line
