"""Whatever breaks, and whoever comes at the same moment: an appeal is one whole ticket or none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tickets import district
from tests.tickets.conftest import PROJECT, make_appeal
from tests.tickets.fakes import Nudges
from tickets.actions import dispatch, intake, sign
from tickets.domain.appeal import Opened
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import MODELS, ChainLink, Deadline, History, Outbox, Ticket, TicketCounter
from tickets.store.models import database as proxy

WRITES = ("INSERT", "UPDATE", "DELETE")


class Broken(Exception):
    """The fault a test plants."""


@contextmanager
def broken_at(step: int) -> Iterator[list[str]]:
    """Lets `step` writing statements pass and breaks at the next; yields the list of those that passed."""
    passed: list[str] = []
    real = proxy.obj.execute_sql

    def execute_sql(sql: str, *args: object, **more: object) -> object:
        if sql.lstrip().upper().startswith(WRITES):
            if len(passed) == step:
                raise Broken(sql)
            passed.append(sql)
        return real(sql, *args, **more)

    proxy.obj.execute_sql = execute_sql
    try:
        yield passed
    finally:
        del proxy.obj.execute_sql


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {model.__name__: list(model.select().order_by(*model._meta.get_primary_keys()).tuples()) for model in MODELS}


def breaks_everywhere(act: Callable[[], object]) -> int:
    """Runs `act` broken at its first write, its second, … until it gets through; nothing may be left behind on the way."""
    before = everything()
    for step in range(500):
        with broken_at(step) as passed:
            try:
                act()
            except Broken:
                assert everything() == before, f"left behind when write {step} broke: {passed[-1:]}"
                continue
        assert everything() != before
        return step
    raise AssertionError("never got through")


def test_nothing_is_left_of_an_appeal_that_broke_at_any_write(desk: Desk) -> None:
    appeal = make_appeal("花园小区电梯坏了")
    assert breaks_everywhere(lambda: intake.open_ticket(desk, appeal)) > 20
    assert (Ticket.get().number, Ticket.get().status) == ("20261123-0001", "待签收")
    assert isinstance(desk.queue, Nudges)
    assert desk.queue.ids == [row.id for row in Outbox.select().order_by(Outbox.id)]  # nobody was nudged for what was undone


def test_nothing_is_left_of_an_appeal_for_the_manual_desk_that_broke_at_any_write(desk: Desk) -> None:
    assert breaks_everywhere(lambda: intake.open_ticket(desk, make_appeal("今天天气很好", source_id="S-1"))) > 8


def test_nothing_is_left_of_a_signature_that_broke_at_any_write(desk: Desk, make_ticket: Callable[..., Opened]) -> None:
    opened = make_ticket()
    assert breaks_everywhere(lambda: sign.sign(desk, opened.ticket_id, "system")) > 5


def test_nothing_is_left_of_an_assignment_that_broke_at_any_write(desk: Desk, make_ticket: Callable[..., Opened]) -> None:
    opened = make_ticket("今天天气很好")
    assert breaks_everywhere(lambda: dispatch.assign(desk, opened.ticket_id, "城管局/照明科", "account:1")) > 8


STEPS = ("_register", "facts_of", "decide", "move", "finish", "hand_to_desk", "opened")


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_left_when_a_step_raises(desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Broken(step)

    before = everything()
    monkeypatch.setattr(intake, step, fail)
    with pytest.raises(Broken):
        intake.open_ticket(desk, make_appeal("今天天气很好"))
    if step == "opened":  # after the commit: the ticket is there, and whole
        assert Ticket.get().person.name == "派单甲"
    else:
        assert everything() == before


def together(act: Callable[[int], object], threads: int) -> list[object]:
    """What `act` gives or raises in that many threads at once."""
    answers: list[object] = []
    ready = threading.Barrier(threads)

    def run(number: int) -> None:
        ready.wait()
        try:
            answers.append(act(number))
        except Exception as failed:
            answers.append(failed)
        finally:
            proxy.close()

    workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return answers


def test_the_same_appeal_from_eight_threads_at_once_is_one_ticket(desk: Desk) -> None:
    appeal = make_appeal(source_id="SAME")
    answers = together(lambda _: intake.open_ticket(desk, appeal), 8)
    assert all(isinstance(one, Opened) for one in answers), answers
    assert [one.duplicate_of for one in answers if isinstance(one, Opened)].count("") == 1
    assert (Ticket.select().count(), Outbox.select().count(), TicketCounter.get().last) == (1, 1, 1)


def test_different_appeals_from_eight_threads_at_once_are_numbered_without_gap_and_whole(desk: Desk) -> None:
    answers = together(lambda _: [intake.open_ticket(desk, make_appeal()).ticket for _ in range(5)], 8)
    numbers = sorted(number for some in answers if isinstance(some, list) for number in some)
    assert numbers == [f"20261123-{n:04d}" for n in range(1, 41)]
    assert set(Counter(row.ticket_id for row in Outbox.select()).values()) == {1}
    assert Ticket.select().where(Ticket.person.is_null()).count() == 0
    assert Deadline.select().where((Deadline.name == "签收") & (Deadline.state == "running")).count() == 40


def test_of_eight_who_sign_at_once_one_has_signed_and_seven_are_told_who(desk: Desk, make_ticket: Callable[..., Opened]) -> None:
    opened = make_ticket()
    answers = together(lambda number: sign.sign(desk, opened.ticket_id, f"person:{number}"), 8)
    assert sorted(type(one).__name__ for one in answers) == ["AlreadySigned"] * 7 + ["Signed"]
    assert all("班长甲" in str(one) for one in answers if isinstance(one, sign.AlreadySigned))
    assert History.select().where(History.what == "签收").count() == 1
    assert ChainLink.select().where(ChainLink.state == "waiting", ChainLink.deadline << Deadline.select().where(Deadline.name == "签收")).count() == 0


def test_two_processes_that_import_the_same_rows_make_each_ticket_once(sqlite_database: str, tmp_path: Path) -> None:
    with transaction():
        district.settle()  # on PostgreSQL both would begin with it
    program = Path(__file__).parent / "import_rows.py"
    importers = [
        subprocess.Popen([sys.executable, str(program), sqlite_database, "20"], cwd=PROJECT, stdout=subprocess.PIPE, env={"PYTHONPATH": str(PROJECT)})
        for _ in range(2)
    ]
    counts = [json.loads(importer.communicate(timeout=120)[0]) for importer in importers]
    assert [importer.returncode for importer in importers] == [0, 0]
    assert sum(count["new"] for count in counts) == 20
    assert sum(count["repeated"] for count in counts) == 20
    assert sorted(row.number[-4:] for row in Ticket.select()) == [f"{n:04d}" for n in range(1, 21)]
    assert Outbox.select().count() == 20
