"""Stored decisions, read back whole: what the ticket keeps is short, the rest is laid out anew from the very rules of that day."""

from __future__ import annotations

import threading
from dataclasses import replace

import structlog

from engine import decision_json
from engine.decision import Decision
from engine.findings import RulesRefused
from engine.hit import Disagreement
from engine.rerun import Archive
from tickets.store.ticket_view import Ruling, rules_of

log = structlog.get_logger("web")


class Rulings:
    """One archive for all threads: it is asked under a lock and read out before the lock is given back."""

    def __init__(self) -> None:
        self._archive = Archive()
        self._lock = threading.Lock()

    def short(self, ruling: Ruling) -> Decision:
        """The decision as stored: the questions of the rules that fired or were stopped."""
        return replace(decision_json.loads(ruling.decision), micros=ruling.micros)

    def whole(self, ruling: Ruling) -> Decision:
        """The decision with every question of every rule; as stored when that day's rules are not at hand."""
        return self.again(ruling) or self.short(ruling)

    def again(self, ruling: Ruling) -> Decision | None:
        """The decision decided once more with the rules of that day; None when they are not at hand or cannot be read."""
        kept = rules_of(ruling)
        if kept is None:
            return None
        try:
            with self._lock:
                again = self._archive.again(*kept, ruling.decision)
                return replace(again, trace=tuple(again.trace), micros=ruling.micros)
        except (RulesRefused, Disagreement, ValueError) as error:
            log.warning("decision laid out as stored", ruleset=ruling.ruleset, version=ruling.version, why=type(error).__name__)
            return None
