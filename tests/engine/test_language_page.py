"""docs/language.md shows YAML that really loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import folder
from engine.actions import ACTIONS, EVENTS
from engine.facts import OPERATORS
from engine.hit import POLICIES
from tests.engine.rule_files import DIRECTORY, LIBRARY, STATUSES, errors

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
FACTS, RULESET = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_facts_and_the_rule_set_of_the_page_load(tmp_path: Path) -> None:
    for name, text in (("facts", FACTS), ("library", LIBRARY), ("directory", DIRECTORY), ("urgency", RULESET)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = folder.load([tmp_path], statuses=STATUSES)
    assert errors(loaded) == []
    assert list(loaded.sets) == ["urgency"]


@pytest.mark.parametrize("word", [*ACTIONS, *EVENTS, *POLICIES, *OPERATORS, *(op for ops in OPERATORS.values() for op in ops)])
def test_the_page_names_every_action_event_policy_type_and_operator(word: str) -> None:
    assert f"`{word}" in PAGE or f"| {word}" in PAGE or f", {word}" in PAGE


@pytest.mark.parametrize("kind", ACTIONS)
def test_the_page_names_every_field_of_an_action(kind: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{kind}"))
    missing = [name for name in ACTIONS[kind].fields if not re.search(rf"\b{name}\b", row)]
    assert missing == []
