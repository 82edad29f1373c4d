"""The pages of the workbench as HTML: the list of families, the shell of one family's page, and one of the other files as text."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, render_template
from flask.typing import ResponseReturnValue

from admin.base import Refused
from admin.draft_choice import open_drafts
from admin.workbench_family import Family, families, is_rule_file
from admin.workbench_model import draft_json, finding_json, label, say
from admin.workbench_tree import State
from tickets.domain.times import local
from tickets.store.drafts import DraftInfo
from tickets.store.releases import last_number, last_numbers, sha_of
from web.access import caller
from web.hall import hall

GROUPS = ("workbench", "condition")
LARGEST_NAME = 300


@dataclass(frozen=True)
class FamilyLine:
    """One family on the first page."""

    name: str
    title: str
    files: int
    rules: int
    hit: str
    event: str
    errors: int
    changed: bool
    version: int | None


@dataclass(frozen=True)
class FileLine:
    """One file that is not of a family: the facts, the roles, the catalogue, the calendar."""

    path: str
    label: str
    about: str
    errors: int
    changed: bool


def families_page(state: State) -> ResponseReturnValue:
    """Every family with what stands in it, and the other files."""
    before = families(state.base)
    versions = last_numbers()
    lines = [_family_line(state, family, before.get(family.name), versions.get(family.name)) for family in state.families.values()]
    others = [_file_line(state, path) for path in sorted(state.tree) if path.startswith("rules/") and not is_rule_file(path)]
    return render_template("workbench_families.html", families=lines, files=others, draft=state.draft, drafts=open_drafts())


def set_page(state: State, name: str) -> ResponseReturnValue:
    """The workbench itself; its parts come as JSON."""
    family = state.family(name)
    start = {"set": name, **_start(state)}
    return render_template(
        "workbench.html", name=name, title=say(family.head.get("title"), g.lang) or name, draft=state.draft, drafts=open_drafts(), version=last_number(name) or 1,
        words=words_json(), start=start,
    )  # fmt: skip


def file_page(state: State, path: str) -> ResponseReturnValue:
    """One file as text."""
    if path not in state.tree or not path.startswith("rules/") or is_rule_file(path):
        raise Refused(f"没有文件「{path[:LARGEST_NAME]}」", f"there is no file {path[:LARGEST_NAME]}", 404)
    start = {"path": path, **_start(state), **file_json(state, path)}
    return render_template("workbench_file.html", path=path, title=label(path), draft=state.draft, drafts=open_drafts(), words=words_json(), start=start)


def file_json(state: State, path: str) -> dict[str, object]:
    """One of the other files as text, with what is wrong with it."""
    text = state.tree.get(path, "")
    found = [finding_json(one, g.lang) for one in state.loaded.findings if one.file == path]
    return {"draft": draft_json(state.draft), "text": text, "sha": sha_of(text), "findings": found}


def _start(state: State) -> dict[str, object]:
    """What both pages begin with."""
    now = hall().now()
    return {
        "draft": draft_json(state.draft), "drafts": [draft_json(one) for one in open_drafts()], "me": caller().account.name, "lang": g.lang,
        "millis": int(now.timestamp() * 1000), "day": f"{local(now):%m-%d}",
    }  # fmt: skip


def latest_own(name: str, state: State) -> DraftInfo | None:
    """The caller's draft that last touched this family: opened again where no other was asked for."""
    mine = caller().account.username
    paths = {file.path for file in state.family(name).files}
    return next((one for one in open_drafts() if one.author == mine and paths & set(one.paths)), None)


def words_json() -> dict[str, str]:
    """The words of the page's scripts in the reader's language."""
    words = hall().words
    return {key: words.say(key, g.lang) for key in words.entries if key.split(".", 1)[0] in GROUPS}


def _family_line(state: State, family: Family, before: Family | None, version: int | None) -> FamilyLine:
    paths = {file.path for file in family.files}
    errors = sum(one.level == "error" and one.file in paths for one in state.loaded.findings)
    known = state.loaded.sets.get(family.name)
    events = family.head.get("event")
    return FamilyLine(
        name=family.name,
        title=say(family.head.get("title"), g.lang) or family.name,
        files=len(family.files),
        rules=len(family.rules()),
        hit=known.hit.name if known is not None else "",
        event="、".join(map(str, events)) if isinstance(events, list) else str(events or ""),
        errors=errors,
        changed=before is None or [one.text for one in before.files] != [one.text for one in family.files],
        version=version,
    )


def _file_line(state: State, path: str) -> FileLine:
    text = state.tree[path]
    about = next((line.lstrip("# ").strip() for line in text.splitlines()[:3] if line.startswith("#")), "")
    errors = sum(one.level == "error" and one.file == path for one in state.loaded.findings)
    return FileLine(path, path.removeprefix("rules/"), about[:120], errors, state.base.get(path) != text)
