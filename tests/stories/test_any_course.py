"""Any course at all: steps taken in any order by anybody at any time leave a ticket whole, or leave it untouched.

The project's own rules and district. Each run is one appeal; whatever step comes next is tried by somebody who may or may not take it.
`SUDA_RUNS=2000` sets how many courses are run (200 by itself: every commit runs them).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.databases import shut
from tests.stories.conftest import MONDAY_NINE, Installation
from tests.stories.course_steps import BY_RIGHT, DETOURS, ONWARD, STEPS, Taken, endings, other, possible
from tickets.actions.dispatch import AssignRefused
from tickets.actions.intake import open_ticket
from tickets.actions.moves import MovedMeanwhile
from tickets.actions.sign import SignRefused
from tickets.actions.steps import StepRefused
from tickets.actions.sweep import sweep
from tickets.domain.appeal import Appeal
from tickets.domain.rebuild import Line, State, rebuilt
from tickets.domain.status import MEDIATING, MOVES, OPEN, REPLIED, SIGNED, SUSPENDED, NotAllowed
from tickets.ports import LinkRefused
from tickets.store.connect import open_database
from tickets.store.models import Ticket, Unit, database
from tickets.store.tickets import NoSuchTicket

REFUSALS = (StepRefused, SignRefused, AssignRefused, MovedMeanwhile, NotAllowed, LinkRefused, NoSuchTicket)
RUNS = int(os.environ.get("SUDA_RUNS", "200"))
TEXTS = ("家里停水三天了", "路灯不亮", "小区物业乱收费", "村口垃圾没人清", "工地拖欠工资", "不知道找谁，反正不对劲")
PLACES = ("北庄村第1网格", "北庄村第1网格", "北庄村", "花园小区", "", "临河镇")
LATER = (0, 0, 0, 1, 4, 7, 45, 400, 1500, 6000)  # minutes


TABLES = ("ticket", "history", "deadline", "chain_link", "assist", "review_step", "extension", "visit", "suspended", "merged")
KEY = {"ticket": "id", **dict.fromkeys(TABLES[1:5], "ticket_id"), **dict.fromkeys(TABLES[5:], "ticket")}
Rows = list[dict[str, Any]]


def seen(ticket_id: int) -> dict[str, Rows]:
    """A ticket with everything that hangs on it, as it stands in the tables; plain statements, for this is asked after every step."""
    found = {}
    for table in TABLES:
        answer = database.execute_sql(f"SELECT * FROM {table} WHERE {KEY[table]} = ? ORDER BY id", (ticket_id,))
        names = [column[0] for column in answer.description]
        found[table] = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return found


def afresh(installation: Installation, seeded: Path) -> None:
    """The database and the time of the beginning: every run is the same whatever ran before it."""
    shut()
    file = installation.home / "suda.sqlite3"
    for old in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        old.unlink(missing_ok=True)
    shutil.copy(seeded, file)
    open_database(installation.parts.settings.database_url)
    database.execute_sql("PRAGMA synchronous = OFF")  # no power fails here, and the disk would be most of the time
    installation.clock.begin(MONDAY_NINE)


def check_course(now: dict[str, Rows]) -> None:
    """What its course says is what its row says; its lines follow one another in number and time."""
    ticket, lines = now["ticket"][0], now["history"]
    assert [one["seq"] for one in lines] == list(range(1, len(lines) + 1))
    assert all(one["at"] <= two["at"] for one, two in pairwise(lines))
    state = rebuilt(Line(one["what"], one["from_status"], one["to_status"], one["at"], one["holder_id"], json.loads(one["note"])) for one in lines)
    unit = Unit.get_by_id(ticket["unit_id"]).address if ticket["unit_id"] is not None else ""
    assert state == State(ticket["status"], ticket["step_seq"], ticket["person_id"], unit, ticket["dispatched_at"], ticket["signed_at"], ticket["closed_at"])


def check_open(now: dict[str, Rows]) -> None:
    """Exactly one person has it, and each status has what belongs to it and nothing of another's."""
    ticket = now["ticket"][0]
    assert None not in (ticket["person_id"], ticket["unit_id"], ticket["post_id"])
    status = ticket["status"]
    waiting = [one for one in now["review_step"] if one["state"] == "waiting"]
    assert len(waiting) <= (status == REPLIED)
    assert sum(one["done_at"] is None for one in now["visit"]) == (status == MEDIATING)
    assert sum(one["released_at"] is None for one in now["suspended"]) == (status == SUSPENDED)
    assert sum(one["state"] == "asked" for one in now["extension"]) <= 1
    names = [one["name"] for one in running(now)]
    assert len(names) == len(set(names)), "two clocks of one name"


def check_ended(now: dict[str, Rows]) -> None:
    """Nothing of it runs any more."""
    assert [(one["name"], one["state"]) for one in running(now)] == []
    assert [one["id"] for one in now["chain_link"] if one["state"] in ("waiting", "held")] == []
    assert [one["id"] for one in now["review_step"] if one["state"] == "waiting"] == []
    assert [one["id"] for one in now["extension"] if one["state"] == "asked"] == []


def running(now: dict[str, Rows]) -> Rows:
    """The clocks neither met nor called off."""
    return [one for one in now["deadline"] if one["state"] in ("planned", "running", "breached") and one["met_at"] is None and not one["why"]]


def machine(installation: Installation, seeded: Path, reached: Counter[str]) -> Callable[[], RuleBasedStateMachine]:
    """The machine over this installation; each run opens an appeal of its own."""
    desk = installation.parts.desk

    class Course(RuleBasedStateMachine):
        """One appeal from the call to its end, or to wherever it has come."""

        def __init__(self) -> None:
            super().__init__()
            self.id = 0
            afresh(installation, seeded)
            self.before: list[tuple[object, ...]] = []
            self.last: dict[str, Rows] = {}

        @initialize(data=st.data(), so_far=st.integers(0, 7))
        def begin(self, data: st.DataObject, so_far: int) -> None:
            text, place, kind = (data.draw(st.sampled_from(of)) for of in (TEXTS, PLACES, ("投诉", "求助", "")))
            appeal = Appeal("12345", "S-1", text, address=place, phone=data.draw(st.sampled_from(("15400001234", ""))), kind=kind)
            self.id = open_ticket(desk, appeal, endings(data.draw, other(desk))).ticket_id
            detour = data.draw(st.sampled_from(DETOURS))
            for _ in range(so_far):
                if Ticket.get_by_id(self.id).status == SIGNED:
                    for name in detour:
                        self.take(name, Taken(desk, Ticket.get_by_id(self.id), data.draw, straight=True, by_right=name in BY_RIGHT), 1)
                    detour = ()
                self.onward(data, 1)

        def take(self, name: str, taken: Taken, minutes: int) -> None:
            installation.clock.begin(installation.clock.now)
            installation.clock.at(minutes)
            before = seen(self.id)
            try:
                STEPS[name](taken)
            except REFUSALS:
                assert seen(self.id) == before

        @rule(data=st.data(), minutes=st.sampled_from(LATER), some=st.sampled_from(("possible", "possible", "possible", "any")))
        def step(self, data: st.DataObject, minutes: int, some: str) -> None:
            ticket = Ticket.get_by_id(self.id)
            names = sorted(STEPS) if some == "any" else possible(ticket.status) or sorted(STEPS)
            self.take(data.draw(st.sampled_from(names)), Taken(desk, ticket, data.draw), minutes)

        @rule(data=st.data(), minutes=st.sampled_from((1, 3, 30)))
        def go_on(self, data: st.DataObject, minutes: int) -> None:
            self.onward(data, minutes)

        def onward(self, data: st.DataObject, minutes: int) -> None:
            ticket = Ticket.get_by_id(self.id)
            if ticket.status in ONWARD:
                self.take(ONWARD[ticket.status], Taken(desk, ticket, data.draw, straight=True), minutes)

        @rule()
        def worker(self) -> None:
            sweep(desk, desk.clock())

        @invariant()
        def holds(self) -> None:
            if not self.id:
                return
            now = seen(self.id)
            if now == self.last:
                return
            lines = [tuple(line.values()) for line in now["history"]]
            assert lines[: len(self.before)] == self.before, "history was edited"
            reached.update(line["what"] for line in now["history"][len(self.before) :])
            self.before, self.last = lines, now
            check_course(now)
            (check_open if now["ticket"][0]["status"] in OPEN else check_ended)(now)

    return Course


def test_any_course_leaves_the_ticket_whole(installation: Installation, seeded: Path) -> None:
    reached: Counter[str] = Counter()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(installation, seeded, reached),
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=18,
            deadline=None,
            database=None,
            derandomize="SUDA_RUNS" not in os.environ,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
    if RUNS >= 200:
        assert set(MOVES) - set(reached) == set(), "the courses tried do not go everywhere"
    sys.stdout.write(f"{dict(reached.most_common())}\n")
