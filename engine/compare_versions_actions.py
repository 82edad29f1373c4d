"""What changed in what a rule does: sent elsewhere, a shorter limit, one more helper; and in plain values of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine import canonical, words
from engine.actions import ACTIONS
from engine.ruleset import Action
from engine.say_actions import action as say_action
from engine.spans import Span, SpanRefused

FIELDS: dict[str, tuple[str, str]] = {
    "to": ("派往", "to"),
    "or": ("找不到时", "otherwise to"),
    "assist": ("协办", "assisted by"),
    "within": ("时限", "within"),
    "name": ("时限名称", "name"),
    "from": ("起算", "from"),
    "until": ("截止", "until"),
    "clock": ("时钟", "clock"),
    "pause": ("暂停", "paused in"),
    "send": ("渠道", "by"),
    "after": ("延后", "after"),
    "level": ("级别", "level"),
    "by": ("承办", "by"),
    "once": ("归并", "once per"),
    "list": ("挂账", "listed"),
    "meet": ("会商", "meeting"),
    "follow": ("跟踪", "follow"),
    "reason": ("原因", "reason"),
    "approve": ("批准", "approved by"),
    "indicator": ("指标", "indicator"),
    "weight": ("权重", "weight"),
    "full": ("满分", "full marks"),
    "target": ("目标", "target"),
    "per_point": ("每点", "per point"),
    "above": ("高于", "above"),
    "each": ("每件", "each"),
    "floor": ("最低", "floor"),
    "cap": ("最高", "cap"),
    "bonus": ("加分项", "bonus"),
    "min_sample": ("最少样本", "least sample"),
    "below": ("样本不足时", "below it"),
    "chain": ("审核链", "chain"),
    "value": ("内容", "value"),
    "at": ("在", "at"),
    "before": ("到期前", "before it is due"),
    "spent": ("用去", "spent"),
    "wait": ("等", "wait"),
    "every": ("每隔", "every"),
    "times": ("次数", "times"),
    "due": ("到期", "due"),
    "met": ("办成于", "met at"),
    "sends": ("通知", "sends"),
    "points": ("得分", "points"),
    "hit": ("胜出", "wins"),
    "event": ("事件", "event"),
}
ADDRESSED = {
    "chain": ("通知", "to"),
    "warn": ("送达", "to"),
    "supervise": ("通知", "to"),
    "exclude": ("剔除自", "from"),
}  # where `to` and `from` are no dispatch
KEYED_BY = ("name", "indicator", "level")  # what tells two actions of one kind apart


@dataclass(frozen=True)
class Difference:
    """One value: `before` or `after` is empty when there was or is none; of lists `added` and `removed` tell the items."""

    label: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def differences(old: Sequence[Action], new: Sequence[Action], lang: str) -> list[Difference]:
    """Every action and every field of one that differs; [] when both ask for the same in the same order."""
    return list(_differences(old, new, lang))


def same(old: Sequence[Action], new: Sequence[Action]) -> bool:
    """Whether both ask for the same in the same order; lines do not count."""
    return [_plain(one) for one in old] == [_plain(one) for one in new]


def spoken(value: object, lang: str, kind: str = "") -> str:
    """A plain value of any shape for a reader; `kind` is the action it belongs to, if it does."""
    if isinstance(value, Mapping):
        return ("，" if lang == "zh" else ", ").join(f"{_label(str(key), kind, lang)} {spoken(one, lang, kind)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "、".join(spoken(one, lang, kind) for one in value)
    if value is None:
        return ""
    if isinstance(value, str) and value[:1].isdigit():
        try:
            return Span.parse(value).say(lang)
        except SpanRefused:
            return value
    return words.value(value, lang)


def _differences(old: Sequence[Action], new: Sequence[Action], lang: str) -> Iterator[Difference]:
    pairs, gone, come = _paired(old, new)
    for one, other in pairs:
        if _plain(one) != _plain(other):
            yield from _fields(one, other, lang)
    for one in gone:
        yield Difference(_kind(one, lang), say_action(one, lang), "")
    for one in come:
        yield Difference(_kind(one, lang), "", say_action(one, lang))
    if not gone and not come and [after for _, after in pairs] != list(new):
        before, after = ("；".join(say_action(one, lang) for one in side) for side in (old, new))
        yield Difference("顺序" if lang == "zh" else "order", before, after)


def _paired(old: Sequence[Action], new: Sequence[Action]) -> tuple[list[tuple[Action, Action]], list[Action], list[Action]]:
    come = list(new)
    gone: list[Action] = []
    pairs: list[tuple[Action, Action]] = []
    for one in old:
        twins = [other for other in come if other.kind == one.kind]
        twin = next((other for other in twins if _key(other) == _key(one)), twins[0] if len(twins) == 1 and _alone(one, old) else None)
        if twin is None:
            gone.append(one)
        else:
            pairs.append((one, twin))
            come = [other for other in come if other is not twin]
    return pairs, gone, come


def _alone(one: Action, among: Sequence[Action]) -> bool:
    return sum(other.kind == one.kind for other in among) == 1


def _key(one: Action) -> list[object]:
    return [one.args.get(name) for name in KEYED_BY]


def _fields(old: Action, new: Action, lang: str) -> Iterator[Difference]:
    for key in dict.fromkeys((*old.args, *new.args)):
        before, after = old.args.get(key), new.args.get(key)
        if canonical.dumps(canonical.plain_data(before)) == canonical.dumps(canonical.plain_data(after)):
            continue
        label = _label(key, new.kind, lang) if key != "value" else _kind(new, lang)
        added, removed = _items(before, after, new.kind, lang)
        yield Difference(label, spoken(before, lang, new.kind), spoken(after, lang, new.kind), added, removed)


def _items(before: object, after: object, kind: str, lang: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What lists of more than one gained and lost; a list of one is a value."""
    if not isinstance(before, list | tuple) or not isinstance(after, list | tuple) or max(len(before), len(after)) < 2:
        return (), ()
    was, now = ([spoken(one, lang, kind) for one in side] for side in (before, after))
    return tuple(one for one in now if one not in was), tuple(one for one in was if one not in now)


def _kind(one: Action, lang: str) -> str:
    schema = ACTIONS.get(one.kind)
    return one.kind if schema is None else schema.zh if lang == "zh" else schema.en


def _label(key: str, kind: str, lang: str) -> str:
    names = ADDRESSED.get(kind) if key == ("from" if kind == "exclude" else "to") else None
    zh, en = names or FIELDS.get(key, (key, key))
    return zh if lang == "zh" else en


def _plain(one: Action) -> str:
    return canonical.dumps([one.kind, canonical.plain_data(one.args)])
