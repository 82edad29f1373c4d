"""How people treat a ticket in the model of a year: what happens next at each step, and when. Plain Python, decided by dice of the ticket's own.

The dice are those of (seed, ticket, step), so that the same step of the same ticket always goes the same way, whoever asks and
however often: work that was interrupted goes on as it would have gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from tickets.domain import status as st
from tickets.domain.survey import LEVELS, PARTLY, SOLVED, UNSOLVED
from tickets.domain.times import local

Verb = Literal["assign", "sign", "return", "transfer", "reply", "uphold", "redirect", "approve", "send_back", "verify", "close"]
OPENS, CLOSES = timedelta(hours=8, minutes=30), timedelta(hours=18)
WORKED_AROUND_THE_CLOCK = "特急"
PACES = ((0, 88, "punctual"), (88, 98, "ordinary"), (98, 100, "slow"))  # of a hundred people
LATE_TO_SIGN = {"punctual": 0.0, "ordinary": 0.02, "slow": 0.15}  # more than five minutes: they are called
LATE_TO_REPLY = {"punctual": 0.0, "ordinary": 0.001, "slow": 0.04}
RETURNED, RETURNED_LATER, TRANSFERRED, SENT_BACK, REOPENED = 0.016, 0.006, 0.012, 0.025, 0.35
UPHELD = 0.3
MOST_REWORKS = 2
NOT_SOLVED, HALF_SOLVED, NOT_REACHED = 0.012, 0.020, 0.03
MEDIAN_HOURS = {"特急": 3.0, "紧急": 9.0, "一般": 11.0}


@dataclass(frozen=True)
class Standing:
    """A ticket as it stands: `entered` is when it reached its status, `due` when the clock that runs ends (aware, or None)."""

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


@dataclass(frozen=True)
class Next:
    """What happens next to a ticket. `dice` go on from there: the words of a reply, the answers of a survey."""

    at: datetime
    verb: Verb
    dice: Random


def pace(seed: int, person: int) -> str:
    """How that person works: punctual, ordinary or slow; always the same."""
    roll = Random(f"{seed}/person/{person}").randrange(100)
    return next(name for least, most, name in PACES if least <= roll < most)


def following(seed: int, now: Standing) -> Next | None:
    """What happens next; None for a ticket with which the model has nothing more to do."""
    dice = Random(f"{seed}/{now.index}/{now.step}/{now.status}")
    if now.status == st.ACCEPTED:
        return _after(now, "assign", timedelta(minutes=dice.uniform(1.5, 8)), dice)
    if now.status == st.DISPATCHED:
        return _dispatched(seed, now, dice)
    if now.status == st.SIGNED:
        return _signed(seed, now, dice)
    if now.status == st.DISPUTED:
        return _in_office(now, "uphold" if dice.random() < UPHELD else "redirect", timedelta(minutes=dice.uniform(20, 300)), dice)
    if now.status == st.REPLIED:
        verb: Verb = "send_back" if now.reworks < MOST_REWORKS and dice.random() < SENT_BACK else "approve"
        return _in_office(now, verb, timedelta(minutes=dice.lognormvariate(3.6, 0.9)), dice)
    if now.status == st.REVIEWED:
        return Next(_awake(now.entered + timedelta(minutes=dice.lognormvariate(4.6, 1.0)), dice), "verify", dice)
    if now.status == st.VERIFIED:
        if now.unsolved and now.reworks < MOST_REWORKS and dice.random() < REOPENED:
            return _in_office(now, "send_back", timedelta(minutes=dice.uniform(10, 120)), dice)
        return _after(now, "close", timedelta(minutes=dice.uniform(2, 90)), dice)
    return None


def _after(now: Standing, verb: Verb, wait: timedelta, dice: Random) -> Next:
    return Next(now.entered + wait, verb, dice)


def _in_office(now: Standing, verb: Verb, wait: timedelta, dice: Random) -> Next:
    return Next(in_office(now.entered + wait, dice), verb, dice)


def _dispatched(seed: int, now: Standing, dice: Random) -> Next:
    roll = dice.random()
    if roll < RETURNED and now.returns < 2:
        return _after(now, "return", timedelta(seconds=dice.uniform(60, 280)), dice)
    if roll > 1 - TRANSFERRED and now.transfers < 2:
        return _after(now, "transfer", timedelta(seconds=dice.uniform(40, 250)), dice)
    habit = pace(seed, now.person)
    if dice.random() < LATE_TO_SIGN[habit]:
        seconds = dice.uniform(305, 900) if habit == "ordinary" or dice.random() < 0.7 else dice.uniform(1_300, 5_400)
    else:
        seconds = dice.uniform(8, 230) if habit == "punctual" else dice.uniform(40, 290)
    return _after(now, "sign", timedelta(seconds=seconds), dice)


def _signed(seed: int, now: Standing, dice: Random) -> Next:
    if now.returns < 2 and now.reworks == 0 and dice.random() < RETURNED_LATER:
        return _after(now, "return", timedelta(minutes=dice.uniform(20, 240)), dice)
    habit = pace(seed, now.person)
    hours = MEDIAN_HOURS.get(now.urgency, 11.0) * dice.lognormvariate(0, 0.8) * (2.2 if habit == "slow" else 1)
    at = now.entered + timedelta(hours=hours)
    if now.urgency != WORKED_AROUND_THE_CLOCK:
        at = in_office(at, dice)
    if now.due is None:
        return Next(at, "reply", dice)
    if dice.random() < LATE_TO_REPLY[habit]:
        return Next(now.due + timedelta(hours=dice.uniform(0.5, 20)), "reply", dice)
    if at >= now.due:
        at = now.entered + max(now.due - now.entered, timedelta()) * dice.uniform(0.55, 0.97)
    return Next(at, "reply", dice)


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


def _awake(at: datetime, dice: Random) -> datetime:
    """Citizens are called back between half past eight and half past eight."""
    here = local(at)
    if 8.5 <= here.hour + here.minute / 60 < 20.5:
        return at
    morning = here.replace(hour=8, minute=30, second=0, microsecond=0) + timedelta(days=here.hour >= 20)
    return morning + timedelta(minutes=dice.expovariate(1 / 40))


def survey(dice: Random) -> tuple[str, str]:
    """What the citizen answers: whether it is solved and how satisfied he is; both empty when nobody answers."""
    if dice.random() < NOT_REACHED:
        return "", ""
    roll = dice.random()
    solved = UNSOLVED if roll < NOT_SOLVED else PARTLY if roll < NOT_SOLVED + HALF_SOLVED else SOLVED
    if solved == SOLVED:
        return solved, dice.choices(LEVELS, (52, 41, 6.8, 0.15, 0.05))[0]
    return solved, dice.choices(LEVELS, (6, 30, 34, 22, 8))[0]
