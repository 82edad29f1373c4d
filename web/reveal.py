"""查看号码: asks why, then shows a citizen's number for this one page view; the page is kept nowhere."""

from __future__ import annotations

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from tickets.actions.reveal import reveal_phone
from tickets.domain.roles import CENTRE, PHONE
from tickets.domain.status import REVIEWED
from tickets.store.looks import LookRefused, Who
from tickets.store.ticket_view import TicketView, find
from web.access import caller, needs
from web.hall import hall
from web.limits import limited

PAGES = Blueprint("reveal", __name__)
CALL_BACK = "verify"  # the step for which a number is most often needed


def _ticket(number: str) -> TicketView:
    return find(caller().viewer, number) or abort(404)


@PAGES.get("/t/<number>/phone")
@needs(PHONE)
def ask(number: str) -> ResponseReturnValue:
    """Why? Opened from the call-back, the reason is written in already."""
    ticket = _ticket(number)
    reason = hall().words.say("reveal.for_call_back", g.lang) if request.args.get("for") == CALL_BACK else ""
    return render_template("reveal.html", ticket=ticket, reason=reason, wrong="", shown="", onward=_onward(ticket))


@PAGES.post("/t/<number>/phone")
@needs(PHONE)
@limited("reveal")
def show(number: str) -> ResponseReturnValue:
    """The number, after the look has been kept."""
    ticket, here = _ticket(number), caller()
    reason = request.form.get("reason", "")[:1000]
    who = Who(here.account.id, here.account.name, here.role.key)
    try:
        shown = reveal_phone(hall().desk, ticket.id, reason, who)
    except LookRefused as refused:
        return render_template("reveal.html", ticket=ticket, reason=reason, wrong=str(refused), shown="", onward=""), 422
    return render_template("reveal.html", ticket=ticket, reason=reason, wrong="", shown=shown, onward=_onward(ticket))


def _onward(ticket: TicketView) -> str:
    """The form of the call-back, where that is the ticket's next step and the caller's to take."""
    return f"/t/{ticket.number}/do/{CALL_BACK}" if ticket.status == REVIEWED and caller().may(CENTRE) else ""
