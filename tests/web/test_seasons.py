"""季节与预警: the map says what was foretold, its words explain a cell, warnings show how they went; with too little it says so."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

from tests.web.conftest import Site
from tests.web.district_rows import NOW
from tickets.domain.season import Foretold, PeakTold
from tickets.domain.times import local
from tickets.store import forecasts
from tickets.store.connect import transaction
from tickets.store.forecast_models import SeasonWarning
from web.show.next_season import next_season
from web.show.season_grid import columns, shade_of

MONDAY = local(NOW).date() - timedelta(days=local(NOW).date().weekday())
START, END = MONDAY + timedelta(weeks=5), MONDAY + timedelta(weeks=8, days=6)
PEAK = PeakTold(START.isoformat(), END.isoformat(), 5, 90, 70, 112, 24, 4.2, "历年同期：2024 年 80 件（3.3 倍）", "it rose before", (("2025-12-29", 80, 24),))
WEEKS = tuple((6.0, 2.0, 11.0, 1.0) if not 5 <= week <= 8 else (25.0, 16.0, 35.0, 4.2) for week in range(20))


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def foretold(*some: Foretold) -> None:
    with transaction():
        for one in some:
            forecasts.keep(one, MONDAY, NOW, asked=False)


def page(site: Site, query: str = "") -> str:
    answer = site.signed_in("leader").get(f"/seasons{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_before_the_first_forecast_it_says_who_makes_it(site: Site) -> None:
    assert "还没有作出预测" in page(site)
    assert next_season(MONDAY) is None


def test_the_map_its_words_the_table_and_the_card(site: Site) -> None:
    plan = (MONDAY + timedelta(weeks=1)).isoformat()
    foretold(
        Foretold("供水", "", 4, 6.0, "公历", WEEKS, (PEAK,), plan, "W-020"),
        Foretold("市政照明", "", 4, 3.0, "无", tuple((3.0, 1.0, 6.0, 1.0) for _ in range(20))),
    )
    shown = page(site)
    assert shown.count("sn-cell sn-5") == 4
    assert shown.count("sn-bell") == 1
    words = plain(shown)
    assert f"{plan[5:]} 待发" in words
    assert "无需预警" in words
    assert f"{START} 至 {START + timedelta(days=6)}：预计 25.0 件（十之八九在 16–35 件），平常一周 6.0 件，是平常的 4.2 倍。" in words
    assert "90（70–112） 24" in words
    assert "历年同期：2024 年 80 件（3.3 倍）" in words
    other = plain(page(site, f"?category=供水&week={MONDAY}"))
    assert f"{MONDAY} 至 {MONDAY + timedelta(days=6)}：预计 6.0 件" in other
    card = next_season(MONDAY)
    assert card is not None
    assert (card.category, card.days, card.last, card.top) == ("供水", 7, 80, START.isoformat())
    assert "下一季预警" in site.signed_in("leader").get("/").get_data(as_text=True)


def test_a_warning_given_and_how_it_went(site: Site) -> None:
    one = Foretold("供水", "", 4, 6.0, "公历", WEEKS, (PEAK,), MONDAY.isoformat(), "W-020")
    foretold(one)
    with transaction():
        words, who = {"title": "预计 90 件", "reason": PEAK.zh}, [{"asked": "归口科室", "unit": "水务局/管网科", "person": "甲"}]
        key = forecasts.warn(1, "k", ("W-020", "预测将到旺季"), one, NOW, (START, END), PEAK, words, who)
    assert "水务局 · 管网科 甲" in plain(page(site))
    assert f"已发 {local(NOW).strftime('%m-%d')}" in plain(page(site))
    assert next_season(MONDAY) is None
    with transaction():
        forecasts.judge(key, "低于预期", 41, NOW)
    assert "低于预期 来了 41 件，预计 90，平常 24" in plain(page(site))
    assert SeasonWarning.get_by_id(key).came == 41


def test_less_than_three_years_are_said(site: Site) -> None:
    foretold(Foretold("供水", "", 2, 6.0, plan_day=MONDAY.isoformat(), plan_rule="W-010"))
    words = plain(page(site))
    assert "最长的记录只有 2 年，不满三年，不作预测" in words
    assert "记录 2 年，不满三年，不作预测" in words


def test_shades_and_columns() -> None:
    assert [shade_of(ratio) for ratio in (1.0, 1.25, 1.5, 2, 3, 4, 9)] == [0, 1, 2, 3, 4, 5, 5]
    found = columns(date(2026, 11, 23), ())
    assert [(one.monday.day, one.month) for one in found[:3]] == [(23, None), (30, 12), (7, None)]
