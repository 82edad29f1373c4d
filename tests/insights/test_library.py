"""The category library: keywords without a model, a model where one was trained, and nobody where neither knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.load_library import Catalogue
from engine.tree import Tree, TreeNode
from insights.library import CategoryLibrary
from insights.library_keywords import KeywordFinder
from insights.library_measure import measure
from insights.library_model import Model, ModelRefused
from insights.library_text import document, joined, split
from insights.library_train import STEPS, train

NODES = [("公用", None), ("供水", "公用"), ("停水通知", "公用"), ("供电", "公用"), ("劳动", None), ("欠薪", "劳动"), ("社保", "劳动")]
KEYWORDS = {
    "供水": ("停水", "水管爆裂", "没有自来水"),
    "停水通知": ("停水通知",),
    "供电": ("停电", "跳闸", "抢修"),
    "欠薪": ("拖欠工资", "不发工资"),
    "社保": ("社保", "养老保险"),
}
CATALOGUE = Catalogue(Tree(TreeNode(name, parent) for name, parent in NODES), KEYWORDS)
WATER = [
    f"{place}{what}"
    for place in ("东楼", "西楼", "南门", "北门", "河边")
    for what in ("停水两天没人修", "水管爆裂路面都是水", "水压太低洗不了澡", "自来水发黄有味道")
]
WAGES = [
    f"{place}{what}"
    for place in ("工地", "厂里", "饭店", "公司", "车队")
    for what in ("拖欠工资三个月", "老板不发工资跑了", "加班费一分不给", "离职以后押金不退")
]


@pytest.fixture(scope="module")
def model() -> Model:
    return train([*WATER, *WAGES], ["公用"] * len(WATER) + ["劳动"] * len(WAGES), KeywordFinder(CATALOGUE))


def keywords_only() -> CategoryLibrary:
    return CategoryLibrary(CATALOGUE, None, 0.35)


@pytest.mark.parametrize(
    ("text", "category", "words"),
    [
        ("小区 停 水 了", "供水", ("停水",)),  # white space does not hide a word
        ("门口贴了停水通知", "停水通知", ("停水通知",)),  # a keyword inside a longer one says nothing
        ("停水通知贴了，可是水管爆裂，没有自来水", "供水", ("没有自来水", "水管爆裂")),  # but other words of its leaf do
        ("停水又停电", "公用", ("停水", "停电")),  # two leaves alike: what lies above both
        ("拖欠工资，还停电", "欠薪", ("拖欠工资",)),  # the longer word weighs more
        ("社保和停电", "", ()),  # alike, with nothing above both: nobody is sure
        ("想说一件事", "", ()),
        ("", "", ()),
    ],
)
def test_without_a_model_the_keywords_decide(text: str, category: str, words: tuple[str, ...]) -> None:
    suggestion = keywords_only().suggest(text)
    assert (suggestion.category, suggestion.by, suggestion.unsure) == (category, "keywords" if category else "none", not category)
    assert set(suggestion.words) == set(words)
    assert 0 <= suggestion.confidence <= 1


def test_a_keyword_in_the_title_weighs_more() -> None:
    assert keywords_only().suggest(joined("停水", "后来又停电了两次")).category == "供水"
    assert keywords_only().suggest(joined("停电", "后来又停水了两次")).category == "供电"


def test_a_sure_model_decides_the_branch_and_the_keywords_the_leaf_in_it(model: Model) -> None:
    suggestion = CategoryLibrary(CATALOGUE, model, 0.35).suggest("南门水管爆裂路面都是水，抢修的人说要等")
    assert (suggestion.category, suggestion.by) == ("供水", "model")
    assert suggestion.confidence > 0.8
    assert "水管爆裂" in suggestion.words
    branch = CategoryLibrary(CATALOGUE, model, 0.35).suggest("西楼自来水发黄有味道")
    assert (branch.category, branch.by) == ("公用", "model")
    assert branch.words


def test_an_unsure_model_leaves_it_to_the_keywords(model: Model) -> None:
    suggestion = CategoryLibrary(CATALOGUE, model, 1.0).suggest("社保没有交")
    assert (suggestion.category, suggestion.by) == ("社保", "keywords")


def test_a_label_the_catalogue_does_not_have_is_predicted_but_never_suggested() -> None:
    odd = train([*WATER, *WAGES], ["公用"] * len(WATER) + ["别的系统的类"] * len(WAGES), KeywordFinder(CATALOGUE))
    library = CategoryLibrary(CATALOGUE, odd, 0.35)
    assert library.judge(["老板不发工资跑了"])[0].ranked[0][0] == "别的系统的类"
    assert library.suggest("老板不发工资跑了").category == "欠薪"
    assert library.suggest("加班费一分不给").category == ""


def test_probabilities_add_up_and_the_words_stand_in_the_text(model: Model) -> None:
    text = joined("工地欠薪", "工地拖欠工资三个月，老板电话不接")
    judged = CategoryLibrary(CATALOGUE, model, 0.35).judge([text])[0]
    assert sum(chance for _, chance in judged.ranked) == pytest.approx(1.0)
    assert judged.ranked[0][0] == "劳动"
    assert judged.words
    assert all(word in text for word in judged.words)


def test_a_kept_model_answers_as_the_one_that_was_trained(model: Model, tmp_path: Path) -> None:
    file = tmp_path / "models" / "library.model"
    model.save(file)
    kept = Model.load(file)
    asked = ["停水了", "不发工资", "你好", ""]
    first, second = (CategoryLibrary(CATALOGUE, one, 0.35).judge(asked) for one in (model, kept))
    assert [one.ranked for one in first] == [one.ranked for one in second]
    assert [path.name for path in file.parent.iterdir()] == ["library.model"]


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04 torn"])
def test_a_broken_model_file_is_refused_in_one_sentence(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "library.model"
    file.write_bytes(content)
    with pytest.raises(ModelRefused, match="library train"):
        Model.load(file)


def test_a_model_that_would_run_code_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "library.model"
    with file.open("wb") as out:
        np.savez(out, about=np.array([{"format": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ModelRefused):
        Model.load(file)


def test_too_little_to_learn_from_is_refused() -> None:
    with pytest.raises(ModelRefused, match="1 个类别"):
        train(WATER, ["公用"] * len(WATER), KeywordFinder(CATALOGUE))
    with pytest.raises(ModelRefused, match="3 行"):
        train(["甲", "乙", "丙"], ["公用", "劳动", "公用"], KeywordFinder(CATALOGUE))


def test_a_label_with_a_single_row_does_not_break_the_training_and_progress_reaches_its_end() -> None:
    seen: list[tuple[int, int]] = []
    one = train([*WATER, *WAGES, "只有一条"], ["公用"] * 20 + ["劳动"] * 20 + ["社保"], KeywordFinder(CATALOGUE), lambda done, of: seen.append((done, of)))
    assert one.labels == ("公用", "劳动", "社保")
    assert seen[-1] == (STEPS, STEPS)


def test_title_and_text_are_joined_and_taken_apart() -> None:
    assert split(joined("停 水", "三天了\n没人管")) == ("停 水", "三天了\n没人管")
    assert joined("停水", "停水") == joined("停水", "") == joined("", "停水") == "停水"
    assert document(joined("停水", "三天了")) == "停水。停水。停水。三天了"


def test_the_figures_are_those_of_the_textbook() -> None:
    figures = measure(["a", "a", "b", "c"], [["a", "b", "c"], ["b", "a", "c"], ["b", "c", "a"], ["a", "b", "d"]])
    assert (figures.top1, figures.top3) == (0.5, 0.75)
    assert figures.by_label["a"].precision == figures.by_label["a"].recall == 0.5
    assert figures.macro_f1 == pytest.approx((0.5 + 2 / 3 + 0) / 3)
