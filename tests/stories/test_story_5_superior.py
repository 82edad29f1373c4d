"""Story 5: three ignored reminders, and the handler's superior is told; if absent, the deputy."""

from __future__ import annotations

from tests.stories.conftest import Installation
from tickets.actions.sign import sign
from tickets.store.directory import holders, on_shift, post_of_role, unit_at
from tickets.store.models import Alarm, Person, Post, Unit

TEXT = "我们小区停水三天了，没人管"
SUPERIOR = "水务局"  # of 水务局/管网科, where the handler sits


def superior_post() -> Post:
    unit = unit_at(SUPERIOR)
    assert unit is not None
    post = post_of_role(unit, "分管领导")
    assert post is not None
    return post


def in_charge(installation: Installation, at: float) -> list[Person]:
    """Who answers for the superior unit at that minute, the first to be told first."""
    installation.clock.at(at)
    _, rostered = on_shift(superior_post(), installation.clock())
    ranked = [person for _, person in holders(superior_post())]
    installation.clock.at(0)
    return [*rostered, *(person for person in ranked if person not in rostered)]


def test_three_ignored_reminders_and_the_superior_is_told_once_by_sms_and_by_call(installation: Installation) -> None:
    superior = in_charge(installation, 45)[0]
    opened = installation.appeal(TEXT)
    installation.run_until(44.9)
    assert installation.told("升级") == []
    reminded = installation.told("催办")
    assert [person for _, person in reminded].count(opened.person) == 3
    assert len(reminded) == 6  # the unit's own post each time too
    installation.run_until(120)
    assert installation.told("升级") == [("短信", superior.name), ("电话", superior.name)]
    assert installation.course().count("催办") == 3
    assert installation.course().count("升级") == 1


def test_a_superior_who_is_absent_is_replaced_by_the_deputy(installation: Installation) -> None:
    first, deputy, *_ = in_charge(installation, 45)
    installation.send_away(first)
    installation.appeal(TEXT)
    installation.run_until(60)
    assert installation.told("升级") == [("短信", deputy.name), ("电话", deputy.name)]
    assert Alarm.select().count() == 0


def test_with_leader_and_deputies_all_away_the_unit_above_the_bureau_is_told(installation: Installation) -> None:
    for person in in_charge(installation, 45):
        installation.send_away(person)
    installation.appeal(TEXT)
    installation.run_until(60)
    told = installation.told("升级")
    assert len(told) == 2
    above = [person.name for post in Post.select().join(Unit).where(Unit.address == "区政府督查室") for _, person in holders(post)]
    assert {person for _, person in told} <= set(above)
    assert Alarm.select().count() == 0


def test_a_handler_who_signs_after_the_second_reminder_is_not_reported(installation: Installation) -> None:
    opened = installation.appeal(TEXT)
    installation.run_until(26)
    sign(installation.parts.desk, opened.ticket_id, "system")
    installation.run_until(90)
    assert installation.course().count("催办") == 2
    assert installation.told("升级") == []
