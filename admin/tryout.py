"""试一试: a ticket or a typed appeal against every rule of a set, with the smallest change that would turn the one you ask about."""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import Page, Refused
from admin.tryout_answer import one_away
from admin.tryout_bench import Benches
from admin.tryout_view import Sent, sent, view
from admin.workbench_tree import Kept
from engine.book import BookError
from engine.compile_facts import FactRefused
from engine.compile_limits import LimitExceeded
from engine.compile_ruleset import CompileRefused
from engine.durable_host import HostFailed
from tickets.domain.roles import RULES

MOST_NEAR = 14  # rules asked about at once: each takes some ten milliseconds


class Tryout(Page):
    """Open to all who may read rules; drafts and other people's tickets stay closed to who may not see them."""

    right = RULES

    def __init__(self, kept: Kept, benches: Benches) -> None:
        super().__init__(name="tryout", endpoint="tryout", url="/admin/tryout")
        self.kept, self.benches = kept, benches

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """The page. GET picks what to try; POST tries the facts of the form, which never stand in an address."""
        try:
            asked = sent(self.kept, request, g.lang)
        except Refused as refused:
            return render_template("tryout.html", view=None, refused=refused.en if g.lang == "en" else refused.zh), refused.status
        try:
            return render_template("tryout.html", view=view(asked, self.benches, g.lang), refused="")
        except (CompileRefused, LimitExceeded, HostFailed, FactRefused, BookError) as refused:
            return render_template("tryout.html", view=None, refused=str(refused)), 409

    @expose("/near", methods=("POST",))
    def near(self) -> ResponseReturnValue:
        """Which of the rules named in `ids` are one change away from winning: asked for by the page once it stands."""
        asked = sent(self.kept, request, g.lang)
        ids = tuple(dict.fromkeys(request.form.getlist("ids")))[:MOST_NEAR]
        return {"near": list(self._near(asked, ids)) if ids and asked.facts else []}

    def _near(self, asked: Sent, ids: tuple[str, ...]) -> tuple[str, ...]:
        known = {rule.id for rule in asked.edition.ruleset.rules}
        with self.benches.using(asked.edition.ruleset, asked.edition.facts, asked.edition.names) as bench:
            return one_away(bench, asked.facts, asked.at, asked.event, tuple(one for one in ids if one in known))
