"""A tree of texts reads exactly as the same files on disk do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine import check, folder
from engine.findings import Finding
from tickets.domain.status import STATUSES
from tickets.files import district

PROJECT = Path(__file__).parents[2]
RULES = PROJECT / "rules"


def tree_of(folder_: Path) -> dict[str, str]:
    return {f"rules/{path.relative_to(folder_)}": path.read_text(encoding="utf-8") for path in sorted(folder_.rglob("*.yaml"))}


@pytest.fixture(scope="module")
def base() -> folder.Vocabulary:
    return folder.Vocabulary(names=district.read(PROJECT / "demo").names())


def test_a_tree_of_texts_reads_as_the_folder_does(base: folder.Vocabulary) -> None:
    on_disk, in_memory = folder.load([RULES], base=base, statuses=tuple(STATUSES)), folder.load_tree(tree_of(RULES), base=base, statuses=tuple(STATUSES))
    assert in_memory.errors == ()
    assert {name: one.version for name, one in in_memory.sets.items()} == {name: one.version for name, one in on_disk.sets.items()}
    assert in_memory.facts == on_disk.facts
    assert in_memory.names.units == on_disk.names.units
    assert dict(in_memory.names.categories.nodes) == dict(on_disk.names.categories.nodes)
    assert in_memory.days().data == on_disk.days().data


def test_the_tests_of_a_tree_run_and_a_wrong_text_is_said_with_its_path(base: folder.Vocabulary) -> None:
    tree = tree_of(RULES)
    done = check.checked(folder.load_tree(tree, base=base, statuses=tuple(STATUSES)), only={"urgency"})
    assert done.results
    assert not done.failed
    tree["rules/urgency.yaml"] = "ruleset: urgency\n\ttitle: x\n"
    broken = folder.load_tree(tree, base=base, statuses=tuple(STATUSES))
    assert ("rules/urgency.yaml", 2, "yaml") in [(one.file, one.line, one.rule) for one in broken.errors]
    assert "dispatch" in broken.sets


def test_what_lies_outside_rules_is_passed_over_and_what_lies_too_deep_is_said(base: folder.Vocabulary) -> None:
    tree = {**tree_of(RULES), "forms/intake.yaml": "form: intake\n", "rules/a/b/c.yaml": "ruleset: c\n", "rules/empty.yaml": " \n"}
    found = [replace(one, zh="", en="") for one in folder.load_tree(tree, base=base, statuses=tuple(STATUSES)).errors]
    assert [(one.file, one.line) for one in found] == [("rules/a/b/c.yaml", 1), ("rules/empty.yaml", 1)]
    assert all(isinstance(one, Finding) for one in found)
