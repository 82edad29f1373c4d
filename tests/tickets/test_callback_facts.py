"""What exclusion rules ask of the callback: how often staff called, and what came of it."""

from __future__ import annotations

import pytest

from tests.tickets.conftest import make_appeal
from tickets.actions.intake import open_ticket
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store.counts import calls
from tickets.store.last_answer import NOT_REACHED, last_result
from tickets.store.models import History
from tickets.store.tickets import canonical

UNREACHED, GOOD, OWN = {"valid": False}, {"valid": True, "solved": "已解决", "satisfied": "满意"}, {"number": "20261123-0001", "satisfied": "不满意"}
CASES = (
    # lines of the course: actor, what, note                                            calls  result
    ((), 0, ""),
    ((("account:1", "核实", UNREACHED),), 1, NOT_REACHED),
    ((("account:1", "核实", UNREACHED), ("account:1", "核实", UNREACHED), ("account:2", "核实", UNREACHED)), 3, NOT_REACHED),
    ((("rule:S-010", "回访", {"how": "短信"}), ("citizen", "核实", GOOD)), 0, "满意"),  # by link: nobody called
    ((("account:1", "核实", UNREACHED), ("account:1", "核实", GOOD), ("citizen", "改评价", {"satisfied": "不满意"})), 2, "不满意"),
    (
        (("account:1", "核实", GOOD), ("citizen", "改评价", OWN), ("account:1", "回访", {"how": "电话", "number": "20261123-0001"})),
        1,
        "满意",
    ),  # a merged caller's
)


@pytest.mark.parametrize(("lines", "tries", "result"), CASES)
def test_calls_and_their_result_are_read_from_the_course(desk: Desk, lines: tuple[tuple[str, str, dict[str, object]], ...], tries: int, result: str) -> None:
    opened = open_ticket(desk, make_appeal())
    for seq, (actor, what, note) in enumerate(lines, 100):
        History.create(ticket=opened.ticket_id, seq=seq, at=stored(desk.clock()), actor=actor, what=what, note=canonical(note))
    assert (calls(opened.ticket_id, "回访"), last_result(opened.ticket_id)) == (tries, result)
