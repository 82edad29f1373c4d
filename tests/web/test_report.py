"""月度简报: its sentences against plain questions to the tables, one and none in both languages, kinds instead of a ranking, and the PDF."""

from __future__ import annotations

import re
import zlib
from base64 import a85decode
from decimal import Decimal
from pathlib import Path

import pytest

from insights.month_rates import MonthRates, Told
from tests.web.conftest import Site
from tests.web.district_rows import NOW, make_ticket
from tests.web.test_leaders import SAY, SINCE, UNTIL, ask, plain
from tickets.domain.period import month_of
from tickets.domain.times import stored
from tickets.store.models import Ticket
from tickets.store.month_report import Counts
from web.show import report_words
from web.show.report_kinds import kinds
from web.show.targets import Aim
from web.words import load


def saying(lang: str) -> report_words.Say:
    return lambda key, **parts: load().say(key, lang, **parts)


def counts(total: int, before: int, closed: int = 0) -> Counts:
    return Counts(total, before, closed, (("供水", total, before),) if total or before else (), (("投诉", total),), (("电话", total),))


@pytest.mark.parametrize(
    ("total", "before", "zh", "en"),
    [
        (0, 7, "十月没有受理诉求。", "No appeal was received in 十月."),
        (1, 0, "十月受理群众诉求 1 件；上月没有诉求，无从比较。", "1 appeal was received in 十月; there was none in the month before to compare with."),
        (1, 1, "十月受理群众诉求 1 件，与上月持平。", "1 appeal was received in 十月, as many as in the month before."),
        (3, 2, "十月受理群众诉求 3 件，比上月 2 件多 1 件（50%）。", "3 appeals were received in 十月, 1 more (50%) than the 2 of the month before."),
        (2, 3, "十月受理群众诉求 2 件，比上月 3 件少 1 件（33.3%）。", "2 appeals were received in 十月, 1 fewer (33.3%) than the 3 of the month before."),
        (
            1684,
            1652,
            "十月受理群众诉求 1,684 件，比上月 1,652 件多 32 件（1.9%）。",
            "1,684 appeals were received in 十月, 32 more (1.9%) than the 1,652 of the month before.",
        ),
    ],
)
def test_none_one_and_many_are_said_as_one_says_them(total: int, before: int, zh: str, en: str) -> None:
    assert report_words.overall(counts(total, before), "十月", False, saying("zh")).says[0] == zh
    assert report_words.overall(counts(total, before), "十月", False, saying("en")).says[0] == en


@pytest.mark.parametrize(
    ("closed", "zh", "en"), [(0, "还没有办结的。", "None was closed."), (1, "办结 1 件。", "1 was closed."), (2, "办结 2 件。", "2 were closed.")]
)
def test_what_was_closed_has_its_number_too(closed: int, zh: str, en: str) -> None:
    assert report_words.overall(counts(2, 2, closed), "十月", False, saying("zh")).says[-1] == zh
    assert report_words.overall(counts(2, 2, closed), "十月", False, saying("en")).says[-1] == en


def month(**told: tuple[str, int, int]) -> MonthRates:
    """`whole` or `u<id>`: the value, the tickets above and below the line of every rate."""
    of = {}
    for who, (value, good, total) in told.items():
        key = ("whole", None) if who == "whole" else ("unit", int(who[1:]))
        of[key] = dict.fromkeys(("response_rate", "on_time_rate", "mean_hours"), Told(Decimal(value), good, total))
    return MonthRates(month_of(NOW), of)


def test_a_rate_is_said_against_last_month_and_its_target_or_not_at_all() -> None:
    aims = {"response_rate": Aim(Decimal(100), 5), "on_time_rate": Aim(Decimal("99.5"), 30), "mean_hours": Aim(Decimal(24), 1)}
    said = report_words.rates(month(whole=("98.15", 53, 54)), month(whole=("100", 20, 20)), {**aims, "on_time_rate": Aim(None, 90)}, saying("zh")).says
    assert said[0] == "响应率 98.15%（53 / 54 件），比上月低 1.85 个百分点，没有达到目标 100%。"
    assert said[1] == "按时办结率样本不足（54/90），不作评价。"
    assert said[2] == "解决率本月没有可算的。"
    assert said[4] == "平均办理时长 98.15 小时（54 件），比上月快 1.85 小时，没有达到目标 24 小时。"
    same = report_words.rates(month(whole=("100", 54, 54)), month(whole=("100", 20, 20)), aims, saying("en")).says
    assert same[:2] == (
        "Signed on time: 100 % (54 of 54), as in the month before, reaching the target of 100 %.",
        "Handled on time: 100 % (54 of 54), reaching the target of 99.5 %.",
    )


def test_units_are_compared_within_their_kind_and_only_those_with_enough_cases() -> None:
    units = {"区直部门": [(1, "甲局"), (2, "乙局"), (3, "丙局")], "镇街": [(4, "东镇"), (5, "西镇")], "村居": [(6, "南村")], "企业": [(7, "水厂"), (8, "电厂")]}
    here = month(u1=("90", 9, 10), u2=("100", 12, 12), u3=("100", 8, 8), u4=("95", 19, 20), u5=("0", 0, 2), u7=("100", 5, 5), u8=("100", 6, 6))
    section = kinds(here, units, {"on_time_rate": Aim(None, 5)}, saying("zh"))
    assert section.says[1:] == (
        "区直部门 3 家中 3 家样本足够，按时办结率中位 100%；最高的是乙局及另外 1 家 100%，最低的是甲局 90%（9 / 10 件）。",
        "镇街 2 家中只有 东镇 样本足够，按时办结率 95%（19 / 20 件）。",
        "企业 2 家中 2 家样本足够，按时办结率都是 100%。",
        "村居没有样本足够的单位。",
    )
    assert "the highest 乙局 and 1 more with 100 %, the lowest 甲局 with 90 % (9 of 10)." in kinds(here, units, {}, saying("en")).says[1]


@pytest.fixture
def told(site: Site) -> Site:
    place = site.rows.places["管网科"]
    for number in range(3):
        make_ticket(site.rows, place, "井盖响", ago=3600 + number, signed=60, category="井盖设施")
        make_ticket(site.rows, place, "水压低", ago=33 * 86_400 + number, signed=60, category="供水")
    Ticket.update(closed_at=stored(NOW), status="已结案").where(Ticket.category == "井盖设施").execute()
    return site


def test_the_page_says_what_plain_questions_say(told: Site) -> None:
    shown = plain(told.signed_in("leader").get("/report/2026-11").get_data(as_text=True))
    ((total,),) = ask(SAY.format("", ""), SINCE, UNTIL)
    ((before,),) = ask(SAY.format("", ""), "2026-09-30 16:00:00", "2026-10-23 06:32:00")
    assert f"2026 年 11 月受理群众诉求 {total} 件，比上月同期 {before} 件多 {int(str(total)) - int(str(before))} 件" in shown
    ((closed,),) = ask("SELECT COUNT(*) FROM ticket WHERE closed_at >= ? AND closed_at < ?", SINCE, UNTIL)
    assert f"办结 {closed} 件。" in shown
    top = ask(
        "SELECT category, COUNT(*) FROM ticket WHERE registered_at >= ? AND registered_at < ? AND category <> '' GROUP BY 1 ORDER BY 2 DESC, 1", SINCE, UNTIL
    )
    assert f"最多的是{top[0][0]}，{top[0][1]} 件" in shown
    for name, count in top[:5]:
        assert f"{name} {count} " in shown
    ((town,),) = ask(SAY.format("", "AND t.area <> ''"), SINCE, UNTIL)
    assert f"按镇街：临河镇 {town} 件。" in shown
    assert "本月还没有结束" in shown
    past = plain(told.signed_in("leader").get("/report/2026-10").get_data(as_text=True))
    assert "2026 年 10 月受理群众诉求 3 件；上月没有诉求，无从比较。" in past
    assert "本月还没有结束" not in past


def test_a_month_with_nothing_reads_well_and_one_ahead_is_not_there(told: Site) -> None:
    leader = told.signed_in("leader")
    shown = plain(leader.get("/report/2026-01").get_data(as_text=True))
    for sentence in ("2026 年 1 月没有受理诉求。", "还没有办结的。", "没有已定类别的诉求。", "没有一件能落到村居。", "响应率本月没有可算的。"):
        assert sentence in shown
    for address in ("/report/2026-12", "/report/2026-13", "/report/x", "/report/2026-12/pdf"):
        assert leader.get(address).status_code == 404
    leader.set_cookie("suda_lang", "en")
    assert "No appeal was received in January 2026." in plain(leader.get("/report/2026-01").get_data(as_text=True))


def test_the_pdf_holds_the_same_words_and_no_font(told: Site) -> None:
    leader = told.signed_in("leader")
    file = leader.get("/report/2026-11/pdf")
    assert file.mimetype == "application/pdf"
    assert file.data.startswith(b"%PDF-")
    assert b"STSong-Light" in file.data
    assert b"/FontFile" not in file.data
    assert file.data == leader.get("/report/2026-11/pdf").data
    drawn = b"".join(zlib.decompress(a85decode(part, adobe=False)) for part in re.findall(rb"(?<!end)stream\r?\n(.*?)~>", file.data, re.DOTALL))
    assert "最多的是供水".encode("utf-16-be") in unescaped(drawn) or "井盖设施".encode("utf-16-be") in unescaped(drawn)


def unescaped(drawn: bytes) -> bytes:
    """The strings of the page as they were before a PDF escapes them."""
    drawn = re.sub(rb"\\([0-7]{3})", lambda octal: bytes((int(octal[1], 8),)), drawn)
    return re.sub(rb"\\([()\\])", rb"\1", drawn)


def test_nothing_of_the_pdf_is_loaded_before_it_is_asked_for() -> None:
    text = (Path(__file__).parents[2] / "web" / "report_pdf.py").read_text(encoding="utf-8")
    assert "import reportlab" not in text
