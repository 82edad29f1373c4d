"""Says a whole rule as one sentence: 当 诉求类别 属于 供热，且 诉求内容 出现“停暖”时，派给 供热公司；除非 诉求性质 是 咨询。"""

from __future__ import annotations

from collections.abc import Mapping

from engine.condition import ALWAYS, All, AnyOf, Condition, Test
from engine.facts import Fact
from engine.ruleset import Action, Rule
from engine.say_actions import action
from engine.words import condition

FactBook = Mapping[str, Fact]


def say_rule(rule: Rule, facts: FactBook, lang: str = "zh") -> str:
    """The rule in Chinese (or, with `lang` en, in English), conditions and actions in the words of engine/words.py and say_actions.py."""
    zh = lang == "zh"
    done = say_actions(rule.then, lang)
    when = "" if rule.when == ALWAYS else say_condition(rule.when, facts, lang)
    begin = (f"当 {when} 时，" if when else "总是：") if zh else (f"When {when}: " if when else "Always: ")
    said = begin + done
    if rule.unless is not None:
        said += f"；除非 {say_condition(rule.unless, facts, lang)}" if zh else f"; unless {say_condition(rule.unless, facts, lang)}"
    return said + ("。" if zh else ".")


def say_actions(actions: tuple[Action, ...], lang: str = "zh") -> str:
    """What is done, in order; 不做任何事 for nothing."""
    zh = lang == "zh"
    return ("，并" if zh else ", and ").join(action(one, lang) for one in actions) or ("不做任何事" if zh else "nothing is done")


def say_condition(asked: Condition, facts: FactBook, lang: str = "zh") -> str:
    """A condition read aloud: parts joined by 且 and 或, brackets only where a reader would else go wrong."""
    return _said(asked, facts, lang, inner=False)


def _said(asked: Condition, facts: FactBook, lang: str, *, inner: bool) -> str:
    zh = lang == "zh"
    if isinstance(asked, Test):
        return condition(asked, facts, lang)
    if isinstance(asked, All):
        joined = ("，且 " if zh else ", and ").join(_said(part, facts, lang, inner=True) for part in asked.parts)
        return _bracketed(joined, lang) if inner and len(asked.parts) > 1 else joined or ("总是" if zh else "always")
    either = ("，或 " if zh else ", or ").join(_said(part, facts, lang, inner=len(asked.parts) > 1) for part in asked.parts)
    if isinstance(asked, AnyOf):
        return _bracketed(either, lang) if inner and len(asked.parts) > 1 else either
    return f"并非{_bracketed(either, lang)}" if zh else f"not {_bracketed(either, lang)}"


def _bracketed(words: str, lang: str) -> str:
    return f"（{words}）" if lang == "zh" else f"({words})"
