"""Two versions of a rule set side by side, rule by rule, in words: what an approver reads before deciding."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from engine.calendar import SHANGHAI
from engine.compare_versions_actions import Difference, differences, spoken
from engine.compare_versions_actions import same as same_actions
from engine.compare_versions_conditions import FactBook, LineChange, Speech
from engine.compare_versions_conditions import changes as line_changes
from engine.compare_versions_conditions import same as same_condition
from engine.hit import POLICIES
from engine.ruleset import Effective, HitPolicy, Rule, RuleSet, RuleTest

KINDS: dict[str, tuple[str, str]] = {"added": ("新增", "new"), "removed": ("删除", "removed"), "changed": ("修改", "changed"), "moved": ("移动", "moved")}
LABELS: dict[str, tuple[str, str]] = {
    "title": ("名称", "Title"),
    "basis": ("依据", "Basis"),
    "when": ("条件", "When"),
    "unless": ("除非", "Unless"),
    "then": ("则", "Then"),
    "priority": ("优先级", "Priority"),
    "place": ("顺序", "Order"),
    "effective": ("生效", "In force"),
    "tests": ("样例", "Examples"),
    "event": ("事件", "Event"),
    "hit": ("裁决方式", "Hit policy"),
    "otherwise": ("兜底", "Else"),
    "for": ("对象", "For"),
    "total": ("总分", "Total"),
}


@dataclass(frozen=True)
class FieldChange:
    """One thing that changed: `before` or `after` is empty when it came or went. Of lists, `added` and `removed` tell the items alone."""

    label: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleChange:
    """One rule. `kind` is added, removed, changed or moved (only its place); `badge` says so; `fields` in the order a rule is written."""

    id: str
    title: str
    kind: str
    badge: str
    basis: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class SetChange:
    """A whole set: rules that came, went or changed, how many are the `same`, and what changed in its `head`."""

    name: str
    title: str
    added: tuple[RuleChange, ...]
    removed: tuple[RuleChange, ...]
    changed: tuple[RuleChange, ...]
    same: int
    head: tuple[FieldChange, ...]

    @property
    def rules(self) -> tuple[RuleChange, ...]:
        """All that changed: changed, then new, then removed."""
        return (*self.changed, *self.added, *self.removed)

    def plain(self) -> dict[str, object]:
        """As plain data for JSON."""
        return asdict(self)


def compare(old: RuleSet | None, new: RuleSet | None, old_facts: FactBook, new_facts: FactBook, lang: str = "zh") -> SetChange:
    """What changed from `old` to `new`; a set that is new or gone has None on that side. ValueError when both are None."""
    one = new or old
    if one is None:
        raise ValueError("没有可比较的规则集 (no rule set to compare)")
    speech = Speech(old_facts, new_facts, lang)
    was = {rule.id: rule for rule in old.rules} if old else {}
    now = {rule.id: rule for rule in new.rules} if new else {}
    moved = _moved(was, now)
    changed: list[RuleChange] = []
    same = 0
    for name, rule in now.items():
        if name in was:
            fields = (*_rule_fields(was[name], rule, speech), *(_place(was, now, name, lang) if name in moved else ()))
            same += not fields
            if fields:
                only_place = name in moved and len(fields) == 1
                changed.append(_rule(rule, "moved" if only_place else "changed", fields, one, lang))
    return SetChange(
        one.name,
        one.title.say(lang),
        tuple(_rule(rule, "added", _rule_fields(None, rule, speech), one, lang) for name, rule in now.items() if name not in was),
        tuple(_rule(rule, "removed", _rule_fields(rule, None, speech), one, lang) for name, rule in was.items() if name not in now),
        tuple(changed),
        same,
        tuple(_head(old, new, speech)) if old and new else (),
    )


def say(change: SetChange, lang: str = "zh") -> list[str]:
    """The comparison as lines for a terminal."""
    zh = lang == "zh"
    counts = (len(change.changed), len(change.added), len(change.removed), change.same)
    line = "改 {} 条，增 {} 条，删 {} 条，其余 {} 条不变" if zh else "{} changed, {} new, {} removed, {} the same"
    lines = [f"{change.name} {change.title}{'：' if zh else ': '}{line.format(*counts)}"]
    lines += [f"  {_line(field, zh)}" for field in change.head]
    for rule in change.rules:
        basis = (f"（{rule.basis}）" if zh else f" ({rule.basis})") if rule.basis else ""
        lines.append(f"{rule.badge} {rule.id} {rule.title}{basis}")
        lines += [f"  {_line(field, zh)}" for field in rule.fields]
    return lines


def _line(field: FieldChange, zh: bool) -> str:
    colon = "：" if zh else ": "
    if field.added or field.removed:
        parts = [f"＋{one}" for one in field.added] + [f"－{one}" for one in field.removed]
        return f"{field.label}{colon}{('、' if zh else ', ').join(parts)}"
    if not field.before or not field.after:
        return f"{field.label}{colon}{'－' if field.before else '＋'}{field.before or field.after}"
    return f"{field.label}{colon}{field.before} → {field.after}"


def _rule(rule: Rule, kind: str, fields: Iterable[FieldChange], ruleset: RuleSet, lang: str) -> RuleChange:
    return RuleChange(rule.id, rule.title.say(lang), kind, KINDS[kind][0 if lang == "zh" else 1], rule.basis or ruleset.basis, tuple(fields))


def _rule_fields(old: Rule | None, new: Rule | None, speech: Speech) -> Iterator[FieldChange]:
    """What differs; of a rule that came or went, what it asks and does."""
    lang = speech.lang
    if old and new:
        yield from _text("title", old.title.say(lang), new.title.say(lang), lang)
        yield from _text("basis", old.basis, new.basis, lang)
    for part in ("when", "unless"):
        before, after = getattr(old, part, None), getattr(new, part, None)
        if same_condition(before, after):
            continue
        found = line_changes(before, after, speech)
        yield from (_condition(part, one, lang) for one in found)
        if not found:  # the same lines in another order
            yield FieldChange(_label(part, lang), speech.before(before) if before else "", speech.after(after) if after else "")
    before_then, after_then = old.then if old else (), new.then if new else ()
    if not same_actions(before_then, after_then):
        yield from (_action("then", one, lang) for one in differences(before_then, after_then, lang))
    if old and new:
        yield from _text("priority", str(old.priority), str(new.priority), lang)
    yield from _text("effective", _dates(old.effective, lang) if old else "", _dates(new.effective, lang) if new else "", lang)
    if old and new:
        yield from _tests(old.tests, new.tests, speech)


def _head(old: RuleSet, new: RuleSet, speech: Speech) -> Iterator[FieldChange]:
    lang = speech.lang
    yield from _text("title", old.title.say(lang), new.title.say(lang), lang)
    yield from _text("event", "、".join(old.events), "、".join(new.events), lang)
    yield from _text("hit", _policy(old.hit, lang), _policy(new.hit, lang), lang)
    yield from _text("basis", old.basis, new.basis, lang)
    yield from _text("effective", _dates(old.effective, lang), _dates(new.effective, lang), lang)
    if not same_actions(old.otherwise, new.otherwise):
        yield from (_action("otherwise", one, lang) for one in differences(old.otherwise, new.otherwise, lang))
    for key in dict.fromkeys((*old.extra, *new.extra)):
        yield from _text(key, spoken(old.extra.get(key), lang), spoken(new.extra.get(key), lang), lang)
    yield from _tests(old.tests, new.tests, speech)


def _text(key: str, before: str, after: str, lang: str) -> Iterator[FieldChange]:
    if before != after:
        yield FieldChange(_label(key, lang), before, after)


def _condition(part: str, one: LineChange, lang: str) -> FieldChange:
    label = " · ".join(word for word in (_label(part, lang), one.box, one.fact if one.before and one.after else "") if word)
    return FieldChange(label, one.before, one.after, one.added, one.removed)


def _action(part: str, one: Difference, lang: str) -> FieldChange:
    return FieldChange(f"{_label(part, lang)} · {one.label}", one.before, one.after, one.added, one.removed)


def _tests(old: Sequence[RuleTest], new: Sequence[RuleTest], speech: Speech) -> Iterator[FieldChange]:
    """Examples that came and went; which comes first means nothing."""
    was = [_test(test, speech.old, speech.lang) for test in old]
    now = [_test(test, speech.new, speech.lang) for test in new]
    added, removed = tuple(one for one in now if one not in was), tuple(one for one in was if one not in now)
    if added or removed:
        yield FieldChange(_label("tests", speech.lang), str(len(old)), str(len(new)), added, removed)


def _test(test: RuleTest, factbook: FactBook, lang: str) -> str:
    zh = lang == "zh"
    given = "，".join(f"{factbook[name].label.say(lang) if name in factbook else name} {spoken(value, lang)}" for name, value in test.given.items())
    raw = spoken({key: value for key, value in test.raw.items() if key != "name"}, lang)
    hit = None if test.expect is None else ("命中" if test.expect else "不命中") if zh else ("hit" if test.expect else "miss")
    return f"{given} → {'，'.join(one for one in (hit, raw) if one)}"


def _policy(hit: HitPolicy, lang: str) -> str:
    name = POLICIES[hit.name][0 if lang == "zh" else 1] + (f"（{hit.per}）" if hit.per else "")
    return "；".join([name, *(f"{path}: {' > '.join(values)}" for path, values in hit.order.items())])


def _dates(dates: Effective, lang: str) -> str:
    start, end = (None if one is None else one.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00") for one in (dates.start, dates.end))
    if lang == "zh":
        return (f"自 {start}" if start else "") + (f"至 {end} 前" if end else "")
    return " ".join(one for one in (f"from {start}" if start else "", f"until {end}" if end else "") if one)


def _label(key: str, lang: str) -> str:
    return LABELS.get(key, (key, key))[0 if lang == "zh" else 1]


def _moved(was: Mapping[str, Rule], now: Mapping[str, Rule]) -> set[str]:
    """The fewest rules that, taken out, leave the others in their old order: one move is one move.

    A rule whose priority was changed is held to have moved rather than the one it changed places with.
    """
    place = {name: number for number, name in enumerate(was)}
    both = [name for name in now if name in was]
    steady = _rising([place[name] for name in both if was[name].priority == now[name].priority])
    for name in both:
        if was[name].priority != now[name].priority:
            here = both.index(name)
            before = [place[other] for other in both[:here] if place[other] in steady]
            after = [place[other] for other in both[here + 1 :] if place[other] in steady]
            if max(before, default=-1) < place[name] < min(after, default=len(place)):
                steady.add(place[name])
    return {name for name in both if place[name] not in steady}


def _rising(places: Sequence[int]) -> set[int]:
    """The largest subset that stands in rising order."""
    tops: list[int] = []  # the lowest place that a rising chain of each length ends on
    before: dict[int, int | None] = {}
    for one in places:
        length = bisect_left(tops, one)
        before[one] = tops[length - 1] if length else None
        tops[length : length + 1] = [one]
    stay: set[int] = set()
    here = tops[-1] if tops else None
    while here is not None:
        stay.add(here)
        here = before[here]
    return stay


def _place(was: Mapping[str, Rule], now: Mapping[str, Rule], name: str, lang: str) -> Iterator[FieldChange]:
    """Where the rule stood and stands, counted among all rules of its version, and whom it now comes before."""
    order = list(now)
    here = order.index(name)
    before, after = list(was).index(name) + 1, here + 1
    follower = order[here + 1] if here + 1 < len(order) else ""
    if lang == "zh":
        yield FieldChange("顺序", f"第 {before} 条", f"第 {after} 条" + (f"，在 {follower} 之前" if follower else "，排在最后"))
    else:
        yield FieldChange("Order", f"rule {before}", f"rule {after}" + (f", before {follower}" if follower else ", last"))
