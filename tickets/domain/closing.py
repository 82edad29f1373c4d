"""结案还差什么: what still stands between a ticket and its end, in the order it has to come, so that a refusal never surprises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tickets.domain import status as st
from tickets.domain.course import Course

LINE = (st.REGISTERED, st.ACCEPTED, st.DISPATCHED, st.SIGNED, st.REPLIED, st.REVIEWED, st.VERIFIED, st.CLOSED)
# where on the main line a ticket counts that stands beside it: what comes after is still to be done
BESIDE = {st.DISPUTED: st.DISPATCHED, st.SUSPENDED: st.SIGNED, st.MEDIATING: st.REVIEWED}


@dataclass(frozen=True)
class Missing:
    """One condition, in the catalogue's words `key`; `who` fills them. `hot`: another waits for it now."""

    key: str
    done: bool
    who: str = ""
    hot: bool = False


def missing(course: Course, handler: str, photo_asked: bool = False) -> tuple[Missing, ...]:
    """Every condition of the closing, done or not. `handler` is who handles it; `photo_asked`: his reply needs a photo. Empty where nothing will be closed."""
    if course.status not in LINE and course.status not in BESIDE:
        return ()
    found = tuple(_conditions(course, handler, photo_asked))
    return tuple(one for one in found if one.done) if course.ended else found


def _conditions(course: Course, handler: str, photo_asked: bool) -> Iterator[Missing]:
    here = LINE.index(BESIDE.get(course.status, course.status))

    def past(status: str) -> bool:
        return here > LINE.index(status)

    if course.last("直接答复") is not None and course.last("派单") is None:
        yield Missing("at_once", True)
    else:
        yield Missing("dispatch", past(st.ACCEPTED))
        if course.status == st.DISPUTED:
            yield Missing("dispute", False, hot=True)
        yield Missing("sign", past(st.DISPATCHED), handler)
        if course.status == st.SUSPENDED:
            yield Missing("suspended", False, hot=True)
        yield from _helpers(course)
        yield Missing("answer_photo" if photo_asked else "answer", past(st.SIGNED), handler)
        yield from _reviewers(course, past(st.REPLIED))
    yield from _asked(course, past(st.REVIEWED))
    yield Missing("close", course.status == st.CLOSED)


def _helpers(course: Course) -> Iterator[Missing]:
    for one in course.helpers:
        if one.state in ("", "回复", "免于回复"):
            yield Missing("waived" if one.state == "免于回复" else "helper", bool(one.state), one.unit.replace("/", " · "), hot=not one.state)


def _reviewers(course: Course, passed: bool) -> Iterator[Missing]:
    newest = max((one.reply for one in course.reviewers), default=None)
    chain = [one for one in course.reviewers if one.reply == newest and one.state in ("waiting", "planned", "passed")]
    if not chain or not (passed or course.status == st.REPLIED):  # laid down when the reply is given; a reply sent back has none
        yield Missing("review", passed)
        return
    for one in chain:
        yield Missing("reviewer", one.state == "passed", one.person or one.asked, hot=one.state == "waiting")


def _asked(course: Course, verified: bool) -> Iterator[Missing]:
    under_way = course.status == st.MEDIATING
    for one in course.visits:
        yield Missing("visit", one.done_at is not None, one.visitor, hot=one.done_at is None and under_way)
    yield Missing("callback_again" if course.visits else "callback", verified, hot=course.status == st.REVIEWED)
    for caller in course.callers:
        yield Missing("caller", caller.answered, caller.number)
