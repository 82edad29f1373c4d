"""消息模板: the words of every message, edited into a draft, with a preview on a real ticket and its length as a gateway bills it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import Page, Refused
from admin.draft_choice import asked_draft, open_drafts, tree_with, write
from notifications import render, sms_length
from notifications.sandbox import TemplateRefused, fill_in
from tickets.actions.message_words import SAMPLE, in_language
from tickets.actions.message_words import words as words_of
from tickets.domain.roles import DRAFT
from tickets.store.course import begin
from tickets.store.models import Ticket
from tickets.store.releases import sha_in
from web.access import caller
from web.hall import hall

CALL_CHARACTERS_A_SECOND = 4  # read aloud in Mandarin, at a calm pace
NEWEST = 12


@dataclass(frozen=True)
class Slot:
    """One template: which message, in which language and form, its text, and how it reads on the sample."""

    kind: str
    lang: str
    form: str
    path: str
    text: str
    changed: bool
    shown: str
    segments: int
    refused: str


@dataclass(frozen=True)
class Preview:
    """A template filled in: the words, how long they are, or why they cannot be made."""

    body: str
    units: int
    segments: int
    alphabet: str
    left: int
    seconds: int
    refused: str


class Templates(Page):
    """/admin/templates: every message there is, and one to edit."""

    right = DRAFT

    def __init__(self) -> None:
        super().__init__(name="templates", endpoint="templates", url="/admin/templates")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        draft = asked_draft()
        tree, live = tree_with(draft), tree_with(None)
        return render_template("templates.html", slots=[_slot(path, tree, live) for path in _paths()], draft=draft, drafts=open_drafts())

    @expose("/<lang>/<stem>", methods=("GET",))
    def one(self, lang: str, stem: str) -> ResponseReturnValue:
        path = _known(lang, stem)
        draft = asked_draft()
        tree = tree_with(draft)
        number = request.args.get("ticket", "")
        shown = preview(tree[path], lang, path, number)
        return self._page(path, lang, tree[path], sha_in(tree, path), number, shown, "")

    @expose("/<lang>/<stem>", methods=("POST",))
    def save(self, lang: str, stem: str) -> ResponseReturnValue:
        """Saves the text into the draft; what cannot be filled in is kept too and said, so that nothing typed is lost."""
        path = _known(lang, stem)
        text, seen, number = _text(), request.form.get("seen", ""), request.form.get("ticket", "")
        try:
            draft_id = write(asked_draft(), path, text, seen=seen, what=f"消息模板 {stem}", title="消息模板修订")
        except Refused as no:
            said = no.zh if g.lang != "en" else no.en
            page = self._page(path, lang, text, str(no.more.get("sha", seen)), number, preview(text, lang, path, number), said)
            return make_response(page, no.status)
        return redirect(f"/admin/templates/{lang}/{stem}?draft={draft_id}&ticket={number}&saved=1")

    @expose("/preview", methods=("POST",))
    def preview_it(self) -> ResponseReturnValue:
        """{path, text, ticket} -> the words filled in, their length, or one sentence."""
        asked = request.get_json(silent=True)
        if not isinstance(asked, dict) or asked.get("path") not in _paths():
            raise Refused("没有这个模板", "there is no such template", 404)
        path, text, number = str(asked["path"]), str(asked.get("text", "")), str(asked.get("ticket", ""))
        return vars(preview(text, path.split("/")[1], path, number))

    def _page(self, path: str, lang: str, text: str, seen: str, number: str, shown: Preview, refused: str) -> ResponseReturnValue:
        live = tree_with(None)
        tickets = [row.number for row in Ticket.select(Ticket.number).order_by(Ticket.id.desc()).limit(NEWEST)]
        return render_template(
            "template.html", path=path, kind=_kind(path), lang_of=lang, form=_form(path), text=text, seen=seen, live=live.get(path, ""), preview=shown,
            number=number, tickets=tickets, words=_words(number, lang), draft=asked_draft(), drafts=open_drafts(), refused=refused,
            saved=request.args.get("saved") == "1",
        )  # fmt: skip


def preview(text: str, lang: str, path: str, number: str) -> Preview:
    """The text filled in with the words of that ticket, or of the sample."""
    try:
        body = fill_in(text, _words(number, lang), path)
    except TemplateRefused as refused:
        return Preview("", 0, 0, "", 0, 0, str(refused))
    length = sms_length.measure(body)
    return Preview(body, length.units, length.segments, length.alphabet, length.left, -(-len(body) // CALL_CHARACTERS_A_SECOND), "")


def _words(number: str, lang: str) -> dict[str, object]:
    ticket = Ticket.get_or_none(Ticket.number == number) if number else None
    if ticket is None:
        return in_language(SAMPLE, lang)
    begin(ticket)
    # What only a clock or a chain knows is the sample's: a ticket alone has none of it.
    own = {name: value for name, value in words_of(ticket, hall().desk.manual_desk).items() if value not in ("", None)}
    return in_language({**SAMPLE, **own}, lang)


def _text() -> str:
    return request.form.get("text", "").replace("\r\n", "\n")


def _paths() -> tuple[str, ...]:
    return tuple(render.read_folder())


def _known(lang: str, stem: str) -> str:
    path = f"{render.TREE}{lang}/{stem}.txt"
    if path not in _paths() or not caller().may(DRAFT):
        abort(404)
    return path


def _kind(path: str) -> str:
    stem = path.rsplit("/", 1)[1].split(".", maxsplit=1)[0]
    return next((kind for kind, name in render.KINDS.items() if name == stem), stem)


def _form(path: str) -> str:
    return path.rsplit("/", 1)[1].split(".")[1]


def _slot(path: str, tree: dict[str, str], live: dict[str, str]) -> Slot:
    text, lang = tree.get(path, ""), path.split("/")[1]
    shown = preview(text, lang, path, "")
    return Slot(_kind(path), lang, _form(path), path, text, text != live.get(path), shown.body, shown.segments, shown.refused)
