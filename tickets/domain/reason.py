"""The one Chinese sentence a ticket keeps: why this unit, this person, this pace."""

from __future__ import annotations

from collections.abc import Sequence

WORDS_SHOWN = 4
BY = {"model": "模型判断", "keywords": "目录关键词", "given": "来件所填", "corrected": "人工更正过同样的诉求"}


def category_words(category: str, by: str, confidence: float, words: Sequence[str]) -> str:
    """「供热」（模型判断，把握93%，依据：停暖、暖气); `by` is a key of BY, or the words for whoever chose it."""
    if not category:
        return "诉求类别未定"
    parts = [BY.get(by, by)]
    if by in BY and by != "given":
        parts.append(f"把握{confidence:.0%}")
    if words:
        parts.append(f"依据：{'、'.join(list(dict.fromkeys(words))[:WORDS_SHOWN])}")
    return f"「{category}」（{'，'.join(part for part in parts if part)}）"


def chosen_words(source: str, adopted: bool) -> str:
    """坐席选定, 登记人采用建议: who chose the category on a form, and whether it is the one that was suggested."""
    return ("坐席" if source == "电话" else "登记人") + ("采用建议" if adopted else "选定")


def place_words(area: str, matched: str) -> str:
    """地点花园小区（据「花园小区」)."""
    if not area:
        return "地点未能识别"
    return f"地点{area}" + (f"（据「{matched}」）" if matched and matched != area else "")


def rule_words(rule: str, title: str, otherwise: str) -> str:
    """U-010 水电气暖中断，十分钟派单; `otherwise` when no rule fired."""
    return f"{rule} {title}".strip() if rule != "else" else otherwise


def sentence(*parts: str) -> str:
    """The parts that say something, joined."""
    return "；".join(part for part in parts if part)
