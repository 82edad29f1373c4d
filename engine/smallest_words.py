"""Says a smallest change as a clerk would: 去掉“停水通知” · 经开区 → 高新区 · 填 60."""

from __future__ import annotations

from collections.abc import Iterable

from engine import words
from engine.facts import Fact, FactValue
from engine.smallest_values import Edit

MOST_SHOWN = 60  # characters of a whole text that is shown as it is


def change(fact: Fact, before: FactValue | None, edit: Edit, lang: str) -> str:
    """One fact's change, without the fact's name; says so when the system, not a person, gives the fact."""
    zh = lang == "zh"
    return _changed(before, edit, zh) + (_given_by(fact, zh) if fact.derived is not None else "")


def together(changes: Iterable[tuple[Fact, str]], lang: str) -> str:
    """Changes that are needed together, each with its fact's name."""
    joint = "，且 " if lang == "zh" else ", and "
    return joint.join(f"{fact.label.say(lang)}{' ' if lang == 'zh' else ': '}{said}" for fact, said in changes)


def _changed(before: FactValue | None, edit: Edit, zh: bool) -> str:
    lang = "zh" if zh else "en"
    if edit.value is None:
        return f"“{_short(before, lang)}”改为不填" if zh else f"leave empty instead of “{_short(before, lang)}”"
    if edit.swaps and before is not None:
        if edit.swaps[0][0] == before:
            return f"全文改为“{_short(edit.value, lang)}”" if zh else f"rewrite it as “{_short(edit.value, lang)}”"
        return ("，" if zh else ", ").join(_swaps(edit.swaps, zh))
    after = words.value(edit.value, lang)
    if before is None and edit.any:
        return f"填上（如 {after}）" if zh else f"fill it in (such as {after})"
    if before is None:
        return f"填 {after}" if zh else f"fill in {after}"
    return f"{words.value(before, lang)} → {after}"


def _swaps(swaps: tuple[tuple[str, str], ...], zh: bool) -> Iterable[str]:
    cut = [old for old, new in swaps if not new]
    added = [new for old, new in swaps if not old]
    if cut:
        yield ("去掉" if zh else "take out ") + _quoted(cut, zh)
    for old, new in swaps:
        if old and new:
            yield f"“{_short(old, 'zh')}”改为“{new}”" if zh else f"“{_short(old, 'en')}” becomes “{new}”"
    if added:
        yield ("加上" if zh else "add ") + _quoted(added, zh)


def _given_by(fact: Fact, zh: bool) -> str:
    """Who gives a derived fact: nobody can simply fill it in."""
    if isinstance(fact.derived, str):
        said = {
            "ticket": ("由工单当时的情况决定", "given by the ticket itself"),
            "event": ("由发生的事件决定", "given by what happened"),
            "period": ("由考核期的数据算出", "counted from the period"),
        }.get(fact.derived, ("由系统给出", "given by the system"))
    elif fact.derived is not None and "days_to" in fact.derived:
        said = ("由日历算出", "counted from the calendar")
    else:
        said = ("由系统统计", "counted by the system")
    return f"（{said[0]}）" if zh else f" ({said[1]})"


def _short(value: FactValue | None, lang: str) -> str:
    said = words.value(value, lang)
    return said if len(said) <= MOST_SHOWN else said[:MOST_SHOWN] + "…"


def _quoted(found: Iterable[str], zh: bool) -> str:
    return ("" if zh else " and ").join(f"“{_short(one, 'zh' if zh else 'en')}”" for one in found)
