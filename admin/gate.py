"""发布闸门: one draft from being written to being in force; what it changes, whether it is sound, whom it would have touched, who decides."""

from __future__ import annotations

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import Page
from admin.gate_acts import Acts
from admin.gate_export import changed_workbook, sent_zip
from admin.gate_lines import files_apart
from admin.gate_replay import rows_of
from admin.gate_state import Gate, gate_of, visible
from admin.gate_view import page
from tickets.domain.roles import RELEASES
from tickets.store import runs
from tickets.store.runs import CheckInfo, ReplayInfo
from web.access import caller
from web.hall import hall

PER_PAGE = 50


class GatePage(Acts, Page):
    """/admin/drafts/<key>: the gate of one draft. What changes something is in admin/gate_acts.py."""

    right = RELEASES

    def __init__(self) -> None:
        self._default_view = "one"  # Flask-Admin wants to know one; the list at "/" is admin/drafts.py
        super().__init__(name="gate", endpoint="gate", url="/admin/drafts")

    @expose("/<key>")
    def one(self, key: str) -> ResponseReturnValue:
        return page(gate_of(visible(key)))

    @expose("/<key>/state")
    def state(self, key: str) -> ResponseReturnValue:
        """{stamp, hash, check, replay, busy}: how far it is, and whether the page still shows what is."""
        gate = gate_of(visible(key))
        return {
            "stamp": gate.stamp, "hash": gate.info.hash, "busy": gate.busy, "check": _progress(gate, gate.check), "replay": _progress(gate, gate.replay)
        }  # fmt: skip

    @expose("/<key>/lines")
    def lines(self, key: str) -> ResponseReturnValue:
        """逐字对比: every file that differs, line by line, side by side."""
        gate = gate_of(visible(key))
        return render_template("gate_lines.html", info=gate.info, gate=gate, files=files_apart(gate.before, gate.after))

    @expose("/<key>/yaml")
    def yaml(self, key: str) -> ResponseReturnValue:
        """The files the draft changes, as they are written, in a zip."""
        gate = gate_of(visible(key))
        changed = {path: gate.after[path] for path in sorted(gate.after) if gate.after[path] != gate.before.get(path)}
        return sent_zip(changed, f"draft-{gate.info.id}-r{gate.info.revision}", gate.now)

    @expose("/<key>/changes")
    def changes(self, key: str) -> ResponseReturnValue:
        """Every ticket the replay found changed, page by page; who opens it has looked, which an approval asks for."""
        gate = gate_of(visible(key))
        run = _run(gate)
        asked = request.args.get("page", "1")
        pages = max(1, -(-run.changed // PER_PAGE))
        number = min(max(int(asked) if asked.isdecimal() and len(asked) < 7 else 1, 1), pages)
        runs.looked(run.id, caller().account.username, gate.now)
        rows = rows_of(runs.changed_tickets(run.id, offset=(number - 1) * PER_PAGE, limit=PER_PAGE), g.lang)
        return render_template("gate_changed.html", info=gate.info, gate=gate, run=run, rows=rows, page=number, pages=pages)

    @expose("/<key>/changes.xlsx")
    def export(self, key: str) -> ResponseReturnValue:
        """The same as a workbook."""
        gate = gate_of(visible(key))
        return changed_workbook(gate.info, _run(gate), caller().account.name, hall().now())


def _run(gate: Gate) -> ReplayInfo:
    """The finished replay the page shows; 404 while there is none."""
    if gate.replay is None or gate.replay.state != "done":
        abort(404)
    return gate.replay


def _progress(gate: Gate, run: CheckInfo | ReplayInfo | None) -> dict[str, object] | None:
    if run is None:
        return None
    return {"state": run.state, "done": run.done, "total": run.total, "nobody": gate.waiting(run)}
