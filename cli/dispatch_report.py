"""What an import says of itself: a JSON object a row, and the summary on the screen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tickets.domain.appeal import Opened
from tickets.domain.mask import in_text
from tickets.domain.times import local
from tickets.files.read_table import Table

MOST_REFUSED = 200  # on the screen; --out has every one
MANUAL = "转人工派单席："


@dataclass(frozen=True)
class Outcome:
    """What became of one row: `opened`, or why not (`zh`, `en`). `failed` is our own fault, not the row's."""

    row: int
    line: int
    source_id: str = ""
    opened: Opened | None = None
    zh: str = ""
    en: str = ""
    failed: bool = False

    def light(self) -> Outcome:
        """The same without what the summary does not need: a hundred thousand of them are kept."""
        return self if self.opened is None else replace(self, opened=replace(self.opened, deadlines=(), messages=(), assist=()))

    @property
    def is_new(self) -> bool:
        """A ticket of its own, not a repeat."""
        return self.opened is not None and not self.opened.duplicate_of


def as_json(outcome: Outcome) -> dict[str, object]:
    """The row's object as COMMANDS.md lists its keys; times with the district's offset, phones masked."""
    ticket = outcome.opened
    if ticket is None:
        return {"row": outcome.row, "source_id": outcome.source_id, "error": in_text(f"{outcome.zh} ({outcome.en})")}
    found: dict[str, object] = {
        "row": outcome.row,
        "ticket": ticket.ticket,
        "source_id": ticket.source_id,
        "category": ticket.category,
        "confidence": round(ticket.confidence, 4),
        "area": ticket.area,
        "urgency": ticket.urgency,
        "unit": ticket.unit,
        "section": ticket.section,
        "post": ticket.post,
        "person": ticket.person,
        "manual": ticket.manual,
        "assist": list(ticket.assist),
        "ruleset": ticket.ruleset,
        "rule": ticket.rule,
        "deadlines": [{"name": clock.name, "due": _time(clock.due)} for clock in ticket.deadlines],
        "messages": [{"channel": told.channel, "to_masked": told.to_masked, "kind": told.kind} for told in ticket.messages],
        "status": ticket.status,
        "ms": ticket.ms,
        "reason": in_text(ticket.reason),
    }
    return {**found, "duplicate_of": ticket.duplicate_of} if ticket.duplicate_of else found


def _time(due: datetime | None) -> str | None:
    """ISO with offset; None for a clock that waits for its step."""
    return None if due is None else local(due).isoformat(timespec="seconds")


def report(table: Table, outcomes: Sequence[Outcome], lang: str, *, rehearsed: bool) -> str:
    """The summary: what was read, how many went where, which rows were refused and why, how long a ticket took."""
    zh = lang == "zh"
    new = [outcome.opened for outcome in outcomes if outcome.opened is not None and outcome.is_new]
    manual = [ticket for ticket in new if ticket.manual]
    repeats, refused = sum(1 for outcome in outcomes if outcome.opened and not outcome.is_new), [one for one in outcomes if one.opened is None]
    where = table.kind + (f" · 「{table.sheet}」" if table.sheet else "")
    lines = [
        (
            f"{table.path.name}（{where}，表头在第 {table.header_line} 行）：{len(outcomes):,} 行"
            if zh
            else f"{table.path.name} ({where}, header in row {table.header_line}): rows {len(outcomes):,}"
        )
    ]
    lines += [f"  {note[0] if zh else note[1]}" for note in table.notes]
    if rehearsed:
        lines.append("演练：以下都没有保存，也没有通知任何人" if zh else "Rehearsal: nothing below was saved, nobody was told")
    counts = (len(new) - len(manual), len(manual), repeats, len(refused))
    lines.append(
        ("派出 {:,} · 人工派单席 {:,} · 重复 {:,} · 拒收 {:,}" if zh else "dispatched {:,} · manual desk {:,} · repeats {:,} · refused {:,}").format(*counts)
    )
    for why, count in Counter(_why(ticket) for ticket in manual).most_common():
        lines.append(f"  人工：{why} {count:,}" if zh else f"  manual: {why} {count:,}")
    for one in refused[:MOST_REFUSED]:
        lines.append(in_text(f"{table.path.name}:{one.line}: {f'第 {one.row} 行' if zh else f'row {one.row}'}: {one.zh if zh else one.en}"))
    if len(refused) > MOST_REFUSED:
        rest = len(refused) - MOST_REFUSED
        lines.append(f"…… 另有 {rest:,} 行，见 --out" if zh else f"… {rest:,} more, see --out")
    if new:
        times = sorted(ticket.ms for ticket in new)
        p50, p99 = _share(times, 0.50), _share(times, 0.99)
        lines.append(f"每件用时 p50 {p50:.1f} ms · p99 {p99:.1f} ms" if zh else f"per ticket p50 {p50:.1f} ms · p99 {p99:.1f} ms")
    return "\n".join(lines)


def _why(ticket: Opened) -> str:
    """Why the manual desk has it, without the particulars of this one ticket."""
    tail = ticket.reason.rpartition(MANUAL)[2]
    return tail.partition("；")[0].partition("（")[0] or ticket.reason


def _share(times: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of sorted times."""
    return times[max(math.ceil(len(times) * share), 1) - 1]
