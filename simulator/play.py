"""A simulated year: appeals come, people act, the worker takes its turns, and things go wrong; all of it from one heap and one seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from notifications.channels import Provider as Carrier
from notifications.channels import Route
from simulator.clockwork import Heap, StepClock, Tokens
from simulator.faults import Failpoints, Journal, Killed, Rates
from simulator.mishaps import Fuse, Machine
from simulator.provider import Entry, Provider
from simulator.seat import Seat
from simulator.stage import NAME, Stage, close
from tickets.actions.deliver import Terms
from tickets.actions.dispatch import AssignRefused
from tickets.actions.intake import open_ticket
from tickets.actions.moves import MovedMeanwhile
from tickets.actions.sign import SignRefused
from tickets.actions.steps import StepRefused
from tickets.domain.appeal import Appeal
from tickets.domain.status import NotAllowed
from tickets.ports import LinkRefused
from tickets.store import outbox, past
from tickets.store.connect import DatabaseFailed
from worker import loop
from worker.history import world_of
from worker.past_hands import Hands
from worker.year_beside import Next, Standing
from worker.year_course import following
from worker.year_model import Incoming, year
from worker.year_staff import Staff
from worker.year_standing import counted
from worker.year_standing import standing as on

Done = TypeVar("Done")
SETTLED = timedelta(hours=2)  # after the end nothing more goes wrong, and the worker finishes what is owed
RUN_OFF = timedelta(days=30)  # a part that is not the last is played on, without new appeals, until what is in hand is done
MOST_TRIES = 4
FILE = "12345"  # the source whose appeals come as files, which may be imported twice
REFUSED = (AssignRefused, MovedMeanwhile, SignRefused, StepRefused, NotAllowed, LinkRefused)


@dataclass(frozen=True)
class Asked:
    """What is to be simulated: so many appeals over so many days, from which seed, how often things go wrong, and who works there.

    A year may be played in `parts`, of which this is number `part` from 0: the same appeals, each in the part its day falls in.
    """

    seed: int
    tickets: int
    days: int
    rates: Rates
    staff: Staff
    part: int = 0
    parts: int = 1

    @property
    def key(self) -> str:
        """What the dice of this part are made from."""
        return f"{self.seed}" if self.parts == 1 else f"{self.seed}/{self.part}"

    def day(self, part: int) -> timedelta:
        """How long after the year's beginning that part begins."""
        return timedelta(days=self.days * part // self.parts)


class Simulation:
    """One year, played once. `home` is an empty folder for its database."""

    def __init__(self, stage: Stage, asked: Asked, home: Path) -> None:
        self.asked, self.home = asked, home
        self.start, until = stage.start + asked.day(asked.part), stage.start + asked.day(asked.part + 1)
        self.end = until if asked.part == asked.parts - 1 else until + RUN_OFF
        self.clock, self.heap, self.journal = StepClock(self.start), Heap(), Journal()
        self.chance = Random(f"{asked.key}/chance")
        self.database = stage.open(home)
        self.file = home / NAME
        self.record: list[Entry] = []
        self.providers = tuple(self._provider(name) for name in ("甲", "乙"))
        self.failpoints = Failpoints(asked.rates, Random(f"{asked.key}/places"), self.journal, self._other_worker, self._lock)
        desk = replace(stage.parts.desk, clock=self.clock, token=Tokens(Random(f"{asked.key}/tokens")))
        channels = dict.fromkeys(("短信", "电话", "弹屏"), Route(tuple(Carrier(one.name, one) for one in self.providers)))
        parts = loop.Parts(desk, channels, Terms(fp=self.failpoints))
        self.seat = Seat(parts, self.clock, self.heap, Random(f"{asked.key}/worker"), self.journal)
        desk.queue = self.seat
        self.machine = Machine(self.file, self.clock, self.heap, self.journal, self.chance, self.seat.changed)
        self.desk, self.parts = desk, parts
        whole = year(world_of(stage.parts.catalogue, desk.rules.names.areas), asked.tickets, stage.start, stage.start + asked.day(asked.parts), asked.seed)
        self.incoming = [one for one in whole if self.start <= one.at < until]
        self.hands = Hands(desk, {one.index: one.category for one in self.incoming})
        self.arrived = 0

    def _provider(self, name: str) -> Provider:
        dice = Random(f"{self.asked.key}/provider/{name}")
        return Provider(self.asked.rates, dice, self.journal, lambda: self.clock.now, self.clock, self._receipt_later, self.record, name)

    def play(self) -> Iterator[Incoming]:
        """Plays it; yields each appeal once it is in the database."""
        came: list[Incoming] = []
        for one in self.incoming:
            self.heap.push(one.at, lambda one=one: self._arrive(one, came))  # type: ignore[misc]
        self.machine.plan(self.asked.rates, self.start, self.end, Random(f"{self.asked.key}/faults"))
        yield from self._until(self.end, came)
        self._settle()
        yield from self._until(self.end + SETTLED, came)
        close()

    def _until(self, end: datetime, came: list[Incoming]) -> Iterator[Incoming]:
        while True:
            event, wake = self.heap.next_at(), self.seat.wake()
            if wake is not None and wake <= end and (event is None or wake <= event):
                self.clock.to(wake)
                self.seat.turn()
            elif event is not None and event <= end:
                self.clock.to(event)
                self.heap.pop()()
            else:
                self.clock.to(end)
                return
            if came:
                yield from came
                came.clear()

    # ---- people --------------------------------------------------------------------------------------------------
    def _arrive(self, one: Incoming, came: list[Incoming]) -> None:
        if self.clock.now >= self.end + SETTLED / 2:
            return
        made = Appeal(
            source=one.source,
            source_id=f"{one.index}",
            text=one.text,
            title=one.title,
            kind=one.kind,
            category=one.category if one.given else "",
            address=one.place,
            phone=one.phone,
            caller_name=one.name,
            appealed_at=self.clock(),
            answers=one.answers,
        )
        try:
            opened = self._by_page(lambda: open_ticket(self.desk, made))
        except DatabaseFailed:  # whoever typed it in, or the import, tries again
            self._again(lambda: self._arrive(one, came))
            return
        came.append(one)
        self.arrived += 1
        self._plan(opened.ticket_id, on(opened.ticket_id, Standing(one.index, "", 0, self.clock.now), self.clock.now))
        if one.source == FILE and self.chance.random() < self.asked.rates.of("imported_again"):
            self.heap.push(self.clock.now + timedelta(minutes=self.chance.uniform(1, 4_000)), lambda: self._import_again(made))

    def _import_again(self, made: Appeal) -> None:
        """Somebody imports the same file a second time."""
        self.journal.note("imported again")
        try:
            self._by_page(lambda: open_ticket(self.desk, made))
        except DatabaseFailed:
            self._again(lambda: self._import_again(made))

    def _plan(self, ticket_id: int, standing: Standing) -> None:
        if self.clock.now >= self.end:
            return
        plan = following(self.asked.seed, standing, self.asked.staff)
        if plan is not None:
            at = max(plan.at, self.clock.now)
            if at <= self.end:
                self.heap.push(at, lambda: self._act(ticket_id, standing, plan))

    def _act(self, ticket_id: int, standing: Standing, plan: Next) -> None:
        if past.standing(ticket_id).step != standing.step:
            return
        try:
            unsolved = self._by_page(lambda: self.hands.do(ticket_id, standing, plan))
        except DatabaseFailed:
            self._again(lambda: self._act(ticket_id, standing, replace(plan, dice=self.chance)))
            return
        except REFUSED as refused:
            self.journal.note(f"refused:{plan.verb}:{type(refused).__name__}")
            if standing.tries < MOST_TRIES:
                now = on(ticket_id, standing, self.clock.now)
                self._plan(ticket_id, replace(now, since=self.clock.now, tries=standing.tries + 1))
            return
        except Exception as error:
            # A step that ends in an error nobody foresaw is a finding of its own; the year goes on without it.
            self.journal.errors.append(f"工单 id {ticket_id}，{plan.verb}：{type(error).__name__}: {error}")
            return
        self._plan(ticket_id, on(ticket_id, counted(plan.verb, standing, unsolved=unsolved), self.clock.now))

    def _by_page(self, act: Callable[[], Done]) -> Done:
        """A step taken by a person: his page's process may die in the middle, and then nothing was done. DatabaseFailed: try again."""
        fuse = self.chance.randint(1, 40) if self.chance.random() < self.asked.rates.of("page_died") else 0
        try:
            with Fuse(self.database, fuse):
                done = act()
        except Killed:
            close()
            self.journal.note("page died")
            self.seat.hand_over(lost=True)
            raise DatabaseFailed("the page's process died") from None
        self.seat.hand_over(lost=self.chance.random() < self.asked.rates.of("nudge_lost"))
        return done

    def _again(self, then: Callable[[], None]) -> None:
        self.journal.note("tried again")
        self.heap.push(self.clock.now + timedelta(seconds=self.chance.uniform(20, 90)), then)

    # ---- what goes wrong -----------------------------------------------------------------------------------------
    def _lock(self) -> None:
        self.machine.lock()

    def _other_worker(self) -> None:
        """A second worker takes a whole turn while the first stands at one of its named places."""
        try:
            loop.sweep_turn(self.parts)
            loop.send_turn(self.parts)
        except DatabaseFailed:  # its turn failed, not the first one's
            self.journal.note("turn failed")

    def _receipt_later(self, at: datetime, entry: Entry, state: str) -> None:
        self.heap.push(at, lambda: self._receipt(entry, state))

    def _receipt(self, entry: Entry, state: str) -> None:
        try:
            outbox.reported(entry.message, entry.by, entry.sid, state, self.clock())
        except DatabaseFailed:  # answered with 503: the provider reports it again
            self._receipt_later(self.clock.now + timedelta(seconds=60), entry, state)
        self.seat.changed()

    def _settle(self) -> None:
        """Nothing more goes wrong: what is owed can be finished."""
        self.machine.unlock()
        self.machine.right()
        self.failpoints.armed = False
        for one in self.providers:
            one.healthy = True
        self.seat.changed()
