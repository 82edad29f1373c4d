"""知识库 in the back office: entries written, seen as agents will see them, retired instead of deleted, brought in as a sheet; each change is logged."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, ClassVar

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.helpers import get_form_data
from peewee import ModelSelect
from werkzeug.utils import secure_filename
from wtforms import TextAreaField

from admin.office import OfficeView
from admin.office_forms import Mistake, OfficeForm, named, offered, say, unit_named
from admin.office_forms import words as line
from admin.office_list import Choice, Column
from admin.office_words import state, state_choice
from engine.suggest import nearest
from tickets.domain.roles import KEEP_KNOWLEDGE
from tickets.domain.times import stored
from tickets.files.knowledge import LONGEST, TITLES, plain, read_file, until
from tickets.files.refused import FileRefused, RowRefused
from tickets.store import directory_log, knowledge
from tickets.store.desk_models import Knowledge
from tickets.store.directory_log import ADDED, CHANGED, RESTORED, RETIRED
from tickets.store.knowledge import Wanted, day_words
from web.access import caller, keeping
from web.files import takes_files
from web.hall import hall
from web.limits import limited

PREVIEW = "preview"  # the button that shows and does not save


def _valid(value: str) -> Any:
    past = Knowledge.valid_until.is_null(False) & (Knowledge.valid_until <= stored(hall().now()))
    return {"past": past, "held": ~past}.get(value)


class KnowledgeForm(OfficeForm):
    """An entry as it is written."""

    title = line()
    answer = TextAreaField(render_kw={"rows": 6})
    category = line(render_kw={"autocomplete": "off"})
    words = line()
    basis = line()
    unit = named("unit")
    valid_until = line(render_kw={"placeholder": "2027-12-31"})


class KnowledgeBase(OfficeView):
    """The entries. Who looks one up reads the newest edition at once: every process sees that it changed."""

    right = keep = KEEP_KNOWLEDGE
    table = directory_log.KNOWLEDGE
    form = KnowledgeForm
    tabbed: ClassVar[bool] = False
    columns = (
        Column("k_code", lambda row, _: row.code, Knowledge.code, "what"),
        Column("k_title", lambda row, _: row.title, Knowledge.title),
        Column("k_answer", lambda row, _: row.answer, None, listed=False),
        Column("k_category", lambda row, _: row.category, Knowledge.category),
        Column("k_words", lambda row, _: row.words, None, listed=False),
        Column("k_basis", lambda row, _: row.basis, None, listed=False),
        Column("k_unit", lambda row, _: row.unit, Knowledge.unit),
        Column("k_until", lambda row, _: day_words(row.valid_until), Knowledge.valid_until),
        Column("k_edition", lambda row, _: str(row.edition), Knowledge.edition, listed=False),
        Column("k_used", lambda row, _: str(row.used), Knowledge.used, logged=False),
        Column("state", lambda row, _: state(row.active), None, "state"),
    )
    choices = (
        Choice("k_category", lambda: [(name, name) for name in _categories()], lambda value: (Knowledge.category == value) if value else None),
        Choice("k_valid", lambda: [("past", say("k_past")), ("held", say("k_held"))], _valid),
        state_choice(Knowledge),
    )
    searched = (Knowledge.code, Knowledge.title, Knowledge.answer, Knowledge.words)
    usual = (Knowledge.code,)

    def query(self) -> ModelSelect:
        return Knowledge.select()

    def title_of(self, row: Any) -> str:
        return f"{row.code} {row.title}"

    def filled(self, row: Any) -> dict[str, Any]:
        names = ("title", "answer", "category", "words", "basis", "unit")
        return {**{name: getattr(row, name) for name in names}, "valid_until": day_words(row.valid_until)}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        new = _checked(form)
        if row is not None and all(getattr(row, name) == value for name, value in new.items()):
            return {}
        new |= {"updated_at": stored(hall().now()), "updated_by": f"account:{caller().account.id}", "edition": 1 if row is None else row.edition + 1}
        return new if row is not None else {**new, "code": knowledge.next_code()}

    def log(self, what: str, row_id: int, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        super().log(what, row_id, before, after)
        if what in (ADDED, CHANGED, RETIRED, RESTORED):
            knowledge.touch()

    def warned(self, row: Any) -> list[str]:
        return [say("k_retire_used", count=row.used)] if row.used else []

    def creating(self) -> ResponseReturnValue:
        return self._previewed(None) if _wants_preview() else super().creating()

    def editing(self) -> ResponseReturnValue:
        return self._previewed(self._asked_row()) if _wants_preview() else super().editing()

    def _previewed(self, row: Any | None) -> ResponseReturnValue:
        """The form with the entry beside it as agents will see it; nothing is written."""
        form = self.form(get_form_data())
        try:
            seen: Wanted | None = Wanted(**_checked(form))
        except Mistake as wrong:
            form.blame(wrong)
            seen = None
        return self._page(
            "office_form.html", form=form, row=row, seen=request.form.get("seen", ""), preview=seen, until=day_words(seen.valid_until) if seen else ""
        )

    def _page(self, template: str, **parts: Any) -> str:
        template = {"office_form.html": "knowledge_form.html", "office_list.html": "knowledge_list.html"}.get(template, template)
        return super()._page(template, **({"preview": None, "until": "", "categories": _catalogue()} | parts))

    @keeping
    @takes_files
    @limited("upload")
    @expose("/import/", methods=("POST",))
    def bring(self) -> ResponseReturnValue:
        """Writes every good row of a sheet, and tells of each refused one."""
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            flash(say("import_none"), "bad")
            return redirect("/admin/knowledge_base/")
        names = hall().desk.rules.names
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / (secure_filename(sent.filename)[-60:] or "upload")
            sent.save(file)
            try:
                sheet = read_file(file, names.categories.nodes, names.units)
            except FileRefused as refused:
                flash(say("said", zh=refused.zh, en=refused.en), "bad")
                return redirect("/admin/knowledge_base/")
        done = knowledge.put(sheet.wanted, hall().now(), caller().account.id)
        return self._page("knowledge_import.html", done=done, sheet=sheet, titles=TITLES)

    @keeping
    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> ResponseReturnValue:
        """Units offered while one types."""
        return list(offered("unit", request.args.get("query", "")) or ())


def _wants_preview() -> bool:
    return request.method == "POST" and request.form.get("go") == PREVIEW


def _checked(form: OfficeForm) -> dict[str, Any]:
    """What the form says, as the table keeps it; Mistake for what cannot be."""
    new: dict[str, Any] = {}
    for name in ("title", "answer", "category", "words", "basis"):
        try:
            new[name] = plain(form[name].data or "", name)
        except RowRefused as wrong:
            raise Mistake(name, "said", zh=wrong.zh, en=wrong.en) from None
        if name in ("title", "answer") and not new[name]:
            raise Mistake(name, "needed")
    tree = hall().desk.rules.names.categories
    if new["category"] and new["category"] not in tree:
        raise Mistake("category", "k_no_category", word=new["category"], near=nearest(new["category"], tree.nodes) or "—")
    unit = unit_named(form, "unit", needed=False)
    try:
        at = until(form.text("valid_until", LONGEST["code"], needed=False))
    except RowRefused as wrong:
        raise Mistake("valid_until", "said", zh=wrong.zh, en=wrong.en) from None
    return {**new, "unit": unit.address if unit is not None else "", "valid_until": at.astimezone(UTC).replace(tzinfo=None) if at is not None else None}


def _categories() -> list[str]:
    rows = Knowledge.select(Knowledge.category).where(Knowledge.category != "").distinct().order_by(Knowledge.category).tuples()
    return [name for (name,) in rows]


def _catalogue() -> list[str]:
    return list(hall().desk.rules.names.categories.nodes)
