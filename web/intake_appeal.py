"""Makes an appeal of the answers to the intake form: what has a place of its own in a ticket goes there, the rest stays an answer."""

from __future__ import annotations

from datetime import datetime

from engine.facts import FactValue
from forms.answers import Answers
from forms.form import Form
from tickets.domain.appeal import Appeal

SOURCE = "电话"
OF_ITS_OWN = ("text", "kind", "category")  # facts with a column of their own


def appeal_of(form: Form, answers: Answers, account: int, once: str, at: datetime) -> Appeal:
    """The appeal; `account` took it down at `at` (aware), and `once` makes it one however often it is sent."""
    facts = answers.facts
    return Appeal(
        source=SOURCE,
        source_id=f"{account}-{once}",
        text=str(facts.get("text", "")),
        kind=str(facts.get("kind", "")),
        category=str(facts.get("category", "")),
        address=answers.personal.get("address", ""),
        phone=answers.personal.get("caller_phone", ""),
        caller_name=answers.personal.get("caller_name", ""),
        appealed_at=at,
        answers={name: _kept(value) for name, value in facts.items() if name not in OF_ITS_OWN},
        by=f"account:{account}",
        form=f"{form.id}@{form.version}",
        hidden=answers.hidden,
    )


def _kept(value: FactValue) -> str | bool:
    """As it is stored: yes and no as they are, a number by its digits, exact."""
    return value if isinstance(value, bool) else str(value)
