"""The citizen answers by link: it verifies the ticket; changed within a day, or too late for that, it is kept as a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tickets.actions.moves import finish
from tickets.actions.steps import StepRefused, one_of, said
from tickets.actions.verify import verify
from tickets.domain.status import REVIEWED
from tickets.domain.survey import CHANGEABLE, DISSATISFIED, LEVELS, LONGEST_LINE, OUTCOMES, REASONS
from tickets.domain.times import aware
from tickets.ports import Desk, LinkRefused
from tickets.store import course, merged, surveys
from tickets.store.connect import transaction
from tickets.store.survey_models import Survey, SurveyAnswer
from tickets.store.tickets import locked

CITIZEN, KEPT = "citizen", "评价留存"


class AnswerFixed(StepRefused):
    """The day in which an answer may be changed is over."""


@dataclass(frozen=True)
class Given:
    """What a citizen answers: one of OUTCOMES, one of LEVELS, and, when dissatisfied, any of REASONS and a line of his own."""

    solved: str
    satisfied: str
    why: tuple[str, ...] = field(default=())
    words: str = ""

    def checked(self) -> Given:
        """The same, proved; StepRefused says what is missing. What belongs to the dissatisfied alone is dropped for others."""
        solved, satisfied = one_of(self.solved, OUTCOMES, "解决情况"), one_of(self.satisfied, LEVELS, "满意程度")
        if satisfied not in DISSATISFIED:
            return Given(solved, satisfied)
        words = " ".join(self.words.split())
        if len(words) > LONGEST_LINE:
            raise StepRefused(f"补充的话有 {len(words)} 个字符，最多 {LONGEST_LINE} (too long)")
        return Given(solved, satisfied, tuple(one for one in REASONS if one in self.why), said(words, "补充的话") if words else "")

    def note(self) -> str:
        """Why he is unhappy, in one line."""
        return "；".join(part for part in ("、".join(self.why), self.words) if part)


def answer(desk: Desk, survey_id: int, given: Given) -> bool:
    """Takes the answer in one transaction; True when it verified the ticket, False when it was kept beside it.

    The caller of a merged ticket never verifies: his answer is kept on the course of the ticket that was handled for him.

    The same answer sent twice is one. Raises StepRefused (what was chosen is no answer), AnswerFixed, or LinkRefused (too late).
    """
    given, at = given.checked(), desk.clock()
    asked_of = surveys.by_id(survey_id).ticket
    with transaction():
        ticket = locked(merged.head_of(asked_of) or asked_of)  # whoever holds the ticket may read the survey and write to it
        survey, before = surveys.by_id(survey_id), surveys.newest_answer(survey_id)
        if at >= aware(survey.expires_at):
            raise LinkRefused(expired=True)
        if before is not None:
            if _says(before, given):
                return bool(before.counted)
            if not changeable(survey, at):
                raise AnswerFixed("这份评价提交已满 24 小时，不能再改 (an answer stands after a day)")
        own = ticket.id == survey.ticket
        counts = own and before is None and ticket.status == REVIEWED and ticket.step_seq == survey.step_seq
        if counts:
            verify(desk, ticket.id, CITIZEN, given.solved, given.satisfied, given.note())
        else:
            details = {"solved": given.solved, "satisfied": given.satisfied, "words": given.note(), **({} if own else {"number": _number(survey)})}
            course.note(ticket, at=at, actor=CITIZEN, what="改评价" if before is not None else KEPT, details=details)
            finish(desk, ticket, at)
        surveys.add_answer(survey, at, given.solved, given.satisfied, given.why, given.words, counted=counts)
    return counts


def _number(survey: Survey) -> str:
    """The number of the merged ticket whose caller answered: his answer is kept on the head's course under it."""
    return merged.numbers([survey.ticket]).get(survey.ticket, "")


def changeable(survey: Survey, at: datetime) -> bool:
    """True while nothing was answered, and for a day from the first answer."""
    return survey.answered_at is None or at < aware(survey.answered_at) + CHANGEABLE


def _says(before: SurveyAnswer, given: Given) -> bool:
    return (before.solved, before.satisfied, surveys.reasons(before), before.words) == (given.solved, given.satisfied, given.why, given.words)
