"""Places are found as citizens write them, and where nobody named one nothing is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import thread_time

import pytest

from engine.tree import Tree, TreeNode
from insights.places import PlaceFinder
from tests.demo.test_demo import appeals
from tickets.files.district import read
from tickets.ports import PlaceFound

Find = Callable[..., PlaceFound | None]
TREE = Tree(
    [
        TreeNode("试点区", None, "区"),
        TreeNode("河口镇", "试点区", "镇街"),
        TreeNode("山前镇", "试点区", "镇街"),
        TreeNode("北庄村", "河口镇", "村居"),
        TreeNode("北庄村第1网格", "北庄村", "网格"),
        TreeNode("北庄村第12网格", "北庄村", "网格"),
        TreeNode("滨河社区", "河口镇", "村居"),
        TreeNode("滨河社区第1网格", "滨河社区", "网格"),
        TreeNode("水岸花园", "滨河社区第1网格", "小区"),
        TreeNode("河畔人家", "滨河社区第1网格", "小区"),
        TreeNode("和平路小区", "滨河社区第1网格", "小区"),
        TreeNode("幸福里", "滨河社区第1网格", "小区"),
        TreeNode("花园小区", "滨河社区第1网格", "小区"),
        TreeNode("建设小学家属院", "滨河社区第1网格", "小区"),
        TreeNode("和平路", "河口镇", "道路"),
        TreeNode("中街", "河口镇", "道路"),
        TreeNode("河口老街", "河口镇", "道路"),
        TreeNode("石桥村", "山前镇", "村居"),
        TreeNode("石桥村第1网格", "石桥村", "网格"),
        TreeNode("丰收家园", "石桥村第1网格", "小区"),
        TreeNode("建设路", "山前镇", "道路"),
    ]
)
ALIASES = [
    ("水岸花园小区", "水岸花园"),
    ("滨河菜市场", "滨河社区"),
    ("北庄", "北庄村"),
    ("区人民医院", "滨河社区"),
    ("安置小区", "河畔人家"),
    ("安置小区", "丰收家园"),
    ("试点", "试点区"),
]


@pytest.fixture(scope="module")
def find() -> Find:
    """The finder of the small district above."""
    return PlaceFinder(TREE, ALIASES).find


FOUND = [
    # text, address, the area, the words of the original, how
    ("水岸花园三号楼暖气不热", "", "水岸花园", "水岸花园", "exact"),
    ("家住水岸花园小区，停水了", "", "水岸花园", "水岸花园小区", "alias"),
    ("水岸\u3000花 园停水", "", "水岸花园", "水岸\u3000花 园", "exact"),  # blanks and full-width blanks
    ("滨河菜市场北门水管爆裂", "", "滨河社区", "滨河菜市场", "alias"),
    ("河口镇工地拖欠工资", "", "河口镇", "河口镇", "exact"),
    ("和平路小区门口堵车", "", "和平路小区", "和平路小区", "exact"),  # the road inside the estate's name is not the road
    ("和平路上路灯不亮", "", "和平路", "和平路", "exact"),
    ("北庄村第12网格没人管", "", "北庄村第12网格", "北庄村第12网格", "exact"),  # not the first grid
    ("河口镇北庄村口垃圾", "", "北庄村", "北庄村", "exact"),  # the specific beats the general
    ("和平路旁的水岸花园", "", "水岸花园", "水岸花园", "exact"),
    ("路灯坏了", "河口镇和平路", "和平路", "和平路", "exact"),
    ("我是水岸花园的", "石桥村", "石桥村", "石桥村", "exact"),  # the address beats the text
    ("水岸花园停电", "河口镇", "水岸花园", "水岸花园", "exact"),  # the text says where in it
    ("水岸花园停电", "山前镇", "山前镇", "山前镇", "exact"),  # it does not lie there
    ("垃圾", "试点区", "试点区", "试点区", "exact"),
    ("水岸华园停水", "", "水岸花园", "水岸华园", "fuzzy"),
    ("停水", "河口镇水岸华园3号楼", "水岸花园", "水岸华园", "fuzzy"),
    ("河畔仁家停水", "", "河畔人家", "河畔仁家", "fuzzy"),
    ("水花岸园小区停水", "", "水岸花园", "水花岸园小区", "fuzzy"),
    ("建设小家属院漏水", "", "建设小学家属院", "建设小家属院", "fuzzy"),  # a character left out of a long name
    ("建设小小学家属院漏水", "", "建设小学家属院", "建设小小学家属院", "fuzzy"),  # one too many
    ("北庄的路坏了", "", "北庄村", "北庄", "alias"),
    ("河口镇中街油烟", "", "中街", "中街", "exact"),
    ("和平路与中街交叉口积水", "", "河口镇", "和平路、中街", "exact"),  # two roads alike: the town above both
    ("住在花园小区", "", "花园小区", "花园小区", "exact"),
    ("河口镇安置小区停水", "", "河畔人家", "安置小区", "alias"),  # two estates of the name: the town tells which
]


@pytest.mark.parametrize(("text", "address", "area", "words", "how"), FOUND, ids=[f"{case[0]}-{case[1]}" for case in FOUND])
def test_a_place_is_found_with_its_words(find: Find, text: str, address: str, area: str, words: str, how: str) -> None:
    found = find(text, address)
    assert found is not None
    assert (found.area, found.words, found.how) == (area, words, how)
    assert 86 <= found.score <= 100
    assert (found.score == 100) == (how == "exact" and "、" not in words)


NOT_FOUND = [
    "",
    "楼上的事社区管，社区说找物业",
    "江岸花园停水",  # another estate
    "水岸家园停水",
    "阳光花园小区停水",  # ends in 花园小区, is another
    "幸福里面的故事",
    "其中街道办不管",
    "西北庄园太吵",
    "老旧小区道路建设路面不平",
    "区人民法院判决",
    "试点区域太小",
    "安置小区停水",  # two estates of the name in two towns
    "在水岸花园和丰收家园都有",  # nothing lies above both but the whole district
]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_ordinary_words_name_no_place(find: Find, text: str) -> None:
    assert find(text) is None


def test_of_two_estates_what_lies_above_both_is_taken(find: Find) -> None:
    found = find("水岸花园和河畔人家之间的路坏了")
    assert found == PlaceFound("滨河社区第1网格", 90.0, "水岸花园、河畔人家", "exact")


def test_a_homophone_scores_below_the_name_itself(find: Find) -> None:
    slip, right = find("水岸华园"), find("水岸花园")
    assert slip is not None
    assert right is not None
    assert slip.score == 87.5 < right.score


def test_a_higher_least_score_leaves_slips_out() -> None:
    assert PlaceFinder(TREE, ALIASES, min_score=90).find("水岸华园停水") is None


def test_a_district_without_places_finds_nothing() -> None:
    assert PlaceFinder(Tree([]), []).find("水岸花园", "水岸花园") is None


def test_a_very_long_text_is_answered_quickly(find: Find) -> None:
    start = thread_time()
    assert find("小区里的道路建设" * 100_000 + "水岸花园") is None  # only the beginning is searched
    assert find("和平路、北庄村、水岸花园" * 100_000) == PlaceFound("水岸花园", 100.0, "水岸花园", "exact")
    assert thread_time() - start < 8


def test_the_demonstration_appeals_find_the_place_they_name_in_two_milliseconds_each() -> None:
    district = read(Path(__file__).resolve().parents[2] / "demo")
    finder, tree = PlaceFinder(district.tree(), district.aliases()), district.tree()
    estates = [row.name for row in district.areas if row.level == "小区"]
    start = thread_time()
    rows = [(row, finder.find(row["text"], row["address"])) for row in appeals()]
    spent = thread_time() - start
    assert spent / len(rows) < 0.002
    checked = 0
    for row, found in rows:
        if row["address"]:
            assert found is not None, row
            assert tree.path(found.area)[1] == row["address"][:3], row  # the right town
        for estate in estates:
            if row["address"].endswith(f"镇{estate}"):
                assert found is not None
                assert found.area == estate
                checked += 1
    assert checked >= 30
