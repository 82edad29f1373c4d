"""The grassroots guard: work that only a department may do is never sent to a village or a grid officer.

国办函〔2025〕66号: department work must not be passed down to the grassroots. A rule is refused when it could fire for a
reserved category and its dispatch (or the one who acts on a supervision item) is a grassroots address.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.condition import All, AnyOf, Condition, Test
from engine.expect import Scope
from engine.facts import Fact
from engine.names import Names
from engine.ruleset import Action, Rule

# Who acts, by action. mediate is not here: visiting a dissatisfied citizen is the grid's own work (PRACTICE: 调解).
ACTS: dict[str, tuple[str, ...]] = {"dispatch": ("to", "or", "assist"), "supervise": ("by",)}
SHOWN = 3


def check_rule(rule: Rule, scope: Scope) -> None:
    """Reports a rule that could send reserved work to the grassroots, with the categories it could do so for."""
    names = scope.vocabulary.names
    aimed = _aimed(rule.then, names) if names.reserved else None
    reached = reaches(rule, names, scope.vocabulary.facts) if aimed else []
    if aimed and reached:
        _report(scope, rule.line, aimed, reached)


def check_else(otherwise: tuple[Action, ...], scope: Scope) -> None:
    """`else` speaks for whatever no rule takes, so it may never send work to the grassroots where some is reserved."""
    names = scope.vocabulary.names
    aimed = _aimed(otherwise, names) if names.reserved else None
    if aimed:
        _report(scope.within("else"), otherwise[0].line, aimed, sorted(names.reserved))


def _report(scope: Scope, line: int, aimed: str, reached: list[str]) -> None:
    some = reached[:SHOWN]
    zh = f"部门专属事项（{'、'.join(some)}{'等' if len(reached) > SHOWN else ''}）不得派给基层「{aimed}」（国办函〔2025〕66号），请改派部门，或把这些类别排除"
    en = f"department-only work ({', '.join(some)}{', …' if len(reached) > SHOWN else ''}) must not go to the grassroots ({aimed}): name a department or exclude it"
    scope.error(line, zh, en)


def _aimed(actions: tuple[Action, ...], names: Names) -> str | None:
    """The first grassroots address that the actions give work to."""
    for action in actions:
        for key in ACTS.get(action.kind, ()):
            addresses = action.args.get(key)
            for address in addresses if isinstance(addresses, list) else ():
                if is_grassroots(address, names):
                    return str(address)
    return None


def is_grassroots(address: str, names: Names) -> bool:
    """True for a village's or a grid officer's address or role, and for anything inside such a unit."""
    parts = address.split("/")
    return any("/".join(parts[: n + 1]) in names.grassroots for n in range(len(parts)))


def reaches(rule: Rule, names: Names, facts: Mapping[str, Fact]) -> list[str]:
    """The reserved categories for which the rule could fire, whatever the other facts are."""
    categories = {name for name, fact in facts.items() if fact.type == "tree" and fact.options_from == "library"}
    found: list[str] = []
    for category in names.categories.nodes:
        if category not in names.reserved:
            continue
        world = _World(category, categories, names)
        may_fire = world.may(rule.when)[0]
        surely_stopped = rule.unless is not None and not world.may(rule.unless)[1]
        if may_fire and not surely_stopped:
            found.append(category)
    return found


class _World:
    """All tickets of one category: what of a condition may be true of some, and what may not be true of some."""

    def __init__(self, category: str, categories: set[str], names: Names) -> None:
        self.category, self.categories, self.tree = category, categories, names.categories

    def may(self, condition: Condition) -> tuple[bool, bool]:
        """(may be true, may be other than true)."""
        if isinstance(condition, Test):
            return self._test(condition)
        parts = [self.may(part) for part in condition.parts]
        if isinstance(condition, All):
            return all(yes for yes, _ in parts), any(no for _, no in parts)
        if isinstance(condition, AnyOf):
            return any(yes for yes, _ in parts), all(no for _, no in parts)
        return all(no for _, no in parts), any(yes for yes, _ in parts)  # none

    def _test(self, test: Test) -> tuple[bool, bool]:
        if test.fact not in self.categories:
            return True, True
        if test.op == "missing":
            known = test.value is False
            return known, not known
        nodes = test.value if isinstance(test.value, tuple) else (test.value,)
        holds = any(isinstance(node, str) and self.tree.holds(node, self.category) for node in nodes)
        if test.op == "ne":
            holds = not holds
        return holds, not holds
