"""导入工单: a file of appeals is shown with what will happen to it, confirmed, and brought in by the jobs process while the page counts along."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tickets.domain.roles import INTAKE
from tickets.domain.times import clock_words, stored
from tickets.files.appeals import FACT, wanted
from tickets.files.refused import FileRefused
from tickets.files.write_xlsx import XLSX, workbook
from tickets.store import imports
from tickets.store.imports import BROKEN, FAILED, MANUAL, PREVIEW, READING, REFUSED, REPEATED, TAKEN, Run
from tickets.store.uploads import KEY
from web.access import caller, needs
from web.files import takes_megabytes
from web.hall import hall
from web.limits import limited
from web.show.import_shown import explained, first_rows
from wiring.import_work import files, make_preview

PAGES = Blueprint("imports", __name__)
AT_ONCE = 1_500_000  # bytes: a larger file is read by the jobs process
ROWS = 50  # results of a page
MOST_REFUSED = 100_000


@PAGES.get("/imports")
@needs(INTAKE)
def page() -> ResponseReturnValue:
    """Where a file is sent, and the files sent before."""
    return _start()


@PAGES.post("/imports")
@needs(INTAKE)
@takes_megabytes("import_megabytes")
@limited("upload")
def send() -> ResponseReturnValue:
    """Keeps the file and shows its preview; the very same file that was imported before leads to that import."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _start(_say("none"), 422)
    here, store, name = caller().account.id, files(hall().settings), _name(sent.filename)
    try:
        key, digest, size = store.keep(sent.stream)
    except OSError:
        return _start(_say("no_room"), 422)
    before = imports.same_file(digest)
    if before is not None:
        store.remove(key)
        flash(_say("same", time=clock_words(before.confirmed_at or before.at), who=imports.name_of(before.confirmed_by)), "hot")
        return redirect(url_for("imports.show", key=before.key))
    run = imports.begin(key, name, digest, here, hall().now())
    if size <= AT_ONCE:
        try:
            make_preview(hall().settings, hall().desk, run)
        except FileRefused as refused:
            imports.drop(run.id)
            return _start(refused.text(g.lang), 422)
    return redirect(url_for("imports.show", key=key))


@PAGES.get("/imports/<key>")
@needs(INTAKE)
def show(key: str) -> ResponseReturnValue:
    """The file as it stands: its preview, how far it is, or what came of it."""
    return _shown(_run(key))


@PAGES.get("/imports/<key>/state")
@needs(INTAKE)
def state(key: str) -> ResponseReturnValue:
    """How far it is, asked by the page every second."""
    run = _run(key)
    return jsonify(state=run.state, done=run.done, total=run.total, taken=run.taken, repeated=run.repeated, refused=run.refused)


@PAGES.post("/imports/<key>/columns")
@needs(INTAKE)
def columns(key: str) -> ResponseReturnValue:
    """Reads the file anew with the headers as they are explained now."""
    run = _run(key)
    if run.state != PREVIEW:
        return _too_late(run)
    known = wanted(hall().desk.rules.facts)
    heads = request.form.getlist("header")
    mapped = {head[:200]: column for head, column in zip(heads, request.form.getlist("column"), strict=False) if column in known}
    try:
        make_preview(hall().settings, hall().desk, run, mapped)
    except FileRefused as refused:
        flash(refused.text(g.lang), "bad")
    return redirect(url_for("imports.show", key=key))


@PAGES.post("/imports/<key>/confirm")
@needs(INTAKE)
def confirm(key: str) -> ResponseReturnValue:
    """Has it imported; of two who confirm the second is told who was first."""
    run = _run(key)
    twin = imports.same_file(run.sha256, but=run.id)
    if twin is not None:
        flash(_say("same", time=clock_words(twin.confirmed_at or twin.at), who=imports.name_of(twin.confirmed_by)), "hot")
        return redirect(url_for("imports.show", key=twin.key))
    if "problem" in run.report or not imports.confirm(run.id, caller().account.id, hall().now()):
        return _too_late(_run(key))
    flash(_say("confirmed"), "good")
    return redirect(url_for("imports.show", key=key))


@PAGES.post("/imports/<key>/drop")
@needs(INTAKE)
def drop(key: str) -> ResponseReturnValue:
    """Throws a preview away; nothing was written yet."""
    run = _run(key)
    if not imports.drop(run.id):
        return _too_late(_run(key))
    files(hall().settings).remove(run.key)
    flash(_say("dropped"), "good")
    return redirect(url_for("imports.page"))


@PAGES.get("/imports/<key>/refused.xlsx")
@needs(INTAKE)
@limited("export")
def refused(key: str) -> ResponseReturnValue:
    """The refused rows with their reasons, as a sheet."""
    run = _run(key)
    _, rows = imports.lines(run.id, (REFUSED, BROKEN), limit=MOST_REFUSED)
    titles = [_say("x_line"), _say("x_zh"), _say("x_en")]
    answer = Response(workbook(_say("x_name"), titles, [[row.line, row.zh, row.en] for row in rows]), content_type=XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{_say('x_name')}-{run.name.rpartition('.')[0] or run.name}.xlsx")
    return answer


def _start(refused: str = "", status: int = 200) -> ResponseReturnValue:
    settings = hall().settings
    runs = [(run, imports.name_of(run.confirmed_by or run.account)) for run in imports.recent()]
    limits = {"megabytes": settings.import_megabytes, "rows": f"{settings.import_rows:,}", "days": imports.KEPT.days}
    return render_template("imports.html", runs=runs, refused=refused, limits=limits, clock_words=clock_words), status


def _shown(run: Run) -> ResponseReturnValue:
    facts = hall().desk.rules.facts
    number = request.args.get("page", "1")
    at = min(max(int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1, 1), MOST_REFUSED)
    count, rows = imports.lines(run.id, (TAKEN, MANUAL, REPEATED), (at - 1) * ROWS, ROWS)
    told = imports.lines(run.id, (REFUSED, BROKEN), limit=ROWS)[1]
    return render_template(
        "import_run.html",
        run=run,
        who=imports.name_of(run.confirmed_by),
        sender=imports.name_of(run.account),
        first=first_rows(run.report, g.lang),
        explained=explained(run.report),
        ours=[(name, facts[name.removeprefix(FACT)].label.say(g.lang) if name.startswith(FACT) else _say(f"col_{name}")) for name in wanted(facts)],
        waits=run.state in (READING, imports.QUEUED, imports.RUNNING),
        again=run.state == FAILED and run.total > 0,
        rows=rows,
        told=told,
        page=at,
        pages=max(1, -(-count // ROWS)),
        count=count,
        clock_words=clock_words,
        days=imports.KEPT.days,
        late=stored(hall().now()) - run.at > imports.KEPT,
    )


def _too_late(run: Run) -> ResponseReturnValue:
    who = imports.name_of(run.confirmed_by)
    flash(_say("too_late", who=who, time=clock_words(run.confirmed_at)) if run.confirmed_at is not None else _say("no_preview"), "bad")
    return redirect(url_for("imports.page" if run.state == imports.DROPPED else "imports.show", key=run.key))


def _run(key: str) -> Run:
    found = imports.by_key(key) if KEY.match(key) else None
    return found if found is not None and found.state != imports.DROPPED else abort(404)


def _name(sent: str) -> str:
    name = "".join(char for char in sent.replace("\\", "/").rpartition("/")[2] if char.isprintable())
    return name[-120:] or "upload"


def _say(key: str, **parts: object) -> str:
    return hall().words.say(f"imports.{key}", g.lang, **parts)
