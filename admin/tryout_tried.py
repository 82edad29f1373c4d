"""试过的改动: what has been changed against the ticket as it was, said in words, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine import words
from engine.facts import Fact, FactValue
from tickets.domain.mask import in_text

MOST_KEPT = 8
LONGEST = 300
SHOWN = 24


@dataclass(frozen=True)
class Tried:
    """One change that was tried: what was changed, what then happens, and by which rule. `same` when nothing came of it."""

    said: str
    outcome: str
    rule: str
    same: bool = False


def difference(before: Mapping[str, FactValue], after: Mapping[str, FactValue], factbook: Mapping[str, Fact], lang: str) -> str:
    """What is different, fact by fact; empty when nothing is."""
    said = [_one(fact, before.get(name), after.get(name), lang) for name, fact in factbook.items() if before.get(name) != after.get(name) and not fact.personal]
    return ("；" if lang == "zh" else "; ").join(said)


def _one(fact: Fact, before: FactValue | None, after: FactValue | None, lang: str) -> str:
    zh, label = lang == "zh", fact.label.say(lang)
    if fact.type == "text" and isinstance(before, str) and isinstance(after, str):
        return _text(in_text(before), in_text(after), label, zh)
    if after is None:
        return f"{label} 改为未知" if zh else f"{label}: left open"
    value = _short(in_text(words.value(after, lang)))
    if before is None:
        return f"{label} 填 {value}" if zh else f"{label}: {value}"
    return f"{label} {_short(in_text(words.value(before, lang)))} → {value}"


def _text(before: str, after: str, label: str, zh: bool) -> str:
    """去掉“停水通知” where a text lost some words or gained some; else that it was rewritten."""
    pieces = [one for one in SequenceMatcher(None, before, after, autojunk=False).get_opcodes() if one[0] != "equal"]
    cut = [before[a:b] for kind, a, b, _, _ in pieces if kind in ("delete", "replace") and before[a:b].strip()]
    added = [after[c:d] for kind, _, _, c, d in pieces if kind in ("insert", "replace") and after[c:d].strip()]
    if not pieces or len(pieces) > 3:
        return f"{label} 改写" if zh else f"{label} rewritten"
    said = []
    if cut:
        said.append(("去掉" if zh else "without ") + "".join(f"“{_short(one)}”" for one in cut))
    if added:
        said.append(("加上" if zh else "with ") + "".join(f"“{_short(one)}”" for one in added))
    return ("，" if zh else ", ").join(said)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[:SHOWN] + "…"


def read(sent: list[str]) -> list[Tried]:
    """The lines a form carries along; what is no such line is left out."""
    found = []
    for one in sent[:MOST_KEPT]:
        try:
            parts = json.loads(one) if len(one) <= 4 * LONGEST else None
        except (ValueError, RecursionError):
            continue
        if isinstance(parts, list) and len(parts) == 4 and all(isinstance(part, str) and len(part) <= LONGEST for part in parts[:3]):
            found.append(Tried(parts[0], parts[1], parts[2], parts[3] is True))
    return found


def written(one: Tried) -> str:
    """A line as the form carries it."""
    return json.dumps([one.said[:LONGEST], one.outcome[:LONGEST], one.rule[:LONGEST], one.same], ensure_ascii=False)


def with_new(kept: list[Tried], new: Tried) -> tuple[Tried, ...]:
    """The lines with the newest last; the same change is told once."""
    return tuple([one for one in kept if one.said != new.said] + [new])[-MOST_KEPT:]
