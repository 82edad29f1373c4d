"""Whether a stored decision is what its rules give: decided once more from what was stored, and compared byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine import decision_json, rerun
from engine.decision import Decision
from engine.findings import RulesRefused
from engine.hit import Disagreement
from tickets.domain.mask import in_text
from tickets.store.alarms import raise_alarm, standing
from tickets.store.connect import transaction
from tickets.store.ticket_view import Ruling, rules_of
from web.rulings import Rulings

AROUND = 48  # characters shown on either side of the first difference
ALARM = "判定复算"


@dataclass(frozen=True)
class Proof:
    """`state`: same (byte for byte) · differs · lost (the rules of that day are not kept) · unreadable (no decision can be read from it).

    `length` counts bytes; `at` is the first byte that differs, from 1, with both texts around it, numbers of people masked.
    """

    state: str
    length: int
    at: int = 0
    kept: str = ""
    again: str = ""


def read(ruling: Ruling) -> Decision | None:
    """The decision as stored; None when the stored text is none."""
    try:
        return decision_json.loads(ruling.decision)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def seen(ruling: Ruling, rulings: Rulings) -> tuple[Decision | None, Proof]:
    """The decision with every question of every rule, and the proof, both from one recomputation with that day's rules."""
    stored = read(ruling)
    length = len(ruling.decision.encode())
    if stored is None:
        return None, Proof("unreadable", length)
    again = rulings.again(ruling)
    if again is None:
        return rulings.short(ruling), Proof("lost" if rules_of(ruling) is None else "unreadable", length)
    proof = compare(ruling.decision, decision_json.dumps(again))
    return again if proof.state == "same" else rulings.short(ruling), proof


def fresh(ruling: Ruling) -> Proof:
    """The same with nothing kept from before: the rules are built anew from their stored text for this one question."""
    length = len(ruling.decision.encode())
    kept = rules_of(ruling)
    if kept is None:
        return Proof("lost", length)
    try:
        return compare(ruling.decision, rerun.rerun(*kept, ruling.decision).decode())
    except (RulesRefused, Disagreement, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return Proof("unreadable", length)


def compare(kept: str, again: str) -> Proof:
    """Both texts byte for byte; where they part, the place and what stands there."""
    length = len(kept.encode())
    if kept == again:
        return Proof("same", length)
    place = next((place for place, pair in enumerate(zip(kept, again, strict=False)) if pair[0] != pair[1]), min(len(kept), len(again)))
    start, end = max(place - AROUND, 0), place + AROUND
    at = len(kept[:place].encode()) + 1
    return Proof("differs", length, at, in_text(kept)[start:end], in_text(again)[start:end])


def tell(proof: Proof, evaluation_id: int, number: str, ticket_id: int | None, at: datetime) -> bool:
    """Raises an alarm for a decision that is not what its rules give, once until somebody clears it; answers whether there is one."""
    if proof.state not in ("differs", "unreadable"):
        return False
    what = f"第 {proof.at} 字节起不同" if proof.state == "differs" else "读不出"
    text = f"判定 {evaluation_id}（工单 {number}）重新计算字节不一致：{what}；存储的判定可能被改动过"
    with transaction():
        if not standing(ALARM, text):
            raise_alarm(ALARM, text, at, ticket_id)
    return True
