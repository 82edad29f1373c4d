"""改了什么: two states of all files, told rule by rule in words, and line by line where there are no words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from admin.gate_lines import FileLines, files_apart
from admin.workbench_family import families, is_rule_file
from engine import compare_versions
from engine.compare_versions import RuleChange, SetChange
from engine.folder import Loaded
from tickets.store.releases import versions_of

KINDS = (("forms/", "form"), ("templates/", "template"), ("rules/calendar/", "calendar"), ("rules/library", "library"), ("rules/facts", "facts"), ("rules/roles", "roles"))  # fmt: skip


@dataclass(frozen=True)
class FileChange:
    """A file told by its lines. `what` is its kind (form template calendar library facts roles rules)."""

    what: str
    lines: FileLines


@dataclass(frozen=True)
class Changes:
    """Everything that differs. Counts are of rules; `same` are the rules left as they were in all sets; `numbers` are (set, title, V before, V after)."""

    sets: tuple[SetChange, ...]
    files: tuple[FileChange, ...]
    same: int
    numbers: tuple[tuple[str, str, int, int], ...]

    @property
    def rules(self) -> tuple[RuleChange, ...]:
        return tuple(rule for one in self.sets for rule in one.rules)

    @property
    def added(self) -> int:
        return sum(len(one.added) for one in self.sets)

    @property
    def removed(self) -> int:
        return sum(len(one.removed) for one in self.sets)

    @property
    def changed(self) -> int:
        return sum(len(one.changed) for one in self.sets)

    @property
    def without_basis(self) -> tuple[str, ...]:
        """Rules that come or change and name no regulation."""
        return tuple(rule.id for rule in self.rules if rule.kind in ("added", "changed") and not rule.basis)


def changes_of(before: Mapping[str, str], after: Mapping[str, str], loaded: tuple[Loaded, Loaded], lang: str) -> Changes:
    """What differs between two trees. A set that cannot be read on either side is told by its lines."""
    old, new = loaded
    written = ({**families(before)}, {**families(after)})
    sets: list[SetChange] = []
    told: set[str] = set()
    same = 0
    numbers: list[tuple[str, str, int, int]] = []
    for name in sorted({*written[0], *written[1]}):
        was, now = old.sets.get(name), new.sets.get(name)
        if (was is None and name in written[0]) or (now is None and name in written[1]) or (was is None and now is None):
            continue
        change = compare_versions.compare(was, now, old.facts, new.facts, lang)
        same += change.same
        if change.rules or change.head:
            sets.append(change)
            told |= {file.path for side in written for family in [side.get(name)] if family for file in family.files}
        if now is not None and (was is None or was.version != now.version):
            numbers.append((name, change.title, *_numbers(name, None if was is None else was.version, now.version)))
    apart = tuple(FileChange(_what(one.path), one) for one in files_apart(before, after) if one.path not in told)
    return Changes(tuple(sets), apart, same, tuple(numbers))


def _numbers(name: str, was: str | None, now: str) -> tuple[int, int]:
    """The numbers an office knows both versions by; the second is the next one where it was never published."""
    known = versions_of(name)
    last = known[-1][0] if known else 1
    old = next((number for number, version, _ in reversed(known) if version == was), 0 if was is None else last)
    return old, next((number for number, version, info in reversed(known) if version == now and number > old and not info.withdrawn), last + 1)


def _what(path: str) -> str:
    return next((what for start, what in KINDS if path.startswith(start)), "rules" if is_rule_file(path) else "file")
