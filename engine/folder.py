"""Loads rule files and folders with the words they are written in. Nothing raises for a bad file: the findings say what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path, PurePath, PurePosixPath
from typing import TypeVar

from engine.calendar import Calendar
from engine.deadline_names import deadline_names
from engine.expect import Scope
from engine.facts import Fact
from engine.findings import Finding, Report, RulesRefused, in_order, shown
from engine.load_directory import GRASSROOTS_ROLES, grassroots_of, load_directory
from engine.load_facts import load_facts
from engine.load_library import Catalogue, check_sections, load_library
from engine.load_ruleset import Part, load_ruleset, name_of
from engine.names import Names
from engine.nodes import Fields, Node
from engine.read_file import read_text
from engine.roles import Role, load_roles
from engine.ruleset import RuleSet
from engine.vocabulary import Vocabulary
from engine.yaml_strict import load as load_yaml
from engine.yaml_strict import refusal

VOCABULARY_FILES = ("facts", "roles", "library", "directory")
CALENDAR = "calendar"
TREE = "rules/"  # where rule files lie in a tree of texts
DEEPEST = 3  # rules/dispatch/roads.yaml
_Own = tuple[Node, Scope]
Named = TypeVar("Named")
__all__ = ["Loaded", "Vocabulary", "load", "load_tree"]


@dataclass(frozen=True)
class Loaded:
    """What the paths hold. `sets` are the rule sets without an error, by name; `calendar` the calendar files found (none: the base's hold)."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    sets: Mapping[str, RuleSet] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    calendar: tuple[Path, ...] = ()
    catalogue: Catalogue | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    calendar_texts: Mapping[str, str] = field(default_factory=dict)  # the same, when the files came as texts

    def days(self, otherwise: Sequence[Path] = ()) -> Calendar:
        """The calendar these files bring, else that of `otherwise`; CalendarRefused says what is wrong with it."""
        return Calendar.of_texts(self.calendar_texts) if self.calendar_texts else Calendar.load(self.calendar or otherwise)

    @property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.facts, self.names)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "error")


@dataclass(frozen=True)
class _File:
    path: PurePath
    shown: str
    node: Node

    @property
    def kind(self) -> str:
        """facts, roles, library or directory: a file of that name, or one in a folder of that name; else rules."""
        return kind_of(self.path)


def kind_of(path: PurePath) -> str:
    """What a file of that name and place holds: facts, roles, library, directory, or rules."""
    told = [name for name in (path.stem, path.parent.name) if name in VOCABULARY_FILES]
    return told[0] if told else "rules"


def load(paths: Iterable[str | Path], *, base: Vocabulary | None = None, statuses: Sequence[str] = ()) -> Loaded:
    """Rule sets of files and folders, checked. A folder's own facts.yaml, roles.yaml, library.yaml or directory.yaml stand in place of
    the base's; a lone file is read with the base's words. `statuses` are the ticket statuses a deadline runs between.

    A family is a file, or a sub-folder whose files repeat its `ruleset:` name.
    """
    report = Report()
    files: list[_File] = []
    calendar: list[Path] = []
    unread: list[str] = []
    for path in _files(paths, report):
        loaded = _read(path, report)
        if loaded is None:
            unread.append(kind_of(path))
        elif path.parent.name == CALENDAR:
            calendar.append(path)
        else:
            files.append(loaded)
    return replace(_assembled(files, unread, report, base, statuses), calendar=tuple(calendar))


def load_tree(tree: Mapping[str, str], *, base: Vocabulary | None = None, statuses: Sequence[str] = ()) -> Loaded:
    """The same from texts by path (`rules/dispatch/roads.yaml`), as a draft or a release holds them; paths outside rules/ are passed over.

    A text seen before is not parsed again, so a change of one file costs that file alone.
    """
    report = Report()
    files: list[_File] = []
    calendar: dict[str, str] = {}
    unread: list[str] = []
    for name in sorted(name for name in tree if name.startswith(TREE)):
        path = PurePosixPath(name)
        if len(path.parts) > DEEPEST or path.suffix not in (".yaml", ".yml"):
            report.error(name, 1, "file", "规则文件应当是 rules/ 或其下一层文件夹里的 .yaml", "a rule file is a .yaml in rules/ or one folder below")
            continue
        try:
            node = _parsed(tree[name], name)
        except RulesRefused as refused:
            report.findings += refused.findings
            unread.append(kind_of(path))
            continue
        if path.parent.name == CALENDAR:
            calendar[name] = tree[name]
        else:
            files.append(_File(path, name, node))
    return replace(_assembled(files, unread, report, base, statuses), calendar_texts=calendar)


@lru_cache(maxsize=512)
def _parsed(text: str, name: str) -> Node:
    if not text.strip():
        raise refusal(name, 1, "文件是空的", "the file is empty")
    return load_yaml(text, name)


def _assembled(files: Sequence[_File], unread: Sequence[str], report: Report, base: Vocabulary | None, statuses: Sequence[str]) -> Loaded:
    words = _Words(base or Vocabulary(), tuple(statuses), files, report)
    if set(unread) & set(VOCABULARY_FILES):  # without its words nearly every line of a rule would look wrong: one sentence is enough
        return Loaded(words.vocabulary.facts, words.vocabulary.names, {}, in_order(report.findings), (), words.catalogue, words.roles)
    families = _families([file for file in files if file.kind == "rules"], report)
    sets: dict[str, RuleSet] = {}
    for family in families:
        own = Report()
        scopes = [Scope(own, file.shown, name_of(node) or "rules", words.vocabulary) for file, node in family]
        ruleset = load_ruleset([Part(node, scope) for (_, node), scope in zip(family, scopes, strict=True)])
        if ruleset is not None:
            sets[ruleset.name] = ruleset
        report.findings += own.findings
    _check_ids_across(sets, report)
    facts, names = words.vocabulary.facts, words.vocabulary.names
    return Loaded(facts, names, sets, in_order(report.findings), (), words.catalogue, words.roles)


def _files(paths: Iterable[str | Path], report: Report) -> list[Path]:
    """The YAML files in file-name order: of a folder its own, those of its sub-folders, and calendar/."""
    found: list[Path] = []
    for given in paths:
        path = Path(given)
        deep: list[Path] = []
        try:
            deep = sorted(p for p in path.glob("*/*/*.y*ml") if p.suffix in (".yaml", ".yml"))
            inside = sorted(p for pattern in ("*.y*ml", "*/*.y*ml") for p in path.glob(pattern) if p.suffix in (".yaml", ".yml")) if path.is_dir() else [path]
            exists = path.exists()
        except (OSError, ValueError):  # a name no file system takes
            inside, exists = [], False
        if not exists:
            report.error(shown(path, 200), 1, "file", "没有这个文件或文件夹，请检查路径", "no such file or folder: check the path")
        elif not inside:
            report.error(shown(path, 200), 1, "file", "文件夹里没有 YAML 文件", "there is no YAML file in the folder")
        else:
            found += inside
        for one in deep:
            zh = "放得太深，没有读取；规则文件放在文件夹里，或再往下一层的文件夹里"
            report.error(shown(one, 200), 1, "file", zh, "lies too deep and was not read: put it into the folder, or one folder below")
    return list(dict.fromkeys(found))


def _read(path: Path, report: Report) -> _File | None:
    name = shown(path, 200)
    try:
        text, marked = read_text(path, name)
        node = load_yaml(text, name)
    except RulesRefused as refused:
        report.findings += refused.findings
        return None
    if marked:
        report.warning(
            name, 1, "yaml", "文件开头有 BOM 标记，已略过；请另存为不带 BOM 的 UTF-8", "the file begins with a BOM, skipped: save it as UTF-8 without one"
        )
    return _File(path, name, node)


class _Words:
    """Builds the vocabulary: directory first, then roles, catalogue and facts, each in the names of those before it."""

    def __init__(self, base: Vocabulary, statuses: tuple[str, ...], files: Sequence[_File], report: Report) -> None:
        self.report = report
        self.catalogue: Catalogue | None = None
        self.roles: dict[str, Role] = {}
        written = deadline_names(file.node for file in files)
        names = replace(base.names, statuses=statuses or base.names.statuses, deadlines=tuple(dict.fromkeys((*base.names.deadlines, *written))))
        self.vocabulary = Vocabulary(base.facts, names)
        for kind, read in (("directory", self._directory), ("roles", self._roles), ("library", self._library), ("facts", self._facts)):
            own = [(file.node, Scope(report, file.shown, kind, self.vocabulary)) for file in files if file.kind == kind]
            if own:
                read(own)
        self.vocabulary = self.vocabulary.resolved()

    def _rename(self, names: Names) -> None:
        self.vocabulary = replace(self.vocabulary, names=names)

    def _directory(self, own: list[_Own]) -> None:
        names = self.vocabulary.names
        for node, scope in own[1:]:
            scope.error(node, f"directory.yaml 只能有一份，另有 {own[0][1].file}", f"there may be one directory.yaml; the other is {own[0][1].file}")
        found = load_directory(*own[0])
        units = names.units if found.units is None else found.units
        roles = names.roles if found.roles is None else found.roles
        areas = names.areas if found.areas is None else found.areas
        own_low = grassroots_of(found.units or (), found.roles or (), areas)
        grassroots = found.grassroots | own_low | (names.grassroots & (units | roles))
        self._rename(replace(names, units=units, roles=roles, areas=areas, grassroots=grassroots))

    def _roles(self, own: list[_Own]) -> None:
        self.roles = _merged([(load_roles(*one), *one) for one in own])
        names = self.vocabulary.names
        low = {role.name for role in self.roles.values() if role.grassroots} | (GRASSROOTS_ROLES & set(self.roles))
        self._rename(replace(names, roles=frozenset(self.roles), grassroots=(names.grassroots - names.roles) | low))

    def _library(self, own: list[_Own]) -> None:
        self.catalogue = load_library(own)
        check_sections(self.catalogue, own[0][1])
        self._rename(self.catalogue.names(self.vocabulary.names))

    def _facts(self, own: list[_Own]) -> None:
        self.vocabulary = replace(self.vocabulary, facts=_merged([(load_facts(*one), *one) for one in own]))


def _merged(parts: Sequence[tuple[dict[str, Named], Node, Scope]]) -> dict[str, Named]:
    """The declarations of several files; a name that two of them declare is reported."""
    whole: dict[str, Named] = {}
    for declared, node, scope in parts:
        for name, value in declared.items():
            if name in whole:
                line = node.line_of(name) if isinstance(node, Fields) else node.line
                scope.within(name).error(line, f"「{name}」在另一个文件里也有", f"{name} is also in another file")
            whole.setdefault(name, value)
    return whole


def _families(files: Sequence[_File], report: Report) -> list[list[tuple[_File, Fields]]]:
    """Files that make one set: alone, or side by side in a folder that holds nothing else."""
    by_name: dict[tuple[PurePath, str], list[tuple[_File, Fields]]] = {}
    alone: list[list[tuple[_File, Fields]]] = []
    for file in files:
        if not isinstance(file.node, Fields):
            report.error(file.shown, 1, "rules", "规则文件应当是映射（ruleset: …）", "a rule file must be a mapping (ruleset: …)")
        elif not name_of(file.node):
            alone.append([(file, file.node)])
        else:
            by_name.setdefault((file.path.parent, name_of(file.node)), []).append((file, file.node))
    families: list[list[tuple[_File, Fields]]] = [*alone]
    taken: dict[str, str] = {}
    for (folder, name), members in by_name.items():
        own_folder = all(other == name for parent, other in by_name if parent == folder)
        for member in members if not own_folder else [members[0]]:
            family = members if own_folder else [member]
            file, node = family[0]
            if name in taken:
                zh = f"规则集「{name}」已在 {taken[name]}；一个规则集是一个文件，或单独一个文件夹"
                report.error(
                    file.shown, node.line_of("ruleset"), name, zh, f"the rule set {name} is already in {taken[name]}: a set is one file, or a folder of its own"
                )
                continue
            taken[name] = file.shown
            families.append(family)
    return families


def _check_ids_across(sets: Mapping[str, RuleSet], report: Report) -> None:
    seen: dict[str, str] = {}
    for ruleset in sets.values():
        for rule in ruleset.rules:
            if rule.id in seen:
                zh = f"编号「{rule.id}」也用于规则集 {seen[rule.id]}，查找时会混淆"
                report.warning(rule.file, rule.line, rule.id, zh, f"the id {rule.id} is also used in the rule set {seen[rule.id]}: they will be mixed up")
            seen.setdefault(rule.id, ruleset.name)
