"""What happened to one ticket, as plain data: its steps, messages, reviewers, helpers, clocks. Pictures and lists of the course are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.status import CLOSED, DECLINED, HANDED_OVER, MERGED

ENDED = (CLOSED, DECLINED, MERGED, HANDED_OVER)


@dataclass(frozen=True)
class Stepped:
    """A line of the course. `holder` had it from then on, `who` did it (empty for the system); `unit` is the address it was given to, if it was."""

    at: datetime
    what: str
    to_status: str
    holder_id: int | None
    holder: str = ""
    who: str = ""
    unit: str = ""
    note: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Told:
    """A message or call to somebody; `person_id` is empty for the citizen's. `state`: queued sending sent delivered failed unknown."""

    at: datetime
    channel: str
    kind: str
    state: str
    person_id: int | None = None
    person: str = ""


@dataclass(frozen=True)
class Reviewer:
    """One reviewer of one reply; `reply` tells the replies apart. `state`: waiting planned passed returned skipped; `at` is when his turn came."""

    reply: int
    position: int
    asked: str
    state: str
    unit: str = ""
    person_id: int | None = None
    person: str = ""
    at: datetime | None = None
    decided_at: datetime | None = None
    opinion: str = ""
    why: str = ""


@dataclass(frozen=True)
class Help:
    """A unit that helps beside the lead. `state` is empty while it is waited for, else 回复, 免于回复 or 取消."""

    unit: str
    person_id: int | None
    person: str
    asked_at: datetime
    state: str = ""
    words: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Extended:
    """More time asked for. `state`: asked granted refused lapsed; `decider` was asked, `opinion` is what he wrote."""

    asked_at: datetime
    by: str
    decider: str
    state: str
    old_due: datetime
    new_due: datetime
    reason: str = ""
    decided_at: datetime | None = None
    opinion: str = ""


@dataclass(frozen=True)
class Visited:
    """A mediation visit; `done_at` is empty while it is under way."""

    visitor: str
    asked_at: datetime
    done_at: datetime | None = None
    result: str = ""
    words: str = ""
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ticking:
    """A clock of the ticket. `open` is true while it is neither met nor called off."""

    name: str
    started_at: datetime
    due_at: datetime
    open: bool
    breached: bool = False
    paused_at: datetime | None = None


@dataclass(frozen=True)
class Spared:
    """A reminder that was planned and never needed: `to` whom (a role or an address), by which rule."""

    at: datetime
    to: str
    send: str
    rule: str
    when: str


@dataclass(frozen=True)
class Listed:
    """A stay on the list 挂账: why, what is planned, when it is looked at again."""

    at: datetime
    reason: str
    plan: str
    review_at: datetime
    released_at: datetime | None = None
    released_why: str = ""


@dataclass(frozen=True)
class Caller:
    """Somebody whose appeal about the same matter was merged into this one: its number alone, nothing of the person."""

    number: str
    at: datetime
    answered: bool = False


@dataclass(frozen=True)
class Course:
    """All of it; each part in the order it happened. `status` is where the ticket stands, `into` the number of the ticket it was merged into."""

    registered_at: datetime
    status: str
    steps: tuple[Stepped, ...] = ()
    told: tuple[Told, ...] = ()
    reviewers: tuple[Reviewer, ...] = ()
    helpers: tuple[Help, ...] = ()
    extensions: tuple[Extended, ...] = ()
    visits: tuple[Visited, ...] = ()
    clocks: tuple[Ticking, ...] = ()
    spared: tuple[Spared, ...] = ()
    listed: tuple[Listed, ...] = ()
    callers: tuple[Caller, ...] = ()
    into: str = ""
    asked_citizen: str = ""  # how the citizen was asked for his opinion at this step: 短信 or 电话

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    def last(self, *what: str) -> Stepped | None:
        """The newest line of that name, or None."""
        return next((step for step in reversed(self.steps) if step.what in what), None)

    def times(self, what: str) -> int:
        """How often that happened."""
        return sum(1 for step in self.steps if step.what == what)
