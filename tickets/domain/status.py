"""Statuses and allowed moves, in one table. Nothing else moves a ticket (PRACTICE: the six steps and what lies beside them)."""

from __future__ import annotations

REGISTERED, ACCEPTED, DISPATCHED, SIGNED = "已登记", "已受理", "待签收", "办理中"
REPLIED, REVIEWED, VERIFIED, CLOSED = "待审核", "待回访", "已核实", "已结案"
DISPUTED, SUSPENDED, DECLINED, MERGED, HANDED_OVER, MEDIATING = "争议", "挂账", "不予受理", "并单", "已移交", "调解"

STATUSES: dict[str, str] = {
    REGISTERED: "registered",
    ACCEPTED: "accepted",
    DISPATCHED: "dispatched",
    SIGNED: "signed",
    REPLIED: "replied",
    REVIEWED: "reviewed",
    VERIFIED: "verified",
    CLOSED: "closed",
    DISPUTED: "disputed",
    SUSPENDED: "suspended",
    DECLINED: "declined",
    MERGED: "merged",
    HANDED_OVER: "handed over",
    MEDIATING: "mediating",
}

# move name -> (allowed from, to)
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "受理": ((REGISTERED,), ACCEPTED),
    "不予受理": ((REGISTERED, ACCEPTED), DECLINED),
    "移交": ((REGISTERED, ACCEPTED), HANDED_OVER),
    "并单": ((REGISTERED, ACCEPTED, DISPATCHED), MERGED),
    "直接答复": ((REGISTERED, ACCEPTED), REVIEWED),
    "派单": ((ACCEPTED, DISPUTED), DISPATCHED),
    "签收": ((DISPATCHED,), SIGNED),
    "退单": ((DISPATCHED, SIGNED), DISPUTED),
    "转派": ((DISPATCHED, SIGNED), DISPATCHED),
    "维持": ((DISPUTED,), DISPATCHED),
    "指定": ((DISPUTED,), DISPATCHED),
    "回复": ((SIGNED,), REPLIED),
    "重办": ((REPLIED, REVIEWED, VERIFIED), SIGNED),
    "审核通过": ((REPLIED,), REVIEWED),
    "挂账": ((SIGNED, REPLIED), SUSPENDED),
    "销账": ((SUSPENDED,), SIGNED),
    "核实": ((REVIEWED,), VERIFIED),
    "调解": ((VERIFIED,), MEDIATING),
    "调解完成": ((MEDIATING,), REVIEWED),
    "结案": ((VERIFIED,), CLOSED),
}
# Steps that leave the status as it is, and where they may be taken.
BESIDE: dict[str, tuple[str, ...]] = {
    "邀请协办": (SIGNED,),
    "协办回复": (DISPATCHED, SIGNED, DISPUTED, SUSPENDED),
    "免于协办": (DISPATCHED, SIGNED, SUSPENDED),
    "申请延期": (SIGNED,),
    "延期审批": (SIGNED,),
    "合并件回访": (MERGED,),
}
OPEN = (REGISTERED, ACCEPTED, DISPATCHED, SIGNED, REPLIED, REVIEWED, VERIFIED, DISPUTED, SUSPENDED, MEDIATING)


class NotAllowed(Exception):
    """A move the table does not know from here; says which moves there are."""

    permanent = True


def taken_at(step: str) -> tuple[str, ...]:
    """The statuses at which a step may be taken: a move of MOVES, or a step of BESIDE that moves nothing. A KeyError for any other name."""
    return MOVES[step][0] if step in MOVES else BESIDE[step]


def after(status: str, move: str) -> str:
    """The status that `move` leads to from `status`; NotAllowed, in one sentence, when the table has no such move."""
    allowed, target = MOVES.get(move, ((), ""))
    if status in allowed:
        return target
    possible = "、".join(name for name, (sources, _) in MOVES.items() if status in sources) or "无"
    raise NotAllowed(f"当前环节是「{status}」，不能{move}；可以：{possible} (not allowed from this step)")
