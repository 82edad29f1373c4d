"""Photos and files over the wire: sent one by one while a form is filled in, and shown to whoever may see their ticket."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import Blueprint, Response, abort, current_app, g, jsonify, request, send_file, session
from flask.typing import ResponseReturnValue

from forms.form import Field
from forms.kinds import KINDS
from tickets.domain.roles import FILES, TICKETS
from tickets.domain.times import stored
from tickets.files.refused import FileRefused
from tickets.store import attachments
from tickets.store.attachments import PHOTO, Kept
from tickets.store.uploads import KEY
from web.access import caller, needs
from web.hall import hall
from web.limits import limited
from web.sent_files import receive, uploads
from web.show.files import shown

PAGES = Blueprint("files", __name__)
MEGABYTE = 1024 * 1024
ROOM = MEGABYTE  # for what travels with a file: its name, the token, the rest of the form
ALONE = "default-src 'none'; sandbox"  # opened by itself a file runs nothing and reaches nothing
Page = TypeVar("Page")
log = structlog.get_logger("web")


@PAGES.app_context_processor
def _for_templates() -> dict[str, int]:
    return {"most_files": hall().settings.files_per_field}


def takes_files(page: Page) -> Page:
    """Marks a route to which a whole form with its photos may be sent, where there is no JavaScript."""
    page.__dict__["takes_files"] = True
    return page


def takes_megabytes(setting: str) -> Callable[[Page], Page]:
    """Marks a route to which one file may be sent, as large as that setting says."""

    def mark(page: Page) -> Page:
        page.__dict__["megabytes"] = setting
        return page

    return mark


def widen() -> None:
    """Before anything reads the request: routes that take files may be sent more than others, by somebody signed in."""
    page = current_app.view_functions.get(request.endpoint or "")
    if page is None or "account" not in session:
        return
    settings = hall().settings
    if page is current_app.view_functions.get("files.send"):
        request.max_content_length = max(settings.photo_megabytes, settings.file_megabytes) * MEGABYTE + ROOM
    elif setting := getattr(page, "megabytes", ""):
        request.max_content_length = getattr(settings, setting) * MEGABYTE + ROOM
    elif getattr(page, "takes_files", False):
        request.max_content_length = settings.form_megabytes * MEGABYTE + ROOM


@PAGES.post("/files")
@needs(FILES)
@limited("upload")
def send() -> ResponseReturnValue:
    """Keeps one photo or file for a field of a form and answers its key, or in words why not."""
    asked, sent = _asked(request.form.get("form", ""), request.form.get("field", "")), request.files.get("file")
    if asked is None:
        return _refused("表单里没有这一项，请刷新后再传", "the form does not ask for it: load the page anew")
    if sent is None:
        return _refused("没有收到照片或文件，请重新选择", "no photo or file came: choose it again")
    try:
        kept = receive(asked, sent.stream, sent.filename or "", request.form.get("taken_at", ""), request.form.get("place", ""))
    except FileRefused as refused:
        return _refused(refused.zh, refused.en)
    label = hall().desk.rules.facts[asked.id].label.say(g.lang)
    seen = shown(kept, label, stored(hall().now()), g.lang)
    told = {"key": kept.key, "kind": kept.kind, "width": kept.width, "height": kept.height, "words": seen.words, "note": seen.note, "size": seen.size}
    return jsonify(**told, thumb=f"/files/{kept.key}/thumb" if kept.kind == PHOTO else ""), 201


@PAGES.get("/files/<key>")
@needs(TICKETS)
def show(key: str) -> ResponseReturnValue:
    """The photo in the page, any other file to be saved."""
    kept = _seen(key)
    return _answer(kept, thumb=False)


@PAGES.get("/files/<key>/thumb")
@needs(TICKETS)
def thumb(key: str) -> ResponseReturnValue:
    """The photo's small picture."""
    kept = _seen(key)
    return _answer(kept, thumb=True) if kept.kind == PHOTO else abort(404)


def _asked(form_id: str, field: str) -> Field | None:
    """The field it is sent for; with no form named (a photo kept while there was no network) of the first form that asks it."""
    forms = [one for one in hall().desk.forms.all() if form_id in ("", one.id)]
    found = (form.find(field) for form in forms)
    return next((one for one in found if one is not None and KINDS[one.kind].sent), None)


def _seen(key: str) -> Kept:
    """The row when it is the caller's to see; the same 404 when it is not and when there is none."""
    here = caller()
    kept = attachments.seen_by(here.viewer, here.account.id, key) if KEY.match(key) else None
    return kept if kept is not None else abort(404)


def _answer(kept: Kept, *, thumb: bool) -> Response:
    path = uploads().thumb(kept.key) if thumb else uploads().path(kept.key)
    if not path.is_file():
        log.error("a file is missing", attachment=kept.key)
        abort(404)
    answer = send_file(path, mimetype=kept.mime, as_attachment=kept.kind != PHOTO, download_name=kept.name, etag=f"{kept.key}{'-t' if thumb else ''}")
    answer.headers["Content-Security-Policy"] = ALONE
    # kept by the browser but asked for each time: whoever may no longer see it gets nothing from the cache either
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _refused(zh: str, en: str) -> ResponseReturnValue:
    return jsonify(error={"zh": zh, "en": en}), 422
