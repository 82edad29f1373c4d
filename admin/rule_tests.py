"""样例表: the examples of every rule as a table, green and red on the engine, written row by row into a draft."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.asked import number
from admin.base import Page, Refused
from admin.draft_choice import draft_of, draft_to_see, drafts_to_see
from admin.rule_tests_draw import draw
from admin.rule_tests_edit import draft_to_write, edits_of, expected, form_facts, row_data, write
from admin.rule_tests_grid import PAGE, Table, grid
from admin.tryout_bench import Benches
from admin.tryout_case import Asked, field_value
from admin.tryout_edition import state_of
from admin.tryout_view import MOST_DRAFTS, sent
from admin.workbench_family import Family, RuleSpot
from admin.workbench_model import say
from admin.workbench_tree import Kept, State
from engine.compile_limits import LimitExceeded
from engine.compile_ruleset import CompileRefused
from engine.durable_host import HostFailed
from engine.source import Edit
from tickets.domain.roles import DRAFT, RULES
from tickets.store.drafts import DraftInfo
from tickets.store.releases import sha_of
from web.access import needs
from web.hall import hall

SHOWS = ("all", "wrong", "without")


@dataclass(frozen=True)
class SetLine:
    """One set on the first page."""

    name: str
    title: str
    rules: int
    tests: int
    without: int


class RuleTests(Page):
    """Reading needs the right to read rules; every change goes into a draft and needs the right to write them."""

    right = RULES

    def __init__(self, kept: Kept, benches: Benches) -> None:
        super().__init__(name="rule_tests", endpoint="rule_tests", url="/admin/tests")
        self.kept, self.benches = kept, benches

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every set with how many examples it has."""
        draft = draft_to_see(request.args.get("draft", ""))
        state = state_of(self.kept, draft)
        lines = [_line(family) for family in state.families.values()]
        return render_template("rule_tests_sets.html", lines=lines, draft=draft)

    @expose("/<ruleset>")
    def table(self, ruleset: str) -> ResponseReturnValue:
        """The tables of a set; `edit` is RULE:PLACE of a row that is being changed, RULE:new for one that is added."""
        return self._render(ruleset, draft_to_see(request.args.get("draft", "")))

    @expose("/<ruleset>/save", methods=("POST",))
    @needs(DRAFT)
    def save(self, ruleset: str) -> ResponseReturnValue:
        """Adds the row (`place` empty) or changes it; only its own lines of the file."""
        form = request.form
        try:
            state, spot, draft = self._target(ruleset)
            asked = form_facts(form, state.loaded.facts)
            if asked.wrong:
                raise Refused("；".join(one[0] for one in asked.wrong.values()), "; ".join(one[1] for one in asked.wrong.values()))
            edits, what = self._edits(spot, asked)
            write(self.kept, draft, spot, form.get("seen", "") or sha_of(state.tree[spot.path]), edits, what)
        except Refused as refused:
            return self._refused(ruleset, refused)
        flash(hall().words.say("rule_tests.saved", g.lang, rule=spot.id, title=draft.title), "good")
        return _to(ruleset, draft, spot.id)

    @expose("/<ruleset>/remove", methods=("POST",))
    @needs(DRAFT)
    def remove(self, ruleset: str) -> ResponseReturnValue:
        """Takes a row out."""
        form = request.form
        try:
            state, spot, draft = self._target(ruleset)
            place = _place(spot, form.get("place", ""))
            seen = form.get("seen", "") or sha_of(state.tree[spot.path])
            write(self.kept, draft, spot, seen, [Edit("remove", ("tests", place))], f"{spot.id} 删去样例 {place + 1}")
        except Refused as refused:
            return self._refused(ruleset, refused)
        flash(hall().words.say("rule_tests.removed", g.lang, rule=spot.id), "good")
        return _to(ruleset, draft, spot.id)

    @expose("/<ruleset>/try", methods=("POST",))
    def attempt(self, ruleset: str) -> ResponseReturnValue:
        """Whether the row as typed would hold, as JSON: {ok, text}; nothing is written."""
        state = state_of(self.kept, draft_to_see(request.form.get("draft", "")))
        known = state.loaded.sets.get(ruleset)
        rule = request.form.get("rule", "")
        if known is None or all(one.id != rule for one in known.rules):
            return {"ok": None, "text": ""}
        asked = form_facts(request.form, state.loaded.facts)
        if asked.wrong:
            return {"ok": False, "text": "；".join(one[g.lang == "en"] for one in asked.wrong.values())}
        with self.benches.using(known, state.loaded.facts, state.loaded.names) as bench:
            hit = rule in bench.book.match(ruleset, asked.facts, hall().now())
        text = hall().words.say("rule_tests.is_hit" if hit else "rule_tests.is_miss", g.lang, rule=rule)
        return {"ok": hit is (expected(request.form) == "hit"), "text": text}

    @expose("/new", methods=("GET", "POST"))
    @needs(DRAFT)
    def new(self) -> ResponseReturnValue:
        """An example drawn from a ticket (GET, by number) or from what 试一试 has on its page (POST), to look over before it is kept."""
        try:
            asked = sent(self.kept, request, g.lang)
        except Refused as refused:
            return self._refused("", refused)
        if not asked.facts:
            flash(
                hall().words.say("tryout.no_ticket", g.lang, number=asked.missing) if asked.missing else hall().words.say("rule_tests.nothing", g.lang), "bad"
            )
            return redirect("/admin/tryout/")
        chosen = asked.edition
        with self.benches.using(chosen.ruleset, chosen.facts, chosen.names) as bench:
            drawn = draw(bench, asked.facts, asked.at, asked.event, asked.rule, g.lang)
        if drawn is None:
            return redirect("/admin/tryout/")
        fields = [(chosen.facts[name], field_value(value)) for name, value in drawn.facts.items()]
        return render_template(
            "rule_tests_new.html", drawn=drawn, fields=fields, ruleset=chosen.ruleset, draft=chosen.draft, drafts=_writable(), case=asked.case,
            facts_known=chosen.facts, trees=_trees(state_of(self.kept, chosen.draft)),
        )  # fmt: skip

    def _render(self, ruleset: str, draft: DraftInfo | None) -> ResponseReturnValue:
        state = state_of(self.kept, draft)
        family = state.family(ruleset)
        problem = ""
        try:
            found = grid(state, family, self.benches, g.lang)
        except (CompileRefused, LimitExceeded, HostFailed) as refused:
            raise Refused(str(refused), str(refused), 409) from None
        show = request.args.get("show", "all")
        sought, rule = request.args.get("q", "")[:80].strip(), request.args.get("rule", "")[:80]
        tables = [one for one in found.tables if _shown(one, show, sought, rule)]
        page = number(request.args.get("page")) or 1
        return render_template(
            "rule_tests.html", grid=found, tables=tables[(page - 1) * PAGE : page * PAGE], count=len(tables), page=page, pages=-(-len(tables) // PAGE) or 1, show=show,
            shows=SHOWS, q_word=sought, rule=rule, name=ruleset, title=say(family.head.get("title"), g.lang) or ruleset, draft=draft, drafts=drafts_to_see()[:MOST_DRAFTS],
            edit=request.args.get("edit", "")[:120], facts=state.loaded.facts, shas={file.path: file.sha for file in family.files}, problem=problem,
            writable=draft is None or draft.editable, trees=_trees(state) if request.args.get("edit") else {},
        )  # fmt: skip

    def _target(self, ruleset: str) -> tuple[State, RuleSpot, DraftInfo]:
        """The rule the form names, in the draft it names. A new draft is begun only for a rule there is."""
        form = request.form
        draft = draft_to_see(form.get("draft", ""))
        state = state_of(self.kept, draft)
        spot = state.family(ruleset).rule(form.get("rule", ""))
        if spot is None:
            raise Refused(f"没有规则「{form.get('rule', '')[:60]}」，可能已被删除，请刷新", f"there is no rule {form.get('rule', '')[:60]}: refresh", 404)
        if form.get("place", ""):
            _place(spot, form["place"])
        return state, spot, draft_to_write(draft, ruleset)

    def _edits(self, spot: RuleSpot, asked: Asked) -> tuple[list[Edit], str]:
        form, tests = request.form, spot.data.get("tests")
        if form.get("place", ""):
            place = _place(spot, form["place"])
            old = tests[place] if isinstance(tests, list) and isinstance(tests[place], dict) else {}
            shown = (*(key.removeprefix("f_") for key in form if key.startswith("f_")), *asked.facts)
            return edits_of(old, place, form, asked.facts, tuple(dict.fromkeys(shown))), f"{spot.id} 改样例 {place + 1}"
        data = row_data(form, asked.facts)
        made = Edit("insert", ("tests", len(tests)), data) if isinstance(tests, list) and tests else Edit("set", ("tests",), [data])
        return [made], f"{spot.id} 加样例"

    def _refused(self, ruleset: str, refused: Refused) -> ResponseReturnValue:
        flash(refused.en if g.lang == "en" else refused.zh, "bad")
        draft = request.form.get("draft", "")
        known = draft_of(draft) is not None
        back = f"/admin/tests/{ruleset}" if ruleset in state_of(self.kept, None).families else "/admin/tests/"
        return redirect(back + (f"?{urlencode({'draft': draft, 'rule': request.form.get('rule', '')})}" if known else ""))


def _place(spot: RuleSpot, word: str) -> int:
    tests = spot.data.get("tests")
    if not (word.isascii() and word.isdigit() and len(word) < 6 and isinstance(tests, list) and int(word) < len(tests)):
        raise Refused(f"{spot.id} 没有这一条样例，可能刚被删去，请刷新", f"{spot.id} has no such example: refresh", 404)
    return int(word)


def _to(ruleset: str, draft: DraftInfo, rule: str) -> ResponseReturnValue:
    return redirect(f"/admin/tests/{ruleset}?{urlencode({'draft': draft.id, 'rule': rule})}")


def _shown(table: Table, show: str, sought: str, rule: str) -> bool:
    if rule and table.rule != rule:
        return False
    if show == "wrong" and not table.wrong:
        return False
    if show == "without" and (table.rows or not table.rule):
        return False
    return sought.lower() in f"{table.rule} {table.title}".lower()


def _line(family: Family) -> SetLine:
    rules = family.rules()
    counts = [len(tests) if isinstance(tests := spot.data.get("tests"), list) else 0 for spot in rules]
    return SetLine(family.name, say(family.head.get("title"), g.lang) or family.name, len(rules), sum(counts), sum(not count for count in counts))


def _writable() -> list[DraftInfo]:
    return [one for one in drafts_to_see() if one.editable][:MOST_DRAFTS]


def _trees(state: State) -> dict[str, tuple[str, ...]]:
    return {"library": tuple(state.loaded.names.categories.nodes), "areas": tuple(state.loaded.names.areas.nodes)}
