"""Where a state of all files comes from on the command line: a release's number, a draft, what is in force, or files and folders on disk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine import folder
from engine.findings import RulesRefused
from engine.load_ruleset import name_of
from engine.nodes import Fields
from engine.read_file import read_text
from engine.yaml_strict import load as load_yaml
from tickets.store import drafts, releases
from wiring import rulebook
from wiring.settings import Settings

LIVE = ("live", "现行")
DISK = ("disk", "文件")
NUMBER = re.compile(r"(?:v|V|第)?(\d+)(?:号)?\Z")
DRAFT = re.compile(r"(?:draft|草稿):?\s*(.+)\Z")


class NoSuchState(Exception):
    """The words name no release, draft, file or folder; one sentence says what they may be."""

    permanent = True


@dataclass(frozen=True)
class State:
    """A whole tree of files, with the words it is called by."""

    words: str
    tree: Mapping[str, str]


def state(asked: str, settings: Settings, at: datetime) -> State:
    """`live` (or 现行), `disk`, a release's number such as 12, `draft:3` or `draft:TITLE`, or a path laid over what is in force."""
    if asked in LIVE:
        return State("现行", rulebook.tree_in_force(settings, at))
    if asked in DISK:
        return State("文件", rulebook.tree_on_disk(settings))
    path = Path(asked)
    if path.exists():
        return State(asked, laid_over(rulebook.tree_in_force(settings, at), path))
    if found := NUMBER.match(asked):
        release = releases.by_number(int(found[1]))
        if release is not None:
            return State(f"第 {release.number} 号 {release.title}", releases.files(release.id))
    if (found := DRAFT.match(asked)) and (info := draft_named(found[1])) is not None:
        return State(f"草稿 {info.title}", rulebook.draft_tree(settings, info.id, at))
    known = "、".join(str(one.number) for one in releases.listed(10)) or "还没有发布"
    zh = f"「{asked[:60]}」不是文件、文件夹、发布号或草稿；可以写 live、disk、draft:编号，或发布号（现有 {known}）"
    raise NoSuchState(f"{zh} (no such file, folder, release or draft)")


def draft_named(asked: str) -> drafts.DraftInfo | None:
    """The draft of that id, else the newest living one of that title."""
    if asked.isdecimal() and (info := drafts.draft(int(asked))) is not None:
        return info
    return next((one for one in drafts.drafts(everything=True) if one.title == asked and one.state in drafts.LIVING), None)


def laid_over(tree: Mapping[str, str], path: Path) -> dict[str, str]:
    """The tree with a file or folder in place of what it replaces: a rule set's own files, facts, roles, catalogue, calendar, a form, a template.

    A folder that looks like a whole export (it has rules/, forms/ or templates/ in it) replaces these folders whole. Raises RulesRefused for
    what cannot be read.
    """
    if path.is_dir() and any((path / name).is_dir() for name in ("rules", "forms", "templates")):
        return _export(tree, path)
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.suffix in (".yaml", ".yml"))
    if not files:
        raise NoSuchState(f"{path}: 文件夹里没有 YAML 文件 (there is no YAML file in the folder)")
    new: dict[str, str] = {}
    gone: set[str] = set()
    for file in files:
        text = read_text(file, str(file))[0]
        place, replaces = _place(tree, file, path, text)
        new[place] = text
        gone |= replaces
    return {**{name: text for name, text in tree.items() if name not in gone}, **new}


def _export(tree: Mapping[str, str], path: Path) -> dict[str, str]:
    kept = dict(tree)
    for name in ("rules", "forms", "templates"):
        if not (path / name).is_dir():
            continue
        kept = {place: text for place, text in kept.items() if not place.startswith(f"{name}/")}
        for file in sorted(one for one in (path / name).rglob("*") if one.is_file() and one.suffix in (".yaml", ".yml", ".txt")):
            kept[file.relative_to(path).as_posix()] = read_text(file, str(file))[0]
    return kept


def _place(tree: Mapping[str, str], file: Path, given: Path, text: str) -> tuple[str, set[str]]:
    """Where the file stands in the tree, and which files it replaces."""
    node = load_yaml(text, str(file))
    if isinstance(node, Fields) and "form" in node.fields:
        return f"forms/{file.name}", set()
    kind = folder.kind_of(file)
    if kind != "rules":
        inside = f"rules/{kind}/{file.name}" if file.parent.name == kind else f"rules/{file.name}"
        return inside, {name for name in tree if folder.kind_of(Path(name)) == kind and name.startswith("rules/")}
    if file.parent.name == folder.CALENDAR:
        return f"rules/{folder.CALENDAR}/{file.name}", set()
    name = name_of(node) if isinstance(node, Fields) else ""
    if not name:
        raise RulesRefused(folder.load([file]).findings)
    replaces = {place for place in tree if place.startswith("rules/") and folder.kind_of(Path(place)) == "rules" and _set_of(tree[place], place) == name}
    at = file.relative_to(given).as_posix() if given.is_dir() and file.parent != given else file.name
    same = [place for place in replaces if Path(place).name == file.name]
    return (same[0] if same else f"rules/{at}" if at.count("/") <= 1 else f"rules/{file.name}"), replaces


def _set_of(text: str, place: str) -> str:
    try:
        node = load_yaml(text, place)
    except RulesRefused:
        return ""
    return name_of(node) if isinstance(node, Fields) else ""
