"""The catalogue as a sheet and the calendar as a year: back unchanged changes nothing, a change touches its own lines, all of it in a draft."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from admin.calendars_change import Asked, calendar_of
from admin.calendars_change import changed as calendar_changed
from admin.catalogue_leaves import changed, changes, leaves
from admin.office_forms import Mistake
from tests.web.conftest import PROJECT, Site, token
from tickets.files import catalogue_xlsx as sheet
from tickets.files.catalogue_xlsx import Leaf, Wanted
from tickets.files.refused import FileRefused
from tickets.files.write_xlsx import workbook
from tickets.store import drafts

TREE = {f"rules/{path.parent.name}/{path.name}": path.read_text(encoding="utf-8") for path in sorted((PROJECT / "rules").glob("[lc]*/*.yaml"))}
EVERY = leaves(TREE)
SECTIONS = tuple({leaf.section for leaf in EVERY})


def read(folder: Path, rows: list[list[str]], titles: tuple[str, ...] = sheet.TITLES, grassroots: frozenset[str] = frozenset()) -> sheet.Imported:
    file = folder / "catalogue.xlsx"
    file.write_bytes(workbook("目录", titles, rows))
    return sheet.read_file(file, EVERY, SECTIONS, grassroots)


def rows() -> list[list[str]]:
    return [list(sheet.cells(leaf)) for leaf in EVERY]


def lines_changed(before: str, after: str) -> tuple[int, int]:
    found = [line for line in unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="") if not line.startswith(("---", "+++", "@@"))]
    return sum(line[0] == "-" for line in found), sum(line[0] == "+" for line in found)


def test_out_and_in_unchanged_changes_nothing(tmp_path: Path) -> None:
    imported = read(tmp_path, rows())
    assert (imported.total, imported.refused, len(imported.wanted)) == (len(EVERY), (), len(EVERY))
    assert changes(EVERY, imported.wanted) == ()
    assert changed(TREE, imported.wanted) == {}


def test_a_changed_row_changes_its_own_line(tmp_path: Path) -> None:
    table = rows()
    leaf = next(leaf for leaf in EVERY if leaf.name == "停水爆管")
    table[EVERY.index(leaf)][3] = "、".join((*leaf.keywords[1:], "没水", "没水"))
    imported = read(tmp_path, table)
    (change,) = changes(EVERY, imported.wanted)
    assert (change.added, change.removed) == (("没水",), (leaf.keywords[0],))
    texts = changed(TREE, imported.wanted)
    assert list(texts) == [leaf.file]
    assert lines_changed(TREE[leaf.file], texts[leaf.file]) == (1, 1)
    assert next(one for one in leaves({**TREE, **texts}) if one.name == leaf.name).keywords == (*leaf.keywords[1:], "没水")


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (2, "停水暴管", "最接近的是“停水爆管”"),
        (4, "水务局/管网课", "最接近的是“水务局/管网科”"),
        (5, "也许", "只能写 是 或 否"),
        (3, "停" * 41, "超过 40 个字"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place_and_the_nearest_name(tmp_path: Path, column: int, value: str, sentence: str) -> None:
    table, place = rows(), next(index for index, leaf in enumerate(EVERY) if leaf.name == "停水爆管")
    table[place][column] = value
    imported = read(tmp_path, table)
    (refused,) = imported.refused
    assert refused.line == place + 2
    assert sentence in refused.zh
    assert refused.en


def test_a_row_twice_and_department_work_at_the_grassroots_are_refused(tmp_path: Path) -> None:
    table, place = rows(), next(index for index, leaf in enumerate(EVERY) if leaf.name == "停水爆管")
    assert "出现了两次" in read(tmp_path, [*table, table[place]]).refused[0].zh
    table[place][4] = "环卫所/清运队"
    sections = (*SECTIONS, "环卫所/清运队")
    file = tmp_path / "catalogue.xlsx"
    file.write_bytes(workbook("目录", sheet.TITLES, table))
    assert "不能归口到基层" in sheet.read_file(file, EVERY, sections, frozenset({"环卫所/清运队"})).refused[0].zh


def test_a_file_that_is_no_catalogue_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="找不到“类别”一列"):
        read(tmp_path, [["a"]], ("什么",))
    gbk = tmp_path / "gbk.csv"
    gbk.write_bytes("类别,关键词\r\n停水爆管,停水、断水\r\n".encode("gb18030"))
    assert sheet.read_file(gbk, EVERY, SECTIONS, frozenset()).wanted["停水爆管"] == Wanted(keywords=("停水", "断水"))


WORD = st.text(st.sampled_from("停水管、，;；=+-@'漏 \n"), max_size=6).map(lambda word: " ".join(word.split())).filter(lambda word: word.strip(" '") != "")


@settings(max_examples=40, deadline=None)
@given(keywords=st.lists(WORD, min_size=1, max_size=5, unique=True), samples=st.lists(WORD, max_size=3, unique=True))
def test_any_words_come_back_from_a_sheet_as_they_went(tmp_path_factory: pytest.TempPathFactory, keywords: list[str], samples: list[str]) -> None:
    leaf = Leaf("f", (), "类", ("甲",), tuple(keywords), tuple(samples), "水务局", False, True, False)
    file = tmp_path_factory.mktemp("sheet") / "catalogue.xlsx"
    file.write_bytes(workbook("目录", sheet.TITLES, [sheet.cells(leaf)]))
    imported = sheet.read_file(file, [leaf], ["水务局"], frozenset())
    assert imported.wanted["类"] == Wanted()


def test_section_and_reserve_are_written_where_they_differ() -> None:
    leaf = next(leaf for leaf in EVERY if leaf.own_reserved and leaf.own_section)
    texts = changed(TREE, {leaf.name: Wanted(section="水务局/排水科" if leaf.section != "水务局/排水科" else "水务局/管网科", reserved=False)})
    after = next(one for one in leaves({**TREE, **texts}) if one.name == leaf.name)
    assert (after.section != leaf.section, after.reserved, replace(after, section=leaf.section, reserved=True, own_reserved=True)) == (True, False, leaf)
    assert lines_changed(TREE[leaf.file], texts[leaf.file]) == (1, 1)


# ---- through the pages ----------------------------------------------------------------------------------------------------
def upload(client: FlaskClient, content: bytes, name: str = "catalogue.xlsx") -> str:
    data = {"csrf_token": token(client, "/"), "file": (io.BytesIO(content), name)}
    return client.post("/admin/catalogue/import/", data=data, content_type="multipart/form-data", follow_redirects=True).get_data(as_text=True)


def test_a_sheet_goes_out_changed_and_into_a_draft(site: Site) -> None:
    client = site.signed_in("policy")
    content = client.get("/admin/catalogue/export/xlsx/").get_data()
    assert "没有要改的" in upload(client, content)
    book = load_workbook(io.BytesIO(content))
    table: list[list[str]] = [[str(cell.value or "") for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]
    place = next(index for index, row in enumerate(table) if row[2] == "停水爆管")
    table[place][3] += "、没水"
    html = upload(client, workbook("目录", table[0], table[1:]))
    assert "<ins>没水</ins>" in html
    wanted = re.search(r'name="wanted" value="([^"]*)"', html)
    assert wanted is not None
    assert drafts.drafts(everything=True) == ()  # the preview writes nothing
    answer = client.post("/admin/catalogue/draft/", data={"csrf_token": token(client, "/"), "wanted": wanted[1].replace("&#34;", '"')})
    (draft,) = drafts.drafts(everything=True)
    assert answer.headers["Location"] == f"/admin/drafts/{draft.id}"
    assert draft.paths == ("rules/library/urban.yaml",)
    text = drafts.changed(draft.id)["rules/library/urban.yaml"]
    assert text is not None
    assert lines_changed(TREE["rules/library/urban.yaml"], text) == (1, 1)
    # the same again into the same draft is no change
    client.post("/admin/catalogue/draft/", data={"csrf_token": token(client, "/"), "draft": str(draft.id), "wanted": wanted[1].replace("&#34;", '"')})
    assert drafts.drafts(everything=True)[0].revision == draft.revision


@pytest.mark.parametrize("wanted", ["", "[]", "{", '{"停水爆管": 1}', '{"停水爆管": {"keywords": "x"}}', '{"停水爆管": {"reserved": "yes"}}', "[" * 5000])
def test_a_made_up_preview_is_refused(site: Site, wanted: str) -> None:
    client = site.signed_in("policy")
    client.post("/admin/catalogue/draft/", data={"csrf_token": token(client, "/"), "wanted": wanted})
    assert drafts.drafts(everything=True) == ()


def test_a_bomb_and_a_picture_are_refused_in_words(site: Site) -> None:
    client = site.signed_in("policy")
    book = Workbook()
    book.active["XFD1048576"] = "x"  # type: ignore[index]
    out = io.BytesIO()
    book.save(out)
    for content, name in ((out.getvalue(), "big.xlsx"), (b"\x89PNG\r\n\x1a\n" + bytes(200), "a.xlsx"), (b"", "empty.csv"), (b"PK\x03\x04 broken", "b.xlsx")):
        html = upload(client, content, name)
        assert 'class="note bad' in html
        assert "Traceback" not in html


# ---- the calendar ---------------------------------------------------------------------------------------------------------
def test_the_months_show_holidays_make_up_days_and_what_is_not_official(site: Site) -> None:
    html = site.signed_in("policy").get("/admin/calendars/?year=2026").get_data(as_text=True)
    assert "2027年还没有国务院办公厅的放假通知" in html
    assert 'class="o-day off" title="国庆节">1' in html
    assert 'class="o-day made" title="调休上班">10' in html.replace("调休上班日", "调休上班")
    assert site.signed_in("admin").get("/admin/calendars/?year=1").status_code == 200


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        (Asked("holiday", 2026, "国庆节补休", "2026-10-08", "2026-10-08"), (0, 1)),
        (Asked("makeup", 2026, "", "2026-12-27"), (1, 1)),
        (Asked("drop_makeup", 2026, "", "2026-10-10"), (1, 1)),
        (Asked("drop_holiday", 2026, "", "2026-01-01"), (1, 0)),
        (Asked("official", 2027, "《国务院办公厅关于2027年部分节假日安排的通知》"), (2, 2)),
    ],
)
def test_a_change_of_a_year_touches_its_own_lines(asked: Asked, lines: tuple[int, int]) -> None:
    ((file, text),) = calendar_changed(TREE, asked).items()
    assert file == f"rules/calendar/{asked.year}.yaml"
    assert lines_changed(TREE[file], text) == lines
    assert calendar_of({**TREE, file: text}).data.years[asked.year] != calendar_of(TREE).data.years[asked.year]


def test_a_new_year_begins_empty_and_provisional() -> None:
    ((file, text),) = calendar_changed(TREE, Asked("new_year", 2028)).items()
    year = calendar_of({**TREE, file: text}).data.years[2028]
    assert (year.official, year.holidays, year.makeup) == (False, (), ())


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (Asked("holiday", 2026, "重叠", "2026-10-07", "2026-10-09"), "said"),
        (Asked("holiday", 2026, "颠倒", "2026-12-09", "2026-12-08"), "said"),
        (Asked("holiday", 2026, "", "2026-12-08"), "needed"),
        (Asked("holiday", 2026, "何时", "十月一日"), "day_shape"),
        (Asked("makeup", 2026, "", "2026-10-01"), "said"),
        (Asked("drop_makeup", 2026, "", "2026-12-30"), "day_missing"),
        (Asked("makeup", 2031, "", "2031-10-01"), "year_missing"),
        (Asked("new_year", 2026), "year_there"),
    ],
)
def test_a_year_that_would_not_hold_together_is_refused(asked: Asked, key: str) -> None:
    with pytest.raises(Mistake) as refused:
        calendar_changed(TREE, asked)
    assert refused.value.key == key
