"""What the citizen said last of a ticket's result."""

from __future__ import annotations

import json

from tickets.store import statements

NOT_REACHED = "未接通"


def last_satisfied(ticket_id: int) -> str:
    """How satisfied he was at the last call-back or survey that he answered, one of survey.LEVELS; empty when he never did."""
    sql = "SELECT note FROM history WHERE ticket_id = ? AND what IN ('核实', '改评价') ORDER BY seq DESC"
    for text in statements.column(sql, (ticket_id,)):
        said = json.loads(text).get("satisfied")
        if said:
            return str(said)
    return ""


def last_result(ticket_id: int) -> str:
    """What the newest callback came to: a level, or 未接通 when he was not reached; empty before the first."""
    sql = "SELECT note FROM history WHERE ticket_id = ? AND what IN ('核实', '改评价') ORDER BY seq DESC"
    for text in statements.column(sql, (ticket_id,)):
        said = json.loads(text)
        if "number" not in said:
            return str(said.get("satisfied") or NOT_REACHED)
    return ""
