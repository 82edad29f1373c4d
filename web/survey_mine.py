"""查进度: the state of one's own appeal by number and the last four digits of one's phone; nothing else of anybody."""

from __future__ import annotations

import unicodedata

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from tickets.store import own_appeal
from web.access import open_to_all
from web.survey_matter import answered, handled, matter

PAGES = Blueprint("mine", __name__)
WRONG_FROM_ONE = "10 per minute; 30 per hour"  # an address may be wrong so often
WRONG_FOR_ONE = "20 per hour"  # and so often all the world together about one number: four digits are 10,000 guesses


def _number() -> str:
    """The ticket number as it is written, full width and spaces forgiven."""
    return "".join(unicodedata.normalize("NFKC", request.form.get("number", "")).split())[:30]


def limit_guesses(limiter: Limiter) -> None:
    """Slows down whoever tries numbers or phones by the thousand; right ones are not counted."""

    def wrong(found: Response) -> bool:
        return found.status_code == 404

    limiter.limit(WRONG_FROM_ONE, key_func=get_remote_address, methods=["POST"], deduct_when=wrong)(PAGES)
    limiter.limit(WRONG_FOR_ONE, key_func=lambda: f"mine {_number()}", methods=["POST"], deduct_when=wrong)(PAGES)


@PAGES.get("/mine")
@open_to_all
def form() -> ResponseReturnValue:
    """Asks for the number and the last four digits."""
    return _page(render_template("survey_mine.html", number="", wrong=False, ticket=None))


@PAGES.post("/mine")
@open_to_all
def look() -> ResponseReturnValue:
    """The state, unit, dates and answer; the same sentence for a wrong number and a wrong phone."""
    number = _number()
    tail = "".join(unicodedata.normalize("NFKC", request.form.get("tail", "")).split())[:8]
    ticket = own_appeal.own(number, tail)
    if ticket is None:
        return _page(render_template("survey_mine.html", number=number, wrong=True, ticket=None)), 404
    head = handled(ticket)  # what is worked on for him, where his own was merged
    return _page(render_template("survey_mine.html", number=number, wrong=False, ticket=ticket, head=head, matter=matter(ticket), answered=answered(head)))


def _page(html: str) -> Response:
    found = make_response(html)
    found.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return found
