"""The intake form as it lies before an agent: what was typed, what came of it, and the number that makes the page one ticket."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from forms.answers import Answers, read
from forms.form import Form
from forms.render import FormView
from tickets.domain.appeal import Appeal
from web.access import caller
from web.asked_form import Raw, form_in_force, page_number, seen
from web.hall import hall
from web.intake_appeal import SOURCE, appeal_of

FORM = "intake"
CITED = ("knowledge", "knowledge_pick", "knowledge_q")  # what an answer rests on, the entry pressed, the word searched for
PARTS = ("csrf_token", "once", "go", "version", "adopted", "began", "into", "piece", *CITED)  # parts of the page itself, no answers
CARRIED = "in."  # before a name: an answer to the intake form, carried along by the form of an ending


@dataclass(frozen=True)
class Paper:
    """One page in hand. `adopted` is the category that was filled in by suggestion, not by the agent; `began` when the call began (ms since 1970)."""

    form: Form
    raw: Raw
    answers: Answers
    once: str
    version: str = ""
    adopted: str = ""
    began: str = ""

    @property
    def changed(self) -> bool:
        """The office has published another form while this one was being filled in."""
        return bool(self.version) and self.version != self.form.version

    def seen(self, complain: bool) -> FormView:
        """As the templates read it; `complain` shows what is missing or wrong."""
        return seen(self.form, self.answers, self.raw, complain)

    def appeal(self) -> Appeal:
        """What the answers so far make, in the caller's account's name."""
        return appeal_of(self.form, self.answers, caller().account.id, self.once, hall().now())


def paper(raw: Raw | None = None, **parts: str) -> Paper:
    """The page as the browser sent it; with `raw` as it is opened anew with those answers, `parts` being its once, version, adopted, began."""
    given = {name: request.form.get(name, "") for name in ("once", "version", "adopted", "began")} if raw is None else parts
    typed = raw_answers() if raw is None else raw
    form, desk = form_in_force(FORM), hall().desk
    answers = read(form, typed, desk.rules.facts, desk.rules.names, hall().now(), known={"source": SOURCE})
    began = given.get("began", "")
    return Paper(
        form,
        typed,
        answers,
        page_number(given.get("once", "")),
        given.get("version", ""),
        given.get("adopted", ""),
        began if began.isascii() and began.isdigit() and len(began) < 15 else "",
    )


def raw_answers() -> Raw:
    """What was typed into the intake form; where another form carries it along, only what stands under `in.`"""
    carried = {name.removeprefix(CARRIED): request.form.getlist(name) for name in request.form if name.startswith(CARRIED)}
    return carried or plain_answers()


def is_carried() -> bool:
    """Whether the page is that of an ending, with the intake form's answers carried along."""
    return any(name.startswith(CARRIED) for name in request.form)


def plain_answers() -> Raw:
    """What the browser sent under its own name, without the parts of the page."""
    return {name: request.form.getlist(name) for name in request.form if name not in PARTS and not name.startswith(CARRIED)}
