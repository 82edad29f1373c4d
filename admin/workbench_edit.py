"""Takes what the page changed into the draft's text: edits by path, whole texts, rules added, moved and removed. Nothing of another is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from admin.base import Refused
from admin.workbench_family import Family, RuleSpot, read
from admin.workbench_merge import merged
from admin.workbench_order import reorder
from engine.source import Edit, EditRefused, apply, from_json
from tickets.actions import draft_edit
from tickets.actions.draft_edit import DraftRefused, EditedMeanwhile
from tickets.domain.times import clock_words
from tickets.store import drafts
from tickets.store.releases import sha_of, texts_of

MOST_EDITS = 200  # in one request
RULES = "rules"


@dataclass(frozen=True)
class Writer:
    """Who writes into which draft, and when. `tree` is the draft's, `base` what is in force."""

    draft_id: int
    tree: Mapping[str, str]
    base: Mapping[str, str]
    at: datetime
    who: str
    who_name: str

    def save(self, path: str, text: str | None, seen: str, what: str) -> None:
        """Stores a text made from the one whose hash is `seen`; Refused with the newest text when another came between."""
        try:
            draft_edit.save(self.draft_id, path, text, seen=seen, base=self.base.get(path), at=self.at, who=self.who, who_name=self.who_name, what=what)
        except EditedMeanwhile as meanwhile:
            raise self.conflict(path, meanwhile.text or "", meanwhile.who_name, meanwhile.at) from None
        except DraftRefused as refused:
            raise Refused(refused.zh, refused.en, 409) from None

    def conflict(self, path: str, theirs: str, who: str = "", at: datetime | None = None) -> Refused:
        """409: whose change came between, when, and the text as it is now."""
        if at is None:
            last = next((one for one in drafts.changes(self.draft_id) if one.path == path), None)
            who, at = (last.who_name, last.at) if last is not None else (self.who_name, self.at)
        zh = f"{who} {clock_words(at)} 改过同一处，您的改动还没有写进去。采用对方的，还是把您的放在上面？"
        en = f"{who} changed the same place at {clock_words(at)}; yours is not written yet. Take theirs, or put yours on top?"
        return Refused(zh, en, 409, {"meanwhile": {"who": who, "at": clock_words(at), "path": path, "text": theirs, "sha": sha_of(theirs)}})


@dataclass(frozen=True)
class Done:
    """What was saved: by file the text before, so that the page can undo it; `joined` names whose change was merged with it."""

    before: Mapping[str, str | None]
    joined: str = ""


def edits_of(data: object) -> list[Edit]:
    """The edits a page sent; Refused says which is none."""
    if not isinstance(data, list) or not data or len(data) > MOST_EDITS:
        raise Refused(f"一次要有 1 到 {MOST_EDITS} 处修改", f"between 1 and {MOST_EDITS} edits at once", 400)
    try:
        return [from_json(one) for one in data]
    except EditRefused as refused:
        raise Refused(refused.zh, refused.en, 400) from None


def edit_rule(writer: Writer, spot: RuleSpot, seen: str, edits: Sequence[Edit], what: str, *, force: bool) -> Done:
    """Edits below one rule (paths from the rule). Another's change elsewhere in the file is no hindrance; of the same rule, it is asked."""
    text = writer.tree[spot.path]
    joined = ""
    if sha_of(text) != seen:
        if not force and not _untouched(spot, seen):
            raise writer.conflict(spot.path, text)
        joined = _last_writer(writer, spot.path)
    made = _applied(text, [_below(edit, (RULES, spot.index)) for edit in edits])
    writer.save(spot.path, made, sha_of(text), what)
    return Done({spot.path: text}, joined)


def edit_file(writer: Writer, path: str, seen: str, edits: Sequence[Edit], what: str, *, force: bool) -> Done:
    """Edits of a file's head or its own tests (paths from the file)."""
    text = writer.tree.get(path)
    if text is None:
        raise Refused(f"没有文件「{path[:80]}」，请刷新", f"there is no file {path[:80]}: refresh", 404)
    if sha_of(text) != seen and not force and not _same_there(path, text, seen, edits):
        raise writer.conflict(path, text)
    writer.save(path, _applied(text, edits), sha_of(text), what)
    return Done({path: text}, "" if sha_of(text) == seen else _last_writer(writer, path))


def edit_text(writer: Writer, path: str, seen: str, text: str | None, what: str, *, force: bool) -> Done:
    """A whole text, as typed. Saved even when it does not parse. When another saved meanwhile, lines that do not meet are merged."""
    now = writer.tree.get(path)
    now_sha = "" if now is None else sha_of(now)
    joined = ""
    if now_sha != seen and not force:
        old = texts_of([seen]).get(seen, writer.base.get(path, ""))
        both = merged(old, text, now) if text is not None and now is not None else None
        if both is None:
            raise writer.conflict(path, now or "")
        text, joined = both, _last_writer(writer, path)
    writer.save(path, text, now_sha, what)
    return Done({path: now}, joined)


def add_rule(writer: Writer, family: Family, data: Mapping[str, object], after: RuleSpot | None, what: str) -> Done:
    """A new rule behind another, in its file; in an empty family, at the beginning of its first file."""
    path = after.path if after is not None else family.files[0].path
    if after is not None and "priority" not in data and after.priority:
        data = _with_priority(data, after.priority)
    place = after.index + 1 if after is not None else 0
    text = writer.tree[path]
    writer.save(path, _applied(text, [Edit("insert", (RULES, place), dict(data))]), sha_of(text), what)
    return Done({path: text})


def remove_rule(writer: Writer, spot: RuleSpot, what: str) -> Done:
    """A rule taken out, with the comments that are its own."""
    text = writer.tree[spot.path]
    writer.save(spot.path, _applied(text, [Edit("remove", (RULES, spot.index))]), sha_of(text), what)
    return Done({spot.path: text})


def move_rule(writer: Writer, family: Family, rule_id: str, before: str | None, what: str) -> Done:
    """A rule moved in front of another; its file alone changes where the priorities allow it."""
    kept: dict[str, str | None] = {}
    for path, edits in reorder(family, rule_id, before).items():
        kept[path] = writer.tree[path]
        writer.save(path, _applied(writer.tree[path], edits), sha_of(writer.tree[path]), what)
    return Done(kept)


def _applied(text: str, edits: Sequence[Edit]) -> str:
    try:
        for edit in edits:
            text = apply(text, edit)
    except EditRefused as refused:
        raise Refused(refused.zh, refused.en) from None
    return text


def _below(edit: Edit, root: tuple[str | int, ...]) -> Edit:
    return replace(edit, path=(*root, *edit.path))


def _with_priority(data: Mapping[str, object], priority: int) -> dict[str, object]:
    """The rule's data with a priority where rules have theirs, in front of what it asks."""
    made: dict[str, object] = {}
    for key, value in data.items():
        if key in ("when", "unless", "then", "tests") and "priority" not in made:
            made["priority"] = priority
        made[key] = value
    return made


def _untouched(spot: RuleSpot, seen: str) -> bool:
    """Whether the rule is still as it was in the text the page had: then another's change lies elsewhere."""
    old = texts_of([seen]).get(seen)
    if old is None:
        return False
    return any(one.id == spot.id and one.data == spot.data for one in read(spot.path, old).rules)


def _same_there(path: str, text: str, seen: str, edits: Sequence[Edit]) -> bool:
    """Whether what the edits touch is as it was in the text the page had."""
    old = texts_of([seen]).get(seen)
    if old is None:
        return False
    before, after = read(path, old).data, read(path, text).data
    return all(bool(edit.path) and before.get(str(edit.path[0])) == after.get(str(edit.path[0])) for edit in edits)


def _last_writer(writer: Writer, path: str) -> str:
    return next((one.who_name for one in drafts.changes(writer.draft_id) if one.path == path), "")
