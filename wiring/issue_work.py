"""The jobs process gives every accepted ticket its issue, then asks the supervision rules; what was interrupted is found again in the database."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog

from tickets.actions import supervise
from tickets.ports import Desk
from tickets.store import issues
from tickets.store.connect import transaction
from tickets.store.issues import Said
from wiring.issue_told import told

if TYPE_CHECKING:
    from insights.hot_live import Live

_log = structlog.get_logger("issues")
AT_ONCE = 50  # tickets of one turn: one small transaction, so that nobody waits for it
LEAST = 3  # appeals from which on the rules are asked about an issue
LATELY = timedelta(days=15)  # the span of the fact issue_people_15d


class IssueWork:
    """Several processes may run it: each change is made under one locked row, and whoever finds that another has changed something reads anew."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._live: Live | None = None
        self._version = -1

    def turn(self) -> int:
        """Answers how much was done."""
        done = self._grouped() if issues.anything_waiting() else 0
        return done + self._asked() + self._moved()

    def _grouped(self) -> int:
        try:
            with transaction():
                self._fresh(issues.hold())
                waiting = issues.waiting(AT_ONCE)
                grown = self._placed(waiting)
                for issue in grown:
                    self._tell(issue)
        except BaseException:
            self._live = None  # what is in memory is ahead of what is kept
            raise
        for issue, ticket in self._of_waiting(waiting).items():
            self._changed(issue, ticket)
        return len(waiting)

    def _fresh(self, version: int) -> None:
        """Reads everything anew unless the last change was this process's own."""
        if self._live is None or version != self._version + 1:
            hot = _hot()
            self._live = hot.Live(issues.found)
            kept = [(self._read(said), said.issue) for said in issues.kept(hot.MOST)]
            kept.sort(key=lambda one: (one[0].day, one[0].key))
            self._live.restore(kept, issues.apart(), issues.fixed())
            _log.info("issues read", tickets=len(kept))
        self._version = version

    def _placed(self, waiting: list[Said]) -> set[int]:
        assert self._live is not None
        grown: set[int] = set()
        for said in waiting:
            plan = self._live.add(self._read(said))
            if said.ticket in plan.placed:
                issues.place(said.ticket, plan.placed[said.ticket], said.at)
            elsewhere: dict[int, list[int]] = {}
            for ticket, issue in plan.placed.items():
                if ticket != said.ticket:
                    elsewhere.setdefault(issue, []).append(ticket)
            for issue, tickets in elsewhere.items():
                issues.move(tickets, issue)
            for gone, home in plan.swallowed:
                issues.swallow(gone, home)
                grown.discard(gone)
            grown |= plan.touched()
        return grown

    def _tell(self, issue: int) -> None:
        assert self._live is not None
        issues.tell(issue, told(issue, issues.members(issue), self._live.profile(issue)))

    def _of_waiting(self, waiting: list[Said]) -> dict[int, int]:
        """Each issue these tickets went to, and the newest of them."""
        return {issue: said.ticket for said in waiting if (issue := issues.issue_of(said.ticket)) is not None}

    def _changed(self, issue: int, ticket: int) -> None:
        row = issues.one(issue)
        if row is None or row.size < LEAST:
            return
        lately = issues.people_since(row.id, self._desk.clock() - LATELY)
        supervise.changed(self._desk, supervise.Of(row.id, row.size, row.people, lately), ticket)

    def _asked(self) -> int:
        waiting = issues.unasked(AT_ONCE)
        for ticket, _ in waiting:
            supervise.heard(self._desk, ticket)
        return len(waiting)

    def _moved(self) -> int:
        newest = issues.newest_line()
        lines = issues.moves_unasked(supervise.WATCHED, AT_ONCE)
        for line, ticket in lines:
            supervise.moved(self._desk, line, ticket)
        if len(lines) < AT_ONCE:
            issues.looked_at(newest)
        return len(lines)

    def _read(self, said: Said) -> Any:
        return _hot().read_of(said.ticket, said.at, said.title, said.text, said.area, self._desk.rules.names.areas)


def _hot() -> Any:
    """Imported when first needed: a process that only serves pages need not wait for it."""
    return import_module("insights.hot_live")
