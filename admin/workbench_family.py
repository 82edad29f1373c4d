"""The rule files of a tree, family by family, as the workbench lists them: from their text alone, so that a broken rule is listed too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from engine.findings import Finding, RulesRefused
from engine.folder import CALENDAR, kind_of
from engine.source import Source
from tickets.store.releases import sha_of

NAMED = re.compile(r"^ruleset:[ ]*['\"]?([\w-]+)", re.MULTILINE)
HEAD = ("title", "event", "hit", "order", "basis", "effective", "else", "for", "total")


@dataclass(frozen=True)
class RuleSpot:
    """One rule as it is written: the file and its place in that file's `rules`; `data` is plain. An id that is missing is empty."""

    path: str
    index: int
    data: Mapping[str, object]

    @property
    def id(self) -> str:
        found = self.data.get("id")
        return found if isinstance(found, str) else "" if found is None else str(found)

    @property
    def title(self) -> object:
        return self.data.get("title")

    @property
    def priority(self) -> int:
        found = self.data.get("priority")
        return found if isinstance(found, int) and not isinstance(found, bool) else 0


@dataclass(frozen=True)
class FamilyFile:
    """One file of a family. `refused` says why its text cannot be read as plain YAML; `data` is empty then."""

    path: str
    text: str
    data: Mapping[str, object]
    refused: tuple[Finding, ...] = ()

    @property
    def sha(self) -> str:
        return sha_of(self.text)

    @property
    def rules(self) -> tuple[RuleSpot, ...]:
        listed = self.data.get("rules")
        found = listed if isinstance(listed, list) else []
        return tuple(RuleSpot(self.path, index, item if isinstance(item, dict) else {}) for index, item in enumerate(found))


@dataclass(frozen=True)
class Family:
    """A rule set and the files it is written in, in file order."""

    name: str
    files: tuple[FamilyFile, ...]

    @property
    def head(self) -> dict[str, object]:
        """The head fields of all files together; the first file that has one speaks."""
        return {key: file.data[key] for file in reversed(self.files) for key in HEAD if key in file.data}

    def head_file(self, key: str) -> FamilyFile:
        """The file a head field is written in; the one with most of the head, where it stands in none."""
        holding = [file for file in self.files if key in file.data]
        return holding[0] if holding else max(self.files, key=lambda file: sum(name in file.data for name in HEAD))

    def rules(self) -> tuple[RuleSpot, ...]:
        """Every rule in the order it is tried: by priority, then as written."""
        return tuple(sorted((spot for file in self.files for spot in file.rules), key=lambda spot: spot.priority))

    def rule(self, rule_id: str) -> RuleSpot | None:
        return next((spot for file in self.files for spot in file.rules if spot.id == rule_id), None)

    def file(self, path: str) -> FamilyFile | None:
        return next((file for file in self.files if file.path == path), None)


def families(tree: Mapping[str, str]) -> dict[str, Family]:
    """The families of a tree, by name. A file whose text does not parse is counted by its `ruleset:` line, else by its folder or name."""
    found: dict[str, list[FamilyFile]] = {}
    for path in sorted(tree):
        if is_rule_file(path):
            file = read(path, tree[path])
            found.setdefault(_name(file), []).append(file)
    return {name: Family(name, tuple(files)) for name, files in found.items()}


def is_rule_file(path: str) -> bool:
    """Whether rules stand in it, and not facts, roles, the catalogue or the calendar."""
    place = PurePosixPath(path)
    return path.startswith("rules/") and kind_of(place) == "rules" and place.parent.name != CALENDAR


@lru_cache(maxsize=256)
def read(path: str, text: str) -> FamilyFile:
    """A file's data, or why it has none."""
    try:
        data = Source(text).plain
    except RulesRefused as refused:
        return FamilyFile(path, text, {}, refused.findings)
    return FamilyFile(path, text, data if isinstance(data, dict) else {})


def _name(file: FamilyFile) -> str:
    written = file.data.get("ruleset")
    if isinstance(written, str) and written:
        return written
    seen = NAMED.search(file.text)
    place = PurePosixPath(file.path)
    return seen[1] if seen else place.parent.name if place.parent.name != "rules" else place.stem
