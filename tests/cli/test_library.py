"""The classifier from the command line, on rows of our own."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cli.library import COLUMNS
from tests.cli.installation import Call

WATER = [f"{place}{what}" for place in ("东楼", "西楼", "南门", "北门") for what in ("停水两天没人修", "水管爆裂路面都是水", "水压太低洗不了澡")]
WAGES = [f"{place}{what}" for place in ("工地", "厂里", "饭店", "公司") for what in ("拖欠工资三个月", "老板不发工资跑了", "加班费一分不给")]


def write(file: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def labelled(folder: Path) -> Path:
    return write(folder / "train.csv", [["text", "label"], *([text, "城乡建设"] for text in WATER), *([text, "劳动和社会保障"] for text in WAGES)])


def test_trained_tested_and_asked(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("library", "train", labelled(tmp_path))
    assert (code, "24 行、2 个类别" in out) == (0, True)
    code, out, _ = call("library", "test", labelled(tmp_path))
    assert code == 0
    assert "top-1 1.0000" in out
    asked = write(tmp_path / "asked.csv", [["标题", "详情"], ["停水", "西楼停水，没人修"], ["", ""], ["", "=老板不发工资"]], "gb18030")
    code, out, _ = call("library", "predict", asked, "--out", tmp_path / "out.csv")
    assert code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows] == ["1", "2", "3"]
    assert [row["label"] for row in rows] == ["城乡建设", "", "劳动和社会保障"]
    assert {"row", "label", "confidence", "second", "third", "evidence"} == set(rows[0])
    assert 0.5 < float(rows[0]["confidence"]) <= 1
    assert "停水" in rows[0]["evidence"]
    assert not rows[2]["evidence"].startswith("=")
    assert rows[1]["evidence"], "a row that could not be read says why"


def test_labels_of_another_system_are_learnt_and_said(call: Call, tmp_path: Path) -> None:
    file = write(tmp_path / "odd.csv", [["text", "label"], *([text, "甲局"] for text in WATER), *([text, "乙局"] for text in WAGES)])
    code, out, _ = call("library", "train", file, "--lang", "en")
    assert code == 0
    assert "2 of them are not in the dispatch catalogue" in out


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["text", "label"], ["停水", "城乡建设"]], "太少|至少要两个类别"),
        ([["text"], ["停水"]], "label"),
        ([["甲", "乙"], ["1", "2"]], "text"),
    ],
)
def test_a_file_that_teaches_nothing_is_refused_in_words(call: Call, tmp_path: Path, rows: list[list[str]], words: str) -> None:
    code, out, err = call("library", "train", write(tmp_path / "bad.csv", rows))
    assert code == 2
    assert not out
    assert any(word in err for word in words.split("|")), err
    assert "Traceback" not in err


def test_asking_without_a_model_says_what_to_run(call: Call, tmp_path: Path) -> None:
    code, _, err = call("library", "predict", labelled(tmp_path), "--out", tmp_path / "o.csv")
    assert code == 2
    assert "library train" in err
    assert not (tmp_path / "o.csv").exists()


def test_every_header_of_the_contract_is_known() -> None:
    assert {"text", "title", "detail", "label"} <= set(COLUMNS)
