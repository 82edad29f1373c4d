"""The links of an escalation chain: who is told, when, and how, laid down the moment a clock starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from engine.calendar import NATURAL, Calendar
from engine.spans import Span, SpanRefused, percent

START, DUE = "开始", "到期"
WHENS = ("at", "before", "after", "spent", "wait")


class ChainRefused(ValueError):
    """A link that cannot be laid; the sentence says which and why."""

    permanent = True


@dataclass(frozen=True)
class Link:
    """One message of a chain. `seq` counts from 1; `at` is UTC; `send` are channels, `to` addresses or roles, `when` says how it was written.

    `otherwise` is where it goes when `to` cannot be resolved (the link's `or`), empty when not said.
    """

    seq: int
    at: datetime
    send: tuple[str, ...]
    to: tuple[str, ...]
    when: str
    otherwise: tuple[str, ...] = ()


def lay(chain: Mapping[str, object] | Sequence[object], start: datetime, due: datetime, calendar: Calendar, clock: str = NATURAL) -> tuple[Link, ...]:
    """The links of one deadline, in the order they are written; each time is computed on the deadline's own clock.

    `at: 开始` and `at: 到期` are the two ends. `before: 3m` is when 3 minutes of the clock are left, but never before the start;
    `after: 2h` is 2 hours of the clock past the due time. `spent: 70%` is when 70 % of the clock's time is used, to the full second:
    of a working-day deadline that is working time, so nobody is called at lunch. `wait: 10m` counts from the link before it (the
    first from the start); `every` and `times` repeat it. All working-clock links therefore fall within working hours.
    """
    count = _Count(start, due, calendar, clock)
    links: list[Link] = []
    previous = start.astimezone(UTC)
    for number, raw in enumerate(_links(chain), start=1):
        send, to = _words(raw, "send", number), _words(raw, "to", number)
        otherwise = _words(raw, "or", number) if "or" in raw else ()
        try:
            laid = count.times(raw, number, previous)
        except SpanRefused as problem:
            raise ChainRefused(f"升级链第 {number} 环：{problem}") from problem
        links += [Link(len(links) + turn, at, send, to, when, otherwise) for turn, (at, when) in enumerate(laid, start=1)]
        previous = laid[-1][0]
    return tuple(links)


def resumed(links: Sequence[Link], paused: datetime, resumes: datetime, calendar: Calendar, clock: str) -> tuple[Link, ...]:
    """The links still to come after a pause, each as far from the resumption as it was from the pause, on the deadline's clock."""
    return tuple(replace(link, at=calendar.add(resumes, calendar.spent_time(paused, link.at, clock), clock)) if link.at > paused else link for link in links)


class _Count:
    """Counts on one deadline's clock, from its start or back from its due time."""

    def __init__(self, start: datetime, due: datetime, calendar: Calendar, clock: str) -> None:
        self.start, self.due, self.calendar, self.clock = start.astimezone(UTC), due.astimezone(UTC), calendar, clock
        self.total = calendar.spent_time(start, due, clock)

    def times(self, raw: Mapping[str, object], number: int, previous: datetime) -> list[tuple[datetime, str]]:
        """The instants one written link stands for, with how it was written: several when it repeats."""
        given = [key for key in WHENS if key in raw]
        if len(given) != 1:
            raise ChainRefused(f"升级链第 {number} 环应当恰好写 at、before、after、spent、wait 之一 (exactly one of them)")
        kind, value = given[0], raw[given[0]]
        if kind == "at":
            if value not in (START, DUE):
                raise ChainRefused(f"升级链第 {number} 环的 at 只能是 {START} 或 {DUE} (at is 开始 or 到期)")
            return [(self.start if value == START else self.due, str(value))]
        if kind == "spent":
            share = percent(value)
            return [(self._add(self.start, timedelta(seconds=int(int(self.total.total_seconds()) * share / 100))), f"已用 {share}%")]
        span = Span.parse(value)
        if kind == "before":
            left = max(self.total - self.calendar.length(span, self.clock), timedelta())
            return [(self._add(self.start, left), f"到期前 {span}")]
        if kind == "after":
            return [(self._add(self.due, span), f"到期后 {span}")]
        return self._repeats(raw, span, number, previous)

    def _repeats(self, raw: Mapping[str, object], wait: Span, number: int, previous: datetime) -> list[tuple[datetime, str]]:
        times = raw.get("times", 1)
        if not isinstance(times, int | Decimal) or isinstance(times, bool) or not 1 <= times <= 100 or int(times) != times:
            raise ChainRefused(f"升级链第 {number} 环的 times 应当是 1 到 100 的整数 (1 to 100)")
        every = Span.parse(raw["every"]) if "every" in raw else wait
        at, laid = self._add(previous, wait), []
        for turn in range(1, int(times) + 1):
            laid.append((at, f"再过 {wait if turn == 1 else every}" + (f"，第 {turn}/{times} 次" if times > 1 else "")))
            at = self._add(at, every)
        return laid

    def _add(self, at: datetime, span: Span | timedelta) -> datetime:
        return self.calendar.add(at, span, self.clock)


def _links(chain: Mapping[str, object] | Sequence[object]) -> list[Mapping[str, object]]:
    """The written links: an action's args hold them under `value`."""
    found = chain.get("value", chain.get("links")) if isinstance(chain, Mapping) else chain
    if not isinstance(found, list | tuple) or not found or not all(isinstance(one, Mapping) for one in found):
        raise ChainRefused("升级链应当是至少一环的列表 (a chain is a list of links)")
    return [one for one in found if isinstance(one, Mapping)]


def _words(raw: Mapping[str, object], key: str, number: int) -> tuple[str, ...]:
    value = raw.get(key)
    words = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list | tuple) else ()
    if not words:
        raise ChainRefused(f"升级链第 {number} 环没有写 {key} (missing {key})")
    return tuple(str(word) for word in words)
