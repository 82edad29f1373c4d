"""通知记录: every message about the caller's tickets, whom it told and how it went."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from tickets.actions.resend import ResendRefused, resend, settle_by_hand
from tickets.domain.roles import MESSAGES, RESEND
from tickets.domain.times import stored
from tickets.store.ticket_list import may_see_message, notices
from web.access import caller, needs
from web.hall import hall
from web.lists import kept_query, page_number

PAGES = Blueprint("messages", __name__)
STATES = ("dead", "queued", "sending", "sent", "delivered", "failed", "unknown", "cancelled")
CHANNELS = ("短信", "电话", "弹屏")


@PAGES.get("/messages")
@needs(MESSAGES)
def messages() -> ResponseReturnValue:
    state = request.args.get("state", "") if request.args.get("state") in STATES else ""
    channel = request.args.get("channel", "") if request.args.get("channel") in CHANNELS else ""
    found, number, pages, total = notices(caller().viewer, page_number(), state, channel)
    return render_template(
        "messages.html",
        notices=found,
        number=number,
        pages=pages,
        total=total,
        state=state,
        channel=channel,
        states=STATES,
        may_resend=caller().may(RESEND),
        channels=CHANNELS,
        moment=stored(hall().now()),
        query=kept_query(("state", "channel")),
    )


@PAGES.post("/messages/<int:key>/again")
@needs(RESEND)
def again(key: int) -> ResponseReturnValue:
    """Sends a failed message again, once; the button pressed twice sends nothing twice."""
    _seen(key)
    try:
        resend(hall().desk, key, f"account:{caller().account.id}")
    except ResendRefused as refused:
        flash(str(refused), "bad")
    else:
        flash(hall().words.say("dead.done", g.lang), "good")
    return redirect("/messages?state=dead")


@PAGES.post("/messages/<int:key>/settled")
@needs(RESEND)
def settled(key: int) -> ResponseReturnValue:
    """What was found out about a message in doubt: `arrived` yes or no."""
    _seen(key)
    said = request.form.get("arrived", "")
    if said not in ("yes", "no"):
        abort(400)
    try:
        settle_by_hand(hall().desk, key, f"account:{caller().account.id}", said == "yes", "电话" in hall().settings.channels)
    except ResendRefused as refused:
        flash(str(refused), "bad")
    else:
        flash(hall().words.say("dead.settled", g.lang), "good")
    return redirect("/messages?state=dead")


def _seen(key: int) -> None:
    """404 for a message about a ticket the caller may not see, and for none."""
    if key >= 1 << 62 or not may_see_message(caller().viewer, key):
        abort(404)
