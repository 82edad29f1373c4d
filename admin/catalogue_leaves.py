"""The leaves of the catalogue where they stand in its files, what a change of them looks like, and the text it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.source import Edit, Source, apply
from tickets.files.catalogue_xlsx import Leaf, Wanted

FOLDER = "rules/library"
RESERVED = "department"


@dataclass(frozen=True)
class Change:
    """What becomes of one leaf: keywords and samples added and removed; section and reserve before and after ("" where they stay)."""

    leaf: Leaf
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    samples_added: tuple[str, ...] = ()
    samples_removed: tuple[str, ...] = ()
    section: str = ""
    reserved: bool | None = None
    reordered: bool = False  # the same keywords in another order


def files_of(tree: Mapping[str, str]) -> tuple[str, ...]:
    """The catalogue's files in a tree: library.yaml, or those of library/."""
    return tuple(sorted(path for path in tree if path.startswith(f"{FOLDER}/") or path == f"{FOLDER}.yaml"))


def leaves(tree: Mapping[str, str]) -> tuple[Leaf, ...]:
    """Every last category, file by file, in the order written. RulesRefused for a file that is not plain YAML."""
    out: list[Leaf] = []
    for file in files_of(tree):
        root: Any = Source(tree[file]).plain
        branches = root.get("library") if isinstance(root, dict) else None
        for index, branch in enumerate(branches if isinstance(branches, list) else []):
            out += _below(file, ("library", index), branch, (), "", False)
    return tuple(out)


def _below(file: str, path: tuple[str | int, ...], node: Any, above: tuple[str, ...], section: str, reserved: bool) -> Iterator[Leaf]:
    if not isinstance(node, dict) or not isinstance(node.get("name"), str):
        return
    own_section, own_reserved = "section" in node, node.get("reserved") == RESERVED
    section, reserved = str(node.get("section", section)), reserved or own_reserved
    children = node.get("children")
    if isinstance(children, list) and children:
        for index, child in enumerate(children):
            yield from _below(file, (*path, "children", index), child, (*above, node["name"]), section, reserved)
        return
    yield Leaf(
        file, path, node["name"], above, _texts(node.get("keywords")), _texts(node.get("samples")), section, reserved, own_section, own_reserved
    )  # fmt: skip


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()


def change_of(leaf: Leaf, wanted: Wanted) -> Change | None:
    """What the wish means for the leaf as it stands; None when nothing."""
    words = leaf.keywords if wanted.keywords is None else wanted.keywords
    told = leaf.samples if wanted.samples is None else wanted.samples
    change = Change(
        leaf,
        added=tuple(word for word in words if word not in leaf.keywords),
        removed=tuple(word for word in leaf.keywords if word not in words),
        samples_added=tuple(word for word in told if word not in leaf.samples),
        samples_removed=tuple(word for word in leaf.samples if word not in told),
        section=wanted.section if wanted.section not in (None, leaf.section) else "",
        reserved=wanted.reserved if wanted.reserved not in (None, leaf.reserved) else None,
        reordered=words != leaf.keywords and sorted(words) == sorted(leaf.keywords),
    )
    return change if change != Change(leaf) or told != leaf.samples else None


def edits(leaf: Leaf, wanted: Wanted) -> list[Edit]:
    """The edits that bring the leaf there: a field each, nothing where it stands already."""
    out: list[Edit] = []
    for field, before, after in (("keywords", leaf.keywords, wanted.keywords), ("samples", leaf.samples, wanted.samples)):
        if after is not None and after != before:
            out.append(Edit("set", (*leaf.path, field), list(after)) if after else Edit("remove", (*leaf.path, field)))
    if wanted.section is not None and wanted.section != leaf.section:
        out.append(Edit("set", (*leaf.path, "section"), wanted.section))
    if wanted.reserved is not None and wanted.reserved != leaf.reserved:
        out.append(Edit("set", (*leaf.path, "reserved"), RESERVED) if wanted.reserved else Edit("remove", (*leaf.path, "reserved")))
    return out


def changed(tree: Mapping[str, str], wanted: Mapping[str, Wanted]) -> dict[str, str]:
    """The texts of the files that change, with only the lines of the changed leaves touched. EditRefused where an edit cannot be made."""
    texts: dict[str, str] = {}
    for leaf in leaves(tree):
        for edit in edits(leaf, wanted[leaf.name]) if leaf.name in wanted else ():
            texts[leaf.file] = apply(texts.get(leaf.file, tree[leaf.file]), edit)
    return {file: text for file, text in texts.items() if text != tree[file]}


def changes(all_leaves: Sequence[Leaf], wanted: Mapping[str, Wanted]) -> tuple[Change, ...]:
    """What becomes of each leaf that changes, in the order of the catalogue."""
    found = (change_of(leaf, wanted[leaf.name]) for leaf in all_leaves if leaf.name in wanted)
    return tuple(change for change in found if change is not None)
