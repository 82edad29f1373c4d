"""Plays a modelled year through the same actions as the real hotline, with a clock that is put to the moment of each event.

Appeals come in, are signed, returned, transferred, replied to, reviewed, called back and closed; whatever falls due in between is swept
at its very second, and messages leave by a silent channel. Events are committed in batches, so that a year costs minutes; what was
interrupted is taken up from the database.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from notifications.channels import Channel
from notifications.message import Message, Receipt
from tickets.actions.deliver import Terms, deliver_one
from tickets.actions.dispatch import AssignRefused
from tickets.actions.intake import open_ticket
from tickets.actions.steps import StepRefused
from tickets.actions.sweep import sweep
from tickets.domain.appeal import Appeal
from tickets.ports import Desk
from tickets.store import outbox, past
from tickets.store.connect import is_sqlite, transaction
from tickets.store.heartbeat import newest_beat
from worker.past_hands import Hands
from worker.year_beside import Next, Standing
from worker.year_course import following
from worker.year_model import Incoming
from worker.year_standing import as_found, counted
from worker.year_standing import standing as on

BATCH = 200  # events committed together
LONGEST = 1.0  # seconds a batch may hold the database on SQLite, where everybody else's writing waits for it
BREATH = 0.12  # seconds the database is left to others between two batches: whoever waits looks ten times a second
JUST_AFTER = timedelta(seconds=1)  # a clock that is met at its very end is in time
MOST_TRIES = 3  # of one step that is refused


class Silent:
    """A channel that sends nothing and says that it arrived."""

    def send(self, message: Message) -> Receipt:
        return Receipt(f"past-{message.id}", "delivered")

    def lookup(self, message: Message) -> Receipt | None:
        return None


@dataclass
class _Clock:
    """Stands where it was put."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(order=True)
class _Event:
    at: datetime
    ticket: int
    standing: Standing = field(compare=False)
    plan: Next = field(compare=False)


class Past:
    """One history: number `run` of this database, with the dice of `seed`, until `end` (aware)."""

    def __init__(self, desk: Desk, incoming: Sequence[Incoming], seed: int, run: int, end: datetime) -> None:
        self.clock = _Clock(end)
        self.desk = replace(desk, clock=self.clock)
        self.incoming, self.seed, self.run, self.end = incoming, seed, run, end
        self.channels: Mapping[str, Channel] = dict.fromkeys(("短信", "电话", "弹屏"), Silent())
        self.hands = Hands(self.desk, {appeal.index: appeal.category for appeal in incoming})
        self.terms = Terms()
        self.events: list[_Event] = []

    def play(self) -> Iterator[Incoming]:
        """Plays what has not been played yet and yields each appeal once it is committed; what was there before is yielded first."""
        came, still_open = past.played(self.run)
        yield from (appeal for appeal in self.incoming if appeal.index in came)
        waiting = deque(appeal for appeal in self.incoming if appeal.index not in came)
        for ticket_id, index in still_open:
            self._plan(ticket_id, as_found(ticket_id, index, self.end))
        beside = is_sqlite() and newest_beat() is not None  # others work on this database, or did
        while waiting or self.events:
            fresh: list[Incoming] = []
            with transaction():
                began = time.monotonic()
                for _ in range(BATCH):
                    if not self._one(waiting, fresh) or time.monotonic() - began > LONGEST:
                        break
            if beside:
                time.sleep(BREATH)
            yield from fresh
        with transaction():
            self._until(self.end)

    def _one(self, waiting: deque[Incoming], fresh: list[Incoming]) -> bool:
        """The next thing that happens; False when nothing more does."""
        if waiting and (not self.events or waiting[0].at <= self.events[0].at):
            appeal = waiting.popleft()
            self._until(appeal.at)
            self._arrive(appeal)
            fresh.append(appeal)
            return True
        if not self.events:
            return False
        event = heapq.heappop(self.events)
        self._until(event.at)
        self._act(event)
        return True

    def _arrive(self, appeal: Incoming) -> None:
        number = f"{past.MARK}{self.run}-{appeal.index}"
        made = Appeal(
            source=appeal.source,
            source_id=number,
            text=appeal.text,
            title=appeal.title,
            kind=appeal.kind,
            category=appeal.category if appeal.given else "",
            address=appeal.place,
            phone=appeal.phone,
            caller_name=appeal.name,
            appealed_at=self.clock.now,
            answers=appeal.answers,
        )
        opened = open_ticket(self.desk, made)
        self._send()
        self._plan(opened.ticket_id, on(opened.ticket_id, Standing(appeal.index, "", 0, self.clock.now), self.clock.now))

    def _act(self, event: _Event) -> None:
        standing, verb = event.standing, event.plan.verb
        if past.standing(event.ticket).step != standing.step:
            return  # somebody acted on it on a page while the history was being played
        try:
            unsolved = self.hands.do(event.ticket, standing, event.plan)
        except AssignRefused:  # nobody could take it: it stays, and is dealt with by hand some day
            return
        except StepRefused:  # another way, a little later: of what the model cannot know, the rules refuse some
            if standing.tries < MOST_TRIES:
                self._plan(event.ticket, replace(standing, since=self.clock.now, tries=standing.tries + 1))
            return
        self._send()
        self._plan(event.ticket, on(event.ticket, counted(verb, standing, unsolved=unsolved), self.clock.now))

    def _plan(self, ticket_id: int, standing: Standing) -> None:
        plan = following(self.seed, standing)
        if plan is not None and plan.at <= self.end:
            heapq.heappush(self.events, _Event(plan.at.astimezone(UTC), ticket_id, standing, plan))

    def _until(self, at: datetime) -> None:
        """Lets the worker's turns happen, each at the moment something falls due, then puts the clock to `at`."""
        while True:
            link, over = past.next_due()
            dues = [moment for moment in (link, over + JUST_AFTER if over is not None else None) if moment is not None and moment <= at]
            if not dues:
                break
            self.clock.now = max(min(dues), self.clock.now) if self.clock.now < at else min(dues)
            done = sweep(self.desk, self.clock.now)
            self._send()
            if not (done.fired or done.silent or done.breached):
                break  # what cannot be handled has raised its alarm; it must not hold up the year
        self.clock.now = at.astimezone(UTC)

    def _send(self) -> None:
        skipped = False
        for outbox_id in outbox.due(self.clock.now):
            skipped |= deliver_one(self.desk, self.channels, outbox_id, self.terms) == "skipped"
        if skipped:
            outbox.cancel_stale()
