"""Whether words that look like a place stand there as one: 幸福里 is an estate, but not in 幸福里面."""

from __future__ import annotations

SHORT = 2  # names of so few characters need room on both sides
# Words that many names begin with: 阳光花园小区 is not 花园小区.
COMMON_STARTS = ("花园", "家园", "公寓", "新村", "小区", "广场", "市场", "城市", "中心")
BEFORE = frozenset("在到从是于住去来往过的们镇区市县乡村路街号段与和跟及至离由我你他这那有请把让属近回经沿间边为对")
AFTER = frozenset("交对向往近靠周处侧头沿的村庄口路街东西南北中上下边旁段附内外有没又都这那到是和与一二三四五六七八九十")
INSIDE = frozenset("面头边外层")  # 里面 里头 里边: the 里 belongs to them
SURFACE = frozenset("面线径程途子况基")  # 路面 路线: the 路 may belong to them
STREET = frozenset("道坊头边")  # 街道 街坊


def stands_alone(text: str, start: int, end: int, *, after_place: bool, lenient: bool) -> bool:
    """True when the words at [start, end) are a place's name by what stands around them.

    `after_place`: another place's name ends right before them (临河镇中街). `lenient`: in an address nearly everything is a place.
    """
    word = text[start:end]
    following = text[end : end + 1]
    if (word[-1] == "里" and following in INSIDE) or (word[-1] == "街" and following in STREET and len(word) == SHORT and not lenient):
        return not following
    if after_place or lenient:
        return True
    if word[-1] == "路" and following and following in SURFACE:
        return False
    if len(word) <= SHORT:
        return _room(text[start - 1 : start], BEFORE) and _room(following, AFTER)
    return not word.startswith(COMMON_STARTS) or _room(text[start - 1 : start], BEFORE)


def _room(char: str, allowed: frozenset[str]) -> bool:
    """The edge of the text, a sign or figure, or one of the characters that join words."""
    return not char or char in allowed or not "\u4e00" <= char <= "\u9fff"
