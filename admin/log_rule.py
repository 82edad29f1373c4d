"""One rule through time: every version with what changed, who wrote and who approved it, and how often the rule has decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from admin.log_editions import Edition, read_back
from engine.compare_versions import FieldChange, compare
from engine.ruleset import Rule, RuleSet
from tickets.domain.times import SHANGHAI, local, stored
from tickets.ports import Desk
from tickets.store.evaluation_log_rules import Version, hits, versions
from tickets.store.releases import ReleaseInfo, files, versions_of
from wiring.rulebook import load_tree

MONTHS = 12


@dataclass(frozen=True)
class Step:
    """One version in time. `kind`: first · added · changed · same · removed · absent (the rule is not in it) · unread (its text is not kept).

    `release` is None for a version that came with the program; `at` is stored (naive UTC).
    """

    at: datetime
    number: int | None
    version: str
    release: ReleaseInfo | None
    kind: str
    fields: tuple[FieldChange, ...]
    in_force: bool


@dataclass(frozen=True)
class Month:
    """One month's hits; `share` is of the busiest month, 0 to 100."""

    start: datetime
    count: int
    share: int


@dataclass(frozen=True)
class History:
    """A rule's past, newest first. `rule` is how it stands today, else how it stood last; `alive` says whether today's rules have it."""

    ruleset: str
    title: str
    rule: Rule | None
    alive: bool
    steps: tuple[Step, ...]
    total: int
    months: tuple[Month, ...]


@dataclass(frozen=True)
class _At:
    at: datetime
    number: int | None
    version: str
    release: ReleaseInfo | None


def history(desk: Desk, name: str, rule_id: str, now: datetime, lang: str) -> History | None:
    """The rule's history up to `now` (aware); None when no version ever had it and it never decided anything."""
    used = {one.version: one for one in versions(name)}
    today = next((one for one in desk.rules.rulesets() if one.name == name), None)
    line = sorted(_timeline(name, used, today, now), key=lambda one: (one.at, one.number or 0))
    steps: list[Step] = []
    before: Edition | None = None
    last: Rule | None = None
    for moment in line:
        here = _edition(moment, name, used, desk, today)
        step = _step(moment, before, here, rule_id, lang, in_force=today is not None and moment.version == today.version)
        steps.append(step)
        before = here or before
        last = _rule(here, rule_id) or last
    total, months = _months(name, rule_id, now)
    if last is None and not total:
        return None
    alive = today is not None and any(rule.id == rule_id for rule in today.rules)
    return History(name, today.title.say(lang) if today is not None else name, last, alive, tuple(_one_in_force(steps)), total, months)


def _one_in_force(steps: list[Step]) -> Iterator[Step]:
    """Newest first; of a version published twice only the newer one is marked as in force."""
    marked = False
    for step in reversed(steps):
        yield replace(step, in_force=step.in_force and not marked)
        marked = marked or step.in_force


def _timeline(name: str, used: Mapping[str, Version], today: RuleSet | None, now: datetime) -> Iterator[_At]:
    released = set()
    for number, version, release in versions_of(name):
        if not release.withdrawn:
            released.add(version)
            yield _At(stored(release.effective_at), number, version, release)
    for version, one in used.items():
        if version not in released:
            yield _At(one.first_used, None, version, None)
    if today is not None and today.version not in released and today.version not in used:
        yield _At(stored(now), None, today.version, None)


def _edition(moment: _At, name: str, used: Mapping[str, Version], desk: Desk, today: RuleSet | None) -> Edition | None:
    kept = used.get(moment.version)
    if kept is not None:
        return read_back(kept.canonical, kept.context)
    if today is not None and moment.version == today.version:
        return Edition(today, desk.rules.facts, desk.rules.names)
    return _published(moment.release.id, name, desk) if moment.release is not None else None


def _published(release_id: int, name: str, desk: Desk) -> Edition | None:
    """A version that was published but has not decided anything yet, from the release's own files; read again for each page, it is rare."""
    found = load_tree(files(release_id), desk.rules.names)
    ruleset = found.sets.get(name)
    return None if ruleset is None else Edition(ruleset, found.facts, found.names)


def _rule(edition: Edition | None, rule_id: str) -> Rule | None:
    return next((rule for rule in edition.ruleset.rules if rule.id == rule_id), None) if edition is not None else None


def _step(moment: _At, before: Edition | None, here: Edition | None, rule_id: str, lang: str, *, in_force: bool) -> Step:
    was, now = _rule(before, rule_id), _rule(here, rule_id)
    fields: tuple[FieldChange, ...] = ()
    if here is None:
        kind = "unread"
    elif was is None:
        kind = "absent" if now is None else "first" if before is None else "added"
    elif now is None:
        kind = "removed"
    else:
        old = before if before is not None else here
        change = compare(replace(old.ruleset, rules=(was,)), replace(here.ruleset, rules=(now,)), old.facts, here.facts, lang)
        fields = tuple(field for rule in change.changed for field in rule.fields)
        kind = "changed" if fields else "same"
    return Step(moment.at, moment.number, moment.version, moment.release, kind, fields, in_force)


def _months(name: str, rule_id: str, now: datetime) -> tuple[int, tuple[Month, ...]]:
    here = local(now)
    firsts = []
    for back in range(MONTHS - 1, -1, -1):
        years, month = divmod(here.year * 12 + here.month - 1 - back, 12)
        firsts.append(stored(datetime(years, month + 1, 1, tzinfo=SHANGHAI)))
    total, counts = hits(name, rule_id, firsts)
    most = max(*counts, 1)
    return total, tuple(Month(first, count, round(100 * count / most)) for first, count in zip(firsts, counts, strict=True))
