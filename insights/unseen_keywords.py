"""Keywords of new or changed rules that no appeal of the last year contains: worth a second look, never a reason to refuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.compile_ruleset import tests_of
from engine.findings import Finding
from engine.folder import Loaded
from engine.keywords import Keywords
from engine.normalise import text as normalised
from engine.ruleset import Rule
from tickets.domain.appeal import whole_text
from tickets.store.appeal_texts import texts_since

YEAR = timedelta(days=365)
ENOUGH = 200  # appeals a year below which silence says nothing


def unseen(before: Loaded, after: Loaded, now: datetime) -> list[Finding]:
    """A warning for each keyword that the draft adds and no appeal registered in the year before `now` contains. Reads each text once, stops early."""
    wanted = dict(_added(before, after))
    if not wanted:
        return []
    finder, waiting, read = Keywords(sorted({normalised(word) for word in wanted})), {normalised(word) for word in wanted}, 0
    for title, text in texts_since(now - YEAR):
        read += 1
        waiting -= set(finder.hits(normalised(whole_text(title, text))))
        if not waiting:
            return []
    if read < ENOUGH:
        return []
    return [
        Finding(
            rule.file,
            rule.line,
            rule.id,
            f"关键词「{word}」近一年没有诉求出现过",
            f"no appeal of the last year contains the keyword {word}",
            "warning",
            "关键词",
        )
        for word, rule in sorted(wanted.items(), key=lambda item: (item[1].file, item[1].line, item[0]))
        if normalised(word) in waiting
    ]


def _added(before: Loaded, after: Loaded) -> Iterator[tuple[str, Rule]]:
    for name, ruleset in after.sets.items():
        old = before.sets.get(name)
        known = {word for rule in old.rules for word in _words(rule)} if old is not None else set()
        for rule in ruleset.rules:
            yield from ((word, rule) for word in _words(rule) if word not in known)


def _words(rule: Rule) -> Iterator[str]:
    for test in tests_of(rule):
        if test.op in ("has_any", "has_all") and isinstance(test.value, tuple):
            yield from (str(word) for word in test.value)
