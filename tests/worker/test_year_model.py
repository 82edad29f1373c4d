"""The model of a year: believable in its proportions, the same for the same seed, and without a real person in it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tickets.domain import status as st
from tickets.domain.survey import SOLVED
from tickets.domain.times import local
from worker.year_beside import Standing, in_office
from worker.year_course import following, survey
from worker.year_model import Matter, World, year
from worker.year_staff import USUAL

END = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
START = END - timedelta(days=365)
WORLD = World(
    matters=(
        Matter("停暖不热", "城乡建设", "供热", ("暖气不热", "没有暖气"), ("三号楼暖气一直不热",)),
        Matter("停水爆管", "城乡建设", "供水", ("停水", "水管爆裂")),
        Matter("社会生活噪声", "环境保护", "噪声", ("噪声扰民", "音响太大")),
        Matter("欠薪", "劳动和社会保障", "工资报酬", ("拖欠工资",)),
        Matter("种植与农田", "农村农业", "种植养殖", ("收割机", "农田")),
        *(Matter(f"其他{number}", "商贸旅游", "商业贸易", (f"事项{number}",)) for number in range(20)),
    ),
    estates=tuple(f"{number}号小区" for number in range(30)),
    villages=("北庄村", "南庄村"),
    roads=("中街", "和平路"),
)


def test_the_same_seed_makes_the_same_year_and_another_seed_another() -> None:
    assert year(WORLD, 300, START, END, 7) == year(WORLD, 300, START, END, 7)
    assert year(WORLD, 300, START, END, 7) != year(WORLD, 300, START, END, 8)


def test_there_are_exactly_as_many_as_asked_within_the_window_and_in_order() -> None:
    for count in (1, 2, 17, 500):
        made = year(WORLD, count, START, END, 3)
        assert [one.index for one in made] == list(range(count))
        assert all(START <= one.at < END for one in made)
        assert list(made) == sorted(made, key=lambda one: one.at)


def test_a_window_of_an_hour_is_filled_too() -> None:
    assert all(END - timedelta(hours=1) <= one.at < END for one in year(WORLD, 40, END - timedelta(hours=1), END, 1))


def test_heating_is_of_winter_noise_of_summer_and_wages_of_the_weeks_before_the_festival() -> None:
    made = year(WORLD, 6_000, START, END, 5)
    months = {name: Counter(local(one.at).month for one in made if one.category == name) for name in ("停暖不热", "社会生活噪声", "欠薪", "种植与农田")}
    winter = sum(months["停暖不热"][month] for month in (11, 12, 1, 2, 3))
    assert winter > 0.85 * months["停暖不热"].total()
    assert months["社会生活噪声"][7] > 1.5 * months["社会生活噪声"][3]
    assert months["欠薪"][1] > 2 * months["欠薪"][7]
    assert months["种植与农田"][6] > 2 * months["种植与农田"][3]


def test_people_call_by_day_and_on_working_days_more() -> None:
    made = year(WORLD, 4_000, START, END, 5)
    hours = Counter(local(one.at).hour for one in made)
    days = Counter(local(one.at).weekday() for one in made)
    assert sum(hours[hour] for hour in range(8, 20)) > 0.7 * len(made)
    assert days[0] > days[6]


def test_some_call_again_and_some_call_about_one_outage_together() -> None:
    made = year(WORLD, 3_000, START, END, 5)
    again = [one for one in made if "再次" in one.text or "第二次" in one.text]
    assert 0.02 * len(made) < len(again) < 0.1 * len(made)
    assert all(any(other.phone == one.phone and other.category == one.category and other.at < one.at for other in made) for one in again[:20])
    together = Counter((one.category, one.place, local(one.at).date()) for one in made if one.place)
    assert max(together.values()) >= 4


def test_words_are_many_some_without_a_keyword_and_no_number_could_be_anybodys() -> None:
    made = year(WORLD, 2_000, START, END, 5)
    assert len({one.text for one in made}) > 0.95 * len(made)
    known = {matter.name: matter.words for matter in WORLD.matters}
    silent = [one for one in made if not any(word in one.text + one.title for word in known[one.category])]
    assert 0.05 * len(made) < len(silent) < 0.3 * len(made)
    assert all(one.phone.startswith("1540001") and len(one.phone) == 11 for one in made)
    assert not [one for one in made if "{" in one.text + one.title or not one.text.strip()]


def test_a_district_without_places_or_known_categories_has_a_year_too() -> None:
    made = year(World((Matter("甲", "乙", "乙"),)), 50, START, END, 1)
    assert {one.category for one in made} == {"甲"}
    assert {one.place for one in made} == {""}


# ---- what happens to a ticket ---------------------------------------------------------------------------------------
MAIN = {st.DISPATCHED: "sign", st.SIGNED: "reply", st.REPLIED: "approve", st.REVIEWED: "verify", st.VERIFIED: "close", st.ACCEPTED: "assign"}


@pytest.mark.parametrize(("status", "verb"), MAIN.items())
def test_most_tickets_take_the_next_step_of_the_main_line_later_than_the_last(status: str, verb: str) -> None:
    planned = [following(1, Standing(index, status, 2, START, "一般", 5, START + timedelta(days=9))) for index in range(400)]
    assert all(plan is not None and plan.at > START for plan in planned)
    assert sum(plan is not None and plan.verb == verb for plan in planned) > 370


def test_a_step_asked_for_twice_goes_the_same_way() -> None:
    standing = Standing(9, st.SIGNED, 3, START, "特急", 5, START + timedelta(hours=24))
    first, second = following(4, standing), following(4, standing)
    assert first is not None
    assert second is not None
    assert (first.at, first.verb, first.dice.random()) == (second.at, second.verb, second.dice.random())


def test_a_closed_ticket_has_nothing_before_it() -> None:
    assert following(1, Standing(1, st.CLOSED, 9, START)) is None


def test_hardly_anybody_is_late_and_those_who_are_are_few_people() -> None:
    people = Counter(USUAL.pace(1, person) for person in range(2_000))
    assert people["punctual"] > people["ordinary"] > people["slow"] > 0
    due = START + timedelta(days=2)
    late = [plan for index in range(2_000) if (plan := following(1, Standing(index, st.SIGNED, 2, START, "一般", index, due))) is not None and plan.at > due]
    assert len(late) < 8


def test_nobody_reviews_at_night_or_on_sunday() -> None:
    dice = following(1, Standing(1, st.SIGNED, 2, START))
    assert dice is not None
    for hours in range(0, 24 * 9, 5):
        at = local(in_office(END + timedelta(hours=hours), dice.dice))
        assert at.weekday() < 5
        assert at >= local(END + timedelta(hours=hours))


def test_citizens_answer_about_as_the_district_s_do() -> None:
    plan = following(1, Standing(1, st.REVIEWED, 2, START))
    assert plan is not None
    answers = [survey(plan.dice) for _ in range(5_000)]
    valid = [one for one in answers if one[0]]
    assert 0.955 < sum(solved == SOLVED for solved, _ in valid) / len(valid) < 0.98
    assert 0.975 < sum(level in ("非常满意", "满意", "基本满意") for _, level in valid) / len(valid) < 0.995
