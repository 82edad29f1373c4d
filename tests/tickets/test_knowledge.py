"""Entries keep their editions and their history; what was taken from one is counted; a sheet is read with a sentence for each bad row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from insights.knowledge_search import search
from tests.tickets.conftest import MONDAY_NINE
from tickets.domain.times import stored
from tickets.files.knowledge import read_file
from tickets.store import directory_log, knowledge, stamp
from tickets.store.connect import transaction
from tickets.store.knowledge import Wanted

PIPE = Wanted("水管爆了找谁", "先关总阀，再登记。", "供水", "爆管", "规定第三条", "水务局")
CATEGORIES, UNITS = ("供水", "供电"), ("水务局", "水务局/管网科")


def test_each_change_is_an_edition_and_a_line_of_the_history(database: str) -> None:
    assert knowledge.put((PIPE,), MONDAY_NINE).added == ("K0001",)
    assert knowledge.put((PIPE,), MONDAY_NINE).same == 1
    assert knowledge.put((replace(PIPE, answer="先关阀。"),), MONDAY_NINE).changed == ("K0001",)
    found = knowledge.by_code("K0001")
    assert found is not None
    assert (found.edition, found.answer) == (2, "先关阀。")
    changes = directory_log.history(directory_log.KNOWLEDGE, found.id)
    assert [one.what for one in changes] == ["修改", "新增"]
    assert ("k_answer", "先关总阀，再登记。", "先关阀。") in changes[0].parts
    assert stamp.stamp(stamp.DIRECTORY) == 0  # rules are not read anew for it
    assert directory_log.entered_since_seeding()[0] == 0


def test_what_was_taken_from_an_entry_says_its_edition_and_is_counted_with_the_answer(database: str) -> None:
    knowledge.put((PIPE, replace(PIPE, title="旧的", code="K7", valid_until=stored(MONDAY_NINE))), MONDAY_NINE)
    assert knowledge.used("K0001", MONDAY_NINE) == {"knowledge": "K0001", "edition": 1, "title": PIPE.title}
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError(knowledge.used("K0001", MONDAY_NINE))
    found = knowledge.by_code("K0001")
    assert found is not None
    assert found.used == 1
    assert [knowledge.used(code, MONDAY_NINE) for code in ("K7", "none")] == [None, None]
    assert knowledge.used("K7", MONDAY_NINE - timedelta(minutes=1)) is not None
    assert knowledge.next_code() == "K0008"


def test_the_search_sees_each_change_at_once_and_leaves_out_what_has_expired(database: str) -> None:
    assert search("水管", "", 5, MONDAY_NINE) == ()
    knowledge.put((PIPE, replace(PIPE, title="阀门在哪里", words="总阀", code="K9")), MONDAY_NINE)
    assert [one.entry.code for one in search("水管爆了", "", 5, MONDAY_NINE)] == ["K0001"]
    knowledge.put((replace(PIPE, code="K0001", title="爆管报给谁", words="", answer="报修"),), MONDAY_NINE)
    assert search("水管爆了", "", 5, MONDAY_NINE) == ()
    assert search("爆管", "", 5, MONDAY_NINE)[0].lit == ("爆管",)
    knowledge.put((replace(PIPE, code="K0001", title="爆管报给谁", valid_until=stored(MONDAY_NINE)),), MONDAY_NINE)
    assert search("爆管", "", 5, MONDAY_NINE) == ()
    assert [one.expired for one in search("爆管报给谁", "", 5, MONDAY_NINE, expired=True)] == [True]
    assert {one.entry.code for one in search("", "供水", 5, MONDAY_NINE)} == {"K9"}


def test_a_sheet_in_gb18030_gives_good_rows_and_a_sentence_for_each_bad_one(tmp_path: Path) -> None:
    file = tmp_path / "知识.csv"
    rows = [
        "编号,标题,答复,类别,检索词,依据,责任单位,有效期至",
        "K0001,水管爆了找谁,先关总阀,供水,爆管,规定,水务局,2027-03-31",
        ",没有答复,,供水,,,,",
        ",类别不对,答,供谁,,,,",
        ",单位不对,答,,,,水务居,",
        ",日期不对,答,,,,,2027-02-30",
        ",水管爆了找谁,又一次,,,,,长期",
        "K 2,编号不对,答,,,,,",
    ]
    file.write_bytes("\n".join(rows).encode("gb18030"))
    sheet = read_file(file, CATEGORIES, UNITS)
    assert [(one.title, one.valid_until.isoformat() if one.valid_until else "") for one in sheet.wanted] == [("水管爆了找谁", "2027-03-31T16:00:00")]
    assert [row.line for row in sheet.refused] == [3, 4, 5, 6, 7, 8]
    said = " ".join(row.zh for row in sheet.refused)
    for words in ("没有答复", "是不是「供水」", "是不是「水务局」", "不存在", "与第 2 行是同一条", "编号「K 2」"):
        assert words in said
