"""The six steps of a ticket as its head shows them: when each was taken, by whom, and what stands beside them (争议, 挂账, 调解, 并单 …)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from tickets.domain import status as st
from tickets.domain.course import Course, Stepped
from tickets.domain.rebuild import SENT

STEPS = ("found", "accepted", "dispatched", "handled", "answered", "closed")
# status -> the number of the step it stands at, from 1; 7 is past the last
STANDS_AT = {
    st.REGISTERED: 2, st.ACCEPTED: 3, st.DISPUTED: 3, st.DISPATCHED: 4, st.SIGNED: 4, st.SUSPENDED: 4, st.REPLIED: 5, st.REVIEWED: 6, st.VERIFIED: 6, st.MEDIATING: 6,
    st.CLOSED: 7, st.DECLINED: 7, st.MERGED: 7, st.HANDED_OVER: 7,
}  # fmt: skip
SIDE = (st.DISPUTED, st.SUSPENDED, st.MEDIATING)
CUT_SHORT = (st.DECLINED, st.MERGED, st.HANDED_OVER)


@dataclass(frozen=True)
class Step:
    """One of the six. `look`: done, now, later, side (it stands beside its step) or skipped. `say` is the key of a few words, `parts` fill them."""

    name: str
    look: str
    at: datetime | None = None
    who: str = ""
    say: str = ""
    parts: dict[str, object] = field(default_factory=dict)


def six(course: Course, handler: str) -> tuple[Step, ...]:
    """The six as the course stands; `handler` is the name of who has the ticket now."""
    here = STANDS_AT.get(course.status, 1)
    looks = ["done" if number < here else "now" if number == here else "later" for number in range(1, 7)]
    found = [Step(name, look, *_taken(course, name)) for name, look in zip(STEPS, looks, strict=True)]
    at_once = course.last("直接答复")
    if at_once is not None and course.last(*SENT) is None:
        found[2:4] = [replace(one, look="skipped", at=None, who="", say="at_once") for one in found[2:4]]
        found[4] = replace(found[4], at=at_once.at, who=at_once.holder or at_once.who)
    if course.status in CUT_SHORT:
        return _cut_short(course, found)
    return tuple(
        _now(course, one, handler) if one.look == "now" else _again(course, one) if one.look == "done" else replace(one, at=None, who="") for one in found
    )


def _taken(course: Course, name: str) -> tuple[datetime | None, str]:
    """When the step was last taken, and by whom."""
    if name == "found":
        return course.registered_at, ""
    line = {
        "accepted": course.last("受理"),
        "dispatched": course.last(*SENT),
        "handled": course.last("签收"),
        "answered": course.last("回复"),
        "closed": course.last("结案"),
    }[name]
    if line is None:
        return None, ""
    return line.at, line.holder if name in ("dispatched", "handled", "answered") else line.who


def _now(course: Course, step: Step, handler: str) -> Step:
    """The step it stands at, with what is waited for there."""
    if course.status == st.DISPUTED:
        return replace(step, look="side", at=_since(course), who="", say="disputed")
    if course.status == st.SUSPENDED:
        until = course.listed[-1].review_at if course.listed else None
        return replace(step, look="side", at=until, who="", say="suspended" if until else "suspended_open")
    if course.status == st.MEDIATING:
        return replace(step, look="side", at=_since(course), who=handler, say="visiting")
    if course.status == st.DISPATCHED:
        return replace(step, at=_since(course), who=handler, say="unsigned")
    if course.status == st.SIGNED:
        return replace(step, who=handler, say="working", parts={"count": course.times("重办") + 1} if course.times("重办") else {})
    if course.status == st.REPLIED:
        chain = [one for one in course.reviewers if one.reply == max(other.reply for other in course.reviewers) and one.state != "skipped"]
        turn = next((one for one in chain if one.state == "waiting"), None)
        parts: dict[str, object] = {"place": chain.index(turn) + 1, "count": len(chain)} if turn is not None else {}
        return replace(step, at=_since(course), who=turn.person if turn is not None else "", say="reviewing", parts=parts)
    if course.status == st.REVIEWED:
        return replace(step, at=_since(course), who="", say="asking_again" if course.visits else "asking")
    return replace(step, at=_since(course) if course.status == st.VERIFIED else None, who="", say="closing" if course.status == st.VERIFIED else "now")


def _again(course: Course, step: Step) -> Step:
    """A step that was taken more than once says how often."""
    count = {"dispatched": sum(course.times(one) for one in SENT), "answered": course.times("回复")}.get(step.name, 1)
    return replace(step, say=step.say or "times", parts={"count": count}) if count > 1 else step


def _cut_short(course: Course, found: list[Step]) -> tuple[Step, ...]:
    """It ended before its six steps: the ones not taken are struck, the last says how it ended."""
    ended = _last_move(course)
    taken = [one if one.at is not None else replace(one, look="skipped") for one in found[:5]]
    key = {st.DECLINED: "declined", st.MERGED: "merged", st.HANDED_OVER: "handed_over"}[course.status]
    note = ended.note or {} if ended is not None else {}
    whither = course.into or str(note.get("into") or note.get("to") or "")
    return (*taken, Step("closed", "side", ended.at if ended is not None else None, ended.who if ended is not None else "", key, {"to": whither}))


def _last_move(course: Course) -> Stepped | None:
    return next((step for step in reversed(course.steps) if step.to_status), None)


def _since(course: Course) -> datetime | None:
    line = _last_move(course)
    return line.at if line is not None else None
