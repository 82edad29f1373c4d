"""Story 2: unsigned at 5:00, exactly one call; signed at 4:59, none."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Installation
from tickets.actions.deliver import deliver_due
from tickets.actions.sign import sign
from tickets.actions.sweep import sweep
from tickets.store.models import Outbox

SECOND = 1 / 60
TEXT = "我们小区停水三天了，没人管"


def test_unsigned_at_five_minutes_the_system_calls_exactly_once(installation: Installation) -> None:
    opened = installation.appeal(TEXT)
    installation.run_until(5 - SECOND)
    assert installation.calls() == []
    installation.run_until(5)
    assert [(call["kind"], call["ticket"]) for call in installation.calls()] == [("催签", opened.ticket)]
    installation.run_until(14.9)
    assert len(installation.calls()) == 1
    assert installation.told("催签") == [("电话", opened.person)]


@pytest.mark.parametrize("second", [1, 299])
def test_signed_at_four_fifty_nine_or_before_nobody_is_called(installation: Installation, second: int) -> None:
    opened = installation.appeal(TEXT)
    installation.run_until(second * SECOND, step=0.25)
    sign(installation.parts.desk, opened.ticket_id, "system")
    installation.run_until(60)
    assert installation.calls() == []
    assert [row["kind"] for row in installation.sent()] == ["派单"]
    assert installation.clock_named("签收").state == "met"
    assert "逾期" not in installation.course()


def test_signed_after_the_call_was_queued_and_before_it_left_nobody_is_called(installation: Installation) -> None:

    opened = installation.appeal(TEXT)
    installation.run_until(4.9)
    installation.clock.at(5)
    sweep(installation.parts.desk, installation.clock())
    sign(installation.parts.desk, opened.ticket_id, "system")
    deliver_due(installation.parts.desk, installation.parts.channels)
    installation.run_until(30)
    assert installation.calls() == []
    assert Outbox.get(Outbox.channel == "电话").state == "cancelled"
