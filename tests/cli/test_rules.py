"""rules check and rules test print FILE:LINE: RULE: sentence, and never a traceback."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import rules
from engine.names import Names
from tests.engine.rule_files import ruleset_of, world

HOURS = "weekdays: [1, 2, 3, 4, 5]\nhours: [{from: '08:30', to: '12:00'}, {from: '14:00', to: '18:00'}]\n"
DUE = "[{urgency: 特急}, {deadline: {name: 派单, from: 已登记, until: 待签收, within: 10m, clock: 自然时}}]"
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project's rules folder: words, a calendar, one rule set."""
    folder = tmp_path / "rules"
    (folder / "calendar").mkdir(parents=True)
    world(folder)
    (folder / "calendar" / "hours.yaml").write_text(HOURS, encoding="utf-8")
    more = "    tests: [{given: {outage: true}, expect: hit}, {given: {outage: false}, expect: miss}]\n"
    (folder / "draft.yaml").write_text(ruleset_of("{all: [{outage: true}]}", DUE, more=more), encoding="utf-8")
    return folder


@pytest.fixture
def ask(project: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs `rules ACTION PATH…` against the project; answers exit code, stdout, stderr."""

    def run(action: str, *paths: Path, lang: str = "zh") -> tuple[int, str, str]:
        what = {"check": rules.check_paths, "test": rules.test_paths}[action]
        code = what([str(path) for path in paths], project, Names(), lang)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def written(folder: Path, text: str | bytes, name: str = "bad.yaml") -> Path:
    file = folder.parent / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return file


def test_the_projects_rules_pass_without_a_path(ask: Ask) -> None:
    code, out, err = ask("check")
    assert (code, err) == (0, "")
    assert out == "1 个规则集、1 条规则，没有错误，0 处提醒。3 of 3 tests pass。\n"
    assert ask("test") == (0, "3 of 3 tests pass\n", "")


def test_a_typo_is_refused_with_file_line_rule_and_the_right_name(ask: Ask, project: Path) -> None:
    bad = written(project, ruleset_of("{all: [{outag: true}]}"))
    code, out, err = ask("check", bad)
    assert (code, out) == (2, f"{bad}:8: R-1: 没有这个事实「outag」，是不是「outage」？\n")
    assert err == f"{bad}:8: 共 1 处错误，请逐条改正\n"
    code, out, _ = ask("check", bad, lang="en")
    assert (code, out) == (2, f"{bad}:8: R-1: unknown fact outag; did you mean outage?\n")


def test_a_lone_file_is_read_with_the_projects_words(ask: Ask, project: Path) -> None:
    good = written(project, ruleset_of("{any: [{outage: true}, {deadline: 派单}]}"), "good.yaml")
    assert ask("test", good) == (0, "1 of 1 tests pass\n", "")


def test_a_failing_test_is_told_with_its_line_and_fails_the_check(ask: Ask, project: Path) -> None:
    more = "    tests:\n      - {given: {outage: true}, expect: hit}\n      - {given: {outage: false}, expect: hit}\n"
    bad = written(project, ruleset_of("{all: [{outage: true}]}", more=more))
    code, out, err = ask("test", bad)
    assert code == 2
    assert out.startswith(f"{bad}:12: R-1: 测试不通过：")
    assert out.endswith("\n2 of 3 tests pass\n")
    assert err.startswith(f"{bad}:12: ")
    assert ask("check", bad)[0] == 2


def test_a_folder_with_its_own_words_uses_those(ask: Ask, project: Path) -> None:
    own = project.parent / "own"
    own.mkdir()
    (own / "facts.yaml").write_text("wet: {label: 潮湿, type: yesno}\n", encoding="utf-8")
    text = ruleset_of("{all: [{wet: true}]}", "[{dispatch: {to: 上级单位}}]", "ticket.accepted").replace("outage", "wet")
    (own / "set.yaml").write_text(text, encoding="utf-8")
    assert ask("test", own) == (0, "1 of 1 tests pass\n", "")
    assert "没有这个事实「wet」" in ask("check", own / "set.yaml")[1]


def test_a_broken_calendar_is_a_finding(ask: Ask, project: Path) -> None:
    (project / "calendar" / "hours.yaml").write_text("weekdays: [8]\nhours: []\n", encoding="utf-8")
    code, out, _ = ask("check")
    assert code == 2
    assert "hours.yaml:" in out


def test_warnings_are_marked_and_do_not_fail(ask: Ask, project: Path) -> None:
    plain = written(project, "ruleset: plain\nevent: ticket.registered\nhit: first\nrules:\n  - {id: P-1, then: [{urgency: 特急}]}\n")
    code, out, _ = ask("check", plain)
    assert code == 0
    assert f"{plain}:5: P-1: 没有写依据（basis）（提醒）" in out


STRANGE = [b"", b"\x00\x01", "诉求: [".encode("gbk"), b"\xff\xfea\x00", b"[" * 50_000, b"a: &a [*a]", b"- 1", b"null", b"ruleset: x", b'a: "\\ud800"']


@pytest.mark.parametrize("data", STRANGE)
@pytest.mark.parametrize("action", ["check", "test"])
def test_no_file_brings_a_traceback(data: bytes, action: str, ask: Ask, project: Path) -> None:
    for name in ("strange.yaml", "facts.yaml", "library.yaml", "strange.csv"):
        code, out, err = ask(action, written(project, data, name))
        assert code == 2
        assert f"{name}:" in out
        assert "Traceback" not in out + err


def test_a_missing_path_is_a_finding(ask: Ask, project: Path) -> None:
    code, out, _ = ask("check", project / "none.yaml")
    assert code == 2
    assert "没有这个文件或文件夹" in out


def test_the_command_line_knows_both_actions() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lang", default="zh")
    rules.add(parser.add_subparsers())
    args = parser.parse_args(["rules", "test", "a.yaml", "b"])
    assert (args.run, args.what, args.paths, args.lang) == (rules.run, rules.test_paths, ["a.yaml", "b"], "zh")
    with pytest.raises(SystemExit):
        parser.parse_args(["rules"])


def test_a_broken_directory_is_said_and_not_traced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SUDA_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("SUDA_DIRECTORY", str(tmp_path / "nowhere"))
    assert rules.run(argparse.Namespace(what=rules.check_paths, paths=[], lang="zh")) == 2
    assert "nowhere" in capsys.readouterr().err


def test_the_installations_own_rules_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SUDA_HOME", str(tmp_path / "var"))
    code = rules.run(argparse.Namespace(what=rules.check_paths, paths=[], lang="zh"))
    assert (code, capsys.readouterr().err) == (0, "")


def test_broken_words_of_the_project_are_named_beside_what_they_break(ask: Ask, project: Path, tmp_path: Path) -> None:
    (project / "facts.yaml").write_bytes("outage: {label: 正在中断, type: yesno}\n".encode("gbk"))
    lone = tmp_path / "lone.yaml"
    lone.write_text(
        "ruleset: lone\nevent: ticket.registered\nhit: first\nbasis: b\nrules:\n  - {id: L, when: {outage: true}, then: [{urgency: 特急}]}\n", encoding="utf-8"
    )
    code, out, _ = ask("check", lone)
    assert (code, "facts.yaml:1: yaml: 文件像是 GBK 编码" in out.splitlines()[0], "lone.yaml:6: L: 没有这个事实「outage」" in out) == (2, True, True)
