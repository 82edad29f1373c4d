"""草稿 → 检查 → 回放 → 审批 → 发布: where a draft stands, who brought it there and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from admin.gate_state import BUSY, Gate
from tickets.domain.times import local
from tickets.store import drafts
from web.show.clock import WEEKDAYS, span_words

Say = Callable[..., str]


@dataclass(frozen=True)
class Step:
    """One step. look: done (green tick), busy (runs), now (blue, somebody's turn), blocked (dark), later (grey). `done` of `total` while it runs."""

    key: str
    look: str
    line: str
    done: int = 0
    total: int = 0


def rail(gate: Gate, t: Say, lang: str, mine: bool) -> tuple[Step, ...]:
    """The five steps in words. `mine`: the reader may decide this draft."""
    return (_draft(gate, t), _check(gate, t), _replay(gate, t), _decision(gate, t, lang, mine), _release(gate, t, lang))


def _draft(gate: Gate, t: Say) -> Step:
    info = gate.info
    if info.state == "dropped":
        return Step("draft", "blocked", t("gate.rail_dropped"))
    if info.editable:
        name, at = info.updated_by_name or info.author_name, when(info.updated_at, gate.now)
        return Step("draft", "now", t("gate.rail_returned" if info.state == "returned" else "gate.rail_written", name=name, at=at))
    return Step("draft", "done", t("gate.rail_submitted", name=info.author_name, at=when(info.submitted_at or info.updated_at, gate.now)))


def _check(gate: Gate, t: Say) -> Step:
    run = gate.check
    if run is None or not gate.of_now:
        return Step("check", "later", t("gate.rail_not_yet"))
    if run.state in BUSY:
        return Step("check", "busy", t("gate.rail_nobody" if gate.waiting(run) else "gate.rail_checking"), run.done, run.total)
    if run.state == "failed":
        return Step("check", "blocked", t("gate.rail_failed"))
    line = t("gate.rail_checked", errors=run.errors, warnings=run.warnings)
    return Step("check", "blocked" if run.errors else "done", line)


def _replay(gate: Gate, t: Say) -> Step:
    run = gate.replay
    if run is None:
        return Step("replay", "later", t("gate.rail_not_yet"))
    if run.state in BUSY:
        return Step("replay", "busy", t("gate.rail_nobody" if gate.waiting(run) else "gate.rail_replaying"), run.done, run.total)
    if not gate.fresh:
        return Step("replay", "now", t("gate.rail_stale"))
    if run.state == "failed":
        return Step("replay", "blocked", t("gate.rail_failed"))
    days = round((run.window_to - run.window_from).total_seconds() / 86_400)
    return Step("replay", "done", t("gate.rail_replayed", days=days, count=f"{run.changed:,}"))


def _decision(gate: Gate, t: Say, lang: str, mine: bool) -> Step:
    info = gate.info
    last = next(iter(drafts.opinions(info.id)), None)
    if info.state in ("approved", "published") and last is not None:
        return Step("approval", "done", t("gate.rail_approved", name=last.who_name, at=when(last.at, gate.now)))
    if info.state == "returned" and last is not None:
        return Step("approval", "later", t("gate.rail_sent_back", name=last.who_name, at=when(last.at, gate.now)))
    if info.state != "submitted":
        return Step("approval", "later", t("gate.rail_not_yet"))
    waited = span_words((gate.now - (info.submitted_at or gate.now)).total_seconds(), lang)
    blocked = gate.checked and not gate.green
    return Step("approval", "later" if blocked else "now", t("gate.rail_yours" if mine else "gate.rail_waits", span=waited))


def _release(gate: Gate, t: Say, lang: str) -> Step:
    release = gate.release
    if release is None or release.withdrawn:
        return Step("release", "later", t("gate.rail_not_yet"))
    if gate.scheduled:
        return Step("release", "now", t("gate.rail_scheduled", at=when_day(release.effective_at, lang)))
    return Step("release", "done", t("gate.rail_in_force", number=release.number, at=when(release.effective_at, gate.now)))


def when(at: datetime, now: datetime) -> str:
    """16:05 of today, 11-20 16:05, with the year when it is another one."""
    here, today = local(at), local(now)
    if here.date() == today.date():
        return here.strftime("%H:%M")
    return here.strftime("%m-%d %H:%M" if here.year == today.year else "%Y-%m-%d %H:%M")


def when_day(at: datetime, lang: str) -> str:
    """11-25（周三）00:00."""
    here = local(at)
    day = WEEKDAYS["en" if lang == "en" else "zh"][here.weekday()]
    return here.strftime(f"%m-%d ({day}) %H:%M") if lang == "en" else here.strftime(f"%m-%d（周{day}）%H:%M")
