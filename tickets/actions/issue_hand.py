"""What a person decides about an issue and what is supervised: rename, split, join; steps held, task forces, done. Later arrivals obey it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tickets.actions.steps import StepRefused, said
from tickets.actions.supervise import again
from tickets.domain.times import local
from tickets.ports import Desk
from tickets.store import issues, statements, supervision
from tickets.store.connect import transaction
from tickets.store.issue_models import Issue, SupervisionItem
from tickets.store.issues import Said

NAME, WORDS = 60, 500  # characters
FORCE = "专班"
STEPS = ("调度", "会商", FORCE)
FARTHEST = timedelta(days=366)
Tell = Callable[[int, list[Said]], dict[str, object]]  # what an issue's row says of its members; wiring gives it


def rename(desk: Desk, issue: int, name: str, actor: str) -> None:
    """The issue is called so from now on. StepRefused when there is none, or the name is empty or too long."""
    called = said(name, "名称")
    if len(called) > NAME:
        raise StepRefused(f"名称最多 {NAME} 个字，请写短些 (the name is too long)")
    at = desk.clock()
    with transaction():
        issues.hold()
        row = _issue(issue)
        issues.tell(row.id, {"name": called, "touched": True})
        issues.event("改名", at, actor, issue=row.id, note={"from": row.name or row.title, "to": called})


def split(desk: Desk, issue: int, tickets: Sequence[int], actor: str, tell: Tell) -> int:
    """These tickets are another matter: they become an issue of their own, which stays apart from the first. Its number.

    StepRefused when one is not of the issue, or none or all are named.
    """
    at, chosen = desk.clock(), set(tickets)
    with transaction():
        issues.hold()
        row = _issue(issue)
        members = issues.members(row.id)
        if not chosen or not chosen < {one.ticket for one in members}:
            raise StepRefused("请勾选要分出去的诉求，至少一件，也至少留下一件 (choose some of the appeals, not all)")
        other = issues.found()
        issues.move(chosen, other)
        issues.keep_apart(row.id, other)
        _told(row.id, [one for one in members if one.ticket not in chosen], tell)
        _told(other, [one for one in members if one.ticket in chosen], tell)
        issues.event("拆分", at, actor, issue=row.id, note={"into": other, "tickets": len(chosen)})
        issues.event("拆分", at, actor, issue=other, note={"from": row.id, "tickets": len(chosen)})
    return other


def join(desk: Desk, issue: int, other: int, actor: str, tell: Tell) -> int:
    """Both are one matter: the members of `other` go to `issue`, and what was kept apart between them is forgotten. The number of the whole."""
    at = desk.clock()
    with transaction():
        issues.hold()
        home, gone = _issue(issue), _issue(other)
        if home.id == gone.id:
            raise StepRefused(f"{issue} 和 {other} 已经是同一个问题 (they are one already)")
        low, high = sorted((home.id, gone.id))
        statements.execute("DELETE FROM issue_apart WHERE first = ? AND second = ?", (low, high))
        issues.swallow(gone.id, home.id)
        _told(home.id, issues.members(home.id), tell)
        issues.event("合并", at, actor, issue=home.id, note={"other": gone.id, "title": gone.name or gone.title})
    return int(home.id)


def plan(desk: Desk, item: int, what: str, day: datetime, words: str, actor: str) -> None:
    """A scheduling, conference or task force on that day (aware). StepRefused for another kind, a day gone by, or one more than a year away."""
    at = desk.clock()
    if what not in STEPS:
        raise StepRefused(f"没有「{what}」这种安排；可选：{'、'.join(STEPS)} (no such step)")
    if not local(at).date() <= local(day).date() or day - at > FARTHEST:
        raise StepRefused("日期要在今天以后、一年以内，请重新填写 (a day from today to a year ahead)")
    with transaction():
        one = _open(item)
        supervision.plan(one.id, what, day, words=_short(words))
        issues.event(what, at, actor, issue=one.issue, item=one.id, note={"due": day.isoformat(), "plan": _short(words)})


def held(desk: Desk, step: int, words: str, actor: str) -> None:
    """The step was held, with what came of it; a weekly one comes again in a week. StepRefused when that had been said."""
    at, came = desk.clock(), _short(said(words, "结果"))
    with transaction():
        row = supervision.step(step)
        if row is None:
            raise StepRefused("没有这一步安排 (no such step)")
        one = _open(row.item)
        if not supervision.step_done(step, at, actor, came):
            raise StepRefused(f"这次{row.what}已经记过结果 (it has been recorded)")
        if row.every_days:
            supervision.plan(one.id, row.what, again(row.due_at, row.every_days, at), row.every_days)
        issues.event(f"{row.what}完成", at, actor, issue=one.issue, item=one.id, note={"words": came})


def done(desk: Desk, item: int, words: str, actor: str) -> None:
    """Nothing is left to supervise (销账), with the reason. Reports of later bring a new item."""
    at, why = desk.clock(), _short(said(words, "销账理由"))
    with transaction():
        one = _open(item)
        if not supervision.close(one.id, at, why):
            raise StepRefused("这一项已经销账 (it is done already)")
        issues.event("销账", at, actor, issue=one.issue, item=one.id, note={"words": why})


def _told(issue: int, members: list[Said], tell: Tell) -> None:
    issues.tell(issue, {**tell(issue, members), "touched": True})


def _issue(number: int) -> Issue:
    row = issues.one(number)
    if row is None:
        raise StepRefused(f"没有编号为 {number} 的热点问题 (no such issue)")
    return row


def _open(item: int) -> SupervisionItem:
    row = supervision.get(item)
    if row is None or row.closed:
        raise StepRefused("没有这一项督办，或已经销账 (no such item, or it is done)")
    return row


def _short(words: str) -> str:
    text = " ".join(words.split())
    if len(text) > WORDS:
        raise StepRefused(f"最多 {WORDS} 个字，请写短些 (too long)")
    return text
