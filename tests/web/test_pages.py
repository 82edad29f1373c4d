"""What the pages say: rows, rings, words of messages, reasons, errors, both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.conftest import Site, token
from tests.web.district_rows import make_ticket
from web import words
from web.words import WordsMissing

PAYLOAD = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


def text_of(html: str) -> str:
    """The words of a page, tags taken out, white space as one blank."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.S)))


def test_the_live_page_shows_the_afternoon(site: Site) -> None:
    page = site.signed_in("supervisor").get("/").get_data(as_text=True)
    said = text_of(page)
    for words_ in (
        "今日受理 8 件",
        "自动派单率 87.5 % 7 / 8 件",
        "3 / 4 件按时签收",
        "全部 8",
        "待签收 5",
        "特急 2",
        "人工派单 1",
        "未能判定",
        "短信已送达",
        "到点再拨",
        "正在拨打",
        "未用电话",
    ):
        assert words_ in said, words_
    assert '<mark class="key">没有自来水</mark>' in page
    assert page.count('class="row-item') == 8


def test_rings_tell_the_time_left_and_the_time_over(site: Site) -> None:
    page = site.signed_in("supervisor").get("/").get_data(as_text=True)
    assert 'class="ring blue"' in page
    assert 'class="ring orange"' in page
    assert page.count('class="ring red"') == 1
    assert "<b>4:50</b>" in page  # registered 11 seconds ago, dispatched a second later
    assert "<b>0:30</b>" in page  # of the one whose five minutes ended 30 seconds ago
    assert "0:48" in page  # signed after 48 seconds


@pytest.mark.parametrize(("tab", "rows"), [("all", 8), ("unsigned", 5), ("urgent", 2), ("manual", 1), ("nonsense", 8)])
def test_tabs_narrow_the_stream(site: Site, tab: str, rows: int) -> None:
    assert len(site.signed_in("supervisor").get(f"/live/state?tab={tab}").get_json()["rows"]) == rows


def test_the_state_is_sent_again_only_when_it_changed(site: Site) -> None:
    client = site.signed_in("supervisor")
    first = client.get("/live/state")
    assert first.headers["X-Suda-Now"] == "1795415527000"
    again = client.get("/live/state", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    make_ticket(site.rows, site.rows.places["管网科"], ago=1)
    assert client.get("/live/state", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_script_that_is_no_longer_signed_in_is_told(site: Site) -> None:
    answer = site.app.test_client().get("/live/state", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]) == (401, "401")


def test_an_empty_day_says_when_the_last_one_came(site: Site) -> None:
    page = site.signed_in("grid_officer").get("/?tab=urgent").get_data(as_text=True)
    assert "这一栏现在没有诉求" in page
    assert "最近一件在 14:21:14" in page


def test_the_ticket_page_tells_why_it_went_there(site: Site) -> None:
    page = site.signed_in("handler").get("/t/20261123-0007").get_data(as_text=True)
    said = text_of(page)
    for words_ in (
        "D-010 停水派水务局",
        "依据 区热线办理规程第七条",
        "规则版本 7f3a19c",
        "用时 412 微秒",
        "全部满足",
        "均不出现",
        "原话中没有",
        "也成立，但排在前面的规则先用",
        "缺少事实，无法判断",
    ):
        assert words_ in said, words_
    assert "现在由您负责" in said
    assert "示范区 · 临河镇 · 菜市场北门" in said
    assert 'id="sign"' in page


def test_what_is_missing_to_close_is_said(site: Site) -> None:
    said = text_of(site.signed_in("supervisor").get("/t/20261123-0007").get_data(as_text=True))
    for words_ in ("结案还差什么", "派给承办单位", "韩雨澄签收", "韩雨澄回复办理结果", "逐级审核", "回访核实", "热线中心结案"):
        assert words_ in said


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=20261123-0005", 0),  # an exact number opens the ticket itself
        ("q=0013", 8),  # the tail of a phone
        ("q=拖欠工资", 1),
        ("q=柳湾镇 工资", 1),
        ("status=待签收", 5),
        ("status=open", 8),
        ("clock=over", 1),
        ("clock=near", 1),
        ("clock=risk", 5),
        ("urgency=特急", 2),
        ("manual=1", 1),
        ("when=today", 8),
        ("q=没有这样的话", 0),
        ("page=99999999999", 8),
        ("page=-1", 8),
        ("q=%25", 0),
    ],
)
def test_the_list_is_filtered_and_searched(site: Site, query: str, found: int) -> None:
    page = site.signed_in("supervisor").get(f"/tickets?{query}").get_data(as_text=True)
    assert page.count("<tr><td") == found


def test_an_exact_number_opens_the_ticket(site: Site) -> None:
    assert site.signed_in("supervisor").get("/tickets?q=20261123-0005").headers["Location"] == "/t/20261123-0005"


def test_the_library_gathers_a_category(site: Site) -> None:
    said = text_of(site.signed_in("supervisor").get("/library/供水").get_data(as_text=True))
    assert "过往诉求" in said
    assert "水务局 · 管网科" in said
    assert site.signed_in("supervisor").get("/library/没有这一类").status_code == 404


def test_rules_are_said_in_words(site: Site) -> None:
    said = text_of(site.signed_in("policy").get("/rules").get_data(as_text=True))
    assert "五分钟签收" in said
    assert "签收时限 5分钟（自然时）" in said


def test_messages_are_listed_with_how_they_went(site: Site) -> None:
    said = text_of(site.signed_in("supervisor").get("/messages?channel=电话").get_data(as_text=True))
    assert "正在拨打" in said
    assert "吴承岳" in said
    assert "石长河" not in said


@pytest.mark.parametrize(
    "address", ["/", "/live/state", "/t/20261123-0009", "/tickets", f"/tickets?q={PAYLOAD}", "/library", "/library/供水", "/messages", "/rules"]
)
def test_a_script_in_any_field_is_shown_and_does_nothing(site: Site, address: str) -> None:
    place = site.rows.places["管网科"]
    place.person.name = PAYLOAD[:40]
    place.person.save()
    place.unit.name = PAYLOAD[:60]
    place.unit.save()
    make_ticket(
        site.rows, place, PAYLOAD, ago=1, title=PAYLOAD, address=PAYLOAD, area=PAYLOAD[:60], reason=PAYLOAD, kind="<b>", words=["<script>"], source="<i>"
    )
    answer = site.signed_in("supervisor").get(address)
    html = "".join(row["html"] for row in answer.get_json()["rows"]) if address == "/live/state" else answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "49" not in re.findall(r"\{\{.*?\}\}|>49<", html)


@pytest.mark.parametrize("address", ["/", "/t/20261123-0007", "/tickets", "/library", "/library/供水", "/messages", "/rules"])
def test_no_page_carries_inline_styles_or_handlers(site: Site, address: str) -> None:
    html = site.signed_in("supervisor").get(address).get_data(as_text=True)
    assert re.findall(r"<[^>]+\s(?:style|on\w+)=", html) == []
    assert all("nonce=" in tag or "src=" in tag for tag in re.findall(r"<script[^>]*>", html))


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/nowhere", 404, "没有这一页"),
        ("/t/../../etc/passwd", 404, "没有这一页"),
        ("/t/%00", 404, "没有这一页"),
        ("/t/20261123-0007/sign", 405, "不能这样打开"),
    ],
)
def test_errors_are_pages_in_words(site: Site, address: str, status: int, said: str) -> None:
    answer = site.signed_in("supervisor").get(address)
    assert answer.status_code == status
    assert said in answer.get_data(as_text=True)


def test_a_failure_inside_is_a_page_with_a_number_and_no_trace(site: Site) -> None:
    site.app.add_url_rule("/breaks", "breaks", _breaks)
    page = site.signed_in("supervisor").get("/breaks")
    assert page.status_code == 500
    said = page.get_data(as_text=True)
    assert "出了点问题" in said
    assert re.search(r"编号 [0-9a-f]{8}", said)
    assert "a secret of the inside" not in said


def _breaks() -> str:
    raise RuntimeError("a secret of the inside")


_breaks.right = "open"  # type: ignore[attr-defined]


def test_the_switch_turns_every_page_english(site: Site) -> None:
    client = site.signed_in("supervisor")
    client.post("/language", data={"lang": "en", "next": "/", "csrf_token": token(client, "/")})
    for address, said in (
        ("/", "Received today"),
        ("/t/20261123-0007", "Why it went there"),
        ("/tickets", "Went to"),
        ("/messages", "Any channel"),
        ("/rules", "in force"),
    ):
        page = client.get(address).get_data(as_text=True)
        assert said in page
        assert '<html lang="en"' in page


def test_every_word_has_both_languages_with_the_same_parts() -> None:
    for key, entry in words.load().entries.items():
        if key in ("office.said", "inbox.why_sent"):  # hands on a sentence: one there in both languages; a reason that rules give in Chinese alone
            continue
        parts = [sorted(re.findall(r"\{(\w+)\}", entry[lang])) for lang in ("zh", "en")]
        assert parts[0] == parts[1], key


def test_a_word_without_english_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("live:\n  title: {zh: 总览}\n", encoding="utf-8")
    with pytest.raises(WordsMissing, match=r"live\.title"):
        words.load(tmp_path)
    with pytest.raises(WordsMissing, match="no such words"):
        words.load().say("live.nothing", "zh")
