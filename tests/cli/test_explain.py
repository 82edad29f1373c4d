"""Why a ticket went where it went, in at most twelve lines: twenty-four cases word for word, with the district's real rules and directory."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.golden_cases import CASES, Case
from tests.cli.installation import Call
from tests.databases import shut
from tests.tickets.fakes import FixedClock
from tickets.actions.dispatch import assign
from tickets.actions.intake import open_ticket
from tickets.domain.appeal import Appeal
from tickets.files.dates import read_time
from wiring.desk import Parts, open_parts
from wiring.settings import load

GOLDEN = Path(__file__).parent / "golden"


def opened_at(parts: Parts, case: Case, clock: FixedClock) -> str:
    at = read_time(case.at)
    assert at is not None
    clock.now = at
    return open_ticket(parts.desk, Appeal(source="12345", source_id=case.name, text=case.text, **case.more)).ticket  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def numbers(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The ticket number of every case, in an installation of their own; ticket X is case 05, sent on by hand."""
    home = tmp_path_factory.mktemp("explain")
    shutil.copy(seeded, home / "suda.sqlite3")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SUDA_HOME", str(home))
        environment.delenv("SUDA_DATABASE", raising=False)
        environment.delenv("SUDA_LANG", raising=False)
        clock = FixedClock(read_time("2026-11-23T09:00"))  # type: ignore[arg-type]
        parts = open_parts(load(), clock=clock)
        found = {case.name: opened_at(parts, case, clock) for case in CASES}
        by_hand = open_ticket(parts.desk, Appeal(source="12345", source_id="hand", text="你们好，请回电话。"))
        assign(parts.desk, by_hand.ticket_id, "水务局/管网科", "account:1")
        parts.book.close()
        yield {**found, "by hand": by_hand.ticket}
        shut()


def explained(number: str, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["explain", number, *more]) == 0
    return capsys.readouterr().out


def without_versions(text: str) -> str:
    """Rule set versions blotted out: an edit of another rule must not touch a golden case."""
    return re.sub(r"(版本|version) [0-9a-f]{7}", r"\1 *******", text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case: Case, numbers: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    out = explained(numbers[case.name], capsys, *case.ask)
    lines = out.strip().splitlines()
    assert 0 < len(lines) <= 12
    found = f"# {case.at} {case.text} {case.more or ''}".rstrip() + f"\n{without_versions(out)}"
    file = GOLDEN / f"{case.name}.txt"
    if os.environ.get("SUDA_GOLDEN") == "1":
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8"), "SUDA_GOLDEN=1 pytest tests/cli/test_explain.py rewrites the golden cases; look at what changed"


def test_there_are_twenty_four_cases_and_no_forgotten_file() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.txt")) == sorted(case.name for case in CASES)
    assert len(CASES) == 24


def test_the_first_case_answers_every_question(numbers: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    out = explained(numbers["01_heat"], capsys)
    for part in (
        "承办：",
        "供热",
        "规则：D-",
        "依据：《",
        "类别：",
        "暖气不热",
        "地点：示范区 > 青禾镇",
        "紧急程度：特急，U-010",
        "派单 11-23 09:10",
        "协办：",
        "通知：短信",
    ):
        assert part in out


def test_what_the_manual_desk_sent_says_so(numbers: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    out = explained(numbers["by hand"], capsys)
    assert "规则：由人工派单席派出" in out
    assert "承办：水务局 · 管网科" in out
    assert "转人工：" not in out


def test_an_unknown_ticket_offers_the_nearest(numbers: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    wrong = numbers["01_heat"][:-1] + "X"
    assert main(["explain", wrong]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.fullmatch(rf"没有编号为「{wrong}」的工单；最接近的是 20261123-00\d\d。\n", printed.err)


def test_an_unknown_rule_offers_the_nearest(numbers: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", numbers["01_heat"], "--rule", "U-01"]) == 2
    assert "没有用到规则「U-01」；是不是「U-010」？" in capsys.readouterr().err


def test_without_tickets_the_shape_of_a_number_is_told(call: Call) -> None:
    code, out, err = call("explain", "0042", "--lang", "en")
    assert (code, out) == (2, "")
    assert err == "No ticket 0042; numbers look like 20261123-0067.\n"


def test_a_lost_rule_names_who_decided(numbers: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    out = explained(numbers["04_gas_leak"], capsys, "--rule", "U-030")
    assert "U-030" in out
    assert "✓" in out
