"""回访: the page a citizen opens from the message: no sign-in, nothing that says who he is, and an answer that counts once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from tickets.actions.steps import StepRefused
from tickets.actions.survey_answer import AnswerFixed, Given, answer, changeable
from tickets.domain.survey import DISSATISFIED, LEVELS, LONGEST_LINE, OUTCOMES, REASONS
from tickets.domain.times import aware
from tickets.ports import LinkRefused
from tickets.store import surveys
from tickets.store.survey_models import Survey, SurveyAnswer
from web.access import open_to_all
from web.hall import hall
from web.survey_matter import Matter, matter_of

PAGES = Blueprint("survey", __name__)
WRONG_LINKS = "20 per minute; 100 per hour"  # an address may try so many links that open nothing
OPENED = "120 per minute"  # and so many in all: a whole estate may share one address


@dataclass(frozen=True)
class Asked:
    """A survey with what its page shows. `now` is what was answered last, None at first."""

    survey: Survey
    matter: Matter
    now: SurveyAnswer | None
    may_change: bool


def limit_guesses(limiter: Limiter) -> None:
    """Slows down whoever tries links or numbers by the thousand."""

    def nothing_there(found: Response) -> bool:
        return found.status_code in (404, 410)

    limiter.limit(WRONG_LINKS, key_func=get_remote_address, deduct_when=nothing_there)(PAGES)
    limiter.limit(OPENED, key_func=get_remote_address)(PAGES)


@PAGES.get("/s/<token>")
@open_to_all
def page(token: str) -> ResponseReturnValue:
    """The question; once answered, the answer, which may be changed for a day."""
    return _with(token, _show)


@PAGES.post("/s/<token>")
@open_to_all
def send(token: str) -> ResponseReturnValue:
    """Takes the answer and shows it; with something missing the same page again, nothing chosen lost."""
    return _with(token, lambda asked: _take(token, asked))


def _with(token: str, then: Callable[[Asked], ResponseReturnValue]) -> ResponseReturnValue:
    """What `then` answers for the survey behind the link; a link that opens nothing says so, and whether it once did."""
    try:
        return then(_asked(token))
    except LinkRefused as refused:
        state, status = ("expired", 410) if refused.expired else ("wrong", 404)
        return _private(render_template("survey_closed.html", state=state)), status


def _asked(token: str) -> Asked:
    links, at = hall().desk.links, hall().now()
    if links is None:
        abort(404)
    survey = surveys.by_hash(sha256(links.read(token, at).encode()).hexdigest())
    if survey is None:
        raise LinkRefused(expired=False)
    if at >= aware(survey.expires_at):
        raise LinkRefused(expired=True)
    return Asked(survey, matter_of(survey), surveys.newest_answer(survey.id), changeable(survey, at))


def _show(asked: Asked) -> ResponseReturnValue:
    if asked.now is not None and not (asked.may_change and "change" in request.args):
        return _private(render_template("survey_done.html", matter=asked.matter, given=_given(asked.now), asked=asked, dissatisfied=DISSATISFIED))
    return _form(asked, _given(asked.now) if asked.now is not None else Given("", ""))


def _take(token: str, asked: Asked) -> ResponseReturnValue:
    sent = Given(
        solved=request.form.get("solved", "")[:20],
        satisfied=request.form.get("satisfied", "")[:20],
        why=tuple(one for one in request.form.getlist("why")[: len(REASONS)] if one in REASONS),
        words=request.form.get("words", "")[: LONGEST_LINE * 2],
    )
    if sent.satisfied not in LEVELS or sent.solved not in OUTCOMES:
        return _form(asked, sent, missing="satisfied" if sent.satisfied not in LEVELS else "solved"), 422
    try:
        answer(hall().desk, asked.survey.id, sent)
    except AnswerFixed:
        return _show(asked)
    except StepRefused as refused:
        return _form(asked, sent, refused=str(refused).rpartition(" (")[0] if g.lang == "zh" else str(refused)), 422
    return redirect(f"/s/{token}", code=303)


def _form(asked: Asked, given: Given, missing: str = "", refused: str = "") -> Response:
    """The page with what is chosen; nothing is chosen beforehand."""
    html = render_template(
        "survey.html", matter=asked.matter, given=given, levels=LEVELS, outcomes=OUTCOMES, reasons=REASONS, dissatisfied=DISSATISFIED,
        longest=LONGEST_LINE, missing=missing, refused=refused, again=asked.now is not None,
    )  # fmt: skip
    return _private(html)


def _given(row: SurveyAnswer) -> Given:
    return Given(row.solved, row.satisfied, surveys.reasons(row), row.words)


def _private(html: str) -> Response:
    """An answer that no search engine keeps; the address is the key, so it leaves with no link to elsewhere."""
    found = make_response(html)
    found.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return found
