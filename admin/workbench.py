"""规则工作台: the rules of a family at left, the rule in the middle, what it says and whether it is sound at right."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from flask import abort, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin import workbench_edit as editing
from admin.asked import body, number
from admin.base import Page, Refused
from admin.draft_choice import chosen_draft
from admin.workbench_edit import Done, Writer
from admin.workbench_family import Family, RuleSpot
from admin.workbench_look import look
from admin.workbench_model import draft_json, reply, rule_json, set_json
from admin.workbench_order import suggested_id
from admin.workbench_pages import families_page, file_json, file_page, latest_own, set_page
from admin.workbench_schema import schema_json
from admin.workbench_tree import Kept, State
from tickets.actions import draft_edit
from tickets.actions.draft_edit import DraftRefused
from tickets.domain.roles import DRAFT
from tickets.domain.times import local
from tickets.store.rule_hits import hits_of_a_week
from web.access import caller
from web.hall import hall

Json = Mapping[str, object]
FILES = "files"  # stands where a family's name does, for the other files


class Workbench(Page):
    """Every address needs the right to write drafts; others read /rules."""

    right = DRAFT

    def __init__(self) -> None:
        super().__init__(name="workbench", endpoint="workbench", url="/admin/rules")
        self.kept = Kept()

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self._page(families_page)

    @expose("/files/<path:path>")
    def other(self, path: str) -> ResponseReturnValue:
        return self._page(lambda state: file_page(state, path))

    @expose("/<ruleset>")
    def family(self, ruleset: str) -> ResponseReturnValue:
        """The workbench of one family; without a draft in the address, in one's own that last touched it."""

        def show(state: State) -> ResponseReturnValue:
            own = latest_own(ruleset, state) if "draft" not in request.args else None
            return set_page(state, ruleset) if own is None else redirect(f"/admin/rules/{ruleset}?{urlencode({**request.args, 'draft': own.id})}")

        return self._page(show)

    @expose("/<ruleset>/model")
    def model(self, ruleset: str) -> ResponseReturnValue:
        state = self._state(number(request.args.get("draft")))
        return reply(self._answer(state, ruleset, request.args.get("rule")))

    @expose("/<ruleset>/look")
    def look(self, ruleset: str) -> ResponseReturnValue:
        """The slower part: the analysis of one rule and its tests."""
        state = self._state(number(request.args.get("draft")))
        return reply(look(state, state.family(ruleset), self._spot(state.family(ruleset), request.args.get("rule", "")), g.lang))

    @expose("/<ruleset>/schema")
    def schema(self, ruleset: str) -> ResponseReturnValue:
        state = self._state(number(request.args.get("draft")))
        return reply(schema_json(state, ruleset, g.lang))

    @expose("/start", methods=["POST"])
    def start(self) -> ResponseReturnValue:
        """A new draft; without a title one is made of the day."""
        asked = body()
        account = caller().account
        title = str(asked.get("title") or "").strip() or hall().words.say(
            "workbench.draft_title", g.lang, what=asked.get("what") or "", day=f"{local(hall().now()):%m-%d}"
        )
        try:
            return {"draft": draft_edit.start(hall().now(), account.username, account.name, title)}
        except DraftRefused as refused:
            raise Refused(refused.zh, refused.en) from None

    @expose("/<ruleset>/edit", methods=["POST"])
    def edit(self, ruleset: str) -> ResponseReturnValue:
        """Edits of one rule (`rule`), else of a file's head (`path`)."""
        asked = body()
        edits, seen, force, what = editing.edits_of(asked.get("edits")), str(asked.get("seen") or ""), bool(asked.get("force")), str(asked.get("what") or "")

        def change(state: State, writer: Writer) -> tuple[Done, str]:
            if asked.get("rule") is None:
                return editing.edit_file(writer, str(asked.get("path")), seen, edits, what, force=force), ""
            spot = self._spot(state.family(ruleset), str(asked["rule"]), asked)
            renamed = [str(edit.value) for edit in edits if edit.op == "set" and edit.path == ("id",)]
            return editing.edit_rule(writer, spot, seen, edits, what, force=force), (renamed or [spot.id])[0]

        return self._change(ruleset, asked, change)

    @expose("/<ruleset>/text", methods=["POST"])
    def text(self, ruleset: str) -> ResponseReturnValue:
        """A whole file as typed, or as it was before a change that is undone."""
        asked = body()
        text = asked.get("text")
        if text is not None and not isinstance(text, str):
            raise Refused("text 应当是文字", "text must be text", 400)

        def change(_: State, writer: Writer) -> tuple[Done, str]:
            clean = None if text is None else text.replace("\r\n", "\n")
            done = editing.edit_text(
                writer, str(asked.get("path")), str(asked.get("seen") or ""), clean, str(asked.get("what") or ""), force=bool(asked.get("force"))
            )
            return done, str(asked.get("rule") or "")

        return self._change(ruleset, asked, change)

    @expose("/<ruleset>/arrange", methods=["POST"])
    def arrange(self, ruleset: str) -> ResponseReturnValue:
        """`do`: add (behind `after`), remove or move (in front of `before`) a rule."""
        asked = body()
        do, what = asked.get("do"), str(asked.get("what") or "")

        def change(state: State, writer: Writer) -> tuple[Done, str]:
            family = state.family(ruleset)
            if do == "add":
                data, after = asked.get("data"), family.rule(str(asked.get("after") or ""))
                if not isinstance(data, dict):
                    raise Refused("新规则应当是映射", "a new rule is a mapping", 400)
                rules = family.rules()
                after = after or (rules[-1] if rules else None)
                if not data.get("id"):
                    data = {
                        "id": suggested_id({spot.id for spot in rules}, after.id if after else ruleset[:1].upper()),
                        **{k: v for k, v in data.items() if k != "id"},
                    }
                return editing.add_rule(writer, family, data, after, what), str(data["id"])
            spot = self._spot(family, str(asked.get("rule") or ""), asked)
            if do == "remove":
                return editing.remove_rule(writer, spot, what), ""
            if do == "move":
                before = asked.get("before")
                return editing.move_rule(writer, family, spot.id, None if before is None else str(before), what), spot.id
            raise Refused("do 应当是 add、remove 或 move", "do is add, remove or move", 400)

        return self._change(ruleset, asked, change)

    def _page(self, show: Callable[[State], ResponseReturnValue]) -> ResponseReturnValue:
        """A page for people: what is not there is the house's own page for it, not JSON."""
        try:
            return show(self._state(number(request.args.get("draft"))))
        except Refused as refused:
            abort(refused.status)

    def _change(self, name: str, asked: Json, change: Callable[[State, Writer], tuple[Done, str]]) -> ResponseReturnValue:
        began = time.perf_counter()
        draft_id = chosen_draft(asked)
        state = self._state(draft_id)
        account = caller().account
        writer = Writer(draft_id, state.tree, state.base, hall().now(), account.username, account.name)
        done, rule = change(state, writer)
        fresh = self._state(draft_id)
        answer = file_json(fresh, str(asked.get("path"))) if name == FILES else self._answer(fresh, name, rule)
        return reply({**answer, "before": dict(done.before), "joined": done.joined, "millis": round((time.perf_counter() - began) * 1000)})

    def _answer(self, state: State, name: str, rule_id: str | None) -> dict[str, object]:
        """The family, and the rule asked for (else the first)."""
        family, now = state.family(name), hall().now()
        hits = self.kept.aged(("hits", name), now, lambda: hits_of_a_week(name, [spot.id for spot in family.rules()], now))
        spot = (family.rule(rule_id) if rule_id else None) or next(iter(family.rules()), None)
        return {
            "draft": draft_json(state.draft),
            "set": set_json(state, name, local(now), hits, g.lang),
            "rule": None if spot is None else rule_json(state, family, spot, g.lang),
        }

    def _spot(self, family: Family, rule_id: str, asked: Json | None = None) -> RuleSpot:
        """The rule of that id, or, where it has none, the one at that place of its file."""
        if not rule_id and asked is not None:
            file = family.file(str(asked.get("path")))
            index = asked.get("index")
            if file is not None and isinstance(index, int) and 0 <= index < len(file.rules):
                return file.rules[index]
        spot = family.rule(rule_id)
        if spot is None:
            raise Refused(
                f"没有规则「{rule_id[:60]}」，可能已被删除或改了编号，请刷新", f"there is no rule {rule_id[:60]}: it may have been removed; refresh", 404
            )
        return spot

    def _state(self, draft_id: int | None) -> State:
        return self.kept.state(hall().settings, draft_id, hall().now())
