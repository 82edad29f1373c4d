"""What a grid officer finds on his round: it goes where the rules send it, or, handled on the spot, to himself and at once to its review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tickets.actions.claim_files import claim
from tickets.actions.dispatch import reserved_from, send
from tickets.actions.intake import Ending, Taken, account_of, dispatched, open_ticket
from tickets.actions.moves import finish, move
from tickets.actions.reply import reply
from tickets.actions.resolve import Resolved
from tickets.actions.steps import StepRefused, said
from tickets.domain.appeal import Appeal, Opened
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import course
from tickets.store.directory import post_of_person
from tickets.store.last_move import known_person
from tickets.store.models import Ticket

SOURCE = "网格"
SOLVED, ELSEWHERE = "已解决", "登记地址以外"
HIMSELF = "本人"  # stands for the rule in the ticket's row
Files = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Handled:
    """What the officer did on the spot, in his words, and the form he said it in."""

    result: str
    form: Mapping[str, object] = field(default_factory=dict)


def discover(desk: Desk, appeal: Appeal, person_id: int, handled: Handled | None = None, files: Files | None = None, elsewhere: str = "") -> Opened:
    """Takes in what the officer (`person_id`) found; `appeal.by` is his account, `files` are keys of his uploads by field. One transaction.
    `elsewhere` is the address it came from when it is none of his node's; the ticket's course keeps it.

    With `handled` the ticket is his own: dispatched to him, signed and replied in the same moment, and it stands before its reviewers. What
    only a department may do goes the ordinary way all the same; his words stay with the ticket. The same appeal twice is one ticket.
    Raises AppealRefused, NoManualDesk, StepRefused for words or files that cannot be kept.
    """
    if handled is not None:
        said(handled.result, "处置结果")
    ending = _with_files(account_of(appeal.by), files or {}, _himself(person_id, handled) if handled is not None else dispatched)
    return open_ticket(desk, replace(appeal, source=SOURCE), _noting(elsewhere, appeal.by, ending) if elsewhere else ending)


def _noting(elsewhere: str, by: str, then: Ending) -> Ending:
    def ending(taken: Taken) -> str:
        course.note(taken.ticket, at=taken.at, actor=by, what=ELSEWHERE, details={"elsewhere": elsewhere})
        return then(taken)

    return ending


def _with_files(account: int, files: Files, then: Ending) -> Ending:
    def ending(taken: Taken) -> str:
        for name, keys in files.items():
            claim(taken.ticket.id, name, keys, account, taken.at)
        return then(taken)

    return ending


def _himself(person_id: int, handled: Handled) -> Ending:
    def ending(taken: Taken) -> str:
        desk, ticket, at = replace(taken.desk, clock=lambda: taken.at), taken.ticket, taken.at
        person, post = known_person(person_id), post_of_person(person_id)
        if post is None:
            raise StepRefused(f"{person.name}不在任何岗位，不能当场处置；请管理员在名录里补上 (the officer holds no post)")
        to = Resolved(post.unit, post, person, "在岗", f"{person.name}发现并当场处置")
        if reserved_from(desk, ticket, to) or taken.pace.trouble:
            return dispatched(taken)
        by = f"person:{person_id}"
        trouble = send(desk, ticket, to, move_name="派单", rule=HIMSELF, actor=by, at=at, facts=taken.facts)
        if trouble:
            raise StepRefused(f"{trouble}；暂不能当场处置，请报告管理员 (the deadline rules cannot be applied)")
        move(desk, ticket, "签收", actor=by, at=at, facts=taken.facts, changes={"signed_at": stored(at)}, note={"signer": person.name})
        finish(desk, ticket, at)
        _as_it_is(ticket, reply(desk, ticket.id, by, handled.result, SOLVED, person_id, handled.form))
        return f"{person.name}发现并当场处置，送审核"

    return ending


def _as_it_is(ticket: Ticket, now: Ticket) -> None:
    for column in ("status", "step_seq", "unit", "post", "person"):
        setattr(ticket, column, getattr(now, column))
