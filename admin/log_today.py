"""What the rules of today say to the facts of then: the auditor's last question, answered by asking them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import say_actions
from engine.book import BookError
from engine.compile_facts import FactRefused
from engine.decision import Decision
from engine.hit import Disagreement
from engine.ruleset import Action
from tickets.ports import Desk
from tickets.store.releases import set_number
from web.show.decision import Asked, Why, why

Asks = Sequence[tuple[str, Action]]


@dataclass(frozen=True)
class Today:
    """`state`: same (same rules, same actions) · differs · gone (the set or its event is no more) · refused (a fact is no longer admitted)
    · clash (rules of today contradict each other). `left_out` are facts that are no longer declared."""

    state: str
    version: str = ""
    number: int | None = None
    same_version: bool = False
    rules: tuple[tuple[str, str], ...] = ()
    actions: tuple[str, ...] = ()
    to: str = ""
    lines: tuple[Asked, ...] = ()
    before: str = ""  # why the rule of then does not decide today, one sentence; empty when it does
    left_out: tuple[str, ...] = ()
    trouble: str = ""


def today(desk: Desk, stored: Decision, now: datetime, lang: str) -> Today:
    """Asks the rules in force at `now` (aware) about the facts of a stored decision. Writes nothing."""
    facts = {name: value for name, value in stored.facts if name in desk.rules.facts}
    left_out = tuple(name for name, _ in stored.facts if name not in desk.rules.facts)
    try:
        found = desk.rules.decide(stored.ruleset, stored.event, facts, now)
    except FactRefused as refused:
        return Today("refused", trouble=str(refused), left_out=left_out)
    except BookError as gone:
        return Today("gone", trouble=str(gone), left_out=left_out)
    except Disagreement as clash:
        return Today("clash", trouble=clash.zh, left_out=left_out)
    same = found.winners == stored.winners and plain(found.actions) == plain(stored.actions)
    shown = why(found, desk.rules.facts, lang)
    return Today(
        state="same" if same else "differs",
        version=found.version,
        number=set_number(found.ruleset, found.version),
        same_version=found.version == stored.version,
        rules=tuple((one.rule, one.title) for one in found.trace if one.outcome == "won"),
        actions=said(found.actions, lang),
        to=destination(found.actions, stored, desk.rules.names.section_of),
        lines=shown.lines,
        before="" if same else _before(stored, shown),
        left_out=left_out,
    )


def plain(actions: Asks) -> list[tuple[str, Mapping[str, object]]]:
    """Actions without the line they were written on."""
    return [(action.kind, {key: list(value) if isinstance(value, tuple) else value for key, value in action.args.items()}) for _, action in actions]


def said(actions: Asks, lang: str) -> tuple[str, ...]:
    """Each action in words."""
    return tuple(say_actions.action(action, lang) for _, action in actions)


def destination(actions: Asks, decision: Decision, section_of: Mapping[str, str]) -> str:
    """Where a dispatch goes, in words: 水务局 · 管网科; for the catalogue's section the section it names today. Empty without a dispatch."""
    target = next((action.args.get("to") for _, action in actions if action.kind == "dispatch"), None)
    names = [target] if isinstance(target, str) else list(target) if isinstance(target, list | tuple) else []
    category = str(dict(decision.facts).get("category", ""))
    words = [f"{name}（{section_of[category]}）" if name == "归口科室" and category in section_of else str(name) for name in names]
    return "、".join(words).replace("/", " · ")


def _before(stored: Decision, shown: Why) -> str:
    """How the rules that decided then fare today."""
    for rule in stored.winners:
        now = next((one for one in (*shown.others, *shown.folded) if one.rule == rule), None)
        if now is not None:
            return f"{now.rule} {now.title}｜{now.outcome}｜{now.why}"
    return ""
