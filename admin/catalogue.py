"""派单目录 as a table: search it, take it out as a sheet, change a leaf or bring the sheet back; every change goes into a draft."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from werkzeug.utils import secure_filename

from admin.asked import number
from admin.base import Page
from admin.catalogue_leaves import changed, changes, leaves
from admin.draft_choice import open_drafts, tree_in_force
from admin.office_draft import into_draft
from admin.office_export import as_csv, as_xlsx
from admin.office_forms import offered, say
from engine.source import EditRefused
from tickets.actions.draft_edit import DraftRefused
from tickets.domain.roles import DIRECTORY, DRAFT
from tickets.files import catalogue_xlsx as sheet
from tickets.files.catalogue_xlsx import CellWrong, Leaf, Wanted
from tickets.files.refused import FileRefused
from web.access import caller, needs
from web.hall import hall

ROWS = 40


class Catalogue(Page):
    """The catalogue in force. Who may write drafts may change it; nobody changes what is in force."""

    right = DIRECTORY

    def __init__(self) -> None:
        super().__init__(name="catalogue", endpoint="catalogue", url="/admin/catalogue")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The list, searched and filtered."""
        every = leaves(tree_in_force())
        asked = {key: request.args.get(key, "").strip()[:60] for key in ("q", "top", "reserved")}
        found = [leaf for leaf in every if _matches(leaf, asked)]
        pages = max(1, -(-len(found) // ROWS))
        page = min(number(request.args.get("page")) or 1, pages)
        tops = tuple(dict.fromkeys(leaf.above[0] for leaf in every if leaf.above))
        return self._page(
            "office_catalogue.html",
            leaves=found[(page - 1) * ROWS : page * ROWS],
            total=len(found),
            page=page,
            pages=pages,
            tops=tops,
            asked=asked,
            drafts=open_drafts() if caller().may(DRAFT) else (),
        )

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """The whole catalogue as a sheet, which may be brought back."""
        write = {"csv": as_csv, "xlsx": as_xlsx}.get(export_type)
        if write is None:
            abort(404)
        return write(say("tab_catalogue"), sheet.TITLES, [sheet.cells(leaf) for leaf in leaves(tree_in_force())], hall().now())

    @expose("/leaf/")
    def leaf(self) -> ResponseReturnValue:
        """One category, with its form for who may write drafts."""
        leaf = _leaf(request.args.get("name", ""))
        return self._leaf_page(leaf, {"keywords": sheet.cells(leaf)[3], "section": leaf.section, "reserved": leaf.reserved, "samples": sheet.cells(leaf)[6]})

    @needs(DRAFT)
    @expose("/change/", methods=("POST",))
    def change(self) -> ResponseReturnValue:
        """Puts the change of one category into a draft."""
        given = request.form
        leaf = _leaf(given.get("name", ""))
        names = hall().desk.rules.names
        typed: dict[str, Any] = {key: given.get(key, "")[:20_000] for key in ("keywords", "section", "samples")}
        typed["reserved"] = "reserved" in given
        try:
            section = str(typed["section"]).strip()
            sheet.check_place(leaf, section if section != leaf.section else None, bool(typed["reserved"]), tuple(names.units), names.grassroots)
            wanted = Wanted(
                keywords=sheet.keywords(sheet.split_words(typed["keywords"])) if typed["keywords"] != sheet.cells(leaf)[3] else None,
                section=section,
                reserved=bool(typed["reserved"]),
                samples=sheet.samples(str(typed["samples"]).splitlines()),
            )
            return self._drafted({leaf.name: wanted}, given.get("draft", ""), leaf.name)
        except CellWrong as wrong:
            return self._leaf_page(leaf, typed, _said(wrong))
        except (DraftRefused, EditRefused) as refused:
            return self._leaf_page(leaf, typed, _said(refused))

    @needs(DRAFT)
    @expose("/import/", methods=("POST",))
    def bring(self) -> ResponseReturnValue:
        """Shows what a sheet would change, row by row; writes nothing."""
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            flash(say("import_none"), "bad")
            return redirect("/admin/catalogue/")
        every, names = leaves(tree_in_force()), hall().desk.rules.names
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / (secure_filename(upload.filename)[-60:] or "upload")
            upload.save(file)
            try:
                read = sheet.read_file(file, every, tuple(names.units), names.grassroots)
            except FileRefused as refused:
                flash(_said(refused), "bad")
                return redirect("/admin/catalogue/")
        found = changes(every, read.wanted)
        kept = {change.leaf.name: {key: value for key, value in asdict(read.wanted[change.leaf.name]).items() if value is not None} for change in found}
        return self._page(
            "office_catalogue_import.html",
            changes=found,
            refused=read.refused,
            total=read.total,
            untouched=len(every) - len(read.wanted),
            wanted=json.dumps(kept, ensure_ascii=False),
            drafts=open_drafts(),
        )

    @needs(DRAFT)
    @expose("/draft/", methods=("POST",))
    def draft(self) -> ResponseReturnValue:
        """Puts what the preview showed into a draft."""
        try:
            wanted = _wanted(request.form.get("wanted", ""))
            return self._drafted(wanted, request.form.get("draft", ""), say("import_title"))
        except CellWrong as wrong:
            flash(_said(wrong), "bad")
        except (DraftRefused, EditRefused) as refused:
            flash(_said(refused), "bad")
        return redirect("/admin/catalogue/")

    @needs(DRAFT)
    @expose("/ajax/lookup/")
    def lookup(self) -> ResponseReturnValue:
        """Sections offered while one types."""
        return list(offered("unit", request.args.get("query", "")) or ())

    def _drafted(self, wanted: Mapping[str, Wanted], chosen: str, what: str) -> ResponseReturnValue:
        draft_id = into_draft(chosen, lambda tree: changed(tree, wanted), say("catalogue_what", what=what))
        if not draft_id:
            flash(say("no_change"), "good")
            return redirect("/admin/catalogue/")
        flash(say("in_draft", number=draft_id), "good")
        return redirect(f"/admin/drafts/{draft_id}")

    def _leaf_page(self, leaf: Leaf, typed: Mapping[str, Any], wrong: str = "") -> ResponseReturnValue:
        return self._page("office_leaf.html", leaf=leaf, typed=typed, wrong=wrong, drafts=open_drafts() if caller().may(DRAFT) else ())

    def _page(self, template: str, **parts: Any) -> str:
        return str(self.render(template, may_draft=caller().may(DRAFT), **parts))


def _matches(leaf: Leaf, asked: Mapping[str, str]) -> bool:
    text = " ".join((*leaf.above, leaf.name, leaf.section, *leaf.keywords))
    return (
        all(word in text for word in asked["q"].split())
        and (not asked["top"] or (bool(leaf.above) and leaf.above[0] == asked["top"]))
        and (not asked["reserved"] or leaf.reserved == (asked["reserved"] == "yes"))
    )


def _leaf(name: str) -> Leaf:
    found = next((leaf for leaf in leaves(tree_in_force()) if leaf.name == name), None)
    return found if found is not None else abort(404)


def _wanted(text: str) -> dict[str, Wanted]:
    """What the preview's form carries, checked like the sheet it came from: a form can be made up."""
    names = hall().desk.rules.names
    by_name = {leaf.name: leaf for leaf in leaves(tree_in_force())}
    unread = CellWrong("这份预览读不出来了，请重新导入", "the preview cannot be read any more: import the file again")
    try:
        given = json.loads(text)
        rows = {name: dict(row) for name, row in given.items() if name in by_name}
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise unread from None
    out: dict[str, Wanted] = {}
    for name, row in rows.items():
        words = {key: row.get(key) for key in ("keywords", "samples")}
        section, reserved = row.get("section"), row.get("reserved")
        if any(value is not None and not (isinstance(value, list) and all(isinstance(word, str) for word in value)) for value in words.values()):
            raise unread
        if not isinstance(section, str | None) or not isinstance(reserved, bool | None):
            raise unread
        sheet.check_place(by_name[name], section, reserved, tuple(names.units), names.grassroots)
        out[name] = Wanted(
            keywords=None if words["keywords"] is None else sheet.keywords(words["keywords"]),
            section=section,
            reserved=reserved,
            samples=None if words["samples"] is None else sheet.samples(words["samples"]),
        )
    return out


def _said(refused: Exception) -> str:
    """The sentence in the reader's language."""
    return say("said", zh=refused.zh, en=refused.en)  # type: ignore[attr-defined]
