"""The evaluation log: what the list and the page of one decision say, and that nothing but a look and an alarm is ever written."""

from __future__ import annotations

import pytest

from tests.admin import log_scene
from tests.web.conftest import Site, make_desk, token
from tests.web.district_rows import NOW, make_ticket
from tickets.domain.times import stored
from tickets.store.log_models import Look
from tickets.store.models import Alarm, Evaluation

GAS = {"text": "楼道里燃气泄漏，请马上来", "category": "供水", "area": "花园小区"}
REASON = "核对是否同一人多次投诉"


@pytest.fixture
def decided(site: Site) -> Evaluation:
    """A dispatch by D-030 in the invented district."""
    return log_scene.decide(site.rows.tickets[6], GAS)


def page(site: Site, path: str, username: str = "auditor") -> str:
    answer = site.signed_in(username).get(path)
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True))


def test_the_list_says_when_what_which_version_which_rule_where_to_and_what_came_of_it(site: Site, decided: Evaluation) -> None:
    html = page(site, "/admin/log/")
    row = html.split('role="row"')[2]
    for words in ("14:32:07", ".000", "20261123-0007", "派单", decided.version[:4], "D-030", "文字明确的急事", "水务局 · 管网科", "已派单"):
        assert words in row, words
    assert "2 条" in html
    assert "不一致 0 条" in html


def test_one_decision_reads_from_the_facts_of_then_to_what_happened_next(site: Site, decided: Evaluation) -> None:
    html = page(site, f"/admin/log/{decided.id}")
    order = ["当时的事实", "条件逐条", "动作", "其他规则为什么没用", "后来发生了什么", "今天的规则会怎么判", "重新计算：字节一致"]
    places = [html.index(f"<h3>{words}") for words in order]
    assert places == sorted(places)
    assert '<mark class="key">燃气泄漏</mark>' in html
    assert "D-010" in html  # not met, with each of its lines
    assert f"{len(decided.decision.encode()):,} 字节" in html
    assert "规则没有变" in html


def test_a_fresh_recomputation_gives_the_same_bytes(site: Site, decided: Evaluation) -> None:
    client = site.signed_in("auditor")
    answer = client.post(f"/admin/log/{decided.id}/again", data={"csrf_token": token(client, "/admin/log/looks")})
    html = answer.get_data(as_text=True)
    assert "重新计算：字节一致" in html
    assert "刚刚从存储的规则原文重新建立并计算" in html
    assert Alarm.select().count() == 0


def test_a_tampered_decision_shows_the_first_byte_both_texts_and_raises_one_alarm(site: Site, decided: Evaluation) -> None:
    log_scene.tamper(decided, '"winners":["D-030"]', '"winners":["D-020"]')
    client = site.signed_in("auditor")
    for _ in range(2):
        html = client.get(f"/admin/log/{decided.id}").get_data(as_text=True)
        assert "重新计算：字节不一致" in html
        assert "D-020&#34;]" in html
        assert "D-030&#34;]" in html
    kept = decided.decision.replace('"winners":["D-030"]', '"winners":["D-020"]')
    place = next(n for n, pair in enumerate(zip(kept.encode(), decided.decision.encode(), strict=True), 1) if pair[0] != pair[1])
    assert f"第 {place:,} 字节起不同" in html
    assert Alarm.select().count() == 1
    assert Alarm.get().kind == "判定复算"


@pytest.mark.parametrize("damage", ['"facts":', '"trace":', "{"])
def test_a_decision_that_cannot_be_read_is_said_and_raises_an_alarm(site: Site, decided: Evaluation, damage: str) -> None:
    log_scene.tamper(decided, damage, "[")
    html = page(site, f"/admin/log/{decided.id}")
    assert "存储的判定读不出，已报警" in html
    assert Alarm.select().count() == 1


def test_rules_that_are_not_kept_are_said_not_hidden(site: Site) -> None:
    assert "当时的规则没有留存，不能重新计算" in page(site, "/admin/log/1")  # the scene's first decision names a version nobody has


def test_a_disagreement_stands_out_in_the_list_and_at_its_foot(site: Site) -> None:
    ticket = site.rows.tickets[5]
    decision = make_desk().rules.decide("dispatch", "ticket.accepted", GAS, NOW)
    made = log_scene.keep(ticket, decision.__class__(**{**vars(decision), "agreed": False, "winners": (), "actions": ()}), make_desk().rules)
    html = page(site, "/admin/log/?split=1")
    assert "引擎与复算不一致" in html
    assert "不一致 1 条" in html
    assert "l-split" in html
    assert f"/admin/log/{made.id}?split=1" in html
    assert Evaluation.get_by_id(made.id).outcome == "disagreed"


def test_what_todays_rules_say_is_computed_and_compared(site: Site) -> None:
    desk, evaluation = log_scene.published_twice(site.rows)
    object.__setattr__(site.app.extensions["suda"], "desk", desk)
    html = page(site, f"/admin/log/{evaluation.id}?not=住建局")
    assert "与当时不同" in html
    assert "住建局 · 物业科" in html.split('id="today"')[1]
    assert "点名「住建局」的规则 1 条" in html
    assert "D-095" in html
    assert "V1" in html
    assert "按今天的 V2" in html


def test_a_rules_history_says_what_changed_who_wrote_and_who_approved(site: Site) -> None:
    desk, evaluation = log_scene.published_twice(site.rows)
    object.__setattr__(site.app.extensions["suda"], "desk", desk)
    html = page(site, "/admin/log/rule/dispatch/D-090")
    newer, older = html.split('class="l-step ')[1:3]
    assert ("现行" in newer, "陈远" in newer, "机构职能已调整" in newer, "改了这条规则" in newer) == (True,) * 4
    assert "水务局/管网科" in newer
    assert "住建局/物业科" in newer
    assert ("周敏" in older, "何立群" in older) == (True, True)
    assert "一共 1 次" in html
    assert evaluation.version[:7] in older


def test_a_version_of_the_program_says_so_and_an_unknown_rule_is_not_found(site: Site, decided: Evaluation) -> None:
    assert "随程序的初版" in page(site, "/admin/log/rule/dispatch/D-030")
    client = site.signed_in("auditor")
    for path in ("dispatch/D-404", "nothing/D-030", "dispatch/" + "x" * 200, "dispatch/%00"):
        assert client.get(f"/admin/log/rule/{path}").status_code == 404, path


def test_a_number_is_shown_once_to_who_says_why_and_the_look_is_kept(site: Site, decided: Evaluation) -> None:
    client = site.signed_in("auditor")
    shown = client.get(f"/admin/log/{decided.id}").get_data(as_text=True)
    assert ("199****0013" in shown, "19900000013" in shown) == (True, False)
    asked = {"csrf_token": token(client, "/admin/log/looks"), "what": "caller_phone", "reason": REASON}
    answer = client.post(f"/admin/log/{decided.id}/reveal", data=asked).get_data(as_text=True)
    assert "19900000013" in answer
    assert "本次查看已记录" in answer
    assert "19900000013" not in client.get(f"/admin/log/{decided.id}").get_data(as_text=True)
    look = Look.get()
    assert (look.ticket, look.what, look.reason, look.role, look.at) == ("20261123-0007", "caller_phone", REASON, "auditor", stored(NOW))
    listed = client.get("/admin/log/looks").get_data(as_text=True)
    assert (REASON in listed, "苏禾" in listed, "19900000013" in listed) == (True, True, False)


@pytest.mark.parametrize("reason", ["", "看看", "      ", "。。。。。。。。", "x" * 201])
def test_without_a_reason_nothing_is_shown_and_nothing_kept(site: Site, decided: Evaluation, reason: str) -> None:
    client = site.signed_in("auditor")
    asked = {"csrf_token": token(client, "/admin/log/looks"), "what": "caller_phone", "reason": reason}
    answer = client.post(f"/admin/log/{decided.id}/reveal", data=asked, follow_redirects=True).get_data(as_text=True)
    assert "请写明查看事由" in answer
    assert "19900000013" not in answer
    assert Look.select().count() == 0


def test_numbers_in_a_citizens_own_words_are_hidden_until_a_reason_is_given(site: Site) -> None:
    ticket = make_ticket(site.rows, site.rows.places["管网科"], "燃气泄漏，请打 13912345678，身份证 110101199003071234")
    made = log_scene.decide(ticket, {"text": ticket.text})
    client = site.signed_in("auditor")
    html = client.get(f"/admin/log/{made.id}").get_data(as_text=True)
    assert "13912345678" not in html
    assert "110101199003071234" not in html
    asked = {"csrf_token": token(client, "/admin/log/looks"), "what": "text", "reason": REASON}
    assert "13912345678" in client.post(f"/admin/log/{made.id}/reveal", data=asked).get_data(as_text=True)
    assert Look.get().what == "text"
    refused = client.post(f"/admin/log/{made.id}/reveal", data={**asked, "what": "password"}, follow_redirects=True).get_data(as_text=True)
    assert "没有这一项" in refused
