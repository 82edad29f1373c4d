"""覆盖: what past tickets make of a set: rules never hit, lines that never decided, tickets that only `else` caught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import Page
from admin.coverage_run import DAYS, Count, Counts
from admin.draft_choice import draft_to_see, drafts_to_see
from admin.tryout_bench import Benches
from admin.tryout_edition import Edition, edition
from admin.tryout_view import MOST_DRAFTS
from admin.workbench_tree import Kept
from engine.coverage import LineCover
from tickets.domain.roles import RULES
from tickets.domain.times import clock_words
from tickets.store.replay_cases import ticket_rows
from web.access import caller
from web.hall import hall

MOST_IDLE = 60


@dataclass(frozen=True)
class RuleLine:
    """One rule with its figures; `share` is its hits against the most hit rule, 0 to 120 for the bar; `last` in words."""

    id: str
    title: str
    hits: int
    wins: int
    share: int
    last: str


class CoveragePage(Page):
    """Open to all who may read rules. The numbers of sample tickets are for those who may see every ticket."""

    right = RULES

    def __init__(self, kept: Kept, benches: Benches) -> None:
        super().__init__(name="coverage", endpoint="coverage", url="/admin/coverage")
        self.kept, self.counts = kept, Counts(benches)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Leads to the list of sets."""
        return redirect("/admin/tests/")

    @expose("/<ruleset>")
    def of_set(self, ruleset: str) -> ResponseReturnValue:
        """The figures, or how far the counting is; each request goes on for a moment."""
        chosen, days, count = self._count(ruleset)
        context = {"edition": chosen, "days": days, "windows": DAYS, "count": count, "drafts": drafts_to_see()[:MOST_DRAFTS]}
        if not count.finished:
            return render_template("coverage.html", found=None, **context)
        found = count.covered()
        most = max((rule.hits for rule in found.rules), default=0) or 1
        titles = {rule.id: rule.title.say(g.lang) for rule in chosen.ruleset.rules}
        lines = [
            RuleLine(rule.id, titles[rule.id], rule.hits, rule.wins, round(120 * rule.hits / most), _when(rule.last_hit))
            for rule in sorted(found.rules, key=lambda rule: -rule.hits)
        ]
        idle: list[tuple[str, LineCover]] = list(found.idle_lines)
        return render_template(
            "coverage.html", found=found, lines=lines, titles=titles, idle=idle[:MOST_IDLE], idle_more=max(0, len(idle) - MOST_IDLE), samples=_numbers(found.samples),
            **context,
        )  # fmt: skip

    @expose("/<ruleset>/progress")
    def progress(self, ruleset: str) -> ResponseReturnValue:
        """How far the counting is, as JSON; goes on for a moment."""
        _, _, count = self._count(ruleset)
        return {"done": count.done, "total": len(count.ids), "finished": count.finished}

    def _count(self, ruleset: str) -> tuple[Edition, int, Count]:
        chosen = edition(self.kept, ruleset, draft_to_see(request.args.get("draft", "")), g.lang)
        days = 365 if request.args.get("days") == "365" else 90
        count = self.counts.count(chosen.ruleset, chosen.facts, chosen.names, days, hall().now())
        self.counts.advance(count, chosen.facts, chosen.names)
        return chosen, days, count


def _numbers(ids: tuple[str, ...]) -> list[str] | None:
    """The numbers of the sample tickets; None for who may not see every ticket."""
    if caller().role.sees != "all":
        return None
    rows = ticket_rows([int(one) for one in ids])
    return [rows[int(one)].number for one in ids if int(one) in rows]


def _when(stamp: str | None) -> str:
    return "" if stamp is None else clock_words(datetime.fromisoformat(stamp))
