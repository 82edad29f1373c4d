"""通知记录: every message about the caller's tickets, whom it told and how it went."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tickets.domain.roles import MESSAGES
from tickets.domain.times import stored
from tickets.store.ticket_list import notices
from web.access import caller, needs
from web.hall import hall
from web.lists import kept_query, page_number

PAGES = Blueprint("messages", __name__)
STATES = ("queued", "sending", "sent", "delivered", "failed", "unknown", "cancelled")
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
        channels=CHANNELS,
        moment=stored(hall().now()),
        query=kept_query(("state", "channel")),
    )
