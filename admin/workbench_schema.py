"""What the editors draw themselves from, in the reader's language: facts with their options, addresses, and what rules may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from admin.workbench_tree import State
from engine.editor_schema import describe
from engine.vocabulary import Vocabulary

Json = dict[str, object]
Told = Mapping[str, object]
PICTURES = {
    "dispatch": "send", "deadline": "alarm", "urgency": "flame", "chain": "stairs-up", "review": "user-check", "supervise": "eye", "warn": "bell",
    "survey": "message-check", "mediate": "users-group", "exclude": "ban", "score": "scale",
}  # fmt: skip


def schema_json(state: State, name: str, lang: str) -> Json:
    """Everything an editor of this family needs; an action fits when one of the family's events carries it out."""
    told = describe(state.loaded.vocabulary, state.loaded.sets)
    written = state.family(name).head.get("event")
    events = {str(one) for one in (written if isinstance(written, list) else [written])}
    lists = cast(Mapping[str, Sequence[str]], told["lists"])
    return {
        "facts": _facts(told, lang),
        "addresses": [[one, kind.removesuffix("s")] for kind in ("roles", "units", "posts") for one in lists[kind]],
        "actions": [_action(one, events, lang) for one in _each(told["actions"])],
        "usual": _usual(state, name),
        "policies": [one["name"] for one in _each(told["policies"])],
        "events": {str(one["name"]): _say(one["label"], lang) for one in _each(told["events"])},
    }


def _usual(state: State, name: str) -> str:
    """What most rules of the family do: a new one begins with it."""
    done = Counter(
        str(kind)
        for spot in state.family(name).rules()
        for action in (cast(list[object], spot.data["then"]) if isinstance(spot.data.get("then"), list) else [])
        if isinstance(action, Mapping)
        for kind in action
    )
    return done.most_common(1)[0][0] if done else ""


def facts_json(vocabulary: Vocabulary, lang: str) -> list[Json]:
    """The facts a condition may ask about, as condition.js takes them."""
    return _facts(describe(vocabulary, {}), lang)


def _facts(told: Told, lang: str) -> list[Json]:
    trees = {name: _tree(nodes) for name, nodes in cast(Mapping[str, object], told["trees"]).items()}
    found: list[Json] = []
    for fact in _each(told["facts"]):
        one: Json = {**fact, "label": _say(fact["label"], lang)}
        one.pop("operators", None)
        if fact.get("unit"):
            one["unit"] = _say(fact["unit"], lang)
        options = fact.get("options")
        if isinstance(options, Mapping):
            tree = trees[str(options["tree"])]
            one |= {"tree": tree, "options": [row[0] for row in tree]}
        found.append(one)
    return found


def _tree(nodes: object) -> list[list[object]]:
    """From the top down, each node under its parent: [name, depth from 0, note]."""
    below: dict[object, list[Told]] = {}
    for node in _each(nodes):
        below.setdefault(node["parent"], []).append(node)
    rows: list[list[object]] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        node = waiting.pop()
        rows.append([node["name"], int(str(node["depth"])) - 1, node.get("section") or node.get("level") or ""])
        waiting += reversed(below.get(node["name"], []))
    return rows


def _action(one: Told, events: set[str], lang: str) -> Json:
    bare = one["bare"]
    return {
        "kind": one["kind"],
        "label": _say(one["label"], lang),
        "picture": PICTURES.get(str(one["kind"]), "player-play"),
        "fits": bool(events & set(cast(Sequence[str], one["events"]))),
        "bare": _field(bare, lang) if isinstance(bare, Mapping) else None,
        "fields": [_field(field, lang) for field in _each(one["fields"])],
        "forms": one.get("forms") or {},
    }


def _field(field: Told, lang: str) -> Json:
    made: Json = {**field, "label": _say(field["label"], lang)}
    if "words" in field:
        made["words"] = [_say(words, lang) for words in _each(field["words"])]
    if "fields" in field:
        made["fields"] = [_field(inner, lang) for inner in _each(field["fields"])]
        made["oneOf"] = field.get("one_of") or None
    return made


def _each(listed: object) -> Sequence[Told]:
    return cast(Sequence[Told], listed)


def _say(words: object, lang: str) -> str:
    both = cast(Mapping[str, str], words)
    return both.get(lang) or both["zh"]
