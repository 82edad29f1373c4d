"""The year's figures as the district counts them, each beside what the district itself reports of its year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from simulator.ledger import Ledger
from simulator.notes import note
from tickets.domain.status import DISPATCHED, REPLIED, SIGNED
from tickets.domain.survey import LEVELS, SOLVED

# The district's own account of its year; None: it gives no figure.
DISTRICT: Mapping[str, float | None] = {
    "appeals": 20_181,
    "response": 100.0,
    "on_time": 99.93,
    "solved": 96.51,
    "satisfied": 98.71,
    "hours": 18.0,
}
SATISFIED = LEVELS[:3]
WORDS: Mapping[str, tuple[str, str, str]] = {
    "appeals": ("诉求（件）", "appeals", ",.0f"),
    "response": ("响应率（%）", "signed on time (%)", ".2f"),
    "on_time": ("按时办结率（%）", "resolved on time (%)", ".2f"),
    "hours": ("平均办理时长（小时）", "mean time to the reply (hours)", ".1f"),
    "solved": ("解决率（%）", "solved (%)", ".2f"),
    "satisfied": ("满意率（%）", "satisfied (%)", ".2f"),
    "by_link": ("其中由链接评价（%）", "of these answered by link (%)", ".1f"),
    "closed": ("已结案（件）", "closed", ",.0f"),
    "manual": ("人工派单（件）", "dispatched by hand", ",.0f"),
    "returns": ("退单（次）", "returned", ",.0f"),
    "designated": ("指定承办（次）", "designated", ",.0f"),
    "transfers": ("转派与改派（次）", "passed on", ",.0f"),
    "reworks": ("重办（次）", "sent back", ",.0f"),
    "helpers": ("协办（次）", "helpers asked", ",.0f"),
    "extensions": ("同意延期（次）", "extensions granted", ",.0f"),
    "suspended": ("挂账（次）", "put on the list", ",.0f"),
    "visits": ("上门调解（次）", "visits", ",.0f"),
    "reminders": ("催办与提醒（次）", "reminders", ",.0f"),
    "superiors": ("报上级（次）", "escalated to superiors", ",.0f"),
    "sms": ("短信（条）", "SMS", ",.0f"),
    "calls": ("电话（次）", "calls", ",.0f"),
    "message_p99": ("消息到期至渠道收到 p99（秒）", "message due to accepted, p99 (s)", ".1f"),
    "deadline_worst": ("时限触发最迟（秒，故障期间除外）", "latest firing of a deadline (s, faults aside)", ".1f"),
}


@dataclass(frozen=True)
class Figures:
    """What the year came to, by the names of WORDS."""

    values: Mapping[str, float]


@dataclass(frozen=True)
class Sums:
    """What is counted of one part of a year, so that parts can be put together: numbers, (part, whole) of each share, sum and count of the hours
    to the reply, how long each message waited (seconds), and the latest firing of a deadline (seconds)."""

    numbers: Mapping[str, int]
    shares: Mapping[str, tuple[int, int]]
    hours: tuple[float, int]
    waits: tuple[float, ...]
    latest: float


def counted(led: Ledger) -> Sums:
    """Counts a part of the year from its tables and the provider's record."""
    what = Counter(line.what for lines in led.lines.values() for line in lines)
    signing = [clock for clock in led.clocks if clock.from_status == DISPATCHED and clock.state in ("met", "breached")]
    handling = [clock for clock in led.clocks if clock.until_status == REPLIED and clock.state in ("met", "breached")]
    valid = [line for lines in led.lines.values() for line in lines if line.what == "核实" and note(line).get("valid")]
    answers = [note(line) for line in valid]
    channels = Counter(entry.channel for entry in led.record)
    hours = _hours(led)
    return Sums(
        numbers={
            "appeals": len(led.tickets),
            "closed": what["结案"],
            "manual": sum(
                line.what == "派单" and note(line).get("rule") == "人工" and line.from_status != "争议" for lines in led.lines.values() for line in lines
            ),
            "returns": what["退单"],
            "designated": what["指定"],
            "transfers": what["转派"] + sum(line.what == "派单" and line.from_status == "争议" for lines in led.lines.values() for line in lines),
            "reworks": what["重办"],
            "helpers": len(led.rows("SELECT id FROM assist")),
            "extensions": what["同意延期"],
            "suspended": what["挂账"],
            "visits": what["调解完成"],
            "reminders": what["提醒"] + what["催办"],
            "superiors": what["升级"],
            "sms": channels["短信"],
            "calls": channels["电话"],
        },
        shares={
            "response": (sum(clock.state == "met" for clock in signing), len(signing)),
            "on_time": (sum(clock.state == "met" for clock in handling), len(handling)),
            "solved": (sum(one["solved"] == SOLVED for one in answers), len(answers)),
            "satisfied": (sum(one["satisfied"] in SATISFIED for one in answers), len(answers)),
            "by_link": (sum(line.actor == "citizen" for line in valid), len(answers)),
        },
        hours=(sum(hours), len(hours)),
        waits=tuple(_waits(led)),
        latest=_latest(led),
    )


def figures(parts: Sequence[Sums]) -> Figures:
    """The year's figures, of all its parts together, in the order of WORDS."""
    values: dict[str, float] = {name: sum(one.numbers[name] for one in parts) for name in parts[0].numbers}
    for name in parts[0].shares:
        values[name] = share(sum(one.shares[name][0] for one in parts), sum(one.shares[name][1] for one in parts))
    replied = sum(one.hours[1] for one in parts)
    values["hours"] = sum(one.hours[0] for one in parts) / replied if replied else 0.0
    waits = sorted(wait for one in parts for wait in one.waits)
    values["message_p99"] = max(waits[int(len(waits) * 0.99)], 0.0) if waits else 0.0  # 99 of 100 wait at most so long
    values["deadline_worst"] = max(one.latest for one in parts)
    return Figures({name: values[name] for name in WORDS})


def share(part: int, whole: int) -> float:
    """Per cent; 100 of nothing."""
    return 100.0 * part / whole if whole else 100.0


def _hours(led: Ledger) -> list[float]:
    """From the first dispatch to the first reply, of every ticket that was replied to."""
    spent = []
    for lines in led.lines.values():
        sent = next((line.at for line in lines if line.to_status == DISPATCHED), None)
        replied = next((line.at for line in lines if line.to_status == REPLIED and line.from_status == SIGNED), None)
        if sent is not None and replied is not None:
            spent.append((replied - sent).total_seconds() / 3600)
    return spent


def _waits(led: Ledger) -> Iterator[float]:
    """How long each message waited, from when it might leave until the provider had it."""
    due = {one.id: one.not_before for one in led.messages}
    return ((entry.machine - due[entry.message]).total_seconds() for entry in led.record if entry.message in due)


def _latest(led: Ledger) -> float:
    late = [link.fired_at - link.at for link in led.links if link.state == "fired" and not led.journal.disturbed(link.at, link.fired_at)]
    return max(late, default=timedelta(0)).total_seconds()
