"""What the workbench's page is told: the rules of a family in the order they are tried, one rule in full, and what is wrong, as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath

from flask import Response

from admin.workbench_family import HEAD, Family, FamilyFile, RuleSpot, families
from admin.workbench_tree import State
from engine import canonical
from engine.expect import Scope
from engine.findings import Finding, Report
from engine.hit import POLICIES
from engine.load_ruleset import Part, load_ruleset
from engine.nodes import Fields, from_plain
from engine.ruleset import Rule, RuleSet
from engine.say_rule import say_rule
from engine.source import EditRefused, Source
from tickets.domain.times import clock_words
from tickets.store.drafts import DraftInfo

Json = dict[str, object]
NEAREST = re.compile("「([^」]+)」[^「」]*，是不是「([^」]+)」？")


def reply(data: Mapping[str, object]) -> Response:
    """JSON in the order of the file: Flask would sort the keys, and a rule's fields have an order."""
    return Response(json.dumps(data, ensure_ascii=False), mimetype="application/json")


def plain_json(data: object) -> object:
    """Plain data as JSON takes it: decimals as numbers."""
    return canonical.plain_data(data, _json_number)


def _json_number(value: object) -> object:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def draft_json(draft: DraftInfo | None) -> Json | None:
    """A draft's head."""
    if draft is None:
        return None
    return {
        "id": draft.id, "title": draft.title, "state": draft.state, "editable": draft.editable, "revision": draft.revision, "author": draft.author_name,
        "by": draft.updated_by_name, "at": clock_words(draft.updated_at), "millis": int(draft.updated_at.timestamp() * 1000), "paths": list(draft.paths),
    }  # fmt: skip


def set_json(state: State, name: str, at: datetime, hits: Mapping[str, int], lang: str) -> Json:
    """A family: its head, its files, a line for every rule, and the findings that belong to no rule."""
    family = state.family(name)
    before = state_base(state, name)
    old = {spot.id: spot.data for file in before for spot in file.rules}
    wrong = _by_rule(state.loaded.findings, family)
    known = state.loaded.sets.get(name)
    rules = family.rules()
    rows = [_row(spot, old, wrong, at, hits, lang) for spot in rules]
    listed = {(spot.path, spot.id) for spot in rules}
    paths = {file.path for file in family.files}
    rest = [one for one in state.loaded.findings if one.file in paths and (one.file, one.rule) not in listed]
    rest += [one for one in state.loaded.findings if one.file not in paths and one.level == "error"]
    return {
        "name": name,
        "title": say(family.head.get("title"), lang) or name,
        "head": plain_json(family.head),
        "headFile": {key: family.head_file(key).path for key in HEAD},
        "hit": known.hit.name if known is not None else hit_written(family.head.get("hit")),
        "files": [_file(file, state) for file in family.files],
        "rows": rows,
        "gone": sorted(set(old) - {spot.id for spot in rules}),
        "findings": [finding_json(one, lang) for one in rest],
        "errors": sum(one.level == "error" for one in state.loaded.findings),
    }


def hit_written(hit: object) -> str:
    """The hit policy as the head has it, for a set that does not load; empty for none there is."""
    name = next(iter(hit), "") if isinstance(hit, Mapping) else hit
    return str(name) if name in POLICIES else ""


def rule_json(state: State, family: Family, spot: RuleSpot, lang: str) -> Json:
    """One rule in full: its data, its lines in the file, the file's text, and what is wrong with it."""
    family_file = FamilyFile(spot.path, state.tree[spot.path], {})
    first, last = lines_of(family_file.text, spot.index)
    found = [one for one in state.loaded.findings if one.file == spot.path and (one.rule == spot.id or first <= one.line <= last)]
    return {
        "path": spot.path, "index": spot.index, "id": spot.id, "data": plain_json(spot.data), "lines": [first, last], "text": family_file.text,
        "sha": family_file.sha, "sentence": sentence(state, family, spot, lang), "findings": [finding_json(one, lang) for one in dict.fromkeys(found)],
    }  # fmt: skip


def sentence(state: State, family: Family, spot: RuleSpot, lang: str) -> str:
    """The rule in words; nothing while it is not sound."""
    own = alone(state, family, spot)
    if own is None or not own.rules:
        return ""
    return say_rule(own.rules[0], state.loaded.facts, lang)


def lines_of(text: str, index: int) -> tuple[int, int]:
    """The first and last line of a rule in its file, from 1."""
    try:
        return Source(text).lines(("rules", index))
    except EditRefused:
        return 1, 1


def finding_json(one: Finding, lang: str) -> Json:
    """A finding with, where the loader offers the nearest right name, the word to replace and its replacement."""
    near = NEAREST.search(one.zh)
    witness = None if one.witness is None else plain_json(one.witness)
    return {
        "file": one.file, "line": one.line, "rule": one.rule, "text": one.en if lang == "en" else one.zh, "level": one.level, "kind": one.kind,
        "witness": witness, "others": list(one.others), "fix": [near[1], near[2]] if near else None,
    }  # fmt: skip


def alone(state: State, family: Family, spot: RuleSpot) -> RuleSet | None:
    """A set that holds this rule and nothing else, when the rule itself is sound: for its sentence and its tests."""
    known = state.loaded.sets.get(family.name)
    if known is not None:
        own = [rule for rule in known.rules if rule.id == spot.id and rule.file == spot.path]
        return single(known, own[0]) if own else None
    data = {"ruleset": family.name, **family.head, "rules": [dict(spot.data)]}
    node = from_plain(data, lines_of(state.tree[spot.path], spot.index)[0])
    assert isinstance(node, Fields)
    return load_ruleset([Part(node, Scope(Report(), spot.path, family.name, state.loaded.vocabulary))])


def single(ruleset: RuleSet, rule: Rule) -> RuleSet:
    """The set cut down to one rule: its tests ask whether that rule fires, and need no other."""
    text = canonical.sha256(f"{ruleset.version}/{rule.id}")
    return replace(ruleset, rules=(rule,), tests=(), version=text)


def state_base(state: State, name: str) -> tuple[FamilyFile, ...]:
    """The family as it is in force; nothing for a new one."""
    return families(state.base).get(name, Family(name, ())).files


def say(title: object, lang: str) -> str:
    """A title, plain or in two languages."""
    if isinstance(title, Mapping):
        return str((title.get("en") if lang == "en" else None) or title.get("zh") or "")
    return "" if title is None else str(title)


def label(path: str) -> str:
    """A file's name as a clerk says it: utilities for rules/dispatch/utilities.yaml."""
    return PurePosixPath(path).stem


def _file(file: FamilyFile, state: State) -> Json:
    own = state.base.get(file.path)
    change = "new" if own is None else "changed" if own != file.text else ""
    comment = next((line.lstrip("# ").strip() for line in file.text.splitlines()[:3] if line.startswith("#")), "")
    return {
        "path": file.path, "label": label(file.path), "about": comment[:80], "sha": file.sha, "change": change, "rules": len(file.rules),
        "refused": [finding_json(one, "zh") for one in file.refused], "text": file.text if file.refused else None,
    }  # fmt: skip


def _row(spot: RuleSpot, old: Mapping[str, object], wrong: Counter[tuple[str, str, str]], at: datetime, hits: Mapping[str, int], lang: str) -> Json:
    change = "new" if spot.id not in old else "changed" if old[spot.id] != spot.data else ""
    return {
        "path": spot.path, "index": spot.index, "id": spot.id, "title": say(spot.title, lang) or spot.id, "priority": spot.priority, "change": change,
        "dates": dates_state(spot.data.get("effective"), at), "errors": wrong[(spot.path, spot.id, "error")], "warnings": wrong[(spot.path, spot.id, "warning")],
        "hits": hits.get(spot.id, 0),
    }  # fmt: skip


def dates_state(effective: object, at: datetime) -> str:
    """early before a rule's own dates begin, late once they have ended, else empty."""
    if not isinstance(effective, Mapping):
        return ""
    today = at.strftime("%Y-%m-%d %H:%M")
    start, end = effective.get("from"), effective.get("to")
    if start is not None and today[: len(str(start))] < str(start):
        return "early"
    return "late" if end is not None and today[: len(str(end))] >= str(end) else ""


def _by_rule(findings: Iterable[Finding], family: Family) -> Counter[tuple[str, str, str]]:
    paths = {file.path for file in family.files}
    return Counter((one.file, one.rule, one.level) for one in findings if one.file in paths)
