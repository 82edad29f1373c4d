"""Takes what a provider reports about a message: late, twice or out of order, it moves the message forward only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tickets.actions.dead_letter import bury
from tickets.ports import Desk
from tickets.store import outbox, receipts
from tickets.store.connect import transaction

Outcome = Literal["taken", "repeated", "stranger"]


@dataclass(frozen=True)
class Report:
    """A report as a provider sends it. `status` is its own word, `state` what it means for the message, `remark` a word for the message list."""

    outbox_id: int
    provider: str
    provider_id: str
    status: str
    state: Literal["sent", "delivered", "failed"]
    code: str = ""
    remark: str = ""


def receive(desk: Desk, report: Report, calls: bool) -> Outcome:
    """Keeps the report and moves the message; `stranger` for one that belongs to none of our messages, `repeated` for one kept before.

    A message that failed on its way becomes a dead letter: an alarm, and a call in place of an SMS where `calls` are set up.
    """
    now = desk.clock()
    with transaction():
        row = outbox.by_id(report.outbox_id)
        if row is None or row.tries == 0 or row.provider != report.provider or row.provider_id not in ("", report.provider_id):
            return "stranger"
        if not receipts.keep(row.id, report.provider, report.provider_id, report.status, report.code, now):
            return "repeated"
        said = report.remark if report.state != "delivered" else ""
        if outbox.reported(row.id, report.provider, report.provider_id, report.state, now, said):
            if report.state == "failed":
                bury(row, said or report.status, now, calls)
        elif said:
            outbox.remark(row.id, report.provider_id, said)
    return "taken"
