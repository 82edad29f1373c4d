"""判定日志: every decision of the rules, to search, to read one by one, to have computed again, and never to change."""

from __future__ import annotations

from flask import Response, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin import log_export, log_filters, log_page, log_proof, log_rule
from admin.base import Page
from admin.log_filters import Filters, FilterWrong
from tickets.domain.roles import AUDIT
from tickets.domain.times import local, stored
from tickets.store import looks
from tickets.store.connect import transaction
from tickets.store.evaluation_log import counted, each
from tickets.store.evaluation_log_one import One, one
from web.access import caller
from web.hall import hall


class LogPage(Page):
    """The auditor's pages. Nothing here writes but the list of looks and an alarm for a decision that was tampered with."""

    right = AUDIT

    def __init__(self) -> None:
        super().__init__(name="log", endpoint="log", url="/admin/log")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The list, with the newest entry open beside it where there is room."""
        if log_filters.untidy(request.args):
            return redirect(f"/admin/log/{_filters().query(marks=True)}")
        filters = _filters()
        shown = log_page.page_of(filters)
        newest = one(shown.entries[0].id) if shown.entries else None
        return _render(filters, shown, newest, opened=False)

    @expose("/<key>")
    def entry(self, key: str) -> ResponseReturnValue:
        """One evaluation: beside its list on a wide screen, a page of its own on a phone."""
        filters = _filters()
        return _render(filters, *_with_list(filters, _one(key)), opened=True)

    @expose("/<key>/again", methods=("POST",))
    def again(self, key: str) -> ResponseReturnValue:
        """Computes the decision once more with nothing kept from before, and says whether the bytes are the same."""
        found, filters = _one(key), _filters()
        proof = log_proof.fresh(found.ruling)
        log_proof.tell(proof, found.id, found.number, found.ticket_id, hall().now())
        return _render(filters, *_with_list(filters, found), opened=True, fresh=proof)

    @expose("/<key>/reveal", methods=("POST",))
    def reveal(self, key: str) -> ResponseReturnValue:
        """Shows a hidden number once, to who has said why; kept as a look."""
        found, filters = _one(key), _filters()
        what = request.form.get("what", looks.CALLER)
        try:
            shown = looks.reveal(found.id, what, request.form.get("reason", ""), _who(), hall().now())
        except looks.LookRefused as refused:
            flash(str(refused), "bad")
            return redirect(f"/admin/log/{found.id}{filters.query(marks=True)}#number")
        return _render(filters, *_with_list(filters, found), opened=True, revealed=(what, shown))

    @expose("/looks")
    def looked(self) -> ResponseReturnValue:
        """Who looked at whose number, when and why; exports too."""
        below = log_filters.whole_number(request.args["below"]) if "below" in request.args else None
        if "below" in request.args and below is None:
            abort(400)
        found = looks.recent(below)
        return render_template("log_looks.html", looks=found, older=found[-1].id if len(found) == looks.PAGE else None, moment=stored(hall().now()))

    @expose("/rule/<ruleset>/<rule_id>")
    def rule(self, ruleset: str, rule_id: str) -> ResponseReturnValue:
        """One rule through time."""
        if max(len(ruleset), len(rule_id)) > log_filters.LONGEST or not (ruleset + rule_id).isprintable():
            abort(404)
        found = log_rule.history(hall().desk, ruleset, rule_id, hall().now(), g.lang)
        if found is None:
            abort(404)
        return render_template("log_rule.html", history=found, id=rule_id, said=log_page.rule_in_words(found.rule), moment=stored(hall().now()))

    @expose("/export", methods=("POST",))
    def export(self) -> ResponseReturnValue:
        """The filtered list as a workbook; that it was taken is kept like a look."""
        filters = _filters()
        now = hall().now()
        entries = each(filters.sought, log_export.MOST)
        count, more = counted(filters.sought)
        marks = log_page.export_marks(filters, _who().name, now, len(entries), more or count > len(entries))
        with transaction():
            looks.keep(looks.EXPORT, marks[1][:400], _who(), now)
        found = log_export.workbook(entries, marks, log_page.export_heads(), log_page.export_row(entries))
        name = f"suda-log-{local(now).strftime('%Y%m%d-%H%M%S')}.xlsx"
        return Response(found, mimetype=log_export.XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _filters() -> Filters:
    try:
        return log_filters.read(request.args)
    except FilterWrong:
        abort(400)


def _one(key: str) -> One:
    number = log_filters.whole_number(key)
    found = one(number) if number is not None else None
    if found is None:
        abort(404)
    return found


def _who() -> looks.Who:
    here = caller()
    return looks.Who(here.account.id, here.account.name, here.role.key)


def _with_list(filters: Filters, found: One) -> tuple[log_page.Listed, One]:
    return log_page.page_around(filters, found), found


def _render(
    filters: Filters,
    shown: log_page.Listed,
    found: One | None,
    *,
    opened: bool,
    fresh: log_proof.Proof | None = None,
    revealed: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    panel = log_page.panel_of(found, fresh) if found is not None else None
    return render_template("log.html", filters=filters, page=shown, panel=panel, opened=opened, revealed=revealed, **log_page.choices())
