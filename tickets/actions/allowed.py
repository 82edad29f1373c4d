"""What a person may do with a ticket now, asked before anything is written: what the action bar offers, and why a form is not opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tickets.actions.assist import all_helped, helping, may_waive, still_helping
from tickets.actions.dispute import still_upholdable, to_be_designated, to_be_judged
from tickets.actions.extension import decidable, extendable, may_decide
from tickets.actions.return_ticket import return_until, still_returnable
from tickets.actions.review import judge
from tickets.actions.review_chain import reviewer
from tickets.actions.steps import StepRefused, centre, handler, in_turn, overseer
from tickets.actions.survey_call import to_be_asked
from tickets.actions.transfer import free_to_pass_on
from tickets.domain.status import REPLIED
from tickets.domain.times import clock_words
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.counts import moves
from tickets.store.last_move import last_move
from tickets.store.models import Ticket
from tickets.store.sent_pages import sent_before
from tickets.store.tickets import by_number, locked

Kind = Literal["turn", "person", "late"]


@dataclass(frozen=True)
class Barred:
    """Why not: it is not this step's turn, not this person's to do, or too late; in one sentence."""

    kind: Kind
    why: str


@dataclass(frozen=True)
class Limits:
    """What the action bar writes below an action. `return_until` is aware."""

    return_until: datetime | None
    transfers: int
    reworks: int


def barred(desk: Desk, number: str, move: str, called: str, person_id: int | None, *, of_centre: bool = False) -> Barred | None:
    """Why `person_id` cannot take that step (status.MOVES, status.BESIDE) now, or None when he can. `called` is the step's own name (改派 is 派单 after a dispute).

    `of_centre` says that the account's right is the hotline centre's. Writes nothing; the verb asks the same again under a lock.
    """
    return bars(desk, by_number(number), move, called, person_id, of_centre=of_centre)


def bars(desk: Desk, ticket: Ticket, move: str, called: str, person_id: int | None, *, of_centre: bool = False) -> Barred | None:
    """The same of a ticket that is at hand: a page asks it of every step."""
    checks: tuple[tuple[Kind, Callable[[], object]], ...] = (
        ("turn", lambda: in_turn(ticket, move, called)),
        ("turn", lambda: TURN.get(called, TURN.get(move, _nothing))(desk, ticket)),
        ("person", lambda: _person(desk, ticket, move, called, person_id, of_centre)),
        ("late", lambda: LATE.get(called, LATE.get(move, _nothing))(desk, ticket)),
    )
    for kind, check in checks:
        try:
            check()
        except StepRefused as refused:
            return Barred(kind, str(refused))
    return None


def _person(desk: Desk, ticket: Ticket, move: str, called: str, person_id: int | None, of_centre: bool) -> None:
    WHO.get(move, _of_centre)(Asking(desk, ticket, called, person_id, of_centre))


@dataclass(frozen=True)
class Asking:
    """Who wants to take which step. `of_centre`: the account's right is the hotline centre's."""

    desk: Desk
    ticket: Ticket
    called: str
    person_id: int | None
    of_centre: bool


def _handler(one: Asking) -> None:
    if one.person_id is None:
        raise StepRefused(f"这个账号没有对应的人员，不能{one.called}；请管理员补上 (the account belongs to no person)")
    handler(one.ticket, one.person_id, one.called)


def _handler_or_centre(one: Asking) -> None:
    if not one.of_centre:
        _handler(one)
        free_to_pass_on(one.ticket)
    else:
        _of_centre(one)


def _reviewer(one: Asking) -> None:
    reviewer(one.ticket, one.person_id, one.called)


def _judge(one: Asking) -> None:
    if one.ticket.status == REPLIED:
        judge(one.desk, one.ticket, one.person_id, one.called)
    else:
        _of_centre(one)


def _helper(one: Asking) -> None:
    if one.person_id is None:
        raise StepRefused(f"这个账号没有对应的人员，不能{one.called}；请管理员补上 (the account belongs to no person)")
    helping(one.ticket, one.person_id)


def _of_centre(one: Asking) -> None:
    if not one.of_centre:
        raise StepRefused(f"只有热线中心可以{one.called} (only the hotline centre)")
    centre(one.desk, one.ticket, one.person_id, one.called)


def _above(one: Asking) -> None:
    if not one.of_centre:
        overseer(one.ticket, one.person_id, one.called)
    else:
        _of_centre(one)


def _nothing(_desk: Desk, _ticket: Ticket) -> None:
    """Most steps ask for nothing more."""


# Who may take a step, by its name in status.MOVES or status.BESIDE; whatever is not named here is the hotline centre's.
WHO: dict[str, Callable[[Asking], None]] = {
    "回复": _handler,
    "退单": _handler,
    "转派": _handler_or_centre,
    "审核通过": _reviewer,
    "重办": _judge,
    "调解完成": _handler,
    "挂账": _above,
    "销账": _above,
    "邀请协办": _handler,
    "协办回复": _helper,
    "免于协办": lambda one: may_waive(one.desk, one.ticket, one.person_id),
    "申请延期": _handler,
    "延期审批": lambda one: may_decide(one.desk, one.ticket, one.person_id),
}
# Steps that need more than a status: somebody to let off, something to decide. By the step's own name where two share a move (维持 and 改派).
TURN: dict[str, Callable[[Desk, Ticket], object]] = {
    "维持": to_be_judged,
    "指定": to_be_designated,
    "免于协办": lambda _, ticket: still_helping(ticket),
    "延期审批": lambda desk, ticket: decidable(ticket, desk.clock()),
    "合并件回访": lambda _, ticket: to_be_asked(ticket),
}
# Steps that can be too late: they stay in sight, grey, with the reason.
LATE: dict[str, Callable[[Desk, Ticket], object]] = {
    "退单": lambda desk, ticket: still_returnable(desk, ticket, desk.clock()),
    "维持": lambda desk, ticket: still_upholdable(ticket, desk.clock()),
    "改派": _nothing,
    "回复": lambda _, ticket: all_helped(ticket),
    "申请延期": lambda desk, ticket: extendable(ticket, desk.clock()),
}


def limits(desk: Desk, ticket: Ticket) -> Limits:
    """Until when it may be returned, and how often it was transferred and sent back."""
    return Limits(return_until(desk, ticket), moves(ticket.id, "转派"), moves(ticket.id, "重办"))


def take_once(ticket_id: int, once: str, step_seq: int, move: str, called: str, act: Callable[[], object]) -> bool:
    """Takes a step from a page, in one transaction: True when it was taken now, False when this very page was sent before.

    `step_seq` is the ticket's step as the page was opened. When somebody moved it since, nothing is done: StepRefused says who and when.
    """
    with transaction():
        ticket = locked(ticket_id)
        if sent_before(ticket_id, once):
            return False
        in_turn(ticket, move, called)
        if ticket.step_seq != step_seq:
            line = last_move(ticket_id)
            since = f"{line.by}已于 {clock_words(line.at)} {line.what}" if line is not None else "工单有了变化"
            raise StepRefused(f"您打开这一页以后，{since}；填写的内容已保留，请核对后再提交 (moved meanwhile: look again)")
        act()
    return True
