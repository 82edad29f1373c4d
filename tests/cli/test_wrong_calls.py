"""A command called wrongly, or where it cannot work: one sentence in the language asked for, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from tests.cli.installation import Call
from tests.databases import shut
from tests.tickets.work_orders import csv_file

CALLS = [
    # the call, what it says
    (["dispach"], "run.py: COMMAND 没有「dispach」，是不是「dispatch」？；用法见 run.py --help"),
    (["dispatch"], "run.py dispatch: 缺少 FILE；用法见 run.py dispatch --help"),
    (["rules", "tset"], "run.py rules: ACTION 没有「tset」，是不是「test」？；用法见 run.py rules --help"),
    (["library", "predict"], "run.py library predict: 缺少 FILE, --out；用法见 run.py library predict --help"),
    (["migrate", "now"], "run.py: 多出了看不懂的部分：now；用法见 run.py --help"),
    (["dispatch", "a.csv", "--as-of"], "run.py dispatch: --as-of 后面要写一个值；用法见 run.py dispatch --help"),
    (["--lang", "en", "dispach"], "run.py: COMMAND: there is no dispach; did you mean dispatch?; run.py --help shows how"),
    (["users", "add", "--lang", "en"], "run.py users add: the following arguments are required: NAME, ROLE; run.py users add --help shows how"),
    (["--lang", "fr", "migrate"], "run.py: --lang 没有「fr」，可用：zh、en；用法见 run.py --help"),
]


@pytest.mark.parametrize(("argv", "says"), CALLS, ids=[" ".join(case[0]) for case in CALLS])
def test_a_wrong_call_is_answered_in_one_sentence(argv: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("SUDA_LANG", raising=False)
    assert main(argv) == 2
    assert capsys.readouterr().err == says + "\n"


@pytest.mark.parametrize("command", [["migrate"], ["seed"], ["users", "list"], ["explain", "20261123-0001"]], ids=lambda words: words[0])
def test_a_home_that_is_a_file_is_said(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("SUDA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SUDA_DATABASE", raising=False)
    assert main(command) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1, said
    assert "SUDA_HOME" in said


@pytest.mark.parametrize("command", [["migrate"], ["users", "list"], ["rules", "check"], ["dispatch", "a.csv"]], ids=lambda words: words[0])
def test_a_damaged_database_is_a_failure_in_one_sentence(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "suda.sqlite3").write_bytes(b"no database, but long enough to be taken for the head of one " * 20)
    monkeypatch.setenv("SUDA_HOME", str(tmp_path))
    monkeypatch.delenv("SUDA_DATABASE", raising=False)
    assert main(command) == 1
    assert capsys.readouterr().err.startswith("数据库用不了（file is not a database）：请核对")
    shut()


def test_a_server_that_is_away_is_a_failure_in_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SUDA_DATABASE", "postgresql://nobody:secret@127.0.0.1:1/none")
    assert main(["--lang", "en", "users", "list"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("the database cannot be used (")
    assert "secret" not in said
    shut()


def test_nothing_is_predicted_into_the_file_that_is_read(call: Call, tmp_path: Path) -> None:
    file = csv_file(tmp_path, [["text", "label"], ["停水", "供水"]])
    before = file.read_bytes()
    for out, says in ((file, "会盖掉要导入的文件"), (tmp_path / "none" / "o.csv", "写不到这里"), (tmp_path, "写不到这里")):
        code, _, err = call("library", "predict", file, "--out", out)
        assert (code, len(err.splitlines())) == (2, 1)
        assert says in err
    assert file.read_bytes() == before


def test_an_empty_list_of_accounts_says_so(call: Call) -> None:
    assert "还没有账号" in call("users", "list")[1]


def test_a_field_that_is_too_long_is_named_and_the_line_in_no_encoding_too(call: Call, tmp_path: Path) -> None:
    file = csv_file(tmp_path, [["工单编号", "内容"], ["9" * 121, "停水了"]])
    assert "工单编号超过 120 个字符" in call("dispatch", file, "--dry-run")[1]
    file.write_bytes("工单编号,内容\n1,停水了\n".encode() + "2,停水了\n".encode("gbk"))
    code, _, err = call("dispatch", file)
    assert (code, f"{file.name}:3: 从这一行起既不是" in err) == (2, True)


def test_settings_that_are_a_folder_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SUDA_CONFIG", str(tmp_path))
    assert main(["migrate"]) == 2
    assert "SUDA_CONFIG" in capsys.readouterr().err
