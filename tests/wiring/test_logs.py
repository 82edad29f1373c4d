"""The log file: JSON lines with ids, and of a fault where it happened but not whom it was about."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from wiring.logs import set_up_logs

TYPED = "tel 13900000098"
ROW = "duplicate key value violates unique constraint\nDETAIL:  Failing row contains (7, 王女士, 13900000099, 花园小区3号楼)"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield tmp_path
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def written(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / "suda.log").read_text(encoding="utf-8").splitlines()]


def fail() -> None:
    try:
        int(TYPED)
    except ValueError as fault:
        raise LookupError(ROW) from fault


@pytest.mark.parametrize("name", ["structlog", "standard library"])
def test_a_fault_is_logged_with_its_place_and_without_the_citizen(home: Path, name: str) -> None:
    set_up_logs(home)
    try:
        fail()
    except LookupError as fault:
        if name == "structlog":
            structlog.get_logger("test").error("page failed", number="ab12", exc_info=fault)
        else:
            logging.getLogger("test").error("page failed ab12", exc_info=fault)
    line = written(home)[0]
    text = str(line["exception"])
    assert "test_logs.py" in text
    assert text.index("ValueError") < text.index("LookupError: duplicate key value violates unique constraint")
    assert "ab12" in json.dumps(line)
    for personal in ("王女士", "13900000099", "13900000098", "花园小区"):
        assert personal not in json.dumps(line, ensure_ascii=False)


def test_a_line_break_in_what_is_logged_makes_no_second_line(home: Path) -> None:
    set_up_logs(home)
    structlog.get_logger("test").warning("odd", said='x\r\n{"event": "signed in"}\x1b[2J')
    assert len(written(home)) == 1
    assert b"\x1b" not in (home / "suda.log").read_bytes()
