"""The steps a person takes on a ticket through a form: which form, which right, and the verb its answers are handed to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.facts import FactValue
from tickets.actions import assist, close, dispute, extension, mediate, reply, return_ticket, review, survey_call, suspend, transfer, verify
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


def _citizens_words(call: Call) -> str:
    return "\n".join(call.personal[name] for name in ("unhappy_why", "citizen_words") if name in call.personal)


def _verify(call: Call) -> object:
    return verify.verify(call.desk, call.ticket, call.actor, call.said("solved"), call.said("satisfied"), _citizens_words(call), call.person, call.form)


def _callback(call: Call) -> object:
    return survey_call.call_back(call.desk, call.ticket, call.actor, call.said("solved"), call.said("satisfied"), _citizens_words(call), call.person, call.form)


def _transfer(call: Call) -> object:
    return transfer.transfer(call.desk, call.ticket, call.said("to_unit"), call.actor, call.said("reason"), call.person, call.form)


def _redirect(call: Call) -> object:
    return dispute.redirect(call.desk, call.ticket, call.said("to_unit"), call.actor, call.said("reason"), call.person, call.form)


def _invite(call: Call) -> object:
    return assist.invite(call.desk, call.ticket, call.said("to_unit"), call.said("assist_task"), call.actor, call.person, call.form)


def _extend(call: Call) -> object:
    return extension.extend(call.desk, call.ticket, int(str(call.facts["extend_days"])), call.said("reason"), call.actor, call.person, call.form)


def _extension(call: Call) -> object:
    return extension.decide_extension(call.desk, call.ticket, call.facts["granted"] is True, call.said("opinion"), call.actor, call.person, call.form)


def _designate(call: Call) -> object:
    return dispute.designate(call.desk, call.ticket, call.said("to_unit"), call.actor, call.said("reason"), call.person, call.form)


def _suspend(call: Call) -> object:
    days = int(str(call.facts["suspend_days"]))
    return suspend.suspend(call.desk, call.ticket, call.actor, call.said("reason"), call.said("plan"), days, call.person, call.form)


# In the order in which they stand on the ticket's page: the first that a person may take now is the primary one.
STEPS: dict[str, Step] = {
    step.key: step
    for step in (
        Step("reply", "回复", "回复", HANDLE, "send", ("result", "solved"),
             lambda call: reply.reply(call.desk, call.ticket, call.actor, call.said("result"), call.said("solved"), call.person, call.form)),
        Step("review", "审核通过", "审核", REVIEW, "clipboard-check", ("opinion",),
             lambda call: review.approve_reply(call.desk, call.ticket, call.actor, call.said("opinion"), call.person, call.form)),
        Step("extension", "延期审批", "审批延期", REWORK, "calendar-event", ("granted", "opinion"), _extension),
        Step("assist", "协办回复", "回复协办情况", HANDLE, "users-group", ("assist_words",),
             lambda call: assist.answer(call.desk, call.ticket, call.said("assist_words"), call.actor, call.person, call.form)),
        Step("visit", "调解完成", "填写上门情况", HANDLE, "home", ("visit_result", "visit_words"),
             lambda call: mediate.visited(call.desk, call.ticket, call.actor, call.said("visit_result"), call.said("visit_words"), call.person, call.form)),
        Step("verify", "核实", "回访", CENTRE, "phone-calling", ("solved", "satisfied"), _verify),
        Step("callback", "合并件回访", "回访", CENTRE, "phone-calling", ("solved", "satisfied"), _callback),
        Step("close", "结案", "结案", CENTRE, "circle-check", (),
             lambda call: close.close(call.desk, call.ticket, call.actor, call.person, call.form)),
        Step("redirect", "维持", "改派", CENTRE, "route", ("to_unit", "reason"), _redirect),
        Step("designate", "指定", "指定承办", CENTRE, "gavel", ("to_unit", "reason"), _designate),
        Step("uphold", "维持", "维持", CENTRE, "gavel", ("reason",),
             lambda call: dispute.uphold(call.desk, call.ticket, call.actor, call.said("reason"), call.person, call.form)),
        Step("rework", "重办", "重办", REWORK, "rotate", ("reason",),
             lambda call: review.send_back(call.desk, call.ticket, call.actor, call.said("reason"), call.person, call.form)),
        Step("invite", "邀请协办", "邀请协办", HANDLE, "users-plus", ("to_unit", "assist_task"), _invite),
        Step("waive", "免于协办", "免于协办", REWORK, "user-off", ("reason",),
             lambda call: assist.waive(call.desk, call.ticket, call.actor, call.said("reason"), call.person, call.form)),
        Step("extend", "申请延期", "申请延期", HANDLE, "calendar-time", ("extend_days", "reason"), _extend),
        Step("release", "销账", "销账", REWORK, "player-play", ("reason",),
             lambda call: suspend.release(call.desk, call.ticket, call.actor, call.said("reason"), call.person, call.form)),
        Step("suspend", "挂账", "挂账", REWORK, "player-pause", ("reason", "plan", "suspend_days"), _suspend),
        Step("return", "退单", "退单", HANDLE, "arrow-back-up", ("reason", "basis"),
             lambda call: return_ticket.return_ticket(call.desk, call.ticket, call.actor, call.said("reason"), call.said("basis"), call.person, call.form)),
        Step("transfer", "转派", "转派", TRANSFER, "arrows-exchange", ("to_unit", "reason"), _transfer),
    )
}  # fmt: skip
