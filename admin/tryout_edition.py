"""Which rules a page tries: those in force, a draft's, or the very ones a ticket was judged by; each closed to who may not read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from admin.base import Refused
from admin.workbench_tree import Kept, State
from engine import context
from engine.facts import Fact
from engine.findings import RulesRefused
from engine.names import Names
from engine.rerun import from_canonical
from engine.ruleset import RuleSet
from tickets.store.drafts import DraftInfo
from tickets.store.releases import last_number, set_number
from tickets.store.ticket_view import Ruling, rules_of
from web.hall import hall


@dataclass(frozen=True)
class Edition:
    """One rule set to try. `sets` are the names and titles of all there are; `then` tells that it is the version a ticket was judged by."""

    ruleset: RuleSet
    facts: Mapping[str, Fact]
    names: Names
    draft: DraftInfo | None
    sets: tuple[tuple[str, str], ...]
    then: bool = False
    current: bool = False  # in force now

    @property
    def number(self) -> int | None:
        """The published number of this version; None for a draft's or one never published."""
        if self.draft is not None:
            return None
        found = set_number(self.ruleset.name, self.ruleset.version)
        return 1 if found is None and self.current and last_number(self.ruleset.name) is None else found


def edition(kept: Kept, name: str, draft: DraftInfo | None, lang: str) -> Edition:
    """The set of that name in the draft, else in force; the first one where no name is given. Refused (404) for another name."""
    if draft is not None:
        loaded = kept.state(hall().settings, draft.id, hall().now()).loaded
        found, facts, names = dict(loaded.sets), loaded.facts, loaded.names
        if name and name not in found and any(one.level == "error" for one in loaded.findings):
            raise Refused(f"草稿“{draft.title}”还有错误，先在工作台改好再试", f"the draft “{draft.title}” has errors: mend them in the workbench first", 409)
    else:
        rules = hall().desk.rules
        found, facts, names = {one.name: one for one in rules.rulesets()}, rules.facts, rules.names
    if not found:
        raise Refused("还没有能用的规则集", "there is no rule set that can be tried", 409)
    chosen = found.get(name or ("dispatch" if "dispatch" in found else next(iter(found))))
    if chosen is None:
        known = "、".join(sorted(found))
        raise Refused(f"没有规则集「{name[:60]}」，现有：{known}", f"there is no rule set {name[:60]}; there are {known}", 404)
    return Edition(chosen, facts, names, draft, titles(found, lang), current=draft is None)


def edition_then(ruling: Ruling, now: Edition) -> Edition | None:
    """The set as it was when the ticket was judged; None when that version is not kept or cannot be read."""
    if (ruling.version, ruling.context_hash) == (now.ruleset.version, hall().desk.rules.context_hash):
        return replace(now, then=True)
    kept = rules_of(ruling)
    if kept is None:
        return None
    try:
        facts, names = context.loads(kept[1])
        return Edition(from_canonical(kept[0], facts, names), _as_today(facts, now.facts), names, None, now.sets, then=True)
    except (RulesRefused, ValueError):
        return None


def _as_today(then: Mapping[str, Fact], now: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts of that day in today's order. A stored context does not tell what is personal: today's declaration does, and a text nobody declares is."""
    order = {name: place for place, name in enumerate(now)}
    listed = sorted(then.items(), key=lambda one: (order.get(one[0], len(order)), one[0]))
    return {name: replace(fact, personal=now[name].personal if name in now else fact.type == "text") for name, fact in listed}


def titles(found: Mapping[str, RuleSet], lang: str) -> tuple[tuple[str, str], ...]:
    """Name and title of each set."""
    return tuple((name, found[name].title.say(lang) or name) for name in sorted(found))


def state_of(kept: Kept, draft: DraftInfo | None) -> State:
    """The texts of a draft or of what is in force, for pages that show where things are written."""
    return kept.state(hall().settings, None if draft is None else draft.id, hall().now())
