"""What every step of a ticket's course asks first: is it this step's turn, may this person take it, is what was written usable."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.facts import FactValue
from tickets.actions.facts import facts_of
from tickets.domain.status import taken_at
from tickets.domain.times import clock_words
from tickets.ports import Desk
from tickets.store.directory import superior_of, unit_at, whole_unit, works_in
from tickets.store.last_move import known_person, last_move, works_under
from tickets.store.models import Person, Ticket, Unit

NO_FORM: Mapping[str, object] = {}  # what the form a step was taken with adds to its history line: form, once, hidden, answers
LONGEST = 5_000  # characters of a result, a reason, an answer


class StepRefused(Exception):
    """The step cannot be taken on this ticket by this person now; the sentence says why."""

    permanent = True


def in_turn(ticket: Ticket, move: str, called: str = "") -> None:
    """Refuses a step (status.MOVES, status.BESIDE) that the ticket's status does not allow, naming who brought it there and when: of two at once the second reads it."""
    allowed = taken_at(move)
    if ticket.status in allowed:
        return
    line = last_move(ticket.id)
    since = f"（{line.by}于 {clock_words(line.at)} {line.what}）" if line is not None else ""
    raise StepRefused(f"工单 {ticket.number} 现为「{ticket.status}」{since}，不是{'或'.join(allowed)}，不能{called or move} (not allowed from this step)")


def handler(ticket: Ticket, person_id: int | None, move: str) -> Person:
    """Who handles it: the holder (also when `person_id` is left out) or a colleague of his section; anybody else is refused."""
    if ticket.person_id is None or ticket.unit_id is None:
        raise StepRefused(f"工单 {ticket.number} 还没有派给任何人，不能{move} (nobody holds it)")
    if person_id is None or person_id == ticket.person_id:
        return known_person(ticket.person_id)
    if not works_in(person_id, ticket.unit_id):
        raise StepRefused(f"工单 {ticket.number} 由{ticket.unit.address}办理，只有该处人员可以{move} (only that unit's people may)")
    return known_person(person_id)


def overseer(ticket: Ticket, person_id: int | None, move: str) -> None:
    """Whoever judges the work is not the one who did it, and sits in the section, its unit or above. None: an account's right was asked."""
    if person_id is None:
        return
    if person_id == ticket.person_id:
        raise StepRefused(f"工单 {ticket.number} 由本人办理，不能自己{move}；请由审核人办理 (one's own work)")
    if ticket.unit_id is None or not any(works_in(person_id, unit.id) for unit in _upward(ticket.unit)):
        raise StepRefused(f"只有{ticket.unit.address if ticket.unit_id else '承办单位'}及其上级单位的人员可以{move} (only the unit and those above it)")


def _upward(unit: Unit) -> Iterator[Unit]:
    seen: set[int] = set()
    here: Unit | None = unit
    while here is not None and here.id not in seen:
        seen.add(here.id)
        yield here
        here = superior_of(here)


def centre(desk: Desk, ticket: Ticket, person_id: int | None, move: str) -> None:
    """The hotline centre's people decide and call back, never the handler himself. None: an account's right was asked."""
    if person_id is None:
        return
    if person_id == ticket.person_id:
        raise StepRefused(f"工单 {ticket.number} 由本人办理，不能自己{move} (one's own work)")
    desk_unit = unit_at(desk.manual_desk)
    top = whole_unit(desk_unit) if desk_unit is not None else None
    if top is None or not works_under(person_id, top):
        raise StepRefused(f"只有{top.address if top else '热线中心'}的人员可以{move} (only the hotline centre's people)")


def above(desk: Desk, ticket: Ticket, person_id: int | None, move: str) -> None:
    """Whoever answers for the unit (as `overseer`) or sits in the hotline centre; never the handler himself. None: an account's right was asked."""
    try:
        overseer(ticket, person_id, move)
    except StepRefused:
        if person_id == ticket.person_id:
            raise
        try:
            centre(desk, ticket, person_id, move)
        except StepRefused:
            raise StepRefused(f"只有承办单位及其上级单位的人员和热线中心可以{move} (only the unit, those above it, and the hotline centre)") from None


def said(text: str, called: str) -> str:
    """The words with outer white space gone; refuses none at all, too many, and characters that cannot be stored."""
    if "\x00" in text or any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise StepRefused(f"{called}含有无法保存的字符，请重新填写 (a character that cannot be stored)")
    words = text.strip()
    if not words:
        raise StepRefused(f"没有填写{called}，请填写后再提交 (nothing was written)")
    if len(words) > LONGEST:
        raise StepRefused(f"{called}有 {len(words)} 个字符，最多 {LONGEST} (too long)")
    return words


def one_of(answer: str, options: Collection[str], called: str) -> str:
    """The answer, which must be one of the options."""
    if answer not in options:
        raise StepRefused(f"{called}「{answer}」无法识别；请选择：{'、'.join(options)} (not one of the options)")
    return answer


@dataclass
class FactsWhenAsked(Mapping[str, FactValue]):
    """The ticket's facts, gathered at the first question: most steps start no clock, and then nobody asks."""

    desk: Desk
    ticket: Ticket
    at: datetime
    _found: dict[str, FactValue] | None = None

    def _facts(self) -> dict[str, FactValue]:
        if self._found is None:
            self._found = facts_of(self.desk, self.ticket, self.at)
        return self._found

    def __getitem__(self, name: str) -> FactValue:
        return self._facts()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts())

    def __len__(self) -> int:
        return len(self._facts())
