"""The dispatch catalogue: whole, without doubles, and every sample finds its own leaf by keywords alone."""

from __future__ import annotations

from collections import Counter

from engine import normalise
from engine.load_library import Catalogue
from insights.library_keywords import KeywordFinder
from tests.rules.conftest import Unit

BRANCHES = (
    *("城乡建设", "党务政务", "国土资源", "环境保护", "纪检监察", "交通运输", "经济管理", "科技与信息产业"),
    *("民政", "农村农业", "商贸旅游", "卫生计生", "政法", "教育文体", "劳动和社会保障"),
)
MAY_HOLD_RESERVED_WORK = ("区直部门", "企业")  # a licensed company repairs gas and power; a village or a town never does
FEWEST_LEAVES = 150
KEYWORDS = range(6, 16)


def leaves(catalogue: Catalogue) -> list[str]:
    return [name for name in catalogue.tree.nodes if not catalogue.tree.children(name)]


def test_the_fifteen_branches_are_there_and_no_other(catalogue: Catalogue) -> None:
    assert sorted(catalogue.tree.roots()) == sorted(BRANCHES)


def test_every_leaf_lies_on_the_third_level_and_there_are_enough(catalogue: Catalogue) -> None:
    found = leaves(catalogue)
    assert len(found) >= FEWEST_LEAVES
    assert {name: len(catalogue.tree.path(name)) for name in found if len(catalogue.tree.path(name)) != 3} == {}


def test_every_leaf_has_six_to_fifteen_keywords_and_one_to_three_samples(catalogue: Catalogue) -> None:
    wrong = [name for name in leaves(catalogue) if len(catalogue.keywords.get(name, ())) not in KEYWORDS or not 1 <= len(catalogue.samples.get(name, ())) <= 3]
    assert wrong == []


def test_no_keyword_stands_in_two_leaves(catalogue: Catalogue) -> None:
    owners = Counter(normalise.text(word) for words in catalogue.keywords.values() for word in words)
    assert [word for word, count in owners.items() if count > 1] == []


def test_every_sample_finds_its_own_leaf_by_keywords_alone(catalogue: Catalogue) -> None:
    finder = KeywordFinder(catalogue)
    samples = [(name, sample) for name, all_of_it in catalogue.samples.items() for sample in all_of_it]
    assert [(name, sample, finder.best(finder.said(sample))) for name, sample in samples if finder.best(finder.said(sample)) != name] == []


def test_an_appeal_known_only_as_far_as_its_branch_still_has_a_unit(catalogue: Catalogue, units: dict[str, Unit]) -> None:
    assert [name for name in catalogue.tree.nodes if catalogue.section.get(name) not in units] == []


def test_reserved_work_lies_with_a_department_or_its_licensed_company(catalogue: Catalogue, units: dict[str, Unit]) -> None:
    assert [name for name in catalogue.reserved if units[catalogue.section[name]].kind not in MAY_HOLD_RESERVED_WORK] == []


def test_a_company_with_reserved_work_answers_to_a_department(catalogue: Catalogue, units: dict[str, Unit]) -> None:
    companies = {catalogue.section[name].split("/")[0] for name in catalogue.reserved if units[catalogue.section[name]].kind == "企业"}
    assert companies
    assert [name for name in companies if units[units[name].superior].kind != "区直部门"] == []


def test_every_section_of_a_department_is_responsible_for_something(catalogue: Catalogue, units: dict[str, Unit]) -> None:
    sections = {address for address, unit in units.items() if unit.kind == "区直部门" and "/" in address}
    assert sorted(sections - set(catalogue.section.values())) == []
