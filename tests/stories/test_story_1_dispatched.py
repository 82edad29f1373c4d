"""Story 1: a catalogue rule matches; a city ticket reaches a named person within 3 s, with reasons."""

from __future__ import annotations

from tests.stories.conftest import Installation
from tickets.store.models import Outbox, Ticket

LONGEST_MS = 3000


def test_a_city_ticket_reaches_a_named_person_within_three_seconds_with_reasons(installation: Installation) -> None:
    opened = installation.appeal("我们小区停水三天了，没人管", phone="13800000000")
    assert opened.ms < LONGEST_MS
    assert (opened.status, opened.manual) == ("待签收", False)
    assert (opened.unit, opened.section) == ("水务局", "管网科")
    assert opened.person
    assert opened.urgency == "特急"
    for reason in ("停水", "U-010", "归口科室", "水务局/管网科", opened.person):
        assert reason in opened.reason
    ticket = Ticket.get()
    assert ticket.person.name == opened.person
    assert installation.course()[0] == "登记"
    assert "派单" in installation.course()


def test_the_person_is_told_at_the_next_turn_what_to_do_and_by_when_without_the_callers_number(installation: Installation) -> None:
    opened = installation.appeal("我们小区停水三天了，请回电13800000000", phone="13800000000")
    installation.turn()
    assert installation.told("派单") == [("短信", opened.person)]
    body = Outbox.get(Outbox.kind == "派单").body
    for words in (opened.ticket, "特急", "停水", "11-23 09:05", "签收"):
        assert words in body
    assert "13800000000" not in body


def test_the_clocks_run_from_the_dispatch(installation: Installation) -> None:
    opened = installation.appeal("我们小区停水三天了，没人管")
    states = {clock.name: clock.state for clock in opened.deadlines}
    assert states == {"派单": "met", "签收": "running", "办结": "planned"}
