"""seed --history as it is called: writes, says what it did, refuses in one sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.installation import Call
from tickets.domain.times import stored
from tickets.store.connect import open_database
from tickets.store.models import Account, Ticket


def tickets(home: Path) -> int:
    opened = open_database(f"sqlite:///{home / 'suda.sqlite3'}")
    found = Ticket.select().count()
    opened.close()
    return int(found)


def test_a_history_is_written_said_and_not_written_twice(home: Path, call: Call) -> None:
    code, out, err = call("seed", "--history", 25, "--days", 20, "--seed", 9)
    assert (code, err) == (0, "")
    assert out.startswith("历史 25 件：")
    assert tickets(home) == 25
    code, out, err = call("seed", "--history", 25, "--days", 20, "--seed", 9)
    assert (code, out) == (2, "")
    assert "真实工单" not in err
    assert "再写一批请加 --more" in err
    assert err.count("\n") == 1
    assert tickets(home) == 25
    assert not Account.select().exists()
    assert Ticket.select().where(Ticket.registered_at > stored(datetime.now(UTC))).count() == 0


def test_the_sentence_comes_in_english_too(call: Call) -> None:
    code, _, err = call("--lang", "en", "seed", "--history", 0)
    assert (code, err) == (2, "the number of tickets must be 1 to 1,000,000\n")


def test_invented_tickets_never_enter_a_real_installation_unasked(home: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DEMONSTRATION", "false"), ("SECRET_KEY", "k" * 40), ("HTTPS", "true")):
        monkeypatch.setenv(f"SUDA_{name}", value)
    code, _, err = call("seed", "--history", 5)
    assert code == 2
    assert "--into-production" in err
    assert tickets(home) == 0


def test_a_word_is_no_number(call: Call) -> None:
    code, out, err = call("seed", "--history", "很多")
    assert (code, out) == (2, "")
    assert "很多" in err
