"""The steps a person takes on a ticket through a form: which form, which right, and the verb its answers are handed to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.facts import FactValue
from tickets.actions import close, dispute, reply, return_ticket, review, transfer, verify
from tickets.domain.roles import CENTRE, HANDLE, REVIEW, REWORK, TRANSFER
from tickets.domain.status import taken_at
from tickets.ports import Desk


@dataclass(frozen=True)
class Call:
    """One step as it is taken: who, on which ticket, with which answers. `form` goes into the history line."""

    desk: Desk
    ticket: int
    actor: str
    person: int | None
    facts: Mapping[str, FactValue]
    personal: Mapping[str, str]
    form: Mapping[str, object]

    def said(self, name: str) -> str:
        """The answer as text, empty when it was not asked or not given."""
        return str(self.facts.get(name, ""))


@dataclass(frozen=True)
class Step:
    """One step. `key` is its address and its form; `move` its name in status.MOVES or status.BESIDE (a step that leaves the status as it
    is), `called` what it is called there; `uses` are the answers its verb takes, all others are kept with the history line."""

    key: str
    move: str
    called: str
    right: str
    icon: str
    uses: tuple[str, ...]
    take: Callable[[Call], object]

    @property
    def at(self) -> tuple[str, ...]:
        """The statuses at which it may be taken."""
        return taken_at(self.move)


def _verify(call: Call) -> object:
    words = "\n".join(call.personal[name] for name in ("unhappy_why", "citizen_words") if name in call.personal)
    return verify.verify(call.desk, call.ticket, call.actor, call.said("solved"), call.said("satisfied"), words, call.person, call.form)


def _transfer(call: Call) -> object:
    return transfer.transfer(call.desk, call.ticket, call.said("to_unit"), call.actor, call.said("reason"), call.person, call.form)


def _redirect(call: Call) -> object:
    return dispute.redirect(call.desk, call.ticket, call.said("to_unit"), call.actor, call.said("reason"), call.person, call.form)


# In the order in which they stand on the ticket's page: the first that a person may take now is the primary one.
STEPS: dict[str, Step] = {
    step.key: step
    for step in (
        Step("reply", "回复", "回复", HANDLE, "send", ("result", "solved"),
             lambda call: reply.reply(call.desk, call.ticket, call.actor, call.said("result"), call.said("solved"), call.person, call.form)),
        Step("review", "审核通过", "审核", REVIEW, "clipboard-check", ("opinion",),
             lambda call: review.approve_reply(call.desk, call.ticket, call.actor, call.said("opinion"), call.person, call.form)),
        Step("verify", "核实", "回访", CENTRE, "phone-calling", ("solved", "satisfied"), _verify),
        Step("close", "结案", "结案", CENTRE, "circle-check", (),
             lambda call: close.close(call.desk, call.ticket, call.actor, call.person, call.form)),
        Step("redirect", "维持", "改派", CENTRE, "route", ("to_unit", "reason"), _redirect),
        Step("uphold", "维持", "维持", CENTRE, "gavel", ("reason",),
             lambda call: dispute.uphold(call.desk, call.ticket, call.actor, call.said("reason"), call.person, call.form)),
        Step("rework", "重办", "重办", REWORK, "rotate", ("reason",),
             lambda call: review.send_back(call.desk, call.ticket, call.actor, call.said("reason"), call.person, call.form)),
        Step("return", "退单", "退单", HANDLE, "arrow-back-up", ("reason", "basis"),
             lambda call: return_ticket.return_ticket(call.desk, call.ticket, call.actor, call.said("reason"), call.said("basis"), call.person, call.form)),
        Step("transfer", "转派", "转派", TRANSFER, "arrows-exchange", ("to_unit", "reason"), _transfer),
    )
}  # fmt: skip
