"""挂账: what cannot be done yet: why, what is planned, since when, and when it is looked at again; what is due first."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tickets.domain.roles import TICKETS
from tickets.domain.times import stored
from tickets.store.suspended import PAGE, waiting
from web.access import caller, needs
from web.hall import hall
from web.lists import page_number

PAGES = Blueprint("suspended", __name__)


@PAGES.get("/suspended")
@needs(TICKETS)
def page() -> ResponseReturnValue:
    """The list as far as the caller may see it."""
    now, number = hall().now(), page_number()
    lines, total = waiting(caller().viewer, now, number)
    return render_template("suspended.html", lines=lines, total=total, number=number, pages=max(1, -(-total // PAGE)), moment=stored(now))
