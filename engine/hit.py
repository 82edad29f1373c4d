"""Which of the rules that fired have the say: the hit policies 首个 唯一 一致 就高 全部 累加."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.ruleset import Action, Rule, RuleSet

POLICIES: dict[str, tuple[str, str]] = {
    "first": ("首个", "first"),
    "unique": ("唯一", "unique"),
    "any": ("一致", "any"),
    "highest": ("就高", "highest"),
    "collect": ("全部", "collect"),
    "sum": ("累加", "sum"),
}


class Disagreement(Exception):
    """Rules that should have been one of a kind, or of one mind, are not: the ticket belongs to the manual desk."""

    permanent = True

    def __init__(self, rules: tuple[str, ...], zh: str, en: str) -> None:
        super().__init__(f"{zh} ({en})")
        self.rules = rules
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Picked:
    """What the policy kept: rule ids in rank order, and their actions, each with the id that asked for it ("else" when none fired)."""

    winners: tuple[str, ...]
    actions: tuple[tuple[str, Action], ...]
    by_else: bool


def apply(ruleset: RuleSet, fired: Iterable[Rule]) -> Picked:
    """Chooses among the fired rules, in whatever order they come; with none of them, `else` speaks. Disagreement under unique and any."""
    rules = sorted(fired, key=lambda rule: rule.rank)
    if not rules:
        return Picked((), tuple(("else", action) for action in ruleset.otherwise), True)
    policy = ruleset.hit.name
    if policy == "first":
        rules = rules[:1]
    elif policy == "unique":
        _refuse_two(rules, ruleset.hit.per)
    elif policy == "any":
        _refuse_difference(rules)
        rules = rules[:1]
    elif policy == "highest":
        rules = [min(rules, key=lambda rule: (height(ruleset.hit.order, rule), rule.rank))]
    elif policy not in POLICIES:
        raise ValueError(f"「{policy}」不是裁决方式；可以用 {'、'.join(POLICIES)} (unknown hit policy)")
    return Picked(tuple(rule.id for rule in rules), tuple((rule.id, action) for rule in rules for action in rule.then), False)


def value_at(action: Action, path: str) -> object:
    """What stands at `deadline.name`, or at `urgency` (a bare value); None when the action is of another kind or has no such field."""
    kind, _, rest = path.partition(".")
    if action.kind != kind:
        return None
    found: object = action.args
    for key in rest.split(".") if rest else ("value",):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def height(order: Mapping[str, tuple[str, ...]], rule: Rule) -> tuple[int, ...]:
    """Where the rule's actions stand in each `order` list, 0 highest; one past the end when the rule has no such value."""
    return tuple(min((place(values, value_at(action, path)) for action in rule.then), default=len(values)) for path, values in order.items())


def place(values: tuple[str, ...], value: object) -> int:
    """The value's place in an `order` list, 0 highest; one past the end for a value that is not on it."""
    return values.index(value) if isinstance(value, str) and value in values else len(values)


def higher(ruleset: RuleSet, path: str, one: str, other: str) -> str:
    """The higher of two values by the set's `order`: a supervision item's level only rises."""
    values = ruleset.hit.order.get(path, ())
    return other if place(values, other) < place(values, one) else one


def _refuse_two(rules: list[Rule], per: str | None) -> None:
    """Under unique no two rules may fire; under unique per path no value may be given by two rules, or twice by one."""
    if per is None:
        if len(rules) > 1:
            ids = tuple(rule.id for rule in rules)
            raise Disagreement(ids, f"只应有一条规则适用，却有 {len(ids)} 条：{'、'.join(ids)}", f"only one rule should apply, {len(ids)} do: {', '.join(ids)}")
        return
    by_value: dict[object, list[str]] = {}
    for rule in rules:
        for action in rule.then:
            value = value_at(action, per)
            if value is not None:
                by_value.setdefault(value, []).append(rule.id)
    for value, owners in by_value.items():
        if len(owners) > 1:
            ids = tuple(dict.fromkeys(owners))
            raise Disagreement(
                ids, f"「{value}」只应由一条规则给出，却由 {'、'.join(owners)} 给出", f"{per} {value} is given by more than one: {', '.join(owners)}"
            )


def _refuse_difference(rules: list[Rule]) -> None:
    """Under any all fired rules must ask for the same, whatever the order in which they ask."""
    asked = [comparable(rule.then) for rule in rules]
    for rule, actions in zip(rules[1:], asked[1:], strict=True):
        if actions != asked[0]:
            ids = (rules[0].id, rule.id)
            raise Disagreement(ids, f"同时适用的规则 {ids[0]} 与 {ids[1]} 结论不一致", f"rules {ids[0]} and {ids[1]} both apply and disagree")


def comparable(actions: tuple[Action, ...]) -> list[str]:
    """What the actions ask for, in one spelling and order: two rules agree under `any` when these are equal."""
    return sorted(f"{action.kind} {_plain(action.args)}" for action in actions)


def _plain(value: object) -> str:
    """One spelling for one meaning: keys in order, the line not counted."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_plain(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_plain(one) for one in value) + "]"
    return repr(value)
