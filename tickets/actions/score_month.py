"""A month's score is frozen, and appealed against: a granted appeal makes a new edition, the old one stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from engine.spans import Span
from tickets.actions.score_exclude import another
from tickets.actions.steps import StepRefused, said
from tickets.domain.period import Period
from tickets.domain.score_sheet import Drawn
from tickets.domain.times import aware, clock_words
from tickets.ports import Desk
from tickets.store import score_months
from tickets.store.connect import Conflict, transaction
from tickets.store.score_models import ScoreAppeal, ScoreMonth

FROZEN = "冻结"
APPEALED = "申诉"  # the rule of an exclusion that an appeal won


def freeze(desk: Desk, period: Period, drawn: Drawn, actor: str, basic: bool) -> ScoreMonth:
    """Keeps the first edition of a month that is over. StepRefused while it runs, and when it is frozen already."""
    refuse_unless_over(desk, period)
    return _keep(period.key, drawn, actor, FROZEN, basic, desk.clock(), first=True)


def refuse_unless_over(desk: Desk, period: Period) -> None:
    """StepRefused while the month runs, and when it is frozen already."""
    if not period.over(desk.clock()):
        raise StepRefused(f"{period.key} 还没有过完，不能冻结 (the month is not over)")
    _refuse_frozen(score_months.frozen(period.key))


def _refuse_frozen(before: ScoreMonth | None) -> None:
    if before is not None:
        raise StepRefused(f"{before.period} 已于 {clock_words(before.at)} 冻结（第 {before.edition} 版） (frozen already)")


def _keep(period: str, drawn: Drawn, actor: str, why: str, basic: bool, at: datetime, *, first: bool) -> ScoreMonth:
    before = score_months.frozen(period)
    if first:
        _refuse_frozen(before)
    try:
        with transaction():
            score_months.keep(drawn, 1 if before is None else before.edition + 1, actor, why, basic, at)
    except Conflict:
        raise StepRefused(f"{period} 刚被另一人冻结，请刷新 (somebody else has just frozen it)") from None
    kept = score_months.frozen(period)
    assert kept is not None
    return kept


def appeal(
    desk: Desk,
    month: ScoreMonth,
    unit_id: int,
    ticket_id: int,
    words: str,
    evidence: str,
    actor: str,
    person_id: int | None,
    within: str,
    counted: Collection[int],
) -> ScoreAppeal:
    """A unit asks that a ticket be left out of its frozen score; to be decided within `within` (5d: working days) of now.

    `month` is the newest edition; one may appeal for as long from its freezing. `counted` are the tickets (ids) that count for the unit in it.
    StepRefused when it is too late, when the ticket does not count there, or when it was appealed for before.
    """
    at, claim = desk.clock(), said(words, "申诉理由")
    last = until(desk, aware(month.at), within)
    if at > last:
        raise StepRefused(f"申诉须在冻结后 {within.removesuffix('d')} 个工作日内提出，{clock_words(last)} 已过 (too late to appeal)")
    if ticket_id not in counted:
        raise StepRefused("这件工单没有计入该单位这一月的得分，不用申诉 (it does not count in this score)")
    with transaction():
        if any(one.ticket == ticket_id and one.unit_id == unit_id for one in score_months.appeals(month.period)):
            raise StepRefused("这件工单已经申诉过 (appealed already)")
        row = {"period": month.period, "edition": month.edition, "unit": unit_id, "ticket": ticket_id, "words": claim, "evidence": evidence.strip()}
        key = score_months.appeal({**row, "actor": actor, "person": person_id}, ["all"], at, until(desk, at, within))
        found = score_months.appeal_of(key)
        assert found is not None
    return found


def until(desk: Desk, at: datetime, within: str) -> datetime:
    """`within` (5d: working days, 8h: working hours) after `at`, both aware."""
    span = Span.parse(within)
    return desk.calendar.add(at, span, "工作日" if span.unit == "d" else "工作时")


def decide_appeal(
    desk: Desk, key: int, granted: bool, opinion: str, actor: str, person_id: int | None, redraw: Callable[[ScoreMonth, ScoreAppeal], Drawn]
) -> ScoreAppeal:
    """Grants an appeal or refuses it with a reason. Granted, the ticket leaves the month's figures and a new edition is frozen beside the old.

    `redraw` computes the newest edition without the ticket, by the same rules. StepRefused to whoever appealed, and to the second who decides.
    """
    at = desk.clock()
    words = said(opinion, "意见") if opinion.strip() or not granted else ""
    with transaction():
        found = score_months.appeal_of(key)
        if found is None or found.state != score_months.ASKED:
            raise StepRefused("这份申诉不存在，或已有人决定 (not there, or decided already)")
        another(found.actor, found.person_id, actor, person_id)
        number = _granted(found, actor, person_id, words, at, redraw) if granted else None
        if not score_months.settle_appeal(key, score_months.GRANTED if granted else score_months.REFUSED, actor, person_id, words, at, number):
            raise StepRefused("已有人先作了决定，请刷新 (somebody decided before)")
        settled = score_months.appeal_of(key)
        assert settled is not None
    return settled


def _granted(found: ScoreAppeal, actor: str, person_id: int | None, words: str, at: datetime, redraw: Callable[[ScoreMonth, ScoreAppeal], Drawn]) -> int:
    month = score_months.frozen(found.period)
    assert month is not None
    made = _keep(found.period, redraw(month, found), actor, f"{APPEALED}成立：第 {found.id} 号", month.basic, at, first=False)
    row = {"ticket": found.ticket, "period": found.period, "rule": APPEALED, "reason": found.words[:200], "state": score_months.GRANTED}
    decided = {"proposer": found.actor, "person": found.person_id, "decided_by": actor, "decider": person_id, "decided_at": made.at, "opinion": words}
    score_months.exclude({**row, **decided}, score_months.rates_of(found), {}, at)
    return int(made.edition)
