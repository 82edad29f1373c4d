"""Bugs planted on purpose, each a context manager that puts one into the running product: the simulator has to find every one of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import tickets.actions
from notifications.channels import Route
from tickets.actions import clocks, deliver, dispatch, intake, sweep, tell
from tickets.domain.times import stored
from tickets.store import course, due, outbox, statements
from tickets.store.models import ChainLink, Deadline, Outbox
from worker import loop

Plant = Callable[[], AbstractContextManager[object]]


@contextmanager
def _all(*patches: Any) -> Iterator[None]:
    with ExitStack() as stack:
        for one in patches:
            stack.enter_context(one)
        yield


def lease_not_checked() -> AbstractContextManager[object]:
    """Whoever is sending at this very moment is taken for dead."""
    sql = "SELECT id FROM outbox WHERE state IN ('sending', 'unknown') ORDER BY id LIMIT ?"
    take = "UPDATE outbox SET state = 'unknown', token = ?, lease_until = ? WHERE id = ? AND state IN ('sending', 'unknown')"
    return _all(
        patch.object(outbox, "expired", lambda _, limit=50: statements.column(sql, (limit,))),
        patch.object(outbox, "claim_unknown", lambda id_, token, at, lease: statements.execute(take, (token, stored(at + lease), id_)).rowcount == 1),
    )


def claimed_without_asking() -> AbstractContextManager[object]:
    """The claim does not look whether another worker was first."""
    return patch.object(outbox, "_CLAIMED", "id = ? AND not_before <= ?")


def resent_without_asking() -> AbstractContextManager[object]:
    """After a time-out the provider is not asked: it "certainly" has nothing."""
    return patch.object(Route, "ask", lambda *_: None)


def recorded_before_sending() -> AbstractContextManager[object]:
    """The message counts as sent once it is claimed."""
    claim = outbox.claim

    def early(id_: int, *rest: Any, **more: Any) -> bool:
        mine = claim(id_, *rest, **more)
        if mine:
            Outbox.update(state="sent").where(Outbox.id == id_).execute()
        return mine

    return patch.object(outbox, "claim", early)


def doubt_taken_for_sent() -> AbstractContextManager[object]:
    """A time-out is taken for success."""
    return patch.object(outbox, "doubtful", lambda id_, token, at, *_: outbox.accepted(id_, token, at, "sent", ""))


def need_not_asked() -> AbstractContextManager[object]:
    """What is queued is sent, though the ticket has moved on and its clock was met."""
    return _all(patch.object(outbox, "_CLAIMED", "id = ? AND state = 'queued' AND not_before <= ?"), patch.object(outbox, "cancel_stale", lambda: 0))


def only_nudged() -> AbstractContextManager[object]:
    """Messages leave by the queue alone: a nudge that is lost is a message lost."""
    return patch.object(loop, "deliver_due", lambda *_: deliver.Delivered())


def link_never_marked() -> AbstractContextManager[object]:
    """A link that fires stays waiting and fires again."""

    def take(link_id: int, at: datetime) -> ChainLink | None:
        mine = (ChainLink.id == link_id) & (ChainLink.state == "waiting") & (ChainLink.at <= stored(at))
        return ChainLink.select(ChainLink, Deadline).join(Deadline).where(mine).first()  # type: ignore[no-any-return]

    return patch.object(due, "take_link", take)


def no_once_key() -> AbstractContextManager[object]:
    """Nothing keeps a reminder from being queued a second time."""
    queue = outbox.queue

    def twice(owed: outbox.Owed, at: datetime) -> int | None:
        first = queue(owed, at)
        if first is not None and first % 20 == 0:
            queue(replace(owed, once=f"{owed.once}/again"), at)
        return first

    return patch.object(tell, "queue", twice)


def met_clock_breaches() -> AbstractContextManager[object]:
    """The sweeper looks at the time alone, not at whether the clock was met."""
    late = "SELECT id FROM deadline WHERE state IN ('running', 'met') AND due_at < ? ORDER BY due_at, id LIMIT ?"
    take = "UPDATE deadline SET state = 'breached', breached_at = due_at, breach_step = ? WHERE id = ? AND state IN ('running', 'met')"
    return _all(
        patch.object(due, "overdue", lambda at, limit=200: statements.column(late, (stored(at), limit))),
        patch.object(due, "take_overdue", lambda id_, _, step: statements.execute(take, (step[:40], id_)).rowcount == 1),
    )


def clock_not_stopped() -> AbstractContextManager[object]:
    """One clock in ten runs on when its end is reached."""
    stop = clocks.stop
    return patch.object(clocks, "stop", lambda desk, clock, ticket, at: None if clock.id % 10 == 0 else stop(desk, clock, ticket, at))


def links_left() -> AbstractContextManager[object]:
    """The links of a clock that was met are not called off."""
    return patch.object(clocks, "call_off_links", lambda *_: None)


def breach_unlogged() -> AbstractContextManager[object]:
    """A breach leaves no line in the ticket's history."""
    return patch.object(sweep, "append_history", lambda *_, **__: None)


def sweeper_late() -> AbstractContextManager[object]:
    """Clocks that ran out are looked for ten minutes late."""
    overdue = due.overdue
    return patch.object(due, "overdue", lambda at, limit=200: overdue(at - timedelta(minutes=10), limit))


def holder_lost() -> AbstractContextManager[object]:
    """Given to another unit, the ticket belongs to nobody there."""
    move = dispatch.move

    def lost(desk: Any, ticket: Any, name: str, *, changes: Mapping[str, object], **more: Any) -> None:
        move(desk, ticket, name, changes={**changes, "person": None} if ticket.unit_id is not None else changes, **more)

    return patch.object(dispatch, "move", lost)


def line_missing() -> AbstractContextManager[object]:
    """A signature is not written into the history."""
    note = course.note
    return patch.object(course, "note", lambda ticket, *, what, **more: None if what == "签收" and ticket.id % 10 == 0 else note(ticket, what=what, **more))


def no_transaction() -> AbstractContextManager[object]:
    """Every statement is committed by itself."""
    modules = [importlib.import_module(f"tickets.actions.{one.name}") for one in pkgutil.iter_modules(tickets.actions.__path__)]
    return _all(*(patch.object(module, "transaction", nullcontext) for module in modules if hasattr(module, "transaction")))


def imported_twice() -> AbstractContextManager[object]:
    """The second import of a file is not recognised."""
    earlier, insert = intake.earlier, intake.insert

    def again(model: Any, rows: list[dict[str, Any]]) -> list[int]:
        known = "source_id" in rows[0] and earlier(rows[0]["source"], rows[0]["source_id"]) is not None
        return insert(model, [{**rows[0], "source_id": f"{rows[0]['source_id']} "}] if known else rows)

    return _all(patch.object(intake, "earlier", lambda *_: None), patch.object(intake, "insert", again))


def decision_altered() -> AbstractContextManager[object]:
    """What is kept of a decision is not what was decided."""
    dumps = course.decision_json.dumps
    return patch.object(course.decision_json, "dumps", lambda decision: dumps(replace(decision, at=decision.at[:-1] + "9")))


# name -> (the bug, the invariants of which at least one must find it)
PLANTED: dict[str, tuple[Plant, frozenset[str]]] = {
    "lease not checked": (lease_not_checked, frozenset({"messages"})),
    "claimed without asking": (claimed_without_asking, frozenset({"messages"})),
    "resent without asking": (resent_without_asking, frozenset({"messages"})),
    "recorded before sending": (recorded_before_sending, frozenset({"messages"})),
    "doubt taken for sent": (doubt_taken_for_sent, frozenset({"messages"})),
    "need not asked": (need_not_asked, frozenset({"messages"})),
    "only nudged": (only_nudged, frozenset({"messages"})),
    "link never marked": (link_never_marked, frozenset({"links"})),
    "no once-key": (no_once_key, frozenset({"links", "messages"})),
    "met clock breaches": (met_clock_breaches, frozenset({"clocks"})),
    "clock not stopped": (clock_not_stopped, frozenset({"clocks"})),
    "links left": (links_left, frozenset({"links"})),
    "breach unlogged": (breach_unlogged, frozenset({"clocks"})),
    "sweeper late": (sweeper_late, frozenset({"in_time", "clocks"})),
    "holder lost": (holder_lost, frozenset({"holders", "history"})),
    "line missing": (line_missing, frozenset({"history"})),
    "no transaction": (no_transaction, frozenset({"history", "links", "clocks", "intake", "holders", "owed", "messages"})),
    "imported twice": (imported_twice, frozenset({"intake"})),
    "decision altered": (decision_altered, frozenset({"decisions"})),
}
