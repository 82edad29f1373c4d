"""热点: what many people speak of, ranked by growth; one issue with its appeals, and what the centre decides about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tickets.actions import issue_hand
from tickets.actions.issue_hand import STEPS
from tickets.actions.steps import StepRefused
from tickets.domain.roles import CENTRE, HOT
from tickets.domain.times import SHANGHAI, local, stored
from tickets.store import issue_view, issues
from tickets.store.issue_models import IssueEvent
from web.access import caller, needs
from web.hall import hall
from web.show.refusal import one_language
from wiring.issue_told import told

PAGES = Blueprint("hot", __name__)


@PAGES.get("/hot")
@needs(HOT)
def page() -> ResponseReturnValue:
    """The ranked list."""
    now = stored(hall().now())
    return render_template("hot.html", rows=issue_view.ranked(now), moment=now)


@PAGES.get("/hot/<int:issue>")
@needs(HOT)
def one(issue: int) -> ResponseReturnValue:
    """One issue; the address of one that became part of another leads to the whole."""
    now = stored(hall().now())
    found = issue_view.whole(issue, now)
    if found is None:
        abort(404)
    if found.head.id != issue:
        return redirect(url_for("hot.one", issue=found.head.id))
    others = [row for row in issue_view.ranked(now) if row.id != issue] if caller().may(CENTRE) else []
    return render_template(
        "hot_issue.html", whole=found, head=found.head, others=others, moment=now, may=caller().may(CENTRE), kinds=STEPS, note=_note, today=local(now).date()
    )


@PAGES.post("/hot/<int:issue>/rename")
@needs(CENTRE)
def rename(issue: int) -> ResponseReturnValue:
    """Another name."""
    return _done(issue, "renamed", lambda: issue_hand.rename(hall().desk, issue, request.form.get("name", ""), _actor()))


@PAGES.post("/hot/<int:issue>/split")
@needs(CENTRE)
def split(issue: int) -> ResponseReturnValue:
    """The appeals ticked become an issue of their own."""
    chosen = [int(one) for one in request.form.getlist("ticket") if one.isascii() and one.isdigit()]
    return _done(issue, "split", lambda: issue_hand.split(hall().desk, issue, chosen, _actor(), told))


@PAGES.post("/hot/<int:issue>/join")
@needs(CENTRE)
def join(issue: int) -> ResponseReturnValue:
    """Another issue becomes part of this one."""
    other = request.form.get("other", "")
    whole = int(other) if other.isascii() and other.isdigit() and len(other) < 10 else 0
    return _done(issue, "joined", lambda: issue_hand.join(hall().desk, issue, whole, _actor(), told))


@PAGES.post("/hot/<int:issue>/plan")
@needs(CENTRE)
def plan(issue: int) -> ResponseReturnValue:
    """A scheduling, conference or task force on a day."""
    return _done(
        issue, "planned", lambda: issue_hand.plan(hall().desk, _given("item"), request.form.get("what", ""), _day(), request.form.get("words", ""), _actor())
    )


@PAGES.post("/hot/<int:issue>/held")
@needs(CENTRE)
def held(issue: int) -> ResponseReturnValue:
    """What came of a step."""
    return _done(issue, "held", lambda: issue_hand.held(hall().desk, _given("step"), request.form.get("words", ""), _actor()))


@PAGES.post("/hot/<int:issue>/done")
@needs(CENTRE)
def done(issue: int) -> ResponseReturnValue:
    """Taken off the list."""
    return _done(issue, "closed", lambda: issue_hand.done(hall().desk, _given("item"), request.form.get("words", ""), _actor()))


def _done(issue: int, said: str, act: Callable[[], object]) -> ResponseReturnValue:
    if issues.one(issue) is None:
        abort(404)
    try:
        act()
    except StepRefused as refused:
        flash(one_language(str(refused), g.lang), "bad")
    else:
        flash(hall().words.say(f"hot.said_{said}", g.lang), "good")
    return redirect(url_for("hot.one", issue=issue))


def _actor() -> str:
    return f"account:{caller().account.id}"


def _given(name: str) -> int:
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _day() -> datetime:
    try:
        return datetime.strptime(request.form.get("day", ""), "%Y-%m-%d").replace(hour=9, tzinfo=SHANGHAI) if request.form.get("day") else hall().now()
    except ValueError:
        raise StepRefused("日期看不懂，请写成 2026-11-30 (write the day like 2026-11-30)") from None


def _note(event: IssueEvent) -> dict[str, object]:
    """What was written with an event."""
    found: dict[str, object] = json.loads(event.note)
    return found
