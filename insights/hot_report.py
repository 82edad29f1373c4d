"""What an issue is called and where it is: the words, places, people and days of its members, told from the members alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import normalise
from insights.hot import Stream
from insights.hot_words import RUN

HEAD = 80  # characters read of an appeal that has no title
SHORTEST, LONGEST = 2, 8  # characters of a word
SHARED, PLACED = 0.4, 0.3  # share of the members that must hold a word, and a place's name
WORDS = 4
ENDS = (
    "小区", "新城", "家园", "花园", "公寓", "公馆", "新村", "苑", "湾", "郡", "庄园", "社区", "广场", "市场", "大厦", "学校", "小学", "中学", "幼儿园", "医院",
    "工业园", "大道", "街道", "路", "街", "巷", "村", "镇", "乡", "站", "区", "县", "市",
)  # fmt: skip
WIDE = ("区", "县", "市")  # so large that they hardly name a place
_VERBS = re.compile("咨询|投诉|举报|反映|反应|关于|请问|希望|要求|建议|求助|相关|问题|有关")  # what one does with a matter is no word of it
WHOLE = 0.7  # a stretch that mostly goes on in the same way is a piece of a longer word


@dataclass(frozen=True)
class Told:
    """One appeal as the report reads it: `who` is whatever tells one caller from another, empty when unknown; `place` a known area, if any."""

    key: int
    at: datetime
    title: str
    text: str
    who: str = ""
    place: str = ""


@dataclass(frozen=True)
class Issue:
    """One issue in a ranked table. `people` counts different callers, and each appeal without one as one more; `repeats` are appeals of a caller who had already called."""

    number: int
    size: int
    people: int
    repeats: int
    first: datetime
    last: datetime
    place: str
    words: tuple[str, ...]
    members: tuple[int, ...]


def issue(number: int, members: Sequence[Told], profile: Collection[str] = ()) -> Issue:
    """The row of one issue. Its profile, where known, tells which words matter."""
    callers = Counter(one.who for one in members if one.who)
    people = len(callers) + sum(not one.who for one in members)
    shared = shared_words([_head(one) for one in members], profile)
    place = place_of(members)
    days = [one.at for one in members]
    words = tuple(dict.fromkeys(rest for word in shared if (rest := word.replace(place, "")) not in place and len(rest) >= SHORTEST)) if place else shared
    return Issue(number, len(members), people, len(members) - people, min(days), max(days), place, words[:WORDS], tuple(one.key for one in members))


def ranked(stream: Stream, told: Iterable[Told], least: int) -> tuple[Issue, ...]:
    """The issues of at least `least` appeals, by people, then size, then the newest first."""
    by_issue: dict[int, list[Told]] = {}
    for one in told:
        if one.key in stream.of:
            by_issue.setdefault(stream.of[one.key], []).append(one)
    rows = [issue(number, members, stream.profile(number)) for number, members in by_issue.items() if len(members) >= least]
    return tuple(sorted(rows, key=lambda one: (-one.people, -one.size, -one.last.timestamp(), one.number)))


def shared_words(heads: Sequence[str], profile: Collection[str] = ()) -> tuple[str, ...]:
    """The longest stretches that many members share, best first, none inside another. With a profile each must hold one of its telling pairs."""
    held: Counter[str] = Counter()
    for head in heads:
        held.update({run[at : at + size] for run in RUN.findall(head) for size in range(SHORTEST, LONGEST + 1) for at in range(len(run) - size + 1)})
    most = max(2, SHARED * len(heads))
    longer: dict[str, int] = {}
    for word, count in held.items():
        if len(word) > SHORTEST:
            for piece in (word[1:], word[:-1]):
                longer[piece] = max(longer.get(piece, 0), count)
    scored = []
    for word, count in held.items():
        telling = sum(word[at : at + 2] in profile for at in range(len(word) - 1)) / (len(word) - 1) if profile else 1.0
        if count >= most and telling >= 0.5 and not _cut(word) and longer.get(word, 0) < WHOLE * count:
            scored.append((count * (len(word) - 1) * telling, word))
    kept: list[str] = []
    for _, word in sorted(scored, key=lambda one: (-one[0], one[1])):
        if not any(word in other or other in word or _overlap(word, other) for other in kept):
            kept.append(word)
        if len(kept) > 2 * WORDS:
            break
    return tuple(kept)


def place_of(members: Sequence[Told]) -> str:
    """The area most members stand in; without one the name of a place that most often stands in their words."""
    known = Counter(one.place for one in members if one.place)
    if known:
        return known.most_common(1)[0][0]
    held: Counter[str] = Counter()
    for one in members:
        held.update(_names(normalise.text(one.title) + "，" + normalise.text(one.text)[:HEAD]))
    least = max(2, PLACED * len(members))
    found = [(count * (1.5 if not name.endswith(WIDE) else 0.6) * len(name) ** 0.5, name) for name, count in held.items() if count >= least]
    return max(found, default=(0.0, ""), key=lambda one: (one[0], one[1]))[1]


def _names(text: str) -> set[str]:
    """Every stretch of up to eight characters that ends as places do; which of them is a name shows in how many members share it."""
    names = set()
    text = _VERBS.sub("，", text)
    for run in RUN.findall(text):
        for end in ENDS:
            at = run.find(end)
            while at >= 0:
                stop = at + len(end)
                names |= {run[start:stop] for start in range(max(0, stop - LONGEST), at - 1) if not _cut(run[start:stop])}
                at = run.find(end, stop)
    return names


def _head(one: Told) -> str:
    title, text = normalise.text(one.title), normalise.text(one.text)
    return _VERBS.sub("，", f"{title}，{text[:HEAD]}" if title else text[:HEAD])


def _cut(word: str) -> bool:
    """A stretch that begins or ends in a joining character, so is no word."""
    return word[0] in "的了是在和与有为对被我于这那及并也都把请求市区县镇诉" or word[-1] in "的了是在和与我于这那及并也都把不被为对"


def _overlap(word: str, other: str) -> bool:
    return any(word.endswith(other[:size]) or other.endswith(word[:size]) for size in range(2, min(len(word), len(other))))
