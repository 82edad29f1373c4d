"""Why one rule did or did not decide a ticket: each of its questions with the actual value, and the smallest change that would turn it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from engine import context, decision_json, words
from engine.book import RuleBook
from engine.decision import Line, RuleVerdict
from engine.facts import Fact
from engine.rerun import from_canonical
from engine.smallest import say, smallest
from engine.suggest import nearest
from tickets.store.ticket_view import Ruling, TicketView, rules_of

MOST_LINES = 12
MARKS = {True: "✓", False: "✗", None: "?"}


def rule_lines(view: TicketView, rule: str, lang: str) -> tuple[list[str], bool]:
    """The lines, at most 12, and whether the rule was found among those this ticket was judged by (in the versions it was judged with)."""
    zh = lang == "zh"
    judged = {ruling: {one.rule for one in decision_json.loads(ruling.decision).trace} for ruling in view.rulings}
    known = {one for rules in judged.values() for one in rules}
    if rule not in known:
        near = nearest(rule, sorted(known))
        return [_unknown(view, rule, near, zh)], False
    best = _most_telling([ruling for ruling, rules in judged.items() if rule in rules], rule)
    kept = rules_of(best)
    if kept is None:
        return [f"{best.ruleset} 的版本 {best.version[:7]} 已不在库中，无法重算" if zh else f"version {best.version[:7]} of {best.ruleset} is gone"], False
    return _explained(view, best, kept, rule, lang), True


def _explained(view: TicketView, ruling: Ruling, kept: tuple[str, str], rule: str, lang: str) -> list[str]:
    """The stored decision decided once more by the versions of that day, and the smallest change tried on them."""
    stored = decision_json.loads(ruling.decision)
    at = datetime.fromisoformat(stored.at)
    facts, names = context.loads(kept[1])
    ruleset = from_canonical(kept[0], facts, names)
    book = RuleBook([ruleset], facts, names)
    try:
        decision = book.decide(ruleset.name, stored.event, dict(stored.facts), at)
        verdict = next(one for one in decision.trace if one.rule == rule)
        found = smallest(ruleset, rule, dict(stored.facts), facts, names, at, lambda changed: book.decide(ruleset.name, stored.event, changed, at, trace=False))
    finally:
        book.close()
    tail = [*_summary(verdict, decision.winners, facts, lang), *say(found, lang)]
    head = list(_head(view, ruling, verdict, lang == "zh"))
    return [*head, *_questions(verdict, facts, lang, MOST_LINES - len(head) - len(tail)), *tail]


def _unknown(view: TicketView, rule: str, near: str | None, zh: bool) -> str:
    if zh:
        return f"工单 {view.number} 没有用到规则「{rule[:40]}」" + (f"；是不是「{near}」？" if near else "；它不在判过这张工单的规则集里")
    return f"Ticket {view.number} was not judged by a rule {rule[:40]}" + (f"; did you mean {near}?" if near else "")


def _most_telling(rulings: list[Ruling], rule: str) -> Ruling:
    """The judgement in which the rule fired, else the latest: one rule set may be asked for several clocks of a ticket."""
    return next((ruling for ruling in rulings if rule in decision_json.loads(ruling.decision).fired), rulings[-1])


def _head(view: TicketView, ruling: Ruling, verdict: RuleVerdict, zh: bool) -> Iterator[str]:
    outcome = words.OUTCOMES[verdict.outcome][0 if zh else 1]
    where = f"{ruling.ruleset} 版本 {ruling.version[:7]}" if zh else f"{ruling.ruleset}, version {ruling.version[:7]}"
    yield (
        f"工单 {view.number} · {verdict.rule} {verdict.title}（{where}）：{outcome}"
        if zh
        else f"Ticket {view.number} · {verdict.rule} {verdict.title} ({where}): {outcome}"
    )


def _questions(verdict: RuleVerdict, facts: Mapping[str, Fact], lang: str, most: int) -> list[str]:
    """Each question with its answer; when there are too many, those that are met give way."""
    asked = [(depth, line, "") for depth, line in _flat(verdict.when)]
    if verdict.unless is not None:
        asked += [(depth, line, "除非 " if lang == "zh" else "unless ") for depth, line in _flat(verdict.unless)]
    if len(asked) > most:
        asked = sorted(asked, key=lambda one: one[1].verdict is True)[:most]
    return [f"{'  ' * depth}{MARKS[line.verdict]} {unless}{words.sentence(line, facts, lang)}" for depth, line, unless in asked]


def _flat(line: Line | None, depth: int = 0) -> Iterator[tuple[int, Line]]:
    """The questions with the boxes they stand in; an `all` needs no heading of its own."""
    if line is None:
        return
    if line.op not in words.BOXES:
        yield depth, line
        return
    if line.op != "all" and line.parts:
        yield depth, line
    for part in line.parts:
        yield from _flat(part, depth + (line.op != "all"))


def _summary(verdict: RuleVerdict, winners: tuple[str, ...], facts: Mapping[str, Fact], lang: str) -> Iterator[str]:
    zh = lang == "zh"
    if verdict.outcome == "lost":
        yield f"由 {'、'.join(winners)} 裁定" if zh else f"Decided by {', '.join(winners)}"
    elif verdict.outcome in ("unmet", "unknown") and verdict.when is not None:
        unmet = list(_unmet(verdict.when, facts, lang))
        yield ("没有成立，因为未满足：" if zh else "It did not apply because these are not met: ") + ("；" if zh else "; ").join(unmet[:4])
    elif verdict.outcome == "stopped":
        yield "条件成立，但例外条件拦下了它" if zh else "Its conditions hold, but its exception stops it"


def _unmet(line: Line, facts: Mapping[str, Fact], lang: str) -> Iterator[str]:
    """What keeps a line from being true: of an `any` one of its parts would do, of a `none` each part that is not known to be false stands in the way."""
    if line.op not in words.BOXES:
        if line.verdict is not True:
            yield words.question(line, facts, lang)
    elif line.op == "none":
        for part in line.parts:
            if part.verdict is not False and part.fact:
                yield ("不得 " if lang == "zh" else "not: ") + words.question(part, facts, lang)
    elif line.verdict is not True:
        inner = [phrase for part in line.parts for phrase in _unmet(part, facts, lang)]
        yield from inner if line.op == "all" else [(" 或 " if lang == "zh" else " or ").join(inner)]
