"""我的待办: what waits for the person signed in, the shortest countdown first, with a button to sign at once."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tickets.actions.allowed import take_once
from tickets.actions.moves import MovedMeanwhile
from tickets.actions.sign import SignRefused, sign
from tickets.actions.steps import StepRefused
from tickets.domain.roles import INBOX, LEARN, REVIEW, SIGN
from tickets.domain.times import stored
from tickets.store.inbox import inbox
from tickets.store.sent_pages import sent_for
from tickets.store.ticket_view import find
from web.access import caller, needs
from web.asked_form import ONCE
from web.hall import hall
from web.inbox_cards import card
from web.learn import late_below, late_mine
from web.pwa import sent_from, wants_json
from web.show.clock import millis

PAGES = Blueprint("inbox", __name__)


@PAGES.get("/inbox")
@needs(INBOX)
def page() -> ResponseReturnValue:
    here, now = caller(), hall().now()
    found = inbox(here.viewer, reviews=here.may(REVIEW))
    words, moment = hall().words, stored(now)

    def say(key: str, **parts: object) -> str:
        return words.say(f"inbox.{key}", g.lang, **parts)

    lists = {name: [card(one, moment, say) for one in waiting] for name, waiting in (("sign", found.sign), ("work", found.work), ("others", found.others))}
    return render_template(
        "inbox.html",
        lists=lists,
        count=found.count,
        closed=found.closed,
        moment=moment,
        may_sign=here.may(SIGN),
        once=lambda: secrets.token_hex(16),
        late=late_mine() if here.may(LEARN) else (),
        late_people=len({line.learner.person_id for line in late_below()} - {here.account.person_id}) if here.may(REVIEW) else 0,
    )


@PAGES.post("/inbox/sign/<number>")
@needs(SIGN)
def sign_it(number: str) -> ResponseReturnValue:
    """Signs in the caller's own name, once for each page or device that sends it; a signature kept on the device says what its clock showed."""
    here = caller()
    if here.account.person_id is None:
        abort(403)
    given, seq = request.form.get("once", ""), request.form.get("seq", "")
    if not ONCE.match(given) or not (seq.isascii() and seq.isdigit() and len(seq) < 9):
        abort(400)
    once = f"{here.account.id}-{given}"
    if sent_for(number, once):
        return _answer("taken", "")
    ticket = find(here.viewer, number)
    if ticket is None:
        return _answer("gone", hall().words.say("inbox.gone", g.lang, number=number))
    note = {"once": once, **sent_from()}
    try:
        take_once(
            ticket.id,
            once,
            int(seq),
            "签收",
            "签收",
            lambda: sign(hall().desk, ticket.id, f"account:{here.account.id}", here.account.person_id, note),
        )
    except (SignRefused, StepRefused, MovedMeanwhile) as refused:
        return _answer("refused", str(refused))
    return _answer("taken", "")


def _answer(state: str, why: str) -> ResponseReturnValue:
    """In JSON to the script that sends what was kept; else back to the list, with a sentence."""
    if wants_json():
        return jsonify(state=state, why=why, now=millis(hall().now())), 200 if state == "taken" else 409
    flash(why or hall().words.say("ticket.just_signed", g.lang), "good" if state == "taken" else "bad")
    return redirect(url_for("inbox.page"))
