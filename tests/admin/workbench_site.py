"""The workbench's app over a small set of rule files of its own, and the JSON a page of it would send."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from tests.web.conftest import PROJECT, Site, make_site, token
from tests.web.district_rows import Rows

DISPATCH_A = """# 供热和供水：主管科室牵头
ruleset: dispatch
title: {zh: 派单规则, en: Dispatch}
event: ticket.accepted
hit: first
basis: 测试规程第七条      # 全部规则的依据
else: [{dispatch: {to: 热线中心/人工派单席}}]
rules:
  # 供热归热力公司
  - id: D-050
    title: 供热报修
    priority: 50
    when: {all: [{category: 供热}, {text: {has_any: [停暖, 不热]}}]}   # 两个词都常见
    then: [{dispatch: {to: 热力公司/临河维修班}}]
    tests:
      - {given: {category: 供热, text: 家里停暖}, expect: hit}
      - {given: {category: 供热, text: 收费}, expect: miss}
  - id: D-060
    title: 停水
    priority: 60
    when: {all: [{category: 供水}]}
    then: [{dispatch: {to: 水务局/管网科}}]
    tests:
      - {given: {category: 供水}, expect: hit}
"""
DISPATCH_B = """# 路灯和工资
ruleset: dispatch
rules:
  - id: D-070
    title: 路灯
    priority: 70
    when: {any: [{category: 路灯}, {text: {has_any: [路灯]}}]}
    then: [{dispatch: {to: 城市管理局/照明科}}]      # 照明科有夜班
    tests:
      - {given: {category: 路灯}, expect: hit}
"""
FACTS = """text: {label: {zh: 诉求内容, en: Request text}, type: text}
kind: {label: {zh: 诉求性质, en: Kind}, type: choice, options: [咨询, 求助, 投诉]}
category: {label: {zh: 诉求类别, en: Category}, type: tree, options_from: library}
area: {label: {zh: 所属区域, en: Area}, type: tree, options_from: areas}
outage: {label: {zh: 正在中断, en: Service is out}, type: yesno}
households: {label: {zh: 影响户数, en: Households}, type: number, min: 0, max: 1000}
caller_name: {label: {zh: 联系人, en: Name}, type: text, personal: true}
"""
LIBRARY = """library:
  - name: 市政公用
    section: 水务局/管网科
    children:
      - {name: 供热, section: 热力公司/临河维修班, keywords: [停暖]}
      - {name: 供水, section: 水务局/管网科, keywords: [停水]}
      - {name: 路灯, section: 城市管理局/照明科, keywords: [路灯]}
"""
A, B = "rules/dispatch/a.yaml", "rules/dispatch/b.yaml"


def make_rules(folder: Path) -> Path:
    """The rule files, written to disk."""
    rules = folder / "rules"
    (rules / "dispatch").mkdir(parents=True)
    for name, text in (("dispatch/a.yaml", DISPATCH_A), ("dispatch/b.yaml", DISPATCH_B), ("facts.yaml", FACTS), ("library.yaml", LIBRARY)):
        (rules / name).write_text(text, encoding="utf-8")
    shutil.copytree(PROJECT / "rules" / "calendar", rules / "calendar")
    return rules


def bench_site(folder: Path, filled: tuple[Path, Rows]) -> Site:
    """The whole app, with these rules as the files in force."""
    return make_site(folder, filled, SUDA_RULES=str(make_rules(folder)))


@dataclass
class Bench:
    """What one person's page does: reads the model, sends changes with the hash it saw."""

    client: FlaskClient
    draft: int = 0

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"/admin/rules/{path}")
        assert answer.status_code == status, answer.get_data(as_text=True)[:600]
        return answer.get_json()

    def post(self, path: str, data: object, status: int = 200) -> Any:
        headers = {"X-CSRFToken": token(self.client, "/admin/rules/"), "Content-Type": "application/json"}  # json= would sort the keys
        answer = self.client.post(f"/admin/rules/{path}", data=json.dumps(data), headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)[:600]
        return answer.get_json()

    def start(self) -> int:
        self.draft = self.post("start", {"what": "派单规则"})["draft"]
        return self.draft

    def model(self, rule: str = "", ruleset: str = "dispatch") -> Any:
        return self.get(f"{ruleset}/model?draft={self.draft or ''}&rule={rule}")

    def edit(self, rule: str, *edits: dict[str, object], status: int = 200, seen: str = "", force: bool = False) -> Any:
        sha = seen or self.model(rule)["rule"]["sha"]
        return self.post("dispatch/edit", {"draft": self.draft, "rule": rule, "seen": sha, "edits": list(edits), "force": force}, status)

    def text(self, path: str, text: str, seen: str, status: int = 200, force: bool = False) -> Any:
        return self.post("dispatch/text", {"draft": self.draft, "path": path, "text": text, "seen": seen, "force": force}, status)


def put(path: list[object], value: object) -> dict[str, object]:
    """An edit that sets a value."""
    return {"op": "set", "path": path, "value": value}
