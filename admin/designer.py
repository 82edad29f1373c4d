"""表单设计: pages and fields at left, the field and when it shows in the middle, the form as it will be seen at right."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin import designer_edit as editing
from admin.asked import body, number
from admin.base import Page, Refused
from admin.designer_model import schema_json, sheet_json
from admin.designer_pages import form_page, latest_own, list_page, new_text
from admin.designer_preview import expected_json, known_facts, preview_json, typed
from admin.designer_tree import FACTS, Sheet, Sheets, sheets_of
from admin.draft_choice import chosen_draft
from admin.workbench_edit import Done, Writer, edit_text, edits_of
from admin.workbench_model import reply
from admin.workbench_tree import Kept
from tickets.domain.roles import DRAFT
from web.access import caller
from web.hall import hall

Json = Mapping[str, object]
Change = Callable[[Sheet, Writer], Done]


class Designer(Page):
    """Every address needs the right to write drafts. A draft is begun at /admin/rules/start, as in the workbench."""

    right = DRAFT

    def __init__(self) -> None:
        super().__init__(name="designer", endpoint="designer", url="/admin/forms")
        self.kept = Kept()

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return list_page(self._sheets(number(request.args.get("draft"))))

    @expose("/<form>")
    def design(self, form: str) -> ResponseReturnValue:
        sheets = self._sheets(number(request.args.get("draft")))
        own = latest_own(form) if "draft" not in request.args else None
        return form_page(sheets, form) if own is None else redirect(f"/admin/forms/{form}?{urlencode({**request.args, 'draft': own.id})}")

    @expose("/<form>/model")
    def model(self, form: str) -> ResponseReturnValue:
        sheets = self._sheets(number(request.args.get("draft")))
        answer = sheet_json(sheets.sheet(form), g.lang)
        return reply({**answer, "schema": schema_json(sheets, g.lang)} if request.args.get("schema") else answer)

    @expose("/<form>/preview", methods=["POST"])
    def preview(self, form: str) -> ResponseReturnValue:
        """The form with some answers; nothing is stored."""
        asked = body()
        draft, page = asked.get("draft"), asked.get("page")
        sheet = self._sheets(draft if isinstance(draft, int) else None).sheet(form)
        known = known_facts(sheet, asked.get("known"))
        place, reveal = page if isinstance(page, int) else 0, str(asked.get("reveal") or "")
        return reply(preview_json(sheet, typed(asked.get("answers")), known, place, hall().now(), g.lang, reveal))

    @expose("/<form>/expect", methods=["POST"])
    def expect(self, form: str) -> ResponseReturnValue:
        """What a sample with these facts would find; nothing is stored."""
        asked = body()
        draft = asked.get("draft")
        sheet = self._sheets(draft if isinstance(draft, int) else None).sheet(form)
        return reply(expected_json(sheet, known_facts(sheet, asked.get("given"))))

    @expose("/new", methods=["POST"])
    def new(self) -> ResponseReturnValue:
        """A form of one page without fields."""
        asked = body()
        sheets, writer = self._writer(asked)
        path, text = new_text(asked)
        if path in sheets.tree:
            raise Refused("已经有这个名字的表单，请换一个", "there is a form of that name: take another")
        writer.save(path, text, "", str(asked.get("what") or ""))
        return reply({"form": path.removeprefix("forms/").removesuffix(".yaml"), "draft": asked.get("draft")})

    @expose("/<form>/edit", methods=["POST"])
    def edit(self, form: str) -> ResponseReturnValue:
        """Edits by path from the file."""
        asked = body()
        edits, seen, what = edits_of(asked.get("edits")), str(asked.get("seen") or ""), str(asked.get("what") or "")
        return self._change(form, asked, lambda sheet, writer: editing.edit_form(writer, sheet.path, seen, edits, what, force=bool(asked.get("force"))))

    @expose("/<form>/text", methods=["POST"])
    def text(self, form: str) -> ResponseReturnValue:
        """The whole file, or that of the facts, as typed or as it was before a change that is undone."""
        asked = body()
        text = asked.get("text")
        if not isinstance(text, str):
            raise Refused("text 应当是文字", "text must be text", 400)

        def change(sheet: Sheet, writer: Writer) -> Done:
            path = FACTS if asked.get("path") == FACTS else sheet.path
            clean, seen, what = text.replace("\r\n", "\n"), str(asked.get("seen") or ""), str(asked.get("what") or "")
            return edit_text(writer, path, seen, clean, what, force=bool(asked.get("force")))

        return self._change(form, asked, change)

    @expose("/<form>/arrange", methods=["POST"])
    def arrange(self, form: str) -> ResponseReturnValue:
        """`do`: add a field to a page (with `fact`: one that is declared first), remove one, or move it in front of `before`."""
        asked = body()
        what, field, page = str(asked.get("what") or ""), str(asked.get("field") or ""), asked.get("page")
        place = page if isinstance(page, int) and not isinstance(page, bool) and page >= 0 else 0

        def change(sheet: Sheet, writer: Writer) -> Done:
            if sheet.data is None:
                raise Refused("表单的文字读不成 YAML，请先在 YAML 里改好", "the text of the form is no YAML: mend it there first")
            if asked.get("do") == "remove":
                return editing.remove_field(writer, sheet.path, field, what)
            if asked.get("do") == "move":
                before = asked.get("before")
                return editing.move_field(writer, sheet.path, field, place, None if before is None else str(before), what)
            if asked.get("do") != "add":
                raise Refused("do 应当是 add、remove 或 move", "do is add, remove or move", 400)
            value, fact, after = asked.get("value"), asked.get("fact"), asked.get("after")
            before_all: dict[str, str | None] = {}
            named = field
            if isinstance(fact, dict):
                writer, declared, named = editing.declare(writer, fact, what)
                before_all = dict(declared.before)
            done = editing.add_field(writer, sheet.path, place, named, value if isinstance(value, dict) else {}, None if after is None else str(after), what)
            return Done({**done.before, **before_all}, done.joined)

        return self._change(form, asked, change)

    def _change(self, form: str, asked: Json, change: Change) -> ResponseReturnValue:
        began = time.perf_counter()
        sheets, writer = self._writer(asked)
        done = change(sheets.sheet(form), writer)
        fresh = self._sheets(writer.draft_id)
        answer = sheet_json(fresh.sheet(form), g.lang)
        if fresh.tree.get(FACTS) != sheets.tree.get(FACTS):
            answer["schema"] = schema_json(fresh, g.lang)
        return reply({**answer, "before": dict(done.before), "joined": done.joined, "millis": round((time.perf_counter() - began) * 1000)})

    def _writer(self, asked: Json) -> tuple[Sheets, Writer]:
        draft_id = chosen_draft(asked)
        sheets, account = self._sheets(draft_id), caller().account
        return sheets, Writer(draft_id, sheets.tree, sheets.base, hall().now(), account.username, account.name)

    def _sheets(self, draft_id: int | None) -> Sheets:
        return sheets_of(self.kept, hall().settings, draft_id, hall().now())
