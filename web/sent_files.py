"""Photos and files on their way into a form: received one by one or with the whole form, shown under it, given to the ticket with its step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import IO

import structlog
from flask import g, request
from werkzeug.datastructures import FileStorage

from engine.facts import FactValue, Label
from forms.answers import Answers
from forms.form import Field, Form
from forms.kinds import KINDS
from forms.render import FieldView, FileView, FormView
from forms.values import keys
from tickets.actions.claim_files import claim, keys_in
from tickets.domain.roles import FILES
from tickets.domain.times import stored
from tickets.files import photo
from tickets.files.file_kinds import JPEG, clean_name, kind_of, refuse_larger, size_of
from tickets.files.refused import FileRefused
from tickets.store import attachments
from tickets.store.attachments import Kept
from tickets.store.uploads import Uploads
from web.access import caller
from web.hall import hall
from web.show.files import shown

MOST_WAITING = 60  # files an account may have sent that no step has taken yet
PLACE = re.compile(r"-?\d{1,2}(?:\.\d{1,9})?,-?\d{1,3}(?:\.\d{1,9})?\Z", re.ASCII)
GONE = Label("有照片或文件已不能用（超过一天没有提交，或用在了别处），请移除后重新上传", "a photo or file can no longer be used: remove it and send it again")
Raw = dict[str, list[str]]
log = structlog.get_logger("web")


def uploads() -> Uploads:
    """Where this installation keeps them."""
    return Uploads(hall().settings.uploads)


def asked_files(form: Form) -> tuple[Field, ...]:
    """The fields of a form that ask for photos or files."""
    return tuple(one for _, one in form.fields() if KINDS[one.kind].sent)


def receive(asked: Field, sent: IO[bytes], name: str, taken_at: str = "", place: str = "") -> Kept:
    """Keeps one photo or file that the caller sent for that field; FileRefused in words. `taken_at` and `place` are what the device says."""
    here, settings, now = caller(), hall().settings, hall().now()
    if attachments.unclaimed_of(here.account.id) >= MOST_WAITING:
        zh = f"已有 {MOST_WAITING} 个照片或文件还没有提交，请先提交办理结果"
        raise FileRefused(zh, f"{MOST_WAITING} photos or files wait to be sent with a form: send that first")
    kind = kind_of(sent) if asked.kind != "photo" and size_of(sent) else None
    if asked.kind == "photo" or (kind is not None and kind.photo):
        new = photo.read(sent, settings.photo_megabytes, settings.photo_megapixels)
        key, digest, size = _kept(BytesIO(new.jpeg), new.thumb)
        where = (_place(place) or new.place) if asked.place else ""
        kept = Kept(key, digest, attachments.PHOTO, "image/jpeg", clean_name(name, JPEG), size, here.account.id, stored(now), new.width, new.height)
        kept = replace(kept, taken_at=_device_time(taken_at) or new.taken_at, place=where, field=asked.id)
    else:
        refuse_larger(size_of(sent), settings.file_megabytes, "文件", "file")
        assert kind is not None  # only of an empty file is it unknown, and that is refused above
        key, digest, size = _kept(sent)
        kept = Kept(key, digest, attachments.FILE, kind.mime, clean_name(name, kind), size, here.account.id, stored(now), field=asked.id)
    attachments.add(kept)  # the bytes are safe: now the row may speak of them
    return kept


def _kept(source: IO[bytes], thumb: bytes = b"") -> tuple[str, str, int]:
    """Lays the bytes on the disk: (key, SHA-256, size)."""
    try:
        key, digest, size = uploads().keep(source)
        if thumb:
            uploads().keep_thumb(key, thumb)
    except OSError as fault:
        log.error("a file could not be kept", kind=type(fault).__name__, number=fault.errno)
        raise FileRefused("服务器现在存不了文件，请稍后再传", "the server cannot keep files now: try again later") from None
    return key, digest, size


def with_sent(form: Form, raw: Raw) -> Raw:
    """The answers with the files that came along in the form itself, kept already: where there is no JavaScript. Once in a request."""
    g.asks_place = any(one.place for one in asked_files(form))  # web/security.py lets the page ask the device then
    if "sent_files" not in g:
        g.sent_files, g.refused_files = {}, {}
        for asked in asked_files(form):
            _receive_all(asked, [one for one in request.files.getlist(asked.id) if one.filename], keys(raw.get(asked.id, ())))
    return {**raw, **{name: [*raw.get(name, ()), *new] for name, new in g.sent_files.items()}}


def _receive_all(asked: Field, sent: list[FileStorage], before: tuple[str, ...]) -> None:
    most = hall().settings.files_per_field
    for place, one in enumerate(sent, len(before) + 1):
        try:
            if not caller().may(FILES):
                raise FileRefused("这个账号不能上传照片和文件", "this account may not send files")
            if place > most:
                raise FileRefused(f"最多 {most} 个，多出的没有上传", f"at most {most}: the others were not sent")
            g.sent_files.setdefault(asked.id, []).append(receive(asked, one.stream, one.filename or "").key)
        except FileRefused as refused:
            g.refused_files[asked.id] = Label(f"{_called(one)}{refused.zh}", f"{_called(one)}{refused.en}")


def refused_now() -> Mapping[str, Label]:
    """What of this request's files was refused and why, by field."""
    return g.get("refused_files") or {}


def judged(form: Form, answers: Answers, ticket_id: int | None) -> Answers:
    """The answers with an error for each field whose files are not there, are another's, or were refused in this request."""
    wrong = dict(refused_now())
    given = {asked.id: keys_in(_answer(answers, asked.id)) for asked in asked_files(form)}
    rows = attachments.of_keys([key for found in given.values() for key in found])
    seen: set[str] = set()
    for field, found in given.items():
        if len(found) > hall().settings.files_per_field:
            most = hall().settings.files_per_field
            wrong.setdefault(field, Label(f"最多 {most} 个，请移除几个", f"at most {most}: remove some"))
        if seen & set(found) or not all(attachments.usable(rows.get(key), ticket_id, field, caller().account.id) for key in found):
            wrong.setdefault(field, GONE)
        seen.update(found)
    return replace(answers, errors={**answers.errors, **wrong}) if wrong else answers


def claim_answers(form: Form, answers: Answers, ticket_id: int, at: datetime) -> None:
    """Gives every file the form was answered with to the ticket, inside the step's transaction; StepRefused when one cannot be."""
    for asked in asked_files(form):
        claim(ticket_id, asked.id, keys_in(_answer(answers, asked.id)), caller().account.id, at)


def pictured(seen: FormView) -> FormView:
    """The form with what stands under each photo and each file's name; what the caller did not send is left out."""
    if not seen.uploads:
        return seen
    rows = attachments.of_keys([one.key for page in seen.pages for field in page.fields for one in field.files])
    pages = tuple(replace(page, fields=tuple(_pictured(field, rows) for field in page.fields)) for page in seen.pages)
    return replace(seen, pages=pages)


def _pictured(field: FieldView, rows: Mapping[str, Kept]) -> FieldView:
    mine = [rows[one.key] for one in field.files if one.key in rows and rows[one.key].account == caller().account.id]
    return replace(field, files=tuple(shown(row, field.label, stored(hall().now()), g.lang) for row in mine)) if field.files else field


def of_ticket(ticket_id: int) -> dict[str, FileView]:
    """What a ticket has, by key, in the order it came."""
    facts, now = hall().desk.rules.facts, stored(hall().now())
    return {row.key: shown(row, facts[row.field].label.say(g.lang) if row.field in facts else "", now, g.lang) for row in attachments.of_ticket(ticket_id)}


def _answer(answers: Answers, field: str) -> FactValue | str | None:
    return answers.facts.get(field, answers.personal.get(field))


def _called(one: FileStorage) -> str:
    name = re.split(r"[/\\]", one.filename or "")[-1][:40]
    return f"「{name}」" if name.isprintable() else ""


def _device_time(words: str) -> datetime | None:
    """What the device's clock showed, as stored; None for nothing, nonsense, or a time without its zone."""
    try:
        at = datetime.fromisoformat(words[:40])
    except ValueError:
        return None
    return photo.likely(at) if at.tzinfo is not None else None


def _place(words: str) -> str:
    if not PLACE.match(words):
        return ""
    lat, lon = (float(part) for part in words.split(","))
    return photo.place_words(lat, lon)
