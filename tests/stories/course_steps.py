"""Every step of a ticket's course as a test takes it: by whom, with which words, drawn by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from tickets.actions import assist, close, dispatch, dispute, extension, mediate, merge, reply, return_ticket, review, sign, suspend, transfer, verify
from tickets.actions.endings import answering, declining, handing_over, merging
from tickets.actions.intake import Ending, open_ticket
from tickets.domain.appeal import Appeal
from tickets.domain.status import taken_at
from tickets.domain.survey import LEVELS, OUTCOMES, VISIT_RESULTS
from tickets.ports import Desk
from tickets.store.course_models import ReviewStep, Visit
from tickets.store.models import Assist, Holding, Post, Ticket, Unit

UNITS = ("水务局/管网科", "城市管理局", "住建局", "热线中心/人工派单席", "没有这个单位")
ACTOR = "system"


@dataclass(frozen=True)
class Taken:
    """A step about to be taken on `ticket` as it stands; `draw` is hypothesis's."""

    desk: Desk
    ticket: Ticket
    draw: Callable[[st.SearchStrategy], object]  # type: ignore[type-arg]
    straight: bool = False  # whoever fits takes it, with answers that are right
    by_right: bool = False  # nobody by name: an account's right

    def somebody(self) -> int | None:
        """Mostly whoever fits, sometimes nobody by name (an account's right), sometimes a stranger."""
        if self.by_right:
            return None
        if self.straight:
            return self._fitting()
        kind = str(self.draw(st.sampled_from(("fitting", "fitting", "holder", "nobody", "colleague", "centre", "stranger"))))
        return {
            "fitting": self._fitting,
            "holder": lambda: self.ticket.person_id,
            "nobody": lambda: None,
            "colleague": self._colleague,
            "centre": lambda: _at("热线中心/人工派单席"),
            "stranger": lambda: _at("城市管理局"),
        }[kind]()

    def _fitting(self) -> int | None:
        if self.ticket.status in ("待回访", "已核实", "争议"):
            return _at("热线中心/人工派单席")
        turn = ReviewStep.select().where((ReviewStep.ticket == self.ticket.id) & (ReviewStep.state == "waiting")).first()
        if turn is not None and turn.person_id is not None:
            return int(turn.person_id)
        visit = Visit.select().where((Visit.ticket == self.ticket.id) & Visit.done_at.is_null()).first()
        return int(visit.visitor_id) if visit is not None else self.ticket.person_id

    def _colleague(self) -> int | None:
        found = Holding.select().join(Post).where((Post.unit == self.ticket.unit_id) & (Holding.person != self.ticket.person_id)).first()
        return int(found.person_id) if found is not None else None

    def one(self, *of: str) -> str:
        return of[0] if self.straight else str(self.draw(st.sampled_from(of)))

    def yes(self) -> bool:
        return bool(self.draw(st.booleans()))

    def number(self, low: int, high: int) -> int:
        """A number from low to high; the ends are what a form would refuse."""
        return int(str(self.draw(st.integers(low, high))))

    def helper(self) -> int | None:
        found = helper_of(self.id)
        return found.person_id if found is not None and self.yes() else self.somebody()

    def another(self) -> str:
        """The number of another ticket, or its own, or one that nobody has."""
        return self.one(other(self.desk), str(self.ticket.number), "20200101-0001")

    @property
    def id(self) -> int:
        return int(self.ticket.id)


def _at(address: str) -> int | None:
    found = Holding.select().join(Post).join(Unit).where(Unit.address == address).order_by(Holding.id).first()
    return int(found.person_id) if found is not None else None


def other(desk: Desk) -> str:
    """The number of another ticket, of somebody else about the same."""
    return open_ticket(desk, Appeal("12345", "other", "家里停水三天了", phone="15400004321")).ticket


def helper_of(ticket_id: int) -> Assist | None:
    """A helper of the ticket, if it has one."""
    return Assist.select().where(Assist.ticket == ticket_id).order_by(Assist.id.desc()).first()  # type: ignore[no-any-return]


# by the name of the move or of the step beside them
STEPS: dict[str, Callable[[Taken], object]] = {
    "签收": lambda t: sign.sign(t.desk, t.id, ACTOR, t.somebody()),
    "退单": lambda t: return_ticket.return_ticket(t.desk, t.id, ACTOR, "不是本单位的事", "三定方案", t.somebody()),
    "维持": lambda t: dispute.uphold(t.desk, t.id, ACTOR, "是本单位职责", t.somebody()),
    "改派": lambda t: dispute.redirect(t.desk, t.id, t.one(*UNITS), ACTOR, "退单成立", t.somebody()),
    "指定": lambda t: dispute.designate(t.desk, t.id, t.one(*UNITS), ACTOR, "由该处承办", t.somebody()),
    "派单": lambda t: dispatch.assign(t.desk, t.id, t.one(*UNITS), ACTOR, "人工", waiting_only=t.yes()),
    "转派": lambda t: transfer.transfer(t.desk, t.id, t.one(*UNITS), ACTOR, "应由别处办", t.somebody()),
    "回复": lambda t: reply.reply(t.desk, t.id, ACTOR, t.one("已修好", " "), t.one(*OUTCOMES, "不知道"), t.somebody()),
    "审核通过": lambda t: review.approve_reply(t.desk, t.id, ACTOR, t.one("属实", ""), t.somebody()),
    "重办": lambda t: review.send_back(t.desk, t.id, ACTOR, "没有说清楚", t.somebody()),
    "核实": lambda t: verify.verify(t.desk, t.id, ACTOR, t.one(*OUTCOMES), str(t.draw(st.sampled_from(LEVELS[::-1]))), "", t.somebody()),
    "邀请协办": lambda t: assist.invite(t.desk, t.id, t.one(*UNITS), "一起看现场", ACTOR, t.somebody()),
    "协办回复": lambda t: assist.answer(t.desk, t.id, "已到场配合", ACTOR, t.helper()),
    "免于协办": lambda t: assist.waive(t.desk, t.id, ACTOR, "不需要了", t.somebody()),
    "申请延期": lambda t: extension.extend(t.desk, t.id, t.number(0, 61), "等配件", ACTOR, t.somebody()),
    "延期审批": lambda t: extension.decide_extension(t.desk, t.id, t.yes(), "同意", ACTOR, t.somebody()),
    "并单": lambda t: merge.merge(t.desk, t.id, t.another(), ACTOR, "同一件事", t.somebody()),
    "挂账": lambda t: suspend.suspend(t.desk, t.id, ACTOR, "等管网改造", "改造完成后恢复", t.number(1, 366), t.somebody()),
    "销账": lambda t: suspend.release(t.desk, t.id, ACTOR, "改造已完成", t.somebody()),
    "调解完成": lambda t: mediate.visited(t.desk, t.id, ACTOR, t.one(*VISIT_RESULTS, "不知道"), "当面说明了情况", t.somebody()),
    "结案": lambda t: close.close(t.desk, t.id, ACTOR, t.somebody()),
}
ONWARD = {
    "已受理": "派单",
    "待签收": "签收",
    "办理中": "回复",
    "待审核": "审核通过",
    "待回访": "核实",
    "已核实": "结案",
    "争议": "改派",
    "挂账": "销账",
    "调解": "调解完成",
}
# Ways a signed ticket may go before its reply, each step by whoever fits; between them they hold every move that is not on the way.
DETOURS: tuple[tuple[str, ...], ...] = (
    (),
    ("退单", "维持", "退单", "维持", "退单", "指定", "签收"),
    ("退单", "改派", "签收"),
    ("转派", "签收"),
    ("转派", "并单"),
    ("挂账", "销账"),
    ("回复", "重办"),
    ("回复", "挂账", "销账"),
)
BY_RIGHT = ("挂账", "销账", "并单")
ALSO = {"改派": "维持"}  # steps that go by another's turn


def possible(status: str) -> list[str]:
    """The steps that may be taken at this status."""
    return sorted(name for name in STEPS if status in taken_at(ALSO.get(name, name)))


def endings(draw: Callable[[st.SearchStrategy], object], other: str) -> Ending | None:  # type: ignore[type-arg]
    """What becomes of the appeal while the call lasts: mostly it is dispatched (None). `other` is the number of an earlier ticket."""
    return {  # type: ignore[no-any-return]
        "answered": lambda: answering(ACTOR, "到期前三十日可续签", "", ""),
        "answered and asked": lambda: answering(ACTOR, "到期前三十日可续签", OUTCOMES[0], str(draw(st.sampled_from(LEVELS)))),
        "handed over": lambda: handing_over(ACTOR, "119", "已接通"),
        "declined": lambda: declining(ACTOR, "已进入诉讼程序", "《规程（示范）》第四条"),
        "merged": lambda: merging(ACTOR, other, "同一件事"),
    }.get(str(draw(st.sampled_from(("", "", "", "", "", "", "answered", "answered and asked", "handed over", "declined", "merged")))), lambda: None)()
