"""What a rule editor may offer, as plain data: facts and what may be asked of them, actions and their fields, and the names to choose from.

Everything comes from the tables the checker itself reads by (engine/facts.py, engine/actions.py, engine/readers.py), so a new kind of fact
or action appears in the editor as soon as the checker knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.actions import ACTIONS, EVENTS, Schema
from engine.calendar import CLOCKS
from engine.editor_words import BOXES, COUNTED, DEFAULT_HIT, FIELDS, GENERAL, LETTERS, OPERATOR_WORDS, OPTIONS, TYPE_WORDS
from engine.facts import OPERATORS, Fact, FactType, Label
from engine.hit import POLICIES
from engine.parse_condition import SIMILAR_AT_LEAST
from engine.readers import Reader, Widget
from engine.ruleset import RuleSet
from engine.tree import Tree
from engine.vocabulary import Vocabulary

Json = dict[str, object]
TREES = {"library": "categories", "areas": "areas"}
LISTS: dict[Widget, tuple[str, ...]] = {
    "address": ("roles", "units", "posts"),
    "addresses": ("roles", "units", "posts"),
    "status": ("statuses",),
    "statuses": ("statuses",),
    "channels": ("channels",),
}
# The general shape a widget writes: a browser that has no special widget draws by this.
SHAPES: dict[Widget, str] = {
    "address": "address", "addresses": "address", "flag": "flag", "number": "number", "duration": "span", "delay": "span", "share": "share",
    "links": "list", "once": "map", "meetings": "spans",
}  # fmt: skip


def describe(vocabulary: Vocabulary, sets: Mapping[str, RuleSet]) -> Json:
    """The whole description, fit for JSON: facts, boxes, policies, families, events, actions, trees and lists."""
    return {
        "facts": [_fact(fact) for fact in vocabulary.facts.values() if not fact.personal],
        "boxes": [{"name": name, "label": _both(words)} for name, words in BOXES.items()],
        "policies": [{"name": name, "label": _both(words), "letter": LETTERS[name]} for name, words in POLICIES.items()],
        "families": [_family(ruleset) for ruleset in sets.values()],
        "events": [_event(name) for name in EVENTS],
        "actions": [_action(kind, schema, vocabulary) for kind, schema in ACTIONS.items()],
        "trees": {"categories": _categories(vocabulary), "areas": _nodes(vocabulary.names.areas)},
        "lists": _lists(vocabulary),
    }


def _fact(fact: Fact) -> Json:
    told: Json = {
        "name": fact.name,
        "label": _label(fact.label),
        "type": fact.type,
        "operators": [_operator(fact.type, op) for op in OPERATORS[fact.type]],
        "derived": fact.derived is not None,
    }
    if fact.type == "tree":
        told["options"] = {"tree": TREES[fact.options_from or "library"]}
    elif fact.type == "choice":
        told["options"] = list(fact.options)
    elif fact.type == "number":
        told |= {"min": _number(fact.min), "max": _number(fact.max), "places": fact.places, "unit": _unit(fact)}
    return told


def _operator(kind: FactType, op: str) -> Json:
    """An operator with what its value is: `words` phrases, `similar` {to, min}, one or many options, a number, yes or no."""
    many = op in ("in", "has_any", "has_all")
    widget = "flag" if op == "missing" else "similar" if op == "similar" else "words" if many and kind == "text" else TYPE_WORDS[kind]
    words = OPERATOR_WORDS.get(f"{kind}.{op}") or OPERATOR_WORDS[op]
    told: Json = {"name": op, "label": _both(words), "widget": widget, "many": many, "bare": op in ("eq", "in")}
    return {**told, "min": 1, "max": 100, "usual": SIMILAR_AT_LEAST} if op == "similar" else told


def _unit(fact: Fact) -> Json | None:
    """What a derived number counts: 件, 人, 次 or 天; None for others, whose label says it."""
    if not isinstance(fact.derived, Mapping):
        return None
    words = COUNTED["days_to"] if "days_to" in fact.derived else COUNTED.get(str(fact.derived.get("count")))
    return _both(words) if words is not None else None


def _family(ruleset: RuleSet) -> Json:
    return {
        "name": ruleset.name,
        "title": _label(ruleset.title),
        "events": list(ruleset.events),
        "hit": {"name": ruleset.hit.name, "per": ruleset.hit.per, "order": {path: list(values) for path, values in ruleset.hit.order.items()}},
        "actions": [kind for kind, schema in ACTIONS.items() if set(schema.events) & set(ruleset.events)],
        "scored": ruleset.extra.get("for", []),
    }


def _event(name: str) -> Json:
    kinds = [kind for kind, schema in ACTIONS.items() if name in schema.events]
    return {"name": name, "label": _both(EVENTS[name]), "hit": DEFAULT_HIT.get(name, "first"), "actions": kinds}


def _action(kind: str, schema: Schema, vocabulary: Vocabulary) -> Json:
    return {
        "kind": kind,
        "label": {"zh": schema.zh, "en": schema.en},
        "events": list(schema.events),
        "bare": _field(kind, kind, schema.bare, True, vocabulary) if schema.bare is not None else None,
        "fields": [_field(kind, name, reader, name in schema.needed, vocabulary) for name, reader in schema.fields.items()],
        "forms": {name: {"needed": list(needs), "allowed": list(may)} for name, (needs, may) in schema.forms.items()},
    }


def _field(kind: str, name: str, reader: Reader, needed: bool, vocabulary: Vocabulary) -> Json:
    told: Json = {
        "name": name,
        "label": {"zh": ACTIONS[kind].zh, "en": ACTIONS[kind].en} if name == kind else _both(field_words(kind, name)),
        "widget": reader.widget,
        "needed": needed,
        "many": reader.many,
    }
    options = list(reader.options(vocabulary)) if reader.options is not None else []
    shape = SHAPES.get(reader.widget)
    told["type"] = shape or ("choice" if options else "text")
    if options:
        told["options"] = options
        told["words"] = [_option_words(option, reader, vocabulary) for option in options]
    if reader.widget in LISTS:
        told["lists"] = list(LISTS[reader.widget])
    if told["type"] in ("span", "spans"):
        told["units"] = ["m", "h", "d"]
        told["zero"] = reader.widget == "delay"
    if reader.least is not None or reader.most is not None:
        told |= {"min": _number(reader.least), "max": _number(reader.most)}
    if reader.fields:
        told["fields"] = [_field(kind, part, inner, part in reader.needed, vocabulary) for part, inner in reader.fields.items()]
        told["one_of"] = list(reader.one_of)
    return told


def _option_words(option: str, reader: Reader, vocabulary: Vocabulary) -> Json:
    """An option as a reader knows it: an indicator by its fact's label, `all` as 全部指标."""
    fact = vocabulary.facts.get(option) if reader.widget in ("indicator", "rates") else None
    return _label(fact.label) if fact is not None else _both(OPTIONS.get(option) or (option, option))


def field_words(kind: str, name: str) -> tuple[str, str]:
    """A field's name in both languages; its own name when nobody has given it one yet."""
    return FIELDS.get(f"{kind}.{name}") or GENERAL.get(name) or (name, name)


def _lists(vocabulary: Vocabulary) -> Json:
    names = vocabulary.names
    told: dict[str, list[str]] = {
        "units": sorted(one for one in names.units if one.count("/") < 2),
        "posts": sorted(one for one in names.units if one.count("/") >= 2),
        "roles": sorted(names.roles),
        "grassroots": sorted(names.grassroots),
        "statuses": list(names.statuses),
        "deadlines": list(names.deadlines),
        "channels": list(_channels(vocabulary)),
        "clocks": list(CLOCKS),
    }
    return dict(told)


def _channels(vocabulary: Vocabulary) -> list[str]:
    """Every channel that some action can send by."""
    readers = [reader for schema in ACTIONS.values() for reader in (*schema.fields.values(), *([schema.bare] if schema.bare else []))]
    found = [reader for one in readers for reader in (one, *one.fields.values()) if reader.widget == "channels" and reader.options is not None]
    return list(dict.fromkeys(name for reader in found if reader.options is not None for name in reader.options(vocabulary)))


def _categories(vocabulary: Vocabulary) -> list[Json]:
    names = vocabulary.names
    nodes = _nodes(names.categories)
    for node in nodes:
        node |= {"reserved": node["name"] in names.reserved, "section": names.section_of.get(str(node["name"]), "")}
    return nodes


def _nodes(tree: Tree) -> list[Json]:
    """The tree's nodes in the order of definition, each with its parent (None: a root), its depth from 1 and its level word."""
    return [{"name": node.name, "parent": node.parent, "depth": len(tree.path(node.name)), "level": node.level} for node in tree.nodes.values()]


def _number(value: Decimal | int | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _both(words: tuple[str, str]) -> Json:
    return {"zh": words[0], "en": words[1]}


def _label(label: Label) -> Json:
    return {"zh": label.zh, "en": label.say("en")}
