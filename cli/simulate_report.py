"""What `simulate` prints: the year's figures beside the district's, what went wrong, and what holds."""

from __future__ import annotations

from collections import Counter
from unicodedata import east_asian_width

from simulator.figures import DISTRICT
from simulator.figures import WORDS as NAMES
from simulator.invariants import INVARIANTS
from simulator.year import DECIDED, Judged

SHOWN = 20  # violations of each invariant
WORDS = {
    "zh": {
        "bar": "模拟一年",
        "head": "模拟 {tickets:,} 件 · {days} 天 · 种子 {seed} · 人员 {staff} · 故障 {times:g} 倍",
        "figure": "指标",
        "here": "本次模拟",
        "district": "本区自报",
        "faults": "注入的故障：{faults}",
        "none": "无",
        "holds": "不变量",
        "decisions": "判定重算逐字节相同",
        "ok": "成立",
        "broken": "不成立 {count} 处",
        "more": "  …… 另有 {count} 处",
        "hash": "全过程哈希 {head}",
        "took": "用时 {wall:,.1f} 秒（CPU {cpu:,.1f} 秒），后台 {turns:,} 轮；数据库 synchronous=off，只用于模拟",
    },
    "en": {
        "bar": "simulating",
        "head": "Simulated {tickets:,} appeals · {days} days · seed {seed} · staff {staff} · faults ×{times:g}",
        "figure": "figure",
        "here": "here",
        "district": "the district",
        "faults": "Faults injected: {faults}",
        "none": "none",
        "holds": "invariant",
        "decisions": "decisions made again are the same bytes",
        "ok": "holds",
        "broken": "violated {count} times",
        "more": "  … {count} more",
        "hash": "Hash of all that happened {head}",
        "took": "{wall:,.1f} s ({cpu:,.1f} s of CPU), {turns:,} turns of the worker; the database ran with synchronous=off, for simulations only",
    },
}


def report(judged: Judged, staff: str, took: tuple[float, float], lang: str) -> str:
    """The whole text. `took` is seconds on the wall and of the processor."""
    words, english = WORDS[lang], lang == "en"
    asked = judged.asked
    lines = [words["head"].format(tickets=asked.tickets, days=asked.days, seed=asked.seed, staff=staff, times=asked.rates.times), ""]
    lines.append(f"{_wide(words['figure'])}{_right(words['here'])}{_right(words['district'])}")
    for name, value in judged.figures.items():
        zh, en, form = NAMES[name]
        theirs = DISTRICT.get(name)
        lines.append(f"{_wide(en if english else zh)}{format(value, form):>14}{'—' if theirs is None else format(theirs, form):>14}")
    faults = " · ".join(f"{name} {count:,}" for name, count in sorted(judged.faults.items()))
    lines += ["", words["faults"].format(faults=faults or words["none"]), ""]
    broken = Counter(one.of for one in judged.violations)
    names = {name: en if english else zh for name, (zh, en, _) in INVARIANTS.items()} | {DECIDED: f"{words['decisions']} ({judged.decided_again:,})"}
    for name, called in names.items():
        lines.append(f"{'✗' if broken[name] else '✓'} {_wide(called)}{words['broken'].format(count=broken[name]) if broken[name] else words['ok']}")
        found = [one.text for one in judged.violations if one.of == name]
        lines += [f"    {text}" for text in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(words["more"].format(count=len(found) - SHOWN))
    lines += ["", words["hash"].format(head=judged.head), words["took"].format(wall=took[0], cpu=took[1], turns=judged.turns)]
    return "\n".join(lines)


def _wide(text: str, width: int = 48) -> str:
    """The text filled up to so many columns; a Chinese character takes two."""
    return text + " " * max(1, width - _columns(text))


def _right(text: str, width: int = 14) -> str:
    return " " * max(1, width - _columns(text)) + text


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
