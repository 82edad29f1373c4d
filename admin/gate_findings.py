"""检查发现了什么: the findings of the last check, what an earlier one found and is put right, and what stood there before the draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine import words
from engine.folder import Loaded
from tickets.store.runs import CheckInfo

GRASSROOTS = "国办函〔2025〕66号"  # what the grassroots guard always cites
MOST_SETTLED = 12


@dataclass(frozen=True)
class Found:
    """One finding as the page shows it. `own`: it is about something the draft touches; `settled`: an earlier check had it, the last has not."""

    kind: str
    rule: str
    file: str
    line: int
    sentence: str
    witness: str
    blocking: bool
    own: bool
    settled: bool = False


@dataclass(frozen=True)
class Findings:
    """Blocking ones and the draft's own hints first; `older` are hints that stood in the rules before the draft."""

    open: tuple[Found, ...]
    hints: tuple[Found, ...]
    settled: tuple[Found, ...]
    older: tuple[Found, ...]


def findings_of(runs: Sequence[CheckInfo], paths: Iterable[str], touched: Iterable[str], loaded: Loaded, lang: str) -> Findings:
    """`runs` are the finished checks, newest first; `paths` and `touched` the files and rules the draft changes."""
    if not runs:
        return Findings((), (), (), ())
    files, rules = frozenset(paths), frozenset(touched)
    last = [_found(one, files, rules, loaded, lang) for one in runs[0].findings]
    seen = {_key(one) for one in runs[0].findings}
    settled: list[Found] = []
    for run in runs[1:]:
        for one in run.findings:
            if one["level"] == "error" and _key(one) not in seen:
                seen.add(_key(one))
                settled.append(_found(one, files, rules, loaded, lang, settled=True))
    return Findings(
        tuple(one for one in last if one.blocking),
        tuple(one for one in last if not one.blocking and one.own),
        tuple(settled[:MOST_SETTLED]),
        tuple(one for one in last if not one.blocking and not one.own),
    )


def _key(one: Mapping[str, object]) -> tuple[object, ...]:
    return one.get("kind"), one.get("rule"), one.get("zh")


def _found(one: Mapping[str, object], files: frozenset[str], rules: frozenset[str], loaded: Loaded, lang: str, *, settled: bool = False) -> Found:
    zh, others = str(one["zh"]), one.get("others")
    about = {str(one["rule"]), *(str(other) for other in others if isinstance(others, list))} if isinstance(others, list) else {str(one["rule"])}
    own = one["file"] in files and (not rules or bool(about & rules) or one["level"] == "error")
    kind = str(one.get("kind") or ("基层" if GRASSROOTS in zh else ""))
    line = one.get("line")
    return Found(
        kind, str(one["rule"]), str(one["file"]), line if isinstance(line, int) else 1, zh if lang != "en" else str(one["en"]),
        _witness(one.get("witness"), loaded, lang), one["level"] == "error" and not settled, own or one["level"] == "error", settled,
    )  # fmt: skip


def _witness(facts: object, loaded: Loaded, lang: str) -> str:
    """The facts that show it, in words: 类别 停水爆管，影响户数 50."""
    if not isinstance(facts, dict) or not facts:
        return ""
    parts = []
    for name, value in facts.items():
        fact = loaded.facts.get(name)
        label = fact.label.say(lang) if fact is not None else name
        parts.append(f"{label} {_value(value, lang)}")
    return ("，" if lang != "en" else ", ").join(parts)


def _value(value: object, lang: str) -> str:
    number = Decimal(value) if isinstance(value, str) and value.replace(".", "", 1).isdecimal() and len(value) < 12 else value
    return words.value(number, lang)
