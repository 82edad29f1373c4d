"""A made-up month of tickets in the tables themselves: signed or not, late or not, sent back, called back, transferred on the way."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random

from tickets.domain.period import Period, month
from tickets.domain.survey import LEVELS, OUTCOMES
from tickets.domain.times import stored
from tickets.store.course_models import Visit
from tickets.store.models import Deadline, History, Person, Ticket, Unit

OCTOBER: Period = month("2026-10")
NOW = OCTOBER.until + timedelta(days=9)
UNITS = (
    ("水务局", "区直部门", ""), ("水务局/管网科", "区直部门", "水务局"), ("城管局", "区直部门", ""), ("青禾镇", "镇街", ""), ("青禾镇/北庄村", "村居", "青禾镇"),
    ("青禾镇/东林村", "村居", "青禾镇"), ("好家物业", "企业", ""),
)  # fmt: skip


def directory() -> tuple[list[Unit], list[Person]]:
    """The units of UNITS and two people."""
    units: dict[str, Unit] = {}
    for address, kind, parent in UNITS:
        units[address] = Unit.create(address=address, name=address.split("/")[-1], kind=kind, parent=units.get(parent))
    return list(units.values()), [Person.create(code=f"P{n}", name=f"承办{n}", phone=f"0000000000{n}") for n in range(2)]


def a_month(seed: int, count: int) -> None:
    """`count` tickets around October 2026: about a third lies outside of it."""
    dice = Random(seed)
    units, people = directory()
    for n in range(count):
        at = OCTOBER.since + timedelta(minutes=dice.randrange(-20 * 1440, 45 * 1440))
        ticket = Ticket.create(
            number=f"T{n}", source="12345", source_id=str(n), status="待签收", text="水", registered_at=stored(at), area=dice.choice(("", "北庄村", "东林村")),
            category=dice.choice(("", "供水", "照明")), unit=dice.choice(units), person=dice.choice([*people, None]),
        )  # fmt: skip
        if dice.random() < 0.9:
            _course(dice, ticket, at, units, people)


def _course(dice: Random, ticket: Ticket, at: datetime, units: list[Unit], people: list[Person]) -> None:
    if dice.random() < 0.2:  # somebody else's clocks from before the last dispatch
        early = at - timedelta(days=3)
        _clock(ticket, "待签收", "办理中", early, 5, met=dice.choice((3, 9)))
        _clock(ticket, "办理中", "待审核", early, 60, met=None, why=dice.choice(("重新派单，另行计时", "工单已移交")), state="breached")
    ticket.dispatched_at = stored(at)
    ticket.save()
    _clock(ticket, "待签收", "办理中", at, 5, met=dice.choice((3, 4, 8, None)))
    for _ in range(dice.choice((1, 1, 2))):
        _clock(ticket, "办理中", "待审核", at, dice.randrange(60, 20 * 1440), met=dice.choice((50, 3000, 12000, None)), paused=dice.random() < 0.1)
    seq = 0
    for what, after in (("回复", 600), ("重办", 900), ("回复", 1300), ("核实", 2000), ("改评价", 2100), ("核实", 4000)):
        if dice.random() < 0.3:
            continue
        seq += 1
        note: dict[str, object] = dict(dice.choice(({}, {"number": "20261001-0001"}))) if what == "改评价" else {}
        if what in ("核实", "改评价"):
            valid = what == "改评价" or dice.random() < 0.8
            note |= {"valid": valid} if what == "核实" else {}
            note |= {"solved": dice.choice(OUTCOMES), "satisfied": dice.choice(LEVELS), "words": '说："满意":"好"'} if valid else {}
        text = json.dumps(note, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        when = stored(at + timedelta(minutes=after * dice.choice((1, 1, 3))))
        History.create(ticket=ticket, seq=seq, at=when, actor="system", what=what, note=text)
    if dice.random() < 0.15:
        done = dice.choice((None, stored(at)))
        Visit.create(
            ticket=ticket.id, step_seq=9, rule="M-010", asked="属地网格员", visitor=people[0], handler_unit=dice.choice(units), handler=people[1],
            asked_at=stored(at), done_at=done,
        )  # fmt: skip


def _clock(ticket: Ticket, begins: str, ends: str, at: datetime, within: int, *, met: int | None, paused: bool = False, why: str = "", state: str = "") -> None:
    """A clock of `within` minutes from `at` on, met after `met` minutes or not at all."""
    due, over = at + timedelta(minutes=within), at + timedelta(minutes=within) < NOW
    state = state or ("met" if met is not None and met <= within else "breached" if met is not None or (over and not paused) else "running")
    Deadline.create(
        ticket=ticket, name=ends, rule="T", from_status=begins, until_status=ends, within=f"{within}m", clock="自然时", started_at=stored(at), due_at=stored(due),
        state=state, why=why, met_at=None if met is None else stored(at + timedelta(minutes=met)), paused_at=stored(at) if paused and met is None else None,
    )  # fmt: skip
