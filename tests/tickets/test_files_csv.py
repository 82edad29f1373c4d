"""CSV work orders as other systems write them: encodings, separators, quotes, ragged and broken rows."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import pytest

from tests.tickets.work_orders import GOOD, HEADER, bad, csv_file, good, rows_of
from tickets.files import read_csv
from tickets.files.read_table import Limits, read
from tickets.files.refused import FileRefused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    (row,) = good(read(csv_file(tmp_path, [HEADER, GOOD], encoding)))
    assert (row.number, row.line) == (1, 2)
    assert [row[column] for column in ("source_id", "title", "text", "time", "address", "phone")] == GOOD


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_separator_is_found_even_with_the_others_in_the_text(tmp_path: Path, separator: str) -> None:
    text = "水压低,很低;一直低\t请处理"
    (row,) = good(read(csv_file(tmp_path, [HEADER, [*GOOD[:2], text, *GOOD[3:]]], separator=separator)))
    assert row["text"] == text


def test_a_file_in_no_known_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes(b"\xff\xff\x81" * 50)
    with pytest.raises(FileRefused, match="GB18030"):
        read(file)


def test_one_broken_byte_is_refused_rather_than_guessed(tmp_path: Path) -> None:
    file = csv_file(tmp_path, [HEADER, GOOD], "utf-8-sig")
    file.write_bytes(file.read_bytes() + b"B2,\xff\xfe,x\n")
    with pytest.raises(FileRefused, match=r"in\.csv"):
        read(file)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\xef\xbb\xbf", "文件是空的"),
        (b"\n\r\n  \n", "文件是空的"),
        ("工单编号,内容\n".encode(), "只有表头"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"\.xls"),
        (b"a\x00b\x00,c\x00", "二进制"),
    ],
)
def test_a_file_with_nothing_to_read_is_refused_in_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes(content)
    with pytest.raises(FileRefused, match=words) as refused:
        read(file)
    assert "\n" not in str(refused.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="没有这个文件"):
        read(tmp_path / "absent.csv")
    with pytest.raises(FileRefused, match="文件夹"):
        read(tmp_path)


def test_too_large_and_too_long_files_are_refused_whole(tmp_path: Path) -> None:
    file = csv_file(tmp_path, [HEADER, *([GOOD] * 20)])
    with pytest.raises(FileRefused, match="超过 10 行"):
        read(file, Limits(rows=10))
    file.write_bytes(b"text\n" + b"x" * 1_000_001)
    with pytest.raises(FileRefused, match="超过 1 MB"):
        read(file, Limits(megabytes=1))


def test_a_megabyte_in_one_cell_costs_that_row_alone(tmp_path: Path) -> None:
    huge = ["B2", "长", "水" * 1_000_000, *GOOD[3:]]
    found = rows_of(csv_file(tmp_path, [HEADER, GOOD, huge, ["B3", *GOOD[1:]]]))
    assert [row["source_id"] for row in good(found)] == ["B1", "B3"]
    (refused,) = bad(found)
    assert (refused.number, refused.line) == (2, 3)
    assert refused.zh == "「内容」有 1,000,000 个字符，最多 20,000；请核对是否贴错了内容"


@pytest.mark.parametrize("cell", ["水" * 50_000, "水\n" * 20_000, '水""' * 15_000])
def test_a_cell_beyond_what_is_held_in_memory_costs_that_row_alone(tmp_path: Path, cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_csv, "LONGEST_RECORD", 10_000)
    file = tmp_path / "in.csv"
    file.write_text(f'工单编号,内容\nB1,好\nB2,"{cell}"\nB3,好\n', encoding="utf-8")
    found = rows_of(file)
    assert [row["source_id"] for row in good(found)] == ["B1", "B3"]
    assert [row.en for row in bad(found)] == ["the row has more than 10,000 characters"]


def test_a_quote_that_never_closes_costs_its_line_alone(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text('工单编号,内容\nB1,好\nB2,"没有收尾\nB3,好\nB4,"也\n没有"收尾\nB5,好\n', encoding="utf-8")
    found = rows_of(file)
    assert [row["source_id"] for row in good(found)] == ["B1", "B3", "B5"]
    assert [(row.number, row.line) for row in bad(found)] == [(2, 3), (4, 5), (5, 6)]
    assert all("引号" in row.zh for row in bad(found))


def test_a_quote_that_never_closes_in_a_file_too_long_to_hold_still_costs_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_csv, "LONGEST_RECORD", 50)
    file = tmp_path / "in.csv"
    file.write_text('工单编号,内容\nB1,"没有收尾\n' + "".join(f"B{n},路灯不亮\n" for n in range(2, 40)), encoding="utf-8")
    found = rows_of(file)
    assert [row["source_id"] for row in good(found)] == [f"B{n}" for n in range(2, 40)]
    assert [row.line for row in good(found)] == list(range(3, 41))


def test_line_breaks_and_quotes_within_quotes_are_text(tmp_path: Path) -> None:
    text = '第一行\n第二行，他说"停水"，\r\n第三行'
    (row,) = good(read(csv_file(tmp_path, [HEADER, [*GOOD[:2], text, *GOOD[3:]]])))
    assert row["text"] == text


def test_a_row_with_more_cells_than_the_header_is_refused_and_one_with_fewer_is_read(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("工单编号,内容,电话\nB1,停水,一整天,15400000001\nB2,停水\nB3,停水,15400000001,,\n", encoding="utf-8")
    found = rows_of(file)
    assert [row["source_id"] for row in good(found)] == ["B2", "B3"]
    assert bad(found)[0].zh.startswith("有 4 格，表头只有 3 列")


def test_nul_bytes_cost_their_row_alone(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes("工单编号,内容\nB1,停\x00水\nB2,停水\n".encode())
    found = rows_of(file)
    assert [row["source_id"] for row in good(found)] == ["B2"]
    assert "NUL" in bad(found)[0].zh


def test_blank_rows_count_by_place_and_those_at_the_end_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("工单编号,内容\nB1,停水\n\n,\nB2,停水\n,\n,\n\n", encoding="utf-8")
    found = rows_of(file)
    assert [(row.number, row.line) for row in found] == [(1, 2), (2, 4), (3, 5)]
    assert bad(found)[0].zh == "这一行是空的"
    assert read(file).total == 3


def test_formulas_in_a_csv_are_only_text(tmp_path: Path) -> None:
    text = '=HYPERLINK("http://example.invalid","停水")'
    assert good(read(csv_file(tmp_path, [HEADER, [*GOOD[:2], text, *GOOD[3:]]])))[0]["text"] == text


def test_reading_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        file = csv_file(tmp_path, [HEADER, *([f"B{n}", *GOOD[1:]] for n in range(rows))])
        tracemalloc.start()
        assert sum(1 for _ in read(file).rows()) == rows
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    peak(10)  # what is loaded once
    assert peak(6_000) < 1.3 * peak(900)


def test_no_bytes_at_all_break_the_reader(tmp_path: Path) -> None:
    chance = random.Random(7)
    file = tmp_path / "in.csv"
    pieces = ["工单编号,内容\n", '"', ",", ";", "\n", "\r", "\t", '""', "停水", "B1", "\x00", "=", " ", "　", "2026-02-30", '"\n"', "内容"]
    for _ in range(400):
        text = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 60)))
        file.write_bytes(("工单编号,内容\n" + text if chance.random() < 0.7 else text).encode(chance.choice(["utf-8", "gb18030", "utf-16", "utf-8-sig"])))
        try:
            found = rows_of(file)
        except FileRefused:
            continue
        assert [row.number for row in found] == list(range(1, len(found) + 1))
