"""Reads library.yaml, the dispatch catalogue: the category tree with each leaf's keywords, section, reserve and samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine import expect
from engine.expect import Scope
from engine.names import Names
from engine.nodes import Fields, Node
from engine.tree import Tree, TreeNode

FIELDS = ("name", "children", "section", "reserved", "keywords", "samples")


@dataclass(frozen=True)
class Catalogue:
    """派单目录. `section` and `reserved` are resolved for every node (inherited downward); `keywords` and `samples` as written, by name."""

    tree: Tree
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    section: Mapping[str, str] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # file and line, by name

    def names(self, names: Names) -> Names:
        """The same names with this catalogue's categories, sections and reserves."""
        return replace(names, categories=self.tree, section_of=dict(self.section), reserved=self.reserved)


@dataclass
class _Reading:
    nodes: dict[str, TreeNode] = field(default_factory=dict)
    keywords: dict[str, tuple[str, ...]] = field(default_factory=dict)
    samples: dict[str, tuple[str, ...]] = field(default_factory=dict)
    section: dict[str, str] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)


def load_library(files: Sequence[tuple[Node, Scope]]) -> Catalogue:
    """The catalogue of one library.yaml, or of the files of a library/ folder, a branch in each. A node that is wrong is left out with
    what lies beneath it. Sections are checked by `check_sections`."""
    reading = _Reading()
    for node, scope in files:
        box = expect.fields(node, scope, ("library",), "派单目录", "the catalogue", needed=("library",))
        if box is not None and "library" in box.fields:
            for item in expect.items(box.fields["library"], scope, "library", "library") or ():
                _branch(item, None, reading, scope)
    tree = Tree(reading.nodes.values())
    return Catalogue(tree, reading.keywords, reading.samples, reading.section, frozenset(reading.reserved), reading.places)


def _branch(node: Node, parent: str | None, reading: _Reading, scope: Scope) -> None:
    called = node.get("name") if isinstance(node, Fields) else None
    name = expect.text(called, scope, "类别名", "a category's name") if called is not None else None
    here = scope.within(name) if name else scope
    box = expect.fields(node, here, FIELDS, "类别", "a category", needed=("name",))
    if box is None or name is None:
        return
    if name in reading.nodes:
        first = "{}:{}".format(*reading.places[name])
        here.error(box, f"类别「{name}」已在 {first}，名称不能重复", f"the category {name} is already at {first}: names must differ")
        return
    reading.nodes[name] = TreeNode(name, parent)
    reading.places[name] = (scope.file, box.line)
    _section(name, parent, box, reading, here)
    _words(name, box, reading, here)
    for child in expect.items(box.fields["children"], here, "children", "children") or () if "children" in box.fields else ():
        _branch(child, name, reading, scope)


def _section(name: str, parent: str | None, box: Fields, reading: _Reading, scope: Scope) -> None:
    section = expect.text(box.fields["section"], scope, "归口科室", "the section") if "section" in box.fields else None
    if section is None and parent is not None:
        section = reading.section.get(parent)
    if section is not None:
        reading.section[name] = section
    elif "children" not in box.fields:
        scope.error(box, "没有归口科室（section），上级类别也没有", "no section, and none above it either")
    reserved = "reserved" in box.fields and expect.one_of(box.fields["reserved"], scope, ("department",), "reserved 的值", "value of reserved:")
    if reserved or parent in reading.reserved:
        reading.reserved.add(name)


def _words(name: str, box: Fields, reading: _Reading, scope: Scope) -> None:
    if "keywords" in box.fields:
        reading.keywords[name] = expect.texts(box.fields["keywords"], scope, "关键词", "a keyword") or ()
    if "samples" in box.fields:
        reading.samples[name] = expect.texts(box.fields["samples"], scope, "样例", "a sample") or ()


def check_sections(catalogue: Catalogue, scope: Scope) -> None:
    """Every section exists, and no department's work lies with a village or a grid officer (the grassroots guard)."""
    names = scope.vocabulary.names
    for name, section in catalogue.section.items():
        node = catalogue.tree.nodes[name]
        inherited = node.parent is not None and catalogue.section.get(node.parent) == section
        file, line = catalogue.places[name]
        here = replace(scope, file=file, rule=name)
        if section not in names.units:
            if not inherited:
                here.unknown(line, "单位", "unit", section, names.units)
        elif section in names.grassroots and name in catalogue.reserved:
            zh = f"部门专属事项不得归口到基层「{section}」（国办函〔2025〕66号），请改归部门科室"
            here.error(line, zh, f"department-only work must not go to the grassroots ({section}): name a department's section")
