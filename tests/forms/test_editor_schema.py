"""What the designer is offered is what the loader takes: every kind, on every fact it fits, with every property it has."""

from __future__ import annotations

import json

import pytest

from forms.editor_schema import PROPERTIES, schema, unused
from forms.kinds import KINDS
from tests.forms.words import WORDS, ask, made

VALUES = {
    "required": "true",
    "hint": "x",
    "unit": "户",
    "min": "1",
    "max": "9",
    "show_if": "{source: 电话}",
    "label": "情况",
    "of": "[danger]",
    "place": "true",
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_loads_with_every_property_on_a_fact_it_fits(kind: str) -> None:
    one = KINDS[kind]
    fact = "flags" if one.many else next(name for name, fact in WORDS.facts.items() if fact.type == one.fact and fact.derived is None and name != "source")
    written = ", ".join([f"as: {kind}", *(f"{name}: {VALUES[name]}" for name in one.properties if name != "as")])
    form = made(ask(f"{fact}: {{{written}}}"))
    assert form.pages[0].ask[0].kind == kind


def test_every_property_has_an_editor_and_both_languages() -> None:
    data = schema(WORDS)
    named = {name for kind in KINDS.values() for name in kind.properties}
    assert named == set(PROPERTIES)
    text = json.dumps(data, ensure_ascii=False)
    assert '"en": ""' not in text
    assert "appeals_3d" not in text  # what the system works out is not offered


def test_a_fact_that_is_asked_already_is_not_offered_again() -> None:
    names = [fact["name"] for fact in unused(made(ask("outage", "flags: {as: choices, label: 情况, of: [danger]}")), WORDS)]
    assert "outage" not in names
    assert "danger" not in names
    assert "households" in names
