"""Issues form as appeals arrive: on invented appeals, with known matters among unrelated ones."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from insights.hot import SMALL, Read, Stream
from insights.hot_grow import Growing, at_once, formed
from insights.hot_report import Told, place_of, ranked
from insights.hot_words import Rarity, pairs

START = datetime(2026, 3, 1, tzinfo=UTC)
MATTERS = {
    "沥青": ("柳荫苑旁沥青拌和厂{a}", "柳荫苑小区西侧的沥青拌和厂{b}，{c}，盼有人来管"),
    "车库": ("云岭华府强制搭售储藏间{a}", "云岭华府开发商要求买房必须搭售储藏间，{b}，{c}"),
    "校车": ("春晖学校取消校车接送{a}", "春晖学校通知取消校车接送，{b}，{c}"),
}
A = ["怎么办", "何时解决", "令人气愤", "请管一管", "合理吗", "扰民", "太不像话", "求答复"]
B = ["半夜里气味刺鼻", "家里老人受不了", "我们多次找过都没有用", "孩子们深受其苦", "给大家添了许多麻烦", "已经影响到日常起居", "说法每次都不一样"]
C = ["打过几次电话没人理", "邻居们都有意见", "谁批准的要给个说法", "再拖下去就要出事", "请尽快派人看看", "大家盼着早日解决"]
PLACES = ["青杨", "白桦", "红枫", "金柳", "银杉", "紫荆", "翠竹", "丹桂", "雪松", "海棠", "石榴", "芙蓉", "玉兰", "月季", "腊梅", "山茶"]
THINGS = ["路灯坏了", "井盖丢失", "水管漏水", "电梯停运", "垃圾没清", "楼道堆物", "狗叫不停", "绿化枯死", "占道摆摊", "公交晚点", "信号很差", "门禁失灵"]


def appeals(seed: int = 7, each: int = 14, others: int = 240) -> list[tuple[str, Told]]:
    """(matter or "", appeal) in the order of time: `each` of the three matters within forty days, and `others` about nothing in common."""
    chance, found = random.Random(seed), []
    for matter, (title, text) in MATTERS.items():
        for _ in range(each):
            words = {"a": chance.choice(A), "b": chance.choice(B), "c": chance.choice(C)}
            found.append((matter, chance.uniform(10, 50), title.format(**words), text.format(**words)))
    for _ in range(others):
        place, thing = chance.choice(PLACES) + chance.choice("路街巷坊里湾"), chance.choice(THINGS)
        found.append(("", chance.uniform(0, 60), f"{place}{thing}", f"{place}{chance.randint(1, 99)}号附近{thing}，{chance.choice(C)}"))
    found.sort(key=lambda one: one[1])
    return [(matter, Told(number, START + timedelta(days=day), title, text, f"c{number % 97}")) for number, (matter, day, title, text) in enumerate(found, 1)]


def read(one: Told) -> Read:
    return Read(one.key, one.at.timestamp() / 86400, pairs(one.title, one.text), one.place)


def largest(stream: Stream, keys: list[int]) -> tuple[int, int]:
    return Counter(stream.of[key] for key in keys).most_common(1)[0]


def test_each_matter_is_one_issue_and_no_issue_holds_two() -> None:
    given = appeals()
    stream = at_once([read(one) for _, one in given])
    homes = set()
    for matter in MATTERS:
        keys = [one.key for name, one in given if name == matter]
        home, held = largest(stream, keys)
        assert held >= 0.85 * len(keys), matter
        homes.add(home)
    assert len(homes) == len(MATTERS)


def test_one_by_one_gives_what_all_at_once_gives() -> None:
    given = appeals(each=8, others=40)
    growing = Growing()
    for _, one in given:
        growing.add(read(one))
    growing.settle()
    whole = at_once([read(one) for _, one in given])
    assert {frozenset(kernel.members) for kernel in growing.stream.kernels.values()} == {frozenset(kernel.members) for kernel in whole.kernels.values()}


def test_the_table_tells_people_from_calls_and_names_place_and_words() -> None:
    members = [
        Told(number, START + timedelta(days=number), "柳荫苑旁沥青厂气味刺鼻", "夜里也开工", who)
        for number, who in enumerate(["甲", "乙", "甲", "丙", "", "甲"], 1)
    ]
    stream = Stream(Rarity())
    for one in members:
        stream.restore(read(one), 1)
    (row,) = ranked(stream, members, 5)
    assert (row.size, row.people, row.repeats) == (6, 4, 2)  # the nameless caller is one more
    assert row.place == "柳荫苑"
    assert any("沥青厂" in word for word in row.words)
    assert (row.last - row.first).days == 5
    assert ranked(stream, members, 7) == ()


def test_a_known_area_is_the_place() -> None:
    assert place_of([Told(1, START, "甲", "乙", place="北庄村"), Told(2, START, "柳荫苑", "乙", place="北庄村")]) == "北庄村"


def test_the_same_words_at_two_known_places_are_two_issues() -> None:
    reads = [Read(number, number / 10, pairs("整栋楼暖气不热", f"家里只有十三度{number}"), "东村" if number % 2 else "西村") for number in range(1, 21)]
    stream = at_once(reads + [Read(100 + n, n / 10, pairs(f"{PLACES[n % 16]}{THINGS[n % 12]}", "")) for n in range(300)])
    homes = {place: {stream.of[one.key] for one in reads if one.place == place} for place in ("东村", "西村")}
    assert homes["东村"].isdisjoint(homes["西村"])


def test_silence_beyond_the_window_ends_an_issue() -> None:
    given = [one for _, one in appeals(others=100)]
    late = Told(9000, START + timedelta(days=400), given[-1].title, given[-1].text)
    stream = at_once([read(one) for one in [*given, late]], window=30)
    assert [key for key, home in stream.of.items() if home == stream.of[late.key]] == [late.key]


def test_what_a_person_keeps_apart_never_becomes_one_and_the_fixed_stay() -> None:
    given = [one for name, one in appeals() if name == "沥青"]
    rarity = Rarity()
    for _, one in appeals():
        rarity.learn(pairs(one.title, one.text))
    fixed = {one.key: 1000 if place % 2 else 2000 for place, one in enumerate(given[:6])}
    stream = formed([read(one) for one in given[:6]], rarity, fixed=fixed)
    stream.apart.add(frozenset((1000, 2000)))
    for one in given[6:]:
        stream.add(read(one))
    assert {1000, 2000} <= set(stream.kernels)
    assert all(stream.of[key] == home for key, home in fixed.items())


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 300), st.text("甲乙丙丁水电路灯噪声厂", max_size=12)), max_size=40))
def test_every_appeal_is_in_exactly_one_issue_and_none_is_a_giant(given: list[tuple[float, str]]) -> None:
    growing = Growing(60)
    for key, (day, text) in enumerate(given):
        growing.add(Read(key, day, pairs(text, text)))
    held = [key for kernel in growing.stream.kernels.values() for key in kernel.members]
    assert sorted(held) == list(range(len(given)))
    assert all(growing.stream.of[key] == number for number, kernel in growing.stream.kernels.items() for key in kernel.members)


def test_a_flood_of_the_same_words_does_not_become_a_giant() -> None:
    reads = [Read(key, key / 100, pairs("整区停暖", f"{PLACES[key % 16]}{THINGS[key % 12]}")) for key in range(400)]
    stream = at_once(reads)
    assert max(len(kernel.members) for kernel in stream.kernels.values()) <= SMALL
