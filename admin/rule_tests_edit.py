"""Writes a row of the examples into a draft: only the lines of what changed, never over a colleague's change."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from admin.base import Refused
from admin.tryout_case import Asked, asked_of
from admin.workbench_edit import Writer, edit_rule
from admin.workbench_family import RuleSpot
from admin.workbench_tree import Kept, State
from engine.facts import Fact, FactValue
from engine.source import Edit
from engine.source_edit import Path
from tickets.actions import draft_edit
from tickets.actions.draft_edit import DraftRefused
from tickets.domain.times import local
from tickets.store import drafts
from tickets.store.drafts import DraftInfo
from web.access import caller
from web.hall import hall

LONGEST_NAME = 80
YES_NO = {"是": "true", "yes": "true", "否": "false", "no": "false"}


def form_facts(form: Mapping[str, str], factbook: Mapping[str, Fact]) -> Asked:
    """The facts of a row's fields; `more_fact` with `more_value` adds one that has no column yet."""
    fields = dict(form)
    more = form.get("more_fact", "")
    if more in factbook and form.get("more_value", "").strip():
        value = form["more_value"].strip()
        fields[f"f_{more}"] = YES_NO.get(value.lower(), value) if factbook[more].type == "yesno" else value
    return asked_of(fields, factbook, None)


def row_data(form: Mapping[str, str], facts: Mapping[str, FactValue]) -> dict[str, object]:
    """A new row as it is written in the file."""
    name = " ".join(form.get("name", "").split())[:LONGEST_NAME]
    made: dict[str, object] = {"name": name} if name else {}
    return {**made, "given": {key: written(value) for key, value in facts.items()}, "expect": expected(form)}


def expected(form: Mapping[str, str]) -> str:
    """hit or miss."""
    return "miss" if form.get("expect") == "miss" else "hit"


def written(value: FactValue) -> object:
    """A value as YAML takes it."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def edits_of(old: Mapping[str, object], place: int, form: Mapping[str, str], facts: Mapping[str, FactValue], shown: tuple[str, ...]) -> list[Edit]:
    """What differs between the row as written and as sent. `shown` are the facts the form had fields for: the others stay."""
    before = old.get("given")
    given = before if isinstance(before, Mapping) else {}
    base: Path = ("tests", place)
    edits: list[Edit] = []
    for name in shown:
        if name in facts and (name not in given or not _same(given[name], written(facts[name]))):
            edits.append(Edit("set", (*base, "given", name), written(facts[name])))
        elif name not in facts and name in given and given[name] is not None:
            edits.append(Edit("remove", (*base, "given", name)))
    if "expect" in old and old["expect"] != expected(form):
        edits.append(Edit("set", (*base, "expect"), expected(form)))
    name = " ".join(form.get("name", "").split())[:LONGEST_NAME]
    if "name" in form and name != str(old.get("name") or ""):
        edits.append(Edit("set", (*base, "name"), name) if name else Edit("remove", (*base, "name")))
    return edits


def _same(old: object, new: object) -> bool:
    return isinstance(old, bool) == isinstance(new, bool) and old == new


def draft_to_write(chosen: DraftInfo | None, ruleset: str) -> DraftInfo:
    """The draft that was chosen, else the caller's own new one. Refused for one that is closed."""
    info = chosen
    if info is None:
        account, at = caller().account, hall().now()
        title = hall().words.say("rule_tests.draft_title", "zh", set=ruleset[:40], day=f"{local(at):%m-%d %H:%M}")
        info = drafts.draft(draft_edit.start(at, account.username, account.name, title))
    if info is None or not info.editable:
        raise Refused("这份草稿已送审或已发布，不能再改；请另选一份", "this draft was submitted or published and cannot be changed: choose another", 409)
    return info


def write(kept: Kept, draft: DraftInfo, spot: RuleSpot, seen: str, edits: list[Edit], what: str) -> State:
    """Saves the edits below a rule; answers the draft as it stands then. Refused with one sentence where it cannot."""
    at, account = hall().now(), caller().account
    state = kept.state(hall().settings, draft.id, at)
    if edits:
        writer = Writer(draft.id, state.tree, state.base, at, account.username, account.name)
        try:
            edit_rule(writer, spot, seen, edits, what, force=False)
        except DraftRefused as refused:
            raise Refused(refused.zh, refused.en, 409) from None
    return kept.state(hall().settings, draft.id, at)
