"""What else happens to a ticket while somebody handles it: others help, more time is asked for, it is put on the list. Plain Python, by dice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from tickets.domain.times import local
from worker.year_staff import SLOW

Verb = Literal[
    "assign", "sign", "return", "transfer", "reply", "uphold", "redirect", "designate", "approve", "send_back", "verify", "answer", "visit", "close",
    "invite", "help", "waive", "extend", "grant", "refuse", "suspend", "release",
]  # fmt: skip
OPENS, CLOSES = timedelta(hours=8, minutes=30), timedelta(hours=18)
INVITED, EXTENDED, SUSPENDED = 0.010, 0.012, 0.003  # shares of the tickets in hand
GRANTED, WAIVED, UNDECIDED = 0.85, 0.06, 0.10


@dataclass(frozen=True)
class Standing:
    """A ticket as it stands: `entered` is when it reached its status, `due` when the clock that runs ends (aware, or None).

    `since` is when the last thing happened to it there, `beside` how many steps were taken that moved nothing, `helpers` how many have not
    answered, `waits` that a request for more time is undecided, `linked` that the citizen was asked by link, `tries` how often its next step
    was refused.
    """

    index: int
    status: str
    step: int
    entered: datetime
    urgency: str = ""
    person: int = 0
    due: datetime | None = None
    returns: int = 0
    transfers: int = 0
    reworks: int = 0
    unsolved: bool = False
    since: datetime | None = None
    beside: int = 0
    helpers: int = 0
    waits: bool = False
    linked: bool = False
    tries: int = 0

    @property
    def latest(self) -> datetime:
        """When the last thing happened to it."""
        return self.since or self.entered


@dataclass(frozen=True)
class Next:
    """What happens next to a ticket. `dice` go on from there: the words of a reply, the answers of a survey."""

    at: datetime
    verb: Verb
    dice: Random


def aside(now: Standing, reply_at: datetime, dice: Random, habit: str) -> Next | None:
    """What comes before the reply that is planned for `reply_at`; None when the reply is next."""
    since = now.latest
    room = max(reply_at - since, timedelta(minutes=2))
    if now.waits and not (habit == SLOW and dice.random() < UNDECIDED):
        at = in_office(since + timedelta(minutes=dice.lognormvariate(4.0, 0.8)), dice)
        if now.due is not None and at >= now.due:
            at = since + max(now.due - since, timedelta()) * dice.uniform(0.2, 0.8)
        return Next(at, "grant" if dice.random() < GRANTED else "refuse", dice)
    if now.helpers:
        return Next(since + room * dice.uniform(0.15, 0.7), "waive" if dice.random() < WAIVED else "help", dice)
    if now.beside or now.reworks or now.tries:
        return None
    roll = dice.random()
    if roll < INVITED:
        return Next(since + room * dice.uniform(0.1, 0.4), "invite", dice)
    if roll < INVITED + EXTENDED and now.due is not None and now.due > since:
        return Next(since + (now.due - since) * dice.uniform(0.3, 0.6), "extend", dice)
    if INVITED + EXTENDED <= roll < INVITED + EXTENDED + SUSPENDED:
        return Next(since + room * dice.uniform(0.2, 0.8), "suspend", dice)
    return None


def in_office(at: datetime, dice: Random) -> datetime:
    """The same moment in office hours, else some time after the office opens next: on weekdays, half past eight to six."""
    here = local(at)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    if here.weekday() < 5 and OPENS <= here - midnight < CLOSES:
        return at
    day = midnight if here - midnight < OPENS else midnight + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day + OPENS + timedelta(minutes=dice.expovariate(1 / 50))
