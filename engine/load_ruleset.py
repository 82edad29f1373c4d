"""Reads a rule set (a family in one file, or in several) into engine/ruleset.py's RuleSet, with every finding along the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine import canonical, expect
from engine.actions import EVENTS, check_events, load_actions
from engine.check_grassroots import check_else, check_rule
from engine.condition import ALWAYS, Condition
from engine.dnf import MOST, TooWide, of_rule
from engine.expect import Scope
from engine.findings import shown
from engine.load_facts import label
from engine.load_hit import check_order, load_hit
from engine.load_tests import load_tests
from engine.nodes import Fields, Node, Value, plain
from engine.parse_condition import parse
from engine.ruleset import Effective, Rule, RuleSet, RuleTest

HEAD = ("ruleset", "title", "event", "hit", "order", "basis", "effective", "else", "for", "total")
FIELDS = (*HEAD, "rules", "tests")
RULE_FIELDS = ("id", "title", "priority", "when", "unless", "then", "tests", "basis", "effective")
SCORED = ("单位", "科室", "个人")
RULE_ID = re.compile(r"[\w.-]{1,60}\Z")
SET_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}\Z")
RESERVED_IDS = ("else", "total")  # what a test's `hit` and `points` say beside rule ids
HIGHEST_PRIORITY = 1_000_000


@dataclass(frozen=True)
class Part:
    """One file of a family: its content and the scope its findings go to."""

    content: Fields
    scope: Scope


def name_of(content: Fields) -> str:
    """The family a file belongs to, "" when it does not say."""
    node = content.get("ruleset")
    return node.value if isinstance(node, Value) and isinstance(node.value, str) else ""


def load_ruleset(parts: Sequence[Part]) -> RuleSet | None:
    """The set that the files make together, rules in rank order; None when anything was refused (the reports say what).

    Several files of one family repeat `ruleset`; each other head field stands in one of them, or says the same in all.
    """
    head = _head(parts)
    scope = parts[0].scope
    effective = _effective(head.get("effective"), scope) if "effective" in head.fields else Effective()
    basis = _words(head, "basis", scope)
    events = _events(head, scope)
    rules = _rules(parts, basis, effective, events)
    otherwise = load_actions(head.fields["else"], scope, "else", "else") if "else" in head.fields else ()
    check_events(otherwise, events, scope)
    check_else(otherwise, scope)
    hit = load_hit(head, scope)
    check_order(hit, [(scope, otherwise), *((scope.within(rule.id), rule.then) for rule in rules)])
    ids = {rule.id for rule in rules}
    tests = tuple(test for part in parts if "tests" in part.content.fields for test in load_tests(part.content.fields["tests"], part.scope, ids=ids))
    if not tests and rules and not any(rule.tests for rule in rules):
        scope.warning(head, "没有任何测试（tests）", "no tests at all")
    extra = _extra(head, scope)
    if any(part.scope.report.has_errors() for part in parts) or hit is None:
        return None
    text = canonical.dumps(_joined(parts, head))
    ranked = tuple(replace(rule, rank=rank) for rank, rule in enumerate(sorted(rules, key=lambda rule: rule.priority), start=1))
    name = name_of(head)
    title = label(head.get("title"), scope, name)
    return RuleSet(name, title, events, hit, ranked, otherwise, basis, effective, tests, canonical.sha256(text), text, extra, scope.file)


def _head(parts: Sequence[Part]) -> Fields:
    """The head fields of all files together; checks that they do not contradict one another and that none is missing."""
    fields: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for part in parts:
        expect.fields(part.content, part.scope, FIELDS, "规则集", "a rule set")
        for key in HEAD:
            node = part.content.get(key)
            if node is None:
                continue
            if key in fields and plain(fields[key]) != plain(node):
                part.scope.error(part.content.line_of(key), f"「{key}」与同一规则集的另一文件不一致", f"{key} differs from another file of this rule set")
            fields.setdefault(key, node)
            lines.setdefault(key, part.content.line_of(key))
    scope, first = parts[0].scope, parts[0].content
    head = Fields(fields, first.line, lines)
    for key in ("ruleset", "event", "hit"):
        if key not in fields:
            scope.error(first, f"规则集缺少「{key}」", f"the rule set lacks {key}")
    for part in parts:
        if "rules" not in part.content.fields:
            part.scope.error(part.content, "规则集缺少「rules」", "the rule set lacks rules")
    if "ruleset" in fields:
        word = expect.text(fields["ruleset"], scope, "规则集名", "the rule set's name")
        if word is not None and not SET_NAME.match(word):
            scope.error(
                lines["ruleset"],
                "规则集名应当是小写字母、数字、- 和 _，以字母开头",
                "a rule set's name is small letters, digits, - and _, and begins with a letter",
            )
    label(head.get("title"), scope, "")
    return head


def _words(box: Fields, key: str, scope: Scope) -> str:
    return (expect.text(box.fields[key], scope, key, key) or "") if key in box.fields else ""


def _events(head: Fields, scope: Scope) -> tuple[str, ...]:
    if "event" not in head.fields:
        return ()
    return expect.some_of(head.fields["event"], scope, tuple(EVENTS), "事件", "event") or ()


def _extra(head: Fields, scope: Scope) -> dict[str, object]:
    found: dict[str, object] = {}
    if "for" in head.fields:
        found["for"] = list(expect.some_of(head.fields["for"], scope, SCORED, "考核对象", "thing in for:") or ())
    if "total" in head.fields:
        found["total"] = expect.number(head.fields["total"], scope, "total", "total")
    return found


def _rules(parts: Sequence[Part], basis: str, effective: Effective, events: tuple[str, ...]) -> list[Rule]:
    rules: list[Rule] = []
    seen: dict[str, str] = {}
    for part in parts:
        listed = expect.items(part.content.fields["rules"], part.scope, "rules", "rules", empty=True) if "rules" in part.content.fields else ()
        for node in listed or ():
            rule = _rule(node, part.scope, basis, effective, events)
            if rule is None:
                continue
            place = f"{part.scope.file}:{rule.line}"
            if rule.id in seen:
                part.scope.within(rule.id).error(rule.line, f"编号「{rule.id}」已用于 {seen[rule.id]}", f"the id {rule.id} is taken: {seen[rule.id]}")
            seen.setdefault(rule.id, place)
            rules.append(rule)
    return rules


def _rule(node: Node, scope: Scope, basis: str, effective: Effective, events: tuple[str, ...]) -> Rule | None:
    sound = len(scope.report.errors())
    rule_id = _id(node, scope)
    here = scope.within(rule_id) if rule_id else scope
    box = expect.fields(node, here, RULE_FIELDS, "规则", "a rule", needed=("id", "then"))
    if box is None:
        return None
    when = _condition(box, "when", here)
    unless = _condition(box, "unless", here)
    if when is not None or unless is not None:
        _check_width(when or ALWAYS, unless, box, here)
    then = load_actions(box.fields["then"], here, "then", "then") if "then" in box.fields else ()
    check_events(then, events, here)
    priority = expect.whole(box.fields["priority"], here, "priority", "priority", least=0, most=HIGHEST_PRIORITY) if "priority" in box.fields else 0
    own = _own_dates(box, effective, here) if "effective" in box.fields else effective
    own_basis = _words(box, "basis", here) or basis
    if not own_basis:
        here.warning(box, "没有写依据（basis）", "no basis")
    tests: tuple[RuleTest, ...] = load_tests(box.fields["tests"], here, of_rule=True) if "tests" in box.fields else ()
    title = label(box.get("title"), here, rule_id or "")
    if rule_id is None:
        return None
    rule = Rule(rule_id, title, when or ALWAYS, then, unless, priority or 0, 0, own_basis, own, tests, box.line, scope.file)
    if len(scope.report.errors()) == sound:  # of a rule half read nobody can say whom it would reach
        check_rule(rule, here)
    return rule


def _id(node: Node, scope: Scope) -> str | None:
    found = node.get("id") if isinstance(node, Fields) else None
    if found is None:
        return None
    word = expect.text(found, scope, "规则编号（id）", "the rule's id")
    if word is not None and (not RULE_ID.match(word) or word in RESERVED_IDS):
        zh = f"编号「{shown(word)}」应当由字、数字、-、_ 或 . 组成，不超过 60 字，且不是 else 或 total"
        scope.error(found, zh, f"the id {shown(word)} must be letters, digits, -, _ or ., at most 60, and not else or total")
        return None
    return word


def _condition(box: Fields, key: str, scope: Scope) -> Condition | None:
    return parse(box.fields[key], scope) if key in box.fields else None


def _check_width(when: Condition, unless: Condition | None, box: Fields, scope: Scope) -> None:
    try:
        of_rule(when, unless)
    except TooWide:
        line = box.line_of("when" if "when" in box.fields else "unless")
        scope.error(line, f"条件展开后超过 {MOST} 种情形，请拆成几条规则", f"the condition expands to more than {MOST} alternatives: split the rule")


def _effective(node: Node | None, scope: Scope) -> Effective:
    """Half-open [from, to), Asia/Shanghai."""
    if node is None:
        return Effective()
    box = expect.fields(node, scope, ("from", "to"), "有效期", "effective")
    if box is None:
        return Effective()
    if not box.fields:
        scope.error(node, "有效期是空的，请写 from 或 to", "effective is empty: write from or to")
    names = {"from": "开始日期", "to": "结束日期"}
    start, end = (expect.moment(box.fields[key], scope, names[key], key) if key in box.fields else None for key in ("from", "to"))
    if start is not None and end is not None and end <= start:
        scope.error(box.line_of("to"), "有效期颠倒：结束不晚于开始（区间含头不含尾）", "effective dates are reversed: `to` must come after `from` (half-open)")
        return Effective()
    return Effective(start, end)


def _own_dates(box: Fields, of_set: Effective, scope: Scope) -> Effective:
    """A rule's own dates; outside those of its set nothing of it is in force."""
    own = _effective(box.fields["effective"], scope)
    starts = [at for at in (own.start, of_set.start) if at is not None]
    ends = [at for at in (own.end, of_set.end) if at is not None]
    if starts and ends and max(starts) >= min(ends):
        zh = "规则的有效期在规则集的有效期之外，永远不会生效，请改其中一个"
        scope.error(box.line_of("effective"), zh, "the rule's dates lie outside those of its set, so it is never in force: change one of them")
    return own


def _joined(parts: Sequence[Part], head: Fields) -> dict[str, object]:
    """The whole family as plain data: what the version is the fingerprint of."""
    data: dict[str, object] = {key: plain(node) for key, node in head.fields.items()}
    for key in ("rules", "tests"):
        listed = [item for part in parts if key in part.content.fields for item in _list(part.content.fields[key])]
        if listed or key == "rules":
            data[key] = listed
    order = data.get("order")
    if isinstance(order, dict) and len(order) > 1:  # which list comes first decides, and canonical JSON sorts keys: a list keeps them
        data["order"] = [{path: values} for path, values in order.items()]
    return data


def _list(node: Node) -> list[object]:
    found = plain(node)
    return found if isinstance(found, list) else []
