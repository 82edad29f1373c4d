"""Small pure pieces: marks, excerpts, spans, masks, lanes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tickets.domain import mask
from web.show.clock import day, day_start, moment_words, short_span, span_words, within_words
from web.show.highlight import excerpt, pieces


def marked(text: str, *words: str) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces(text, words))


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("水管爆裂没有自来水", ("水管爆裂", "没有自来水"), "[水管爆裂没有自来水]"),  # touching marks are one
        ("停水又停水", ("停水",), "[停水]又[停水]"),  # each place
        ("停水通知", ("停水", "水通"), "[停水通]知"),  # overlapping
        ("WiFi不通", ("wifi",), "[WiFi]不通"),  # in any case
        ("没有", ("",), "没有"),  # an empty word marks nothing
        ("İİ停水", ("停水",), "İİ停水"),  # a letter that grows in lower case: nothing rather than the wrong place
        ("", ("停水",), ""),
    ],
)
def test_words_that_decided_are_marked(text: str, words: tuple[str, ...], shown: str) -> None:
    assert marked(text, *words) == shown


def test_an_excerpt_keeps_the_word_that_decided() -> None:
    long = "我是老住户，" * 20 + "楼下水管爆裂了。" + "请尽快处理。" * 10
    shown = "".join(piece.text for piece in excerpt(long, ("水管爆裂",)))
    assert "水管爆裂" in shown
    assert shown.startswith("…")
    assert len(shown) <= 46


@pytest.mark.parametrize(
    ("seconds", "short", "zh"),
    [
        (0, "0:00", "0 秒"),
        (48, "0:48", "48 秒"),
        (299.9, "4:59", "4 分"),
        (3600, "1:00:00", "1 小时"),
        (4703, "1:18:23", "1 小时 18 分"),
        (187_500, "52:05:00", "2 天 4 小时"),
        (-5, "0:00", "0 秒"),
    ],
)
def test_spans_read_as_people_say_them(seconds: float, short: str, zh: str) -> None:
    assert short_span(seconds) == short
    assert span_words(seconds, "zh") == zh


def test_the_day_is_the_districts_own() -> None:
    moment = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 00:30 on Monday there
    assert day(moment, "zh") == "2026年11月23日 周一"
    assert day(moment, "en") == "Mon 23 Nov 2026"
    assert day_start(moment).isoformat() == "2026-11-22T16:00:00"


def test_moments_of_other_days_say_which() -> None:
    now = datetime(2026, 11, 23, 6, 32, tzinfo=UTC).replace(tzinfo=None)
    assert moment_words(now - timedelta(minutes=1), now, "zh") == "14:31:00"
    assert moment_words(now - timedelta(days=1), now, "zh") == "11月22日 14:32"
    assert moment_words(now - timedelta(days=400), now, "en") == "19 Oct 2025 14:32"


@pytest.mark.parametrize(("within", "zh"), [("5m", "5 分钟"), ("24h", "24 小时"), ("7d", "7 天"), ("soon", "soon"), ("", "")])
def test_spans_of_rules_in_words(within: str, zh: str) -> None:
    assert within_words(within, "zh") == zh


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13800000013", "138****0013"), ("03121234567", "031****4567"), ("1234567", "*****67"), ("12", "**"), ("", ""), (" 13800000013 ", "138****0013")],
)
def test_a_number_is_masked(number: str, shown: str) -> None:
    assert mask.phone(number) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请打13912345678找我", "请打139****5678找我"),
        ("139 1234 5678", "139******5678"),
        ("身份证11010119900307123X", "身份证110***********123X"),
        ("工单20261123-0067", "工单20261123-0067"),  # not a phone
        ("欠薪1000000元", "欠薪1000000元"),
    ],
)
def test_numbers_in_a_citizens_own_words_are_masked(text: str, shown: str) -> None:
    assert mask.in_text(text) == shown
