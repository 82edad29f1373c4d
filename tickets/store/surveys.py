"""Keeps who was asked and what he answered; finds a survey by the hash of the key in its link."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.insert import insert
from tickets.store.survey_models import Survey, SurveyAnswer
from tickets.store.tickets import canonical


def make(ticket_id: int, step_seq: int, rule: str, nonce: str, key_hash: str, at: datetime, expires: datetime) -> int | None:
    """Keeps that the citizen is asked at this step, inside the caller's transaction; None when he has been asked at it already."""
    if statements.scalar("SELECT id FROM survey WHERE ticket = ? AND step_seq = ?", (ticket_id, step_seq)) is not None:
        return None
    row = {"ticket": ticket_id, "step_seq": step_seq, "rule": rule, "nonce": nonce, "key_hash": key_hash}
    return insert(Survey, [{**row, "made_at": stored(at), "expires_at": stored(expires)}])[0]


def by_hash(key_hash: str) -> Survey | None:
    """The survey whose link holds this key; None for a key nobody was given."""
    return statements.first(Survey, "key_hash = ?", (key_hash,))


def by_id(survey_id: int) -> Survey:
    """The survey as it is now; LookupError when there is none."""
    found = statements.first(Survey, "id = ?", (survey_id,))
    if found is None:
        raise LookupError(f"没有第 {survey_id} 号回访 (no such survey)")
    return found


def newest_of(ticket_id: int, since_step: int) -> Survey | None:
    """The newest survey of the ticket's caller that was made at this step or later; None when he has not been asked since."""
    return statements.first(Survey, "ticket = ? AND step_seq >= ? ORDER BY step_seq DESC", (ticket_id, since_step))


def newest_answer(survey_id: int) -> SurveyAnswer | None:
    """The answer that holds; None while there is none."""
    return statements.first(SurveyAnswer, "survey_id = ? ORDER BY id DESC LIMIT 1", (survey_id,))


def add_answer(survey: Survey, at: datetime, solved: str, satisfied: str, why: Sequence[str], words: str, *, counted: bool) -> None:
    """Appends an answer inside the caller's transaction; the first one starts the day in which it may be changed."""
    row = {"survey": survey.id, "at": stored(at), "solved": solved, "satisfied": satisfied, "why": canonical(list(why)), "words": words, "counted": counted}
    insert(SurveyAnswer, [row])
    if survey.answered_at is None:
        survey.answered_at = stored(at)
        statements.update(Survey, {"answered_at": stored(at)}, "id = ?", (survey.id,))


def reasons(answer: SurveyAnswer) -> tuple[str, ...]:
    """What the citizen was dissatisfied with, in the order of the page."""
    return tuple(json.loads(answer.why))
