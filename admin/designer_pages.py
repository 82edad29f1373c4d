"""The list of forms and the shell of the designer as HTML, and the text a new form begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, render_template
from flask.typing import ResponseReturnValue

from admin.base import Refused
from admin.designer_tree import Sheets, stem_of, title_of
from admin.draft_choice import open_drafts
from admin.workbench_model import draft_json
from engine.source_write import inline
from forms.form import STEPS, WHO
from forms.load import FOLDER, FORM_ID
from tickets.domain.status import STATUSES
from tickets.domain.times import local
from tickets.store.drafts import DraftInfo
from tickets.store.releases import last_numbers
from web.access import caller
from web.hall import hall

GROUPS = ("workbench", "condition", "designer")


@dataclass(frozen=True)
class FormLine:
    """One form on the list."""

    stem: str
    title: str
    who: str
    step: str
    pages: int
    fields: int
    errors: int
    tests: int
    failing: int
    change: str
    version: int | None


def list_page(sheets: Sheets) -> ResponseReturnValue:
    """Every form of the draft, or of what is in force."""
    versions = last_numbers()
    lines = [_line(sheets, path, versions) for path in sheets.paths()]
    return render_template(
        "designer_list.html", forms=lines, draft=sheets.draft, words=words_json(), start={**_start(sheets), "who": WHO, "steps": [*STEPS, *STATUSES]}
    )


def form_page(sheets: Sheets, stem: str) -> ResponseReturnValue:
    """The designer itself; its parts come as JSON."""
    sheet = sheets.sheet(stem)
    data = sheet.data or {}
    return render_template(
        "designer.html", stem=stem, title=title_of(data, g.lang, stem), who=_who(data), step=data.get("step") or "", draft=sheets.draft, words=words_json(),
        start={"stem": stem, **_start(sheets)},
    )  # fmt: skip


def latest_own(stem: str) -> DraftInfo | None:
    """The caller's draft that last touched this form: opened again where no other was asked for."""
    mine = caller().account.username
    return next((one for one in open_drafts() if one.author == mine and any(path.startswith(FOLDER) and stem_of(path) == stem for path in one.paths)), None)


def new_text(asked: Mapping[str, object]) -> tuple[str, str]:
    """The path and text of a new form of one page without fields; Refused says what is missing."""
    form_id, zh, step = str(asked.get("id") or ""), str(asked.get("zh") or "").strip(), str(asked.get("step") or "")
    listed = asked.get("who")
    who = [name for name in listed if name in WHO] if isinstance(listed, list) else []
    if not FORM_ID.match(form_id):
        raise Refused("表单名用小写英文字母、数字、- 和 _，以字母开头，如 revisit", "a form's name is small letters, digits, - and _, such as revisit")
    if not zh:
        raise Refused("请写表单名称", "give the form a title")
    if not who:
        raise Refused("请选由谁填写", "choose who fills it in")
    if step not in (*STEPS, *STATUSES):
        raise Refused("请选在哪个环节填写", "choose the step it is filled in at")
    title, page = {"zh": zh, "en": str(asked.get("en") or "").strip() or zh}, {"zh": "第 1 页", "en": "Page 1"}
    head = f"form: {form_id}\ntitle: {inline(title)}\nwho: {inline(who)}\nstep: {inline(step)}\n"
    return f"{FOLDER}{form_id}.yaml", f"{head}pages:\n  - title: {inline(page)}\n    ask: []\n"


def words_json() -> dict[str, str]:
    """The words of the page's scripts in the reader's language."""
    words = hall().words
    return {key: words.say(key, g.lang) for key in words.entries if key.split(".", 1)[0] in GROUPS}


def _start(sheets: Sheets) -> dict[str, object]:
    now = hall().now()
    return {
        "draft": draft_json(sheets.draft), "drafts": [draft_json(one) for one in open_drafts()], "me": caller().account.name, "lang": g.lang,
        "millis": int(now.timestamp() * 1000), "day": f"{local(now):%m-%d}",
    }  # fmt: skip


def _line(sheets: Sheets, path: str, versions: Mapping[str, int]) -> FormLine:
    stem = stem_of(path)
    sheet = sheets.sheet(stem)
    data = sheet.data or {}
    results = sheet.results()
    pages = data.get("pages")
    asked = [one.get("ask") for one in pages if isinstance(one, Mapping)] if isinstance(pages, list) else []
    base = sheets.base.get(path)
    return FormLine(
        stem=stem,
        title=title_of(data, g.lang, stem),
        who=_who(data),
        step=str(data.get("step") or ""),
        pages=len(asked),
        fields=sum(len(one) for one in asked if isinstance(one, list)),
        errors=sum(one.level == "error" for one in sheet.findings()),
        tests=len(results),
        failing=sum(not one.ok for one in results),
        change="new" if base is None else "changed" if base != sheet.text else "",
        version=versions.get(f"forms/{sheet.form.id if sheet.form is not None else stem}", None if base is None else 1),
    )


def _who(data: Mapping[str, object]) -> str:
    who = data.get("who")
    return "、".join(map(str, who)) if isinstance(who, list) else str(who or "")
