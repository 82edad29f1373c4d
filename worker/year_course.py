"""How people treat a ticket in the model of a year: what happens next at each step, and when. Plain Python, decided by dice of the ticket's own.

The dice are those of (seed, ticket, step), so that the same step of the same ticket always goes the same way, whoever asks and
however often: work that was interrupted goes on as it would have gone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from tickets.domain import status as st
from tickets.domain.survey import LEVELS, PARTLY, SOLVED, UNSOLVED
from tickets.domain.times import local
from worker.year_beside import Next, Standing, Verb, aside, in_office
from worker.year_staff import LATE_TO_REPLY, LATE_TO_SIGN, ORDINARY, PUNCTUAL, SLOW, USUAL, Staff

WORKED_AROUND_THE_CLOCK = "特急"
RETURNED, RETURNED_LATER, TRANSFERRED, SENT_BACK, REOPENED = 0.016, 0.006, 0.012, 0.025, 0.35
RETURNED_AGAIN = 0.3  # who has returned it twice: the third time the centre designates
UPHELD = 0.3
MOST_REWORKS, MOST_RETURNS = 2, 3
BY_LINK = 0.38  # of those who were sent a link so many answer by it; the rest are called
NOT_SOLVED, HALF_SOLVED, NOT_REACHED = 0.012, 0.020, 0.03
MEDIAN_HOURS = {"特急": 2.0, "紧急": 3.2, "一般": 4.0}  # with nights and weekends the mean is about 17 hours: the district reports 18


def following(seed: int, now: Standing, staff: Staff = USUAL) -> Next | None:
    """What happens next; None for a ticket with which the model has nothing more to do."""
    dice = _dice(seed, now, now.beside)
    if now.status == st.ACCEPTED:
        return _after(now, "assign", timedelta(minutes=dice.uniform(1.5, 8)), dice)
    if now.status == st.DISPATCHED:
        return _dispatched(seed, now, dice, staff)
    if now.status == st.SIGNED:
        return _signed(seed, now, dice, staff)
    if now.status == st.SUSPENDED:
        return _in_office(now, "release", timedelta(days=dice.uniform(2, 18)), dice)
    if now.status == st.DISPUTED:
        return _in_office(now, _judged(now, dice), timedelta(minutes=dice.uniform(20, 300)), dice)
    if now.status == st.REPLIED:
        verb: Verb = "send_back" if now.reworks < MOST_REWORKS and dice.random() < SENT_BACK else "approve"
        return _in_office(now, verb, timedelta(minutes=dice.lognormvariate(3.6, 0.9)), dice)
    if now.status == st.REVIEWED:
        return _reviewed(now, dice)
    if now.status == st.MEDIATING:
        return _in_office(now, "visit", timedelta(hours=dice.uniform(1.5, 7)), dice)
    if now.status == st.VERIFIED:
        if now.unsolved and now.reworks < MOST_REWORKS and not now.tries and dice.random() < REOPENED:
            return _in_office(now, "send_back", timedelta(minutes=dice.uniform(10, 120)), dice)
        return _after(now, "close", timedelta(minutes=dice.uniform(2, 90)), dice)
    return None


def _dice(seed: int, now: Standing, beside: int) -> Random:
    more = f"/{beside}.{now.tries}" if beside or now.tries else ""
    return Random(f"{seed}/{now.index}/{now.step}/{now.status}{more}")


def _after(now: Standing, verb: Verb, wait: timedelta, dice: Random) -> Next:
    return Next(now.latest + wait, verb, dice)


def _in_office(now: Standing, verb: Verb, wait: timedelta, dice: Random) -> Next:
    return Next(in_office(now.latest + wait, dice), verb, dice)


def _judged(now: Standing, dice: Random) -> Verb:
    if now.returns >= MOST_RETURNS:
        return "designate"
    return "uphold" if dice.random() < UPHELD and not now.tries else "redirect"


def _dispatched(seed: int, now: Standing, dice: Random, staff: Staff) -> Next:
    roll = dice.random()
    often = RETURNED if now.returns < 2 else RETURNED_AGAIN if now.returns == 2 else 0.0
    if roll < often and not now.tries:
        return _after(now, "return", timedelta(seconds=dice.uniform(60, 280)), dice)
    if roll > 1 - TRANSFERRED and now.transfers < 2 and now.returns < MOST_RETURNS and not now.tries:
        return _after(now, "transfer", timedelta(seconds=dice.uniform(40, 250)), dice)
    habit = staff.pace(seed, now.person)
    if dice.random() < LATE_TO_SIGN[habit]:
        seconds = dice.uniform(305, 900) if habit == ORDINARY or dice.random() < 0.7 else dice.uniform(1_300, 5_400)
    else:
        seconds = dice.uniform(8, 230) if habit == PUNCTUAL else dice.uniform(40, 290)
    return _after(now, "sign", timedelta(seconds=seconds), dice)


def _signed(seed: int, now: Standing, dice: Random, staff: Staff) -> Next:
    """The reply is planned when it is signed, by dice of its own; what comes before it does not change when it is given, unless it takes longer."""
    first = _dice(seed, now, 0) if now.beside else dice
    if now.returns < 2 and now.reworks == 0 and first.random() < RETURNED_LATER and not (now.beside or now.tries):
        return _after(now, "return", timedelta(minutes=dice.uniform(20, 240)), dice)
    habit = staff.pace(seed, now.person)
    at = _reply_at(now, habit, first)
    other = aside(now, at, dice, habit)
    if other is not None:
        return other
    if at <= now.latest:
        left = now.due - now.latest if now.due is not None and now.due > now.latest else timedelta(hours=2)
        at = now.latest + min(left * 0.9, timedelta(minutes=dice.uniform(3, 40)))
    return Next(at, "reply", dice)


def _reply_at(now: Standing, habit: str, dice: Random) -> datetime:
    hours = MEDIAN_HOURS.get(now.urgency, 11.0) * dice.lognormvariate(0, 0.8) * (2.2 if habit == SLOW else 1)
    at = now.entered + timedelta(hours=hours)
    if now.urgency != WORKED_AROUND_THE_CLOCK:
        at = in_office(at, dice)
    if now.due is None:
        return at
    if dice.random() < LATE_TO_REPLY[habit]:
        return now.due + timedelta(hours=dice.uniform(0.5, 20))
    if at >= now.due:
        at = now.entered + max(now.due - now.entered, timedelta()) * dice.uniform(0.55, 0.97)
    return at


def _reviewed(now: Standing, dice: Random) -> Next:
    if now.linked and not now.tries and dice.random() < BY_LINK:
        return Next(_awake(now.entered + timedelta(hours=1) + timedelta(hours=dice.expovariate(1 / 4)), dice), "answer", dice)
    return Next(_awake(now.entered + timedelta(minutes=dice.lognormvariate(4.6, 1.0)), dice), "verify", dice)


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
