"""Rule sets as they were: read back from what was stored with the decisions, kept for the next question, their rules' titles and words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import structlog

from engine import context
from engine.facts import Fact
from engine.findings import RulesRefused
from engine.names import Names
from engine.rerun import from_canonical
from engine.ruleset import RuleSet
from tickets.store.evaluation_log_rules import texts_of

log = structlog.get_logger("admin")
MOST = 48  # a set of a thousand rules takes about 10 MB read back


@dataclass(frozen=True)
class Edition:
    """A rule set of a certain day with the facts and names it was read with."""

    ruleset: RuleSet
    facts: Mapping[str, Fact]
    names: Names


@lru_cache(maxsize=MOST)
def read_back(canonical_text: str, context_text: str) -> Edition | None:
    """The rule set of these texts; None when they cannot be read any more (the log says which)."""
    try:
        facts, names = context.loads(context_text)
        return Edition(from_canonical(canonical_text, facts, names), facts, names)
    except (RulesRefused, ValueError, KeyError, TypeError) as error:
        log.warning("a stored rule set cannot be read", why=type(error).__name__)
        return None


def edition(name: str, version: str, context_hash: str) -> Edition | None:
    """The rule set a decision was made with; None when it is not kept or cannot be read."""
    kept = texts_of(name, version, context_hash)
    return None if kept is None else read_back(*kept)


@lru_cache(maxsize=256)
def _titles(name: str, version: str, context_hash: str) -> Mapping[str, tuple[str, str]]:
    kept = texts_of(name, version, context_hash)
    if kept is None:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for rule in json.loads(kept[0]).get("rules", ()):
        title = rule.get("title", "")
        both = (title, title) if isinstance(title, str) else (str(title.get("zh", "")), str(title.get("en") or title.get("zh", "")))
        found[str(rule.get("id", ""))] = both
    return found


def title_of(name: str, version: str, context_hash: str, rule: str, lang: str) -> str:
    """A rule's title in that version, "" when it has none; a version never changes, so it is read once."""
    found = _titles(name, version, context_hash).get(rule, ("", ""))
    return found[1 if lang == "en" else 0]
