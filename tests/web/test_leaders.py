"""领导总览: every number on it against a plain question to the tables, each card alone, and the words of its months."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from unittest.mock import patch

import pytest

from tests.web.conftest import Site, token
from tests.web.district_rows import NOW, PASSWORD, make_ticket
from tickets.domain.score_sheet import fingerprint
from tickets.domain.times import stored
from tickets.store.forecast_models import Forecast, SeasonWarning
from tickets.store.issue_models import Issue, IssueMember, SupervisionItem
from tickets.store.models import Area, Deadline, database
from tickets.store.score_models import ScoreMonth
from tickets.store.tickets import canonical
from web import lead_state
from web.show.targets import Aim

SINCE, UNTIL = "2026-10-31 16:00:00", "2026-11-30 16:00:00"  # November of the district, as stored
SAY = "SELECT COUNT(*) FROM ticket t {} WHERE t.registered_at >= ? AND t.registered_at < ? {}"


def ask(sql: str, *values: object) -> list[tuple[object, ...]]:
    return list(database.execute_sql(sql, values).fetchall())


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def cards(site: Site, query: str = "") -> dict[str, str]:
    answer = site.signed_in("leader").get(f"/leaders/state{query}")
    assert answer.status_code == 200
    return {name: plain(text) for name, text in answer.get_json()["cards"].items()} | {"span": plain(answer.get_json()["span"])}


@pytest.fixture
def villages(site: Site) -> Site:
    """Two villages of the town, with appeals of this month and of the last one, and one appeal that no place is known of."""
    place = site.rows.places["管网科"]
    for name, here, before in (("东庄村", 3, 1), ("西庄村", 0, 2)):
        village = Area.create(name=name, level="村居", parent=Area.get(Area.name == "临河镇"))
        Area.create(name=f"{name}第1网格", level="网格", parent=village)
        for number in range(here):
            make_ticket(site.rows, place, f"{name}的路灯不亮", ago=3600 + number, signed=60, area=f"{name}第1网格", category="市政照明")
        for _ in range(before):
            make_ticket(site.rows, place, f"{name}上月的垃圾", ago=30 * 86_400, signed=900, area=name, category="农村保洁")
    make_ticket(site.rows, place, "不知道在哪里", ago=7200, signed=400, area="")
    return site


def test_the_tiles_and_what_lies_outside_them_are_what_a_plain_count_says(villages: Site) -> None:
    shown = cards(villages)
    for village in ("东庄村", "西庄村"):
        inside = "JOIN area a ON a.name = t.area LEFT JOIN area p ON p.id = a.parent_id"
        ((count,),) = ask(SAY.format(inside, "AND (a.name = ? OR p.name = ?)"), SINCE, UNTIL, village, village)
        assert f"{village[:2]} {count}" in shown["map"]
    ((town,),) = ask(SAY.format("", "AND t.area <> ''"), SINCE, UNTIL)
    assert f"临河镇 {town} 件" in shown["map"]
    ((outside,),) = ask(SAY.format("", "AND t.area = '菜市场北门'"), SINCE, UNTIL)
    assert f"城区、镇区和道路 {outside} 件不在图中" in shown["map"]
    ((nowhere,),) = ask(SAY.format("", "AND t.area = ''"), SINCE, UNTIL)
    assert nowhere == 1
    assert "地点不明 1 件不在图中" in shown["map"]
    ((every,),) = ask(SAY.format("", ""), SINCE, UNTIL)
    assert shown["span"] == f"2026 年 11 月 1 日 至 2026 年 11 月 23 日，{every} 件，数据截至 14:32"


def test_a_tile_says_what_is_behind_it_and_its_link_lists_exactly_those(villages: Site) -> None:
    leader = villages.signed_in("leader")
    piece = leader.get("/leaders/village?village=东庄村").get_data(as_text=True)
    assert plain(piece) == "东庄村 3 件 市政照明 3 上月 1 件 看这 3 件 →"
    listed = leader.get(html.unescape(re.findall(r'href="([^"]+)"', piece)[0])).get_data(as_text=True)
    assert "3 件" in plain(listed)
    assert "上月的垃圾" not in listed
    assert plain(leader.get("/leaders/village?village=西庄村&month=2026-11").get_data(as_text=True)) == "西庄村 0 件 上月 2 件 本月没有诉求"
    assert leader.get("/leaders/village?village=没有的村").status_code == 404
    assert "东庄村 3 件 市政照明 3" in plain(leader.get("/leaders?village=东庄村").get_data(as_text=True))  # the same without a script


def test_the_clocks_at_risk_are_tickets_by_their_nearest_clock(villages: Site) -> None:
    for number, minutes in enumerate((20, 100, 119, 121)):
        made = make_ticket(villages.rows, villages.rows.places["管网科"], "快到点", ago=200 + number, signed=10)
        Deadline.update(due_at=stored(NOW) + timedelta(minutes=minutes)).where((Deadline.ticket == made) & (Deadline.name == "办结")).execute()
    unmet = """SELECT COUNT(DISTINCT d.ticket_id) FROM deadline d JOIN ticket t ON t.id = d.ticket_id WHERE d.met_at IS NULL AND d.paused_at IS NULL
        AND d.why = '' AND d.state IN ('running', 'breached') AND t.status NOT IN ('已结案', '并单', '不予受理', '已移交') AND d.due_at <= ?"""
    over, soon, later = (int(str(ask(unmet, str(stored(NOW) + timedelta(minutes=ahead)))[0][0])) for ahead in (0, 30, 120))
    assert (over, soon - over, later - soon) != (0, 0, 0)
    shown = cards(villages)["risk"]
    assert f"{over} 已超时 {soon - over} 30 分钟内 {later - soon} 2 小时内" in shown
    assert f"全部 {later} 件" in shown
    listed = plain(villages.signed_in("leader").get("/tickets?clock=risk").get_data(as_text=True))
    assert f"工单中心 {later} 件" in listed


def test_the_first_rate_and_last_months_are_what_a_plain_question_says(villages: Site) -> None:
    sql = """SELECT COUNT(*), SUM(CASE WHEN d.state = 'met' THEN 1 ELSE 0 END) FROM ticket t JOIN deadline d ON d.ticket_id = t.id AND d.name = '签收'
        WHERE t.dispatched_at >= ? AND t.dispatched_at < ? AND (d.state <> 'running' OR d.due_at < ?)"""
    ((total, good),) = ask(sql, SINCE, UNTIL, str(stored(NOW)))
    ((total_before, good_before),) = ask(sql, "2026-09-30 16:00:00", SINCE, str(stored(NOW)))
    shown = cards(villages)["rates"]
    rate, before = (f"{float(str(part)) * 100 / float(str(whole)):.2f}".rstrip("0").rstrip(".") for part, whole in ((good, total), (good_before, total_before)))
    assert "响应率 " in shown
    assert f"{rate} % {good} / {total} 件 上月 {before} " in shown
    assert f"2026 年 10 月 {before}% {good_before} / {total_before} 件" in shown


def test_under_the_least_sample_there_is_a_sentence_and_never_a_number(villages: Site) -> None:
    with patch.object(lead_state, "aims", return_value={"response_rate": Aim(None, 30)}):
        shown = cards(villages)["rates"]
    total = int(re.findall(r"样本不足（(\d+)/30）", shown)[0])
    assert total > 0
    assert "%" not in shown.partition("按时办结率")[0]


def test_a_town_chosen_narrows_every_card(villages: Site) -> None:
    Area.create(name="柳湾镇", level="镇街", parent=Area.get(Area.name == "示范区"))
    shown = cards(villages, "?area=柳湾镇")
    assert "，0 件，" in shown["span"]
    assert "临河镇" not in shown["map"]
    assert shown["risk"] == "快到点的时限 全部在时限内"
    assert shown["rates"].count("本月还没有可算的") == 5
    assert cards(villages, "?area=没有的镇&month=nonsense")["span"] == cards(villages)["span"]


def test_a_card_that_fails_says_so_alone(villages: Site) -> None:
    with patch.object(lead_state, "at_risk", side_effect=RuntimeError("gone")):
        shown = cards(villages)
    assert shown["risk"] == "这部分没读到，其他部分不受影响。 重试"
    assert "东庄 3" in shown["map"]


def test_a_leader_lands_on_the_month_and_reads_it_in_english(site: Site) -> None:
    client = site.signed_in("leader")
    client.set_cookie("suda_lang", "en")
    page = plain(client.get("/leaders").get_data(as_text=True))
    assert "1 Nov 2026 to 23 Nov 2026, 8 appeals, as of 14:32" in page
    assert "November 2026" in page
    fresh = site.app.test_client()
    answer = fresh.post("/signin", data={"username": "leader", "password": PASSWORD, "csrf_token": token(fresh)})
    assert answer.headers["Location"] == "/leaders"


def test_scores_are_shown_within_their_kind_once_a_month_is_frozen(site: Site) -> None:
    assert cards(site)["strips"].endswith("还没有冻结的月份")
    said = {
        "单位": (("部门", "甲局", "98.18"), ("部门", "乙局", "90.00"), ("部门", "丙局", "96.50"), ("镇", "东镇", "88.00")),
        "个人": (("网格员", "某某", "99.00"),),
    }
    lines = [
        {
            "as": kind,
            "id": number,
            "name": name,
            "group": group,
            "unit": 1,
            "facts": {},
            "counts": {},
            "points": {},
            "shared": [],
            "unknown": [],
            "total": total,
        }
        for kind, scores in said.items()
        for number, (group, name, total) in enumerate(scores, 1)
    ]
    result = canonical({"period": "2026-10", "ruleset": "scoring", "version": "a" * 64, "context": "b" * 64, "facts": "c" * 64, "rules": [], "scores": lines})
    row = {"period": "2026-10", "edition": 1, "at": stored(NOW), "actor": "system", "ruleset": "scoring", "version": "a" * 64, "context_hash": "b" * 64}
    ScoreMonth.create(**row, facts="{}", result=result, sha256=fingerprint(result))
    shown = cards(site)["strips"]
    assert "2026 年 10 月 · 已冻结" in shown
    assert "部门 3 中位 96.50 镇 1 中位 88.00 网格员 1 中位 99.00 88 93 99" in shown
    assert "部门 3 90.00 96.50 98.18" in shown
    assert "某某" not in site.signed_in("leader").get("/leaders").get_data(as_text=True)
    assert cards(site, "?month=2026-09")["strips"].endswith("还没有冻结的月份")


def test_the_seasons_card_is_the_newest_forecast_with_its_warnings_or_says_what_is_missing(site: Site) -> None:
    assert "还没有作过预测" in cards(site)["seasons"]
    weeks = [[5.0, 2.0, 9.0, 1.0], [5.0, 2.0, 9.0, 1.0], [30.0, 20.0, 41.0, 6.0], *[[5.0, 2.0, 9.0, 1.0]] * 17]
    row = {"monday": "2026-11-23", "made_at": stored(NOW), "weeks": json.dumps(weeks)}
    Forecast.create(category="井盖设施", years=2, usual=4.0, **row)
    assert "记录不足三年" in cards(site)["seasons"]
    Forecast.create(category="拖欠工资", years=4, usual=5.0, plan_day="2026-12-14", **row)
    kept = Forecast.create(category="供热", years=4, usual=5.0, **row)
    SeasonWarning.create(
        forecast=kept.id,
        once="W-010 供热",
        rule="W-010",
        category="供热",
        at=stored(NOW),
        peak_start="2026-12-07",
        watch_from="2026-12-07",
        watch_until="2026-12-20",
    )
    shown = cards(site)["seasons"]
    assert "另有 1 类记录不足三年" in shown
    assert "供热 预计 5 件（2 到 9），平常的 1.0 倍" in shown
    assert "预计 30 件（20 到 41），平常的 6.0 倍 已为这一周预警" in shown
    assert "已发 11-23" in shown
    assert "12-14 待发" in shown
    assert "☾ 农历 春节" in shown
    page = site.signed_in("leader").get("/leaders").get_data(as_text=True)
    assert page.count("cell shade-5 told") == 1
    assert page.count('class="cell shade-1"') == 38


def test_hot_issues_stand_in_the_order_of_their_growth_with_people_and_supervision(site: Site) -> None:
    assert cards(site)["hot"].endswith("近 14 天没有热点")
    at, day = stored(NOW), timedelta(days=1)
    ticket = site.rows.tickets[0].id
    for name, daily, item in (
        ("旧的路灯", {9: 4, 1: 2}, None),
        ("新的停水", {9: 1, 1: 3, 0: 2}, {"listed": True, "opened_at": at - 5 * day}),
        ("井盖", {0: 3}, {"level": "一级"}),
    ):
        made = Issue.create(title=name, place="菜市场北门", size=sum(daily.values()), people=3, first_at=at - 9 * day, last_at=at)
        for ago, count in daily.items():
            for _ in range(count):
                IssueMember.create(ticket=IssueMember.select().count() + 1, issue=made.id, at=at - ago * day)
        if item is not None:
            values = {"once": name, "level": "二级", "rule": "S-010", "ticket": ticket, "issue": made.id, "opened_at": at, **item}
            SupervisionItem.create(**values)
    Issue.create(title="两个人", place="菜市场北门", size=9, people=2, first_at=at, last_at=at)
    shown = cards(site)["hot"]
    assert "挂账 1 · 督办 1" in shown
    assert "1 井盖 菜市场北门 · 3 人 3 新出现 督办 · 一级" in shown
    assert "2 新的停水 菜市场北门 · 3 人 6 ×5.0 挂账第 6 天" in shown
    assert "3 旧的路灯 菜市场北门 · 3 人 6 -50% 观察" in shown
    assert "两个人" not in shown
    week = ask("SELECT COUNT(*) FROM issue_member m JOIN issue i ON i.id = m.issue WHERE i.title = '新的停水' AND m.at >= ?", str(at - 7 * day))
    assert week == [(5,)]
