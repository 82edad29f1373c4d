"""facts.yaml, library.yaml, roles.yaml and directory.yaml: what they declare, and what of them is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from engine import folder
from engine.check_grassroots import is_grassroots
from engine.facts import Label
from engine.folder import Vocabulary
from engine.roles import Role
from tests.engine.rule_files import STATUSES, errors, load_text, world


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return world(tmp_path_factory.mktemp("world"))


REFUSED = [
    # file, content, line, rule, words
    ("facts", "- a\n", 1, "facts", "应当是映射"),
    ("facts", "Kind: {type: text}\n", 1, "Kind", "小写字母"),
    ("facts", "all: {type: text}\n", 1, "all", "不是 all"),
    ("facts", "a: text\n", 1, "a", "事实应当是映射"),
    ("facts", "a: {label: x}\n", 1, "a", "事实缺少「type」"),
    ("facts", "a: {type: txt}\n", 1, "a", "没有这个类型「txt」，是不是「text」？"),
    ("facts", "a: {type: text, lable: x}\n", 1, "a", "没有这个字段（事实）「lable」，是不是「label」？"),
    ("facts", "a: {type: text, label: {en: only}}\n", 1, "a", "名称缺少「zh」"),
    ("facts", "a: {type: text, label: 5}\n", 1, "a", "名称应当是文字"),
    ("facts", "a: {type: choice}\n", 1, "a", "需要写 options 或 options_from"),
    ("facts", "a: {type: choice, options: []}\n", 1, "a", "选项是空的"),
    ("facts", "a: {type: choice, options: [1, 2]}\n", 1, "a", "选项应当是文字"),
    ("facts", "a: {type: choice, options_from: library}\n", 1, "a", "没有这个选项来源「library」"),
    ("facts", "a: {type: choice, options: [x], options_from: statuses}\n", 1, "a", "只能写一个"),
    ("facts", "a: {type: tree}\n", 1, "a", "需要写 options_from"),
    ("facts", "a: {type: tree, options_from: statuses}\n", 1, "a", "没有这个选项来源「statuses」"),
    ("facts", "a: {type: tree, options_from: areas, options: [x]}\n", 1, "a", "没有 options"),
    ("facts", "a: {type: yesno, options: [x]}\n", 1, "a", "类型 yesno 没有 options"),
    ("facts", "a: {type: text, min: 1}\n", 1, "a", "min 只用于数字"),
    ("facts", "a: {type: number, places: 9}\n", 1, "a", "places应当是 0 到 6 的整数"),
    ("facts", "a: {type: number, min: 5, max: 1}\n", 1, "a", "min 5 大于 max 1"),
    ("facts", "a: {type: number, min: low}\n", 1, "a", "min应当是数字"),
    ("facts", "a: {type: number, derived: tickets}\n", 1, "a", "没有这个来源（derived）「tickets」，是不是「ticket」？"),
    ("facts", "a: {type: number, derived: {count: appeal}}\n", 1, "a", "没有这个计数对象「appeal」，是不是「appeals」？"),
    ("facts", "a: {type: number, derived: {within: 3d}}\n", 1, "a", "derived缺少「count」"),
    ("facts", "a: {type: number, derived: {count: appeals, within: three days}}\n", 1, "a", "within应当是时长"),
    ("facts", "a: {type: number, derived: {count: appeals, same: {category: two}}}\n", 1, "a", "类别层级应当是 1 到 9 的整数"),
    ("facts", "a: {type: number, derived: {count: appeals, same: {are: 小区}}}\n", 1, "a", "没有这个字段（same）「are」，是不是「area」？"),
    ("facts", "a: {type: number, derived: {days_to: ''}}\n", 1, "a", "days_to是空的"),
    ("facts", "a: {type: text}\nb: {type: txt}\nc: {type: num}\n", 3, "c", "没有这个类型「num」，是不是「number」？"),
    ("library", "libary: []\n", 1, "library", "没有这个字段（派单目录）「libary」，是不是「library」？"),
    ("library", "library: []\n", 1, "library", "library是空的"),
    ("library", "library: [供水]\n", 1, "library", "类别应当是映射"),
    ("library", "library:\n  - {section: 水务局}\n", 2, "library", "类别缺少「name」"),
    ("library", "library:\n  - {name: 供水}\n", 2, "供水", "没有归口科室"),
    ("library", "library:\n  - {name: 供水, section: 水务句}\n", 2, "供水", "没有这个单位「水务句」，是不是「水务局」？"),
    ("library", "library:\n  - {name: 供水, section: 水务局}\n  - {name: 供水, section: 水务局}\n", 3, "供水", "已在"),
    ("library", "library:\n  - {name: 供水, section: 水务局, reserved: yes}\n", 2, "供水", "没有这个reserved 的值「yes」"),
    ("library", "library:\n  - {name: 供水, section: 水务局, keyword: [x]}\n", 2, "供水", "是不是「keywords」？"),
    ("library", "library:\n  - {name: 供水, section: 水务局, keywords: [5]}\n", 2, "供水", "关键词应当是文字"),
    ("library", "library:\n  - {name: 供水, section: 水务局, children: []}\n", 2, "供水", "children是空的"),
    ("roles", "- 承办人\n", 1, "roles", "应当是映射"),
    ("roles", "承办人: holder\n", 1, "承办人", "角色应当是映射"),
    ("roles", "承办人: {}\n", 1, "承办人", "角色缺少「find」"),
    ("roles", "承办人: {find: holdr}\n", 1, "承办人", "是不是「holder」？"),
    ("roles", "分管领导: {find: post, role: 分管领导}\n", 1, "分管领导", "find: post 还需要写「in」"),
    ("roles", "分管领导: {find: post, role: 分管领导, in: units}\n", 1, "分管领导", "是不是「unit」？"),
    ("roles", "承办人: {find: holder, level: 村居}\n", 1, "承办人", "不用「level」"),
    ("roles", "a/b: {find: holder}\n", 1, "a/b", "不能含「/」"),
    ("directory", "units: 水务局\n", 1, "directory", "units应当是列表"),
    ("directory", "unit: [水务局]\n", 1, "directory", "是不是「units」？"),
    ("directory", "units: [a/b/c/d]\n", 1, "directory", "应当是 单位[/科室[/岗位]]"),
    ("directory", "units: [a//b]\n", 1, "directory", "应当是 单位[/科室[/岗位]]"),
    ("directory", "units: [{nam: a}]\n", 1, "directory", "是不是「name」？"),
    ("directory", "areas: [{name: a}, {name: a}]\n", 1, "directory", "区域「a」写了两次"),
    ("directory", "areas: [花园小区]\n", 1, "directory", "区域应当是映射"),
]


@pytest.mark.parametrize(("file", "text", "line", "rule", "words"), REFUSED, ids=[f"{case[0]} {case[4][:30]}" for case in REFUSED])
def test_a_declaration_that_cannot_be_is_refused(file: str, text: str, line: int, rule: str, words: str, base: Vocabulary, tmp_path: Path) -> None:
    found = errors(load_text(text, tmp_path, base, f"{file}.yaml"))
    assert any((finding.line, finding.rule) == (line, rule) and words in finding.zh for finding in found), found


def test_a_fact_keeps_all_that_is_declared(base: Vocabulary, tmp_path: Path) -> None:
    text = (
        "kind: {label: {zh: 性质, en: Kind}, type: choice, options: [咨询, 求助]}\n"
        "rate: {label: 率, type: number, places: 2, min: 0, max: 100, derived: period}\n"
        "step: {label: 环节, type: choice, options_from: statuses, derived: ticket}\n"
        "area: {label: 区域, type: tree, options_from: areas}\n"
        "spring: {label: 距春节天数, type: number, derived: {days_to: 春节}}\n"
        "moves: {label: 转派次数, type: number, derived: {count: moves, to: 转派, within: 3d, same: {category: 2, area: 小区, caller: true}}}\n"
    )
    loaded = load_text(text, tmp_path, base, "facts.yaml")
    assert loaded.findings == ()
    facts = loaded.facts
    assert (facts["kind"].label, facts["kind"].options) == (Label("性质", "Kind"), ("咨询", "求助"))
    assert (facts["rate"].places, facts["rate"].min, facts["rate"].max, facts["rate"].derived) == (2, Decimal(0), Decimal(100), "period")
    assert facts["step"].options == STATUSES
    assert "花园小区" in facts["area"].options
    assert facts["spring"].derived == {"days_to": "春节"}
    assert facts["moves"].derived == {"count": "moves", "to": "转派", "within": "3d", "same": {"category": 2, "area": "小区", "caller": True}}


def test_a_leaf_inherits_section_and_reserve_from_its_branch(base: Vocabulary, tmp_path: Path) -> None:
    text = (
        "library:\n"
        "  - name: 公用事业\n    section: 水务局\n    reserved: department\n    children:\n"
        "      - {name: 供水, keywords: [停水, 没水], samples: [停水三天]}\n"
        "      - {name: 路灯, section: 城市管理局}\n"
    )
    loaded = load_text(text, tmp_path, base, "library.yaml")
    assert loaded.findings == ()
    catalogue = loaded.catalogue
    assert catalogue is not None
    assert catalogue.section == {"公用事业": "水务局", "供水": "水务局", "路灯": "城市管理局"}
    assert catalogue.reserved == {"公用事业", "供水", "路灯"}
    assert (catalogue.keywords["供水"], catalogue.samples["供水"]) == (("停水", "没水"), ("停水三天",))
    assert loaded.names.section_of == catalogue.section
    assert loaded.facts["category"].options == ("公用事业", "供水", "路灯")


def test_roles_say_how_they_are_found_and_which_are_grassroots(base: Vocabulary, tmp_path: Path) -> None:
    text = (
        "承办人: {find: holder}\n"
        "分管领导: {find: post, role: 分管领导, in: unit}\n"
        "属地村书记: {find: area_post, level: 村居, role: 村书记, grassroots: true}\n"
        "属地物业企业: {find: service, role: 属地物业企业}\n"
    )
    loaded = load_text(text, tmp_path, base, "roles.yaml")
    assert loaded.findings == ()
    assert loaded.roles["分管领导"] == Role("分管领导", "post", "分管领导", "unit")
    assert loaded.roles["属地村书记"] == Role("属地村书记", "area_post", "村书记", "", "村居", True)
    assert loaded.names.roles == set(loaded.roles)
    assert "属地村书记" in loaded.names.grassroots
    assert "属地网格员" not in loaded.names.grassroots  # this district has no such role


def test_a_directory_says_units_roles_areas_and_what_is_grassroots(tmp_path: Path) -> None:
    text = (
        "units: [水务局/管网科/抢修岗, 北庄村/村书记, {name: 志愿队, grassroots: true}]\n"
        "roles: [承办人, 属地网格员]\n"
        "areas: [{name: 青禾镇, level: 镇街, children: [{name: 北庄村, level: 村居}]}]\n"
    )
    names = load_text(text, tmp_path, Vocabulary(), "directory.yaml").names
    assert names.units == {"水务局", "水务局/管网科", "水务局/管网科/抢修岗", "北庄村", "北庄村/村书记", "志愿队"}
    assert names.grassroots == {"北庄村", "北庄村/村书记", "志愿队", "属地网格员"}
    assert names.areas.path("北庄村") == ("青禾镇", "北庄村")


LOW = [
    # address, is it grassroots where 北庄村 is a village and 花园小区 an estate
    ("北庄村", True),
    ("北庄村/村书记", True),
    ("青禾镇/北庄村/网格员", True),
    ("青禾镇/民政所", False),
    ("某某社区/社区书记", True),
    ("李庄村委会", True),
    ("农业农村局", False),
    ("农业农村局/乡村振兴科", False),
    ("花园小区", False),
    ("城管局/一号网格员", True),
]


@pytest.mark.parametrize(("address", "low"), LOW)
def test_a_village_is_told_by_the_area_tree_or_by_its_name(address: str, low: bool, base: Vocabulary, tmp_path: Path) -> None:
    names = load_text(f"units: [{address}]\n", tmp_path, base, "directory.yaml").names
    assert is_grassroots(address, names) is low


def test_a_directory_silent_on_areas_leaves_the_districts_in_force(base: Vocabulary, tmp_path: Path) -> None:
    names = load_text("units: [新局]\n", tmp_path, base, "directory.yaml").names
    assert names.units == {"新局"}
    assert names.areas.nodes.keys() == base.names.areas.nodes.keys()
    assert names.roles == base.names.roles


def test_the_catalogue_may_be_a_folder_of_branches(base: Vocabulary, tmp_path: Path) -> None:
    inside = tmp_path / "rules" / "library"
    inside.mkdir(parents=True)
    (inside / "a.yaml").write_text("library:\n  - {name: 供水, section: 水务局}\n", encoding="utf-8")
    (inside / "b.yaml").write_text("library:\n  - {name: 路灯, section: 城市管理局}\n  - {name: 供水, section: 水务局}\n", encoding="utf-8")
    loaded = folder.load([tmp_path / "rules"], base=base, statuses=STATUSES)
    assert tuple(loaded.names.categories.nodes) == ("供水", "路灯")
    (finding,) = errors(loaded)
    assert (Path(finding.file).name, finding.line, finding.rule) == ("b.yaml", 3, "供水")


def test_facts_in_two_files_may_not_repeat_one_another(base: Vocabulary, tmp_path: Path) -> None:
    inside = tmp_path / "facts"
    inside.mkdir()
    (inside / "a.yaml").write_text("one: {type: text}\n", encoding="utf-8")
    (inside / "b.yaml").write_text("two: {type: text}\none: {type: text}\n", encoding="utf-8")
    loaded = folder.load([inside], base=base, statuses=STATUSES)
    assert set(loaded.facts) == {"one", "two"}
    assert [(Path(finding.file).name, finding.line, finding.rule) for finding in errors(loaded)] == [("b.yaml", 2, "one")]
