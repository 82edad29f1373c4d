"""未诉先办: four winters of cold flats, and the section is told before the fifth, once; a festival warns by the calendar without any past."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.insights.season_years import planted, solar_tops
from tests.stories.conftest import LOCAL, Installation
from tickets.actions.deliver import deliver_due
from tickets.domain.season import read_peaks
from tickets.store.connect import transaction
from tickets.store.evaluation_log import Sought, page
from tickets.store.evaluation_log_one import one
from tickets.store.forecast_models import Forecast, SeasonWarning, WeekCount
from tickets.store.models import Evaluation, History, Outbox, Person, Ticket, Unit
from wiring import season_work

WINTER = solar_tops(12, 28)


@pytest.fixture(autouse=True)
def few_categories(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only two of the catalogue's hundred are foretold here: a Monday of all of them is the same, longer."""
    monkeypatch.setattr("tickets.actions.forecast_make.subjects", lambda _desk: ("供热", "欠薪"))


def past_of(category: str, town: str, years: float = 4) -> None:
    table = planted(years, [WINTER], base=6, times=3, weeks=5)
    rows = [
        {"monday": (table.first + timedelta(weeks=week)).isoformat(), "category": category, "area": town, "count": int(table.counts[week, 0])}
        for week in range(table.weeks)
    ]
    with transaction():
        WeekCount.insert_many(rows).execute()


def solved_last_winter() -> None:
    unit, person = Unit.get(address="热力公司/抢修一班"), Person.select().first()
    at = datetime(2025, 12, 29, 2, tzinfo=UTC).replace(tzinfo=None)
    ticket = Ticket.create(
        number="20251229-0001", source="电话", source_id="W1", status="已结案", text="家里不热", category="停暖不热", area="青禾镇", registered_at=at, unit=unit
    )
    note = json.dumps({"result": "换热站调压后恢复", "solved": "已解决"}, ensure_ascii=False)
    History.create(ticket=ticket, seq=1, at=at, actor="system", what="回复", holder=person, note=note)


def test_the_section_is_warned_before_the_winter_once_and_it_is_scored_afterwards(installation: Installation) -> None:
    desk = installation.parts.desk
    past_of("停暖不热", "青禾镇")
    solved_last_winter()
    installation.clock.begin(datetime(2026, 11, 23, 8, 30, tzinfo=LOCAL))
    season_work.work(desk)
    warning = SeasonWarning.get()
    assert (warning.rule, warning.category, warning.area, warning.state) == ("W-020", "供热", "青禾镇", "观察中")
    assert "2026-12-07" <= warning.peak_start <= "2026-12-21"
    words = json.loads(warning.words)
    assert "历年同期" in words["reason"]
    assert "往年由热力公司/抢修一班解决 1 件，多为“换热站调压后恢复”" in words["reason"]
    assert Forecast.select().count() == 2 * 4
    asked = list(Evaluation.select().where(Evaluation.ruleset == "warning"))
    assert (len(asked), {row.ticket_id for row in asked}) == (2 * 3, {None})
    logged = page(Sought(ruleset="warning", rule="W-020")).entries
    assert [(entry.number, entry.outcome) for entry in logged] == [("", "warned")]
    found = one(logged[0].id)
    assert found is not None
    assert found.ticket_id is None
    deliver_due(desk, installation.parts.channels)
    assert [row["channel"] for row in installation.sent()] == ["短信"]
    assert "季节预警：青禾镇供热，" in Outbox.get().body
    season_work.work(desk)  # a doubled job
    for days in (7, 14):
        installation.clock.at(days * 24 * 60)
        season_work.work(desk)
    assert (SeasonWarning.select().count(), Outbox.select().count()) == (1, 1)
    peak = read_peaks(Forecast.get((Forecast.category == "供热") & (Forecast.area == "青禾镇")).peaks)[0]
    with transaction():
        WeekCount.insert(monday=peak.start, category="停暖不热", area="青禾镇", count=round(peak.expected)).execute()
    installation.clock.at(90 * 24 * 60)
    season_work.work(desk)
    assert SeasonWarning.get_by_id(warning.id).state == "与预期相当"


def test_with_two_years_only_the_calendar_warns(installation: Installation) -> None:
    past_of("停暖不热", "青禾镇", 2)
    installation.clock.begin(datetime(2027, 1, 4, 9, 0, tzinfo=LOCAL))  # 33 days before Spring Festival
    season_work.work(installation.parts.desk)
    assert {row.years for row in Forecast.select()} <= {0, 2}
    assert {(row.rule, row.category, row.area) for row in SeasonWarning.select()} == {("W-010", "欠薪", town) for town in ("青禾镇", "柳湾镇", "临河镇")}
    told = {one["unit"] for row in SeasonWarning.select() for one in json.loads(row.told)}
    assert "人社局/劳动监察科" in told
    assert Outbox.select().where(Outbox.kind == "预警").count() == 6
    season_work.work(installation.parts.desk)
    assert Outbox.select().where(Outbox.kind == "预警").count() == 6
