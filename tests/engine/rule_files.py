"""A small world of facts and names for tests of the loader, and a way to load one snippet in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine import folder
from engine.findings import Finding
from engine.folder import Loaded, Vocabulary

STATUSES = ("已登记", "已受理", "待签收", "办理中", "待审核", "待回访", "争议", "挂账")
FACTS = """\
text: {label: {zh: 诉求内容, en: Request text}, type: text}
kind: {label: 诉求性质, type: choice, options: [咨询, 求助, 投诉]}
category: {label: 诉求类别, type: tree, options_from: library}
area: {label: 所属区域, type: tree, options_from: areas}
urgency: {label: 紧急程度, type: choice, options: [一般, 紧急, 特急]}
outage: {label: 正在中断, type: yesno}
households: {label: 影响户数, type: number, min: 0}
peak_ratio: {label: 倍数, type: number, places: 2}
step: {label: 环节, type: choice, options_from: statuses, derived: ticket}
deadline: {label: 时限, type: choice, options_from: deadlines, derived: event}
solved_rate: {label: 解决率, type: number, places: 2, derived: period}
overdue_count: {label: 逾期件数, type: number, derived: period}
appeals_3d: {label: 三日内件数, type: number, derived: {count: appeals, within: 3d, same: {category: 2, area: 小区}}}
"""
LIBRARY = """\
library:
  - name: 公用事业
    reserved: department
    section: 水务局/管网科
    children:
      - {name: 供水, keywords: [停水]}
      - {name: 供电, keywords: [停电]}
  - name: 环境
    children:
      - {name: 噪声, section: 城市管理局/执法二队, keywords: [噪音]}
"""
DIRECTORY = """\
units: [水务局/管网科/抢修岗, 城市管理局/执法二队, 热线中心/人工派单席, 北庄村/村书记]
roles: [承办人, 承办单位, 上级单位, 归口科室, 属地村书记, 属地网格员]
areas: [{name: 城区, level: 镇街, children: [{name: 花园小区, level: 小区}]}, {name: 北庄村, level: 村居}]
"""
HEAD = "ruleset: draft\ntitle: 草稿\nevent: ticket.accepted\nhit: first\nbasis: 规程\n"


def world(folder_path: Path) -> Vocabulary:
    """The vocabulary of the snippets, written to `folder_path` and loaded from there."""
    for name, text in (("facts", FACTS), ("library", LIBRARY), ("directory", DIRECTORY)):
        (folder_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = folder.load([folder_path], statuses=STATUSES)
    assert loaded.findings == ()
    return replace(loaded.vocabulary, names=replace(loaded.names, deadlines=("派单", "签收", "办结")))


def load_text(text: str | bytes, folder_path: Path, base: Vocabulary, name: str = "draft.yaml") -> Loaded:
    """One file loaded with the words of `base`."""
    file = folder_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return folder.load([file], base=base, statuses=STATUSES)


def ruleset_of(when: str = "", then: str = "[{urgency: 特急}]", event: str = "ticket.registered", more: str = "") -> str:
    """A rule set of one rule, R-1: `when` on line 8, `then` on line 9."""
    condition = f"    when: {when}\n" if when else "    priority: 1\n"
    head = HEAD.replace("ticket.accepted", event)
    return f"{head}rules:\n  - id: R-1\n{condition}    then: {then}\n{more}tests: [{{given: {{outage: true}}, hit: [R-1]}}]\n"


def errors(loaded: Loaded) -> list[Finding]:
    return [finding for finding in loaded.findings if finding.level == "error"]


__all__ = ["errors", "load_text", "ruleset_of", "world"]
