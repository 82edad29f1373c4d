"""Takes what the designer changed into the draft's text: fields added, moved and removed by name, edits by path, facts declared once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from admin.base import Refused
from admin.designer_follow import ASK, PAGES, at, followed, place_of
from admin.designer_tree import FACTS
from admin.workbench_edit import Done, Writer
from engine import source_block as block
from engine.findings import RulesRefused
from engine.source import Edit, EditRefused, Path, Source, apply, same
from engine.source_edit import expected
from engine.source_lines import Lines
from engine.source_write import inline
from tickets.store import drafts
from tickets.store.releases import sha_of, texts_of

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
GONE = ("对方把这一处移走或删掉了，没有改成；请刷新后再改", "they moved or removed this meanwhile, so it was not changed: refresh and try again")


def edit_form(writer: Writer, path: str, seen: str, edits: Sequence[Edit], what: str, *, force: bool) -> Done:
    """Edits with paths from the file. What another changed elsewhere is kept; of the same field or page, it is asked unless `force`."""
    text = writer.tree[path]
    joined = ""
    if sha_of(text) != seen:
        edits, joined = _after_another(writer, path, text, seen, edits, force), _last_writer(writer, path)
    writer.save(path, made(text, edits), sha_of(text), what)
    return Done({path: text}, joined)


def _after_another(writer: Writer, path: str, text: str, seen: str, edits: Sequence[Edit], force: bool) -> Sequence[Edit]:
    old = texts_of([seen]).get(seen)
    found = followed(edits, _plain(old), _plain(text)) if old is not None else None
    if found is None and force:
        raise Refused(*GONE, 409)
    if found is None or not (found[1] or force):
        raise writer.conflict(path, text)
    return found[0]


def add_field(writer: Writer, path: str, page: int, name: str, value: Mapping[str, object], after: str | None, what: str) -> Done:
    """A field at the end of a page (from 0), or behind another of that page."""
    text = writer.tree[path]
    data = _plain(text)
    if place_of(data, name) is not None:
        raise Refused(f"「{name}」已经在这张表单里", f"{name} is already on this form")
    asked = at(data, (PAGES, page, ASK))
    if not isinstance(at(data, (PAGES, page)), Mapping):
        raise Refused("没有这一页，请刷新", "there is no such page: refresh", 404)
    behind = place_of(data, after) if after else None
    place = int(behind[3]) + 1 if behind is not None and behind[1] == page else len(asked) if isinstance(asked, list) else 0
    writer.save(path, with_item(text, (PAGES, page, ASK), place, {name: dict(value)}), sha_of(text), what)
    return Done({path: text})


def remove_field(writer: Writer, path: str, name: str, what: str) -> Done:
    """A field taken out with its own comments, and its name out of the samples' lists."""
    text = writer.tree[path]
    data = _plain(text)
    spot = _place(data, name)
    edits = [Edit("remove", spot)]
    for number, test in enumerate(_listed(at(data, ("tests",)))):
        for key in ("visible", "hidden", "required"):
            names = at(test, (key,))
            if isinstance(names, list) and name in names:
                edits.append(Edit("remove", ("tests", number, key, names.index(name))))
    writer.save(path, made(text, edits), sha_of(text), what)
    return Done({path: text})


def move_field(writer: Writer, path: str, name: str, page: int, before: str | None, what: str) -> Done:
    """A field moved to a page (from 0), in front of another of that page or to its end; its comments go along."""
    text = writer.tree[path]
    data = _plain(text)
    spot = _place(data, name)
    asked = at(data, (PAGES, page, ASK))
    if not isinstance(at(data, (PAGES, page)), Mapping):
        raise Refused("没有这一页，请刷新", "there is no such page: refresh", 404)
    size = len(asked) if isinstance(asked, list) else 0
    goal = place_of(data, before) if before else None
    to = int(goal[3]) if goal is not None and goal[1] == page else size
    if spot[1] == page:
        here = int(spot[3])
        to = to - 1 if to > here else to
        fresh = text if to == here else made(text, [Edit("move", spot, to=to)])
    else:
        fresh = _across(text, data, spot, page, to)
    writer.save(path, fresh, sha_of(text), what)
    return Done({path: text})


def _across(text: str, data: object, spot: Path, page: int, to: int) -> str:
    """Its lines as they stand, comments and all, where both pages write a field a line; else written anew."""
    item = at(data, spot)
    edits = [Edit("remove", spot), Edit("insert", (PAGES, page, ASK, to), item)]
    wanted = expected(expected(data, edits[0]), edits[1])
    source = Source(text)
    child, box, flow = source.find(spot)
    target = source.find((PAGES, page, ASK))[0]
    lines = Lines(text)
    alike = box is not None and not flow and not target.flow and target.children
    if alike and lines.column(child.entry) == lines.column(target.child(0).entry):
        start, stop = block.own(text, child)
        without = block.take(text, child)
        if box is not None and len(box.children) == 1:
            without = made(without, [Edit("set", spot[:3], [])])
        whole = block.put(without, Source(without).find((PAGES, page, ASK))[0], to, text[start:stop], lines.newline)
        if _says(whole, wanted):
            return whole
    return with_item(made(text, edits[:1]), (PAGES, page, ASK), to, item)


def declare(writer: Writer, fact: Mapping[str, object], what: str) -> tuple[Writer, Done, str]:
    """A new fact into rules/facts.yaml: once, for every form and rule of the draft. Answers the writer that sees it, and its name."""
    name = str(fact.get("name") or "")
    if not NAME.match(name):
        raise Refused("事实名用小写英文字母、数字和 _，以字母开头，如 building_no", "a fact's name is small letters, digits and _, such as building_no")
    text = writer.tree.get(FACTS, "")
    if at(_plain(text), (name,)) is not None:
        raise Refused(f"已经有事实「{name}」，请从列表里选，或换个名字", f"there is a fact {name} already: choose it from the list, or take another name")
    zh = str(fact.get("zh") or "").strip()
    if not zh:
        raise Refused("请写中文名称", "give it a Chinese label")
    told: dict[str, object] = {"label": {"zh": zh, "en": str(fact.get("en") or "").strip() or zh}, "type": str(fact.get("type") or "")}
    told |= {key: fact[key] for key in ("options", "options_from", "min", "max", "places", "personal") if _said(fact.get(key))}
    fresh = made(text, [Edit("set", (name,), told)])
    writer.save(FACTS, fresh, sha_of(text) if FACTS in writer.tree else "", what)
    return replace(writer, tree={**writer.tree, FACTS: fresh}), Done({FACTS: text}), name


def with_item(text: str, box: Path, place: int, item: object) -> str:
    """An item put into a list. The first one of an empty list gets a line of its own, so that those after it will have one, too."""
    wanted = expected(_plain(text), Edit("insert", (*box, place), item))
    try:
        spot = Source(text).find(box)[0]
    except EditRefused:
        spot = None
    spelled = f"{next(iter(item))}: {inline(item[next(iter(item))])}" if isinstance(item, dict) and len(item) == 1 else inline(item)
    if spot is not None and not spot.children and not spot.value:
        lines = Lines(text)
        column = lines.column(spot.entry) + 2
        head, rest = text[: spot.start].rstrip(" "), text[spot.end :]
        comment, _, below = rest.partition(lines.newline)
        whole = f"{head}{comment}{lines.newline}{' ' * column}- {spelled}{lines.newline}{below}"
        if _says(whole, wanted):
            return whole
    if spot is None and len(box) == 1:
        newline = Lines(text).newline
        whole = f"{text}{'' if text.endswith(newline) else newline}{box[0]}:{newline}  - {spelled}{newline}"
        if _says(whole, wanted):
            return whole
    return made(text, [Edit("insert", (*box, place), item)])


def made(text: str, edits: Sequence[Edit]) -> str:
    """The text with the edits made, one after another; Refused says why not."""
    try:
        for edit in edits:
            if edit.op == "insert" and edit.path and edit.path[0] == "tests" and len(edit.path) == 2 and not at(_plain(text), ("tests",)):
                text = with_item(text, ("tests",), 0, edit.value) if edit.path[1] == 0 else apply(text, edit)
            else:
                text = apply(text, edit)
    except EditRefused as refused:
        raise Refused(refused.zh, refused.en) from None
    return text


def _says(text: str, wanted: object) -> bool:
    try:
        return same(Source(text).plain, wanted)
    except RulesRefused:
        return False


def _said(value: object) -> bool:
    """Whether a property of a new fact was filled in; a 0 is."""
    return (isinstance(value, int | float) and not isinstance(value, bool)) or bool(value)


def _place(data: object, name: str) -> Path:
    spot = place_of(data, name)
    if spot is None:
        raise Refused(f"表单里没有「{name[:60]}」，可能刚被删掉，请刷新", f"the form has no {name[:60]}: it may just have been removed; refresh", 404)
    return spot


def _plain(text: str | None) -> object:
    """The file as plain data, {} while it is none."""
    try:
        return Source(text or "").plain
    except RulesRefused:
        return {}


def _listed(data: object) -> list[object]:
    return data if isinstance(data, list) else []


def _last_writer(writer: Writer, path: str) -> str:
    return next((one.who_name for one in drafts.changes(writer.draft_id) if one.path == path), "")
