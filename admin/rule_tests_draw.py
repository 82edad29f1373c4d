"""Makes an example of a real ticket: only the facts the rule reads, the citizen's words cut down to the keywords, no number of anybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from admin.tryout_bench import Bench
from admin.tryout_lines import asked_facts, keywords
from engine import normalise
from engine.decision import Decision, RuleVerdict
from engine.facts import FactValue
from tickets.domain.mask import in_text

NOTHING_FOUND = "其他事项"  # stands for words in which the rule finds nothing
_NUMBERS = re.compile(r"\d{3,}")
_CLAUSE = re.compile(r"[。！？!?；;，,\n]+")


@dataclass(frozen=True)
class Drawn:
    """An example to be looked over before it is kept: `facts`, whether the rule fires on them, and the rules it could be for."""

    rule: str
    facts: dict[str, FactValue]
    hit: bool
    rules: tuple[tuple[str, str], ...]


def draw(bench: Bench, facts: Mapping[str, FactValue], at: datetime, event: str, rule_id: str, lang: str) -> Drawn | None:
    """An example for that rule, else for the one that won. None where the set has no rule."""
    known = {name: value for name, value in facts.items() if name in bench.facts and not bench.facts[name].personal}
    decision = bench.book.decide(bench.ruleset.name, event, known, at)
    verdicts = {one.rule: one for one in decision.trace}
    chosen = rule_id if rule_id in verdicts else next(iter(decision.winners or decision.fired), next(iter(verdicts), ""))
    if not chosen:
        return None
    verdict, hit = verdicts[chosen], chosen in decision.fired
    kept: dict[str, FactValue] = {name: known[name] for name in bench.facts if name in asked_facts(verdict) and name in known}
    for text in [name for name in kept if bench.facts[name].type == "text"]:
        kept[text] = _text(bench, kept, text, verdict, decision, at)
    likely = dict.fromkeys([chosen, *decision.fired])
    return Drawn(chosen, kept, hit, tuple((rule, bench.ruleset.rule(rule).title.say(lang)) for rule in likely))


def _text(bench: Bench, facts: Mapping[str, FactValue], name: str, verdict: RuleVerdict, decision: Decision, at: datetime) -> str:
    """The shortest of three versions on which the rule does the same: its keywords, the clauses they stand in, all of it without numbers."""
    raw = in_text(str(facts[name]))
    words = _apart([word for group in keywords(verdict, bench.facts) for word in group], raw)
    clauses = [part.strip() for part in _CLAUSE.split(raw) if any(normalise.text(word) in normalise.text(part) for word in words)]
    wanted = verdict.rule in decision.fired
    for text in ("，".join(words) or NOTHING_FOUND, _numberless("，".join(clauses))):
        if text and (verdict.rule in bench.book.match(bench.ruleset.name, {**facts, name: text}, at)) is wanted:
            return text
    return _numberless(raw)


def _apart(words: list[str], raw: str) -> list[str]:
    """In the order they were said, without those that lie inside another."""
    text = normalise.text(raw)
    kept = [word for word in words if not any(word != other and normalise.text(word) in normalise.text(other) for other in words)]
    return sorted(dict.fromkeys(kept), key=lambda word: text.find(normalise.text(word)))


def _numberless(text: str) -> str:
    return _NUMBERS.sub("…", text)
