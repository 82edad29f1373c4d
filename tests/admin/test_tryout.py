"""试一试 over its address: a ticket, a typed appeal, the smallest change tried, and what stays closed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cli.explain_rule import rule_lines
from engine import reference
from engine.decision import RuleVerdict
from tests.admin.tryout_site import Scene, fields_of, scene, text_of, try_it
from tests.admin.workbench_site import Bench, put
from tests.web.conftest import token
from tests.web.district_rows import Rows, make_ticket
from tickets.ports import PlaceFound, Suggestion
from tickets.store.models import Alarm, Ticket, database
from tickets.store.scope import Viewer
from tickets.store.ticket_view import find
from web.signin import LANGUAGE_COOKIE

PHONE = "13912345678"


@pytest.fixture
def here(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Scene]:
    yield scene(tmp_path, filled)
    database.close()


def test_a_ticket_shows_its_facts_every_rule_and_why_not_with_the_smallest_change(here: Scene) -> None:
    page = here.site.signed_in("policy").get(f"/admin/tryout/?ticket={here.number}&rule=D-060").get_data(as_text=True)
    text = text_of(page)
    assert "为什么没派给水务局 · 管网科" in text
    assert "D-050 胜出" in text
    assert "引擎与条件复算一致" in text
    assert re.search(r"诉求类别 属于 供水 实际： 供热", text), text
    assert "供热 → 供水" in text
    assert "这样试算" in text
    for rule in ("D-050", "D-060", "D-070"):
        assert f'data-id="{rule}"' in page


def test_the_change_is_tried_at_a_press_and_told_among_those_tried(here: Scene) -> None:
    client = here.site.signed_in("policy")
    page = client.get(f"/admin/tryout/?ticket={here.number}&rule=D-060").get_data(as_text=True)
    fields = fields_of(page)
    apply = json.dumps([["category", "供水"]])
    after = try_it(client, ticket=here.number, rule="D-060", apply=apply, **fields)
    assert "为什么派给水务局 · 管网科" in text_of(after)
    assert "诉求类别 供热 → 供水 水务局 · 管网科 D-060 胜出" in text_of(after)
    assert "还原" in text_of(after)


@pytest.mark.parametrize("rule", ["D-050", "D-060", "D-070"])
def test_it_answers_what_explain_answers(here: Scene, rule: str) -> None:
    view = find(Viewer(reach="all"), here.number)
    assert view is not None
    lines, found = rule_lines(view, rule, "zh")
    assert found
    text = text_of(here.site.signed_in("auditor").get(f"/admin/tryout/?ticket={here.number}&rule={rule}").get_data(as_text=True))
    for line in lines:
        if line.startswith(("最小改动：", "或：")):
            change, outcome = line.split("：", 1)[1].split("；改后：")
            assert change.split(" ", 1)[1].split("（")[0] in text
            assert outcome in text
    assert ("胜出" in lines[0] or "命中" in lines[0]) == (f"为什么是 {rule} 胜出" in text)


def test_nobodys_number_is_shown_and_no_personal_fact_is_asked(here: Scene) -> None:
    for role in ("policy", "auditor", "agent"):
        page = here.site.signed_in(role).get(f"/admin/tryout/?ticket={here.number}").get_data(as_text=True)
        assert PHONE not in page
        assert "139****5678" in page
        assert "caller_name" not in page
    after = try_it(here.site.signed_in("policy"), f_text="停暖", f_caller_name="王小明")
    assert "王小明" not in after


def test_a_typed_appeal_is_tried_and_its_category_and_place_are_suggested(here: Scene) -> None:
    here.desk.library = cast(Any, SimpleNamespace(suggest=lambda _: Suggestion("供热", 0.91, "model")))
    here.desk.places = cast(Any, SimpleNamespace(find=lambda _: PlaceFound("菜市场北门", 88.0, "菜市场", "fuzzy")))
    page = text_of(try_it(here.site.signed_in("agent"), f_text="停暖了"))
    assert "按原话建议类别 供热 91%" in page
    assert "按原话建议区域 菜市场北门 88%" in page
    assert "缺诉求类别" in page or "未知" in page
    after = text_of(try_it(here.site.signed_in("agent"), f_text="停暖了", apply=json.dumps([["category", "供热"]])))
    assert "D-050 胜出" in after


def test_hostile_words_stay_words_and_a_huge_text_is_refused_in_a_sentence(here: Scene) -> None:
    client = here.site.signed_in("policy")
    page = try_it(client, f_text="停暖<script>alert(1)</script>{{7*7}}\u202e", f_category="供热")
    assert "<script>alert" not in page
    assert "{{7*7}}" in page
    huge = text_of(try_it(client, f_text="停" * 6000, f_category="供热"))
    assert "诉求内容最多 5,000 字，这里有 6,000 字" in huge


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("f_households", "很多", "应当是数字"),
        ("f_households", "1e999999", "应当在 0 到 1,000 之间"),
        ("f_households", "-1", "应当在 0 到 1,000 之间"),
        ("f_category", "没有的类", "没有选项「没有的类」"),
        ("f_outage", "也许", "应当是true 或 false"),
        ("f_kind", "7", "没有选项「7」"),
    ],
)
def test_a_value_that_cannot_be_is_said_and_counts_as_unknown(here: Scene, field: str, value: str, said: str) -> None:
    text = text_of(try_it(here.site.signed_in("policy"), **{"f_text": "停暖", field: value}))
    assert said in text, text[:600]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("set=12", 404), ("draft=99", 404), ("draft=abc", 404), ("draft=²", 404), ("at=never", 422), ("at=99999-01-01T00:00", 422), ("rule=12", 200),
        ("ticket=' OR 1=1", 200), ("ticket=" + "9" * 300, 200), ("event=none&ticket=1", 200), ("as=x", 200),
    ],
)  # fmt: skip
def test_a_number_where_a_name_belongs_is_answered_in_words(here: Scene, query: str, status: int) -> None:
    assert here.site.signed_in("policy").get(f"/admin/tryout/?{query}").status_code == status


@pytest.mark.parametrize("word", ["[", "7", "null", '[["category"]]', '[["nothing","x"],["caller_name","y"]]', "[" * 3000])
def test_broken_changes_and_carried_lines_are_left_out(here: Scene, word: str) -> None:
    text = text_of(try_it(here.site.signed_in("policy"), f_text="停暖", f_category="供热", apply=word, tried=word, base=word))
    assert "D-050 胜出" in text


def test_a_draft_is_tried_by_who_drafts_alone_until_it_is_submitted(here: Scene) -> None:
    bench = Bench(here.site.signed_in("policy"))
    bench.start()
    bench.edit("D-050", put(["then"], [{"dispatch": {"to": "水务局/管网科"}}]))
    address = f"/admin/tryout/?ticket={here.number}&draft={bench.draft}"
    assert "为什么派给水务局 · 管网科" in text_of(bench.client.get(address).get_data(as_text=True))
    for role in ("approver", "auditor", "agent", "unit_leader"):
        assert here.site.signed_in(role).get(address).status_code == 404, role
    assert "为什么派给热力公司" in text_of(bench.client.get(f"/admin/tryout/?ticket={here.number}").get_data(as_text=True))


def test_somebody_elses_ticket_is_as_unknown_as_none(here: Scene) -> None:
    foreign = make_ticket(here.site.rows, here.site.rows.places.get("照明科"), "停暖的另一件")
    Ticket.update(unit=None, person=None).where(Ticket.id == foreign.id).execute()
    client = here.site.signed_in("unit_leader")
    pages = [text_of(client.get(f"/admin/tryout/?ticket={number}").get_data(as_text=True)) for number in (foreign.number, "20261123-9999")]
    assert pages[0].replace(foreign.number, "N") == pages[1].replace("20261123-9999", "N")
    assert "没有工单" in pages[0]


def test_when_engine_and_conditions_disagree_there_is_an_alarm_and_no_winner(here: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = reference.verdicts

    def lying(*args: object, **more: object) -> tuple[RuleVerdict, ...]:
        return tuple(RuleVerdict(one.rule, one.title, "unmet", one.when, one.unless) for one in honest(*args, **more))  # type: ignore[arg-type]

    monkeypatch.setattr("engine.reference.verdicts", lying)
    client = here.site.signed_in("policy")
    for _ in range(2):
        text = text_of(client.get(f"/admin/tryout/?ticket={here.number}").get_data(as_text=True))
        assert "引擎与复算不一致" in text
        assert "为什么是 D-050 胜出" not in text
    alarms = [row.text for row in Alarm.select().where(Alarm.kind == "引擎与复算不一致")]
    assert len(alarms) == 1
    assert "停暖" not in alarms[0]


def test_rules_one_step_away_are_found_for_those_asked_about(here: Scene) -> None:
    client = here.site.signed_in("agent")
    data = {"csrf_token": token(client, "/admin/tryout/"), "f_text": "没有水", "f_category": "供水", "ids": ["D-050", "D-070", "no such rule"]}
    found = client.post("/admin/tryout/near", data=data).get_json()["near"]
    assert found == ["D-070"]  # D-050 needs the category and a word; D-070 comes after D-060 and is kept out by it


def test_a_form_without_its_token_is_refused(here: Scene) -> None:
    client = here.site.signed_in("policy")
    for address in ("/admin/tryout/", "/admin/tryout/near", "/admin/tests/dispatch/save", "/admin/tests/dispatch/try", "/admin/tests/new"):
        assert client.post(address, data={"f_text": "停暖"}).status_code == 400


def test_in_english_no_chinese_heading_is_left(here: Scene) -> None:
    client = here.site.signed_in("policy")
    client.set_cookie(LANGUAGE_COOKIE, "en")
    text = text_of(client.get(f"/admin/tryout/?ticket={here.number}&rule=D-060").get_data(as_text=True))
    assert "Why not" in text
    assert "为什么没" not in text
    assert "这件工单的事实" not in text
