"""A table of the back office: list, details, form, retirement and export, each closed to the wrong role, each change logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.peewee import ModelView
from flask_admin.helpers import get_form_data
from peewee import ModelSelect

from admin.asked import number
from admin.office_export import as_csv, as_xlsx
from admin.office_forms import Mistake, OfficeForm, offered, say
from admin.office_list import Wanted, narrowed, ordered, wanted
from admin.office_table import Table
from admin.office_words import moment
from tickets.domain.roles import DIRECTORY, KEEP_DIRECTORY
from tickets.domain.times import clock_words, stored
from tickets.store import directory_log
from tickets.store.connect import Conflict, transaction
from tickets.store.directory_log import ADDED, CHANGED, REMOVED, RESTORED, RETIRED
from web.access import caller, keeping
from web.hall import hall

ROWS = 30  # of a page
MOST_EXPORTED = 50_000  # rows of a file


class OfficeView(Table, ModelView):
    """Flask-Admin's model view with its own reading and writing.

    Every row comes from `query()`, in list, details, form, actions and export alike; every cell from a Column, so that what is masked
    is masked everywhere; every write goes through `values()`, which names what it writes. `right` opens the pages, `keep` the changes.
    """

    right: str = DIRECTORY
    keep: str = KEEP_DIRECTORY
    # Flask-Admin's own lists would show every column of the table, hashes and numbers with them: ours are `columns`.
    column_list = column_details_list = column_export_list = ("id",)
    column_sortable_list = ()
    can_export = can_view_details = True
    can_delete = False  # rows are retired, or removed by `retire_view`, never with everything that hangs on them

    # ---- reading ----
    def is_accessible(self) -> bool:
        return g.get("caller") is not None and caller().may(self.right)

    def is_visible(self) -> bool:
        return False

    def inaccessible_callback(self, name: str, **parts: object) -> ResponseReturnValue:
        abort(401 if g.get("caller") is None else 403)

    def get_query(self) -> ModelSelect:
        return self.query()

    def get_one(self, id: Any) -> Any:
        """The row of that id among those the caller may see, else None."""
        key = number(str(id))
        return None if key is None else self.query().where(self.model.id == key).first()

    def _asked_row(self) -> Any:
        row = self.get_one(request.values.get("id", ""))
        return row if row is not None else abort(404)

    def _rows(self, asked: Wanted, first: int, most: int) -> list[Any]:
        query = ordered(narrowed(self.query(), asked, self.searched, self.choices), asked, self.columns, self.usual, self.model)
        return list(query.offset(first).limit(most))

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The list."""
        asked = wanted(self.columns, self.choices)
        total = narrowed(self.query(), asked, self.searched, self.choices).count()
        pages = max(1, -(-total // ROWS))
        page = min(asked.page, pages)
        rows = self._rows(asked, (page - 1) * ROWS, ROWS)
        return self._page("office_list.html", asked=asked, rows=rows, beside=self.beside(rows), total=total, page=page, pages=pages)

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """One row with its history."""
        row = self._asked_row()
        history = directory_log.history(self.table, row.id)
        return self._page("office_details.html", row=row, beside=self.beside([row]), history=history, remarks=self.remarks(row), more=self.more(row))

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """The list as asked for, as a file; the same columns, masked alike."""
        write = {"csv": as_csv, "xlsx": as_xlsx}.get(export_type)
        if write is None:
            abort(404)
        rows = self._rows(wanted(self.columns, self.choices), 0, MOST_EXPORTED)
        beside = self.beside(rows)
        titles = [say(f"col_{column.key}") for column in self.columns]
        return write(say(f"tab_{self.endpoint}"), titles, [[column.show(row, beside) for column in self.columns] for row in rows], hall().now())

    # ---- changing ----
    @keeping
    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """The form of a new row; its address may fill fields in beforehand."""
        return self.creating()

    @keeping
    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        """The form of a row."""
        return self.editing()

    @keeping
    @expose("/retire/", methods=("GET", "POST"))
    def retire_view(self) -> ResponseReturnValue:
        """Says what hangs on the row and takes it out of force once that is confirmed."""
        return self.retiring()

    @keeping
    @expose("/restore/", methods=("POST",))
    def restore_view(self) -> ResponseReturnValue:
        """Puts a retired row back into force."""
        return self.restoring()

    @keeping
    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> ResponseReturnValue:
        """Names offered while one types: [[what to write, what it is], …]."""
        found = offered(request.args.get("name", ""), request.args.get("query", ""))
        return abort(404) if found is None else list(found)

    @keeping
    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> ResponseReturnValue:
        """Flask-Admin's deletion takes everything that hangs on a row with it: there is none here."""
        abort(404)

    @keeping
    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        """No change is made to many rows unseen."""
        abort(404)

    @keeping
    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> ResponseReturnValue:
        """No cell is edited in the list."""
        abort(404)

    def creating(self) -> ResponseReturnValue:
        given = {name: word[:170] for name, word in request.args.items()}
        form = self.form(get_form_data(), data=given)
        if request.method == "POST" and (row := self.create_model(form)):
            return self._saved(row.id, "saved_new")
        return self._page("office_form.html", form=form, row=None, seen=0)

    def editing(self) -> ResponseReturnValue:
        row = self._asked_row()
        form = self.form(get_form_data(), data=self.filled(row))
        for name in form.fixed:
            del form[name]
        if request.method == "POST" and self.update_model(form, row):
            return self._saved(row.id, "saved")
        return self._page("office_form.html", form=form, row=row, seen=directory_log.last(self.table, row.id))

    def retiring(self) -> ResponseReturnValue:
        row = self._asked_row()
        if self.retires and not row.active:
            return redirect(self._address(row.id))
        blocked = self.blocked(row)
        if request.method == "POST" and not blocked:
            with transaction():
                before = self.said(row.id)
                if self.retires:
                    self.model.update(active=False).where(self.model.id == row.id).execute()
                    self.log(RETIRED, row.id, before, self.said(row.id))
                else:
                    self.model.delete().where(self.model.id == row.id).execute()
                    self.log(REMOVED, row.id, before, {})
            flash(say("retired" if self.retires else "removed", name=self.title_of(row)), "good")
            return redirect(self._address(row.id) if self.retires else f"/admin/{self.endpoint}/")
        page = self._page("office_retire.html", row=row, blocked=blocked, warned=self.warned(row), beside=self.beside([row]))
        return page, 409 if request.method == "POST" else 200

    def restoring(self) -> ResponseReturnValue:
        row = self._asked_row()
        if not self.retires:
            abort(404)
        if not row.active:
            with transaction():
                before = self.said(row.id)
                self.model.update(active=True).where(self.model.id == row.id).execute()
                self.log(RESTORED, row.id, before, self.said(row.id))
        return self._saved(row.id, "restored")

    def create_model(self, form: OfficeForm) -> Any:
        """The new row, or None after putting what is wrong beside its field."""
        try:
            with transaction():
                row = self.model.create(**self.values(form, None))
                noted = self.also(row, form, True)
                self.log(ADDED, row.id, {}, self.said(row.id) | dict(noted))
        except (Mistake, Conflict) as wrong:
            form.blame(wrong if isinstance(wrong, Mistake) else Mistake("", "twice"))
            return None
        return row

    def update_model(self, form: OfficeForm, model: Any) -> bool:
        """True when it is written; what another changed since the form was opened is never overwritten."""
        try:
            with transaction():
                if request.form.get("seen", "") != str(directory_log.last(self.table, model.id)):
                    self._overtaken(model.id)
                before = self.said(model.id)
                if values := self.values(form, model):
                    self.model.update(**values).where(self.model.id == model.id).execute()
                noted = self.also(model, form, False)
                after = self.said(model.id) | dict(noted)
                if after != before:
                    self.log(CHANGED, model.id, before, after)
        except (Mistake, Conflict) as wrong:
            form.blame(wrong if isinstance(wrong, Mistake) else Mistake("", "twice"))
            return False
        return True

    def _overtaken(self, row_id: int) -> None:
        newest = next(iter(directory_log.history(self.table, row_id, 1)), None)
        raise Mistake("", "overtaken", who=newest.who if newest else "—", when=clock_words(newest.at) if newest else "—")

    def said(self, row_id: int) -> dict[str, str]:
        """The row in words, as the log keeps it."""
        row = self.get_one(row_id)
        beside = self.beside([row])
        return {column.key: column.show(row, beside) for column in self.columns if column.logged}

    def log(self, what: str, row_id: int, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Appends to the history, in the caller's name."""
        directory_log.record(stored(hall().now()), caller().account.id, self.table, row_id, what, before, after)

    # ---- answering ----
    def _address(self, row_id: int) -> str:
        return f"/admin/{self.endpoint}/details/?id={row_id}"

    def _saved(self, row_id: int, key: str) -> ResponseReturnValue:
        flash(say(key), "good")
        return redirect(self._address(row_id))

    def _page(self, template: str, **parts: Any) -> str:
        return str(self.render(template, view=self, may_keep=caller().may(self.keep), moment=moment, **parts))
