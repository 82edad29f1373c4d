"""Conditions and actions are read as they are meant."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from engine.condition import All, AnyOf, NoneOf, Similar, Test
from engine.folder import Vocabulary
from tests.engine.rule_files import errors, load_text, ruleset_of, world


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return world(tmp_path_factory.mktemp("world"))


CONDITIONS = [
    # when, the condition it means
    ("{all: [{outage: true}]}", All((Test("outage", "eq", True),))),
    ("{outage: true}", Test("outage", "eq", True)),
    ("{all: [{kind: 咨询}]}", All((Test("kind", "eq", "咨询"),))),
    ("{all: [{kind: [咨询, 求助, 咨询]}]}", All((Test("kind", "in", ("咨询", "求助")),))),
    ("{all: [{kind: {ne: 咨询}}]}", All((Test("kind", "ne", "咨询"),))),
    ("{all: [{category: {in: [供水]}}]}", All((Test("category", "in", ("供水",)),))),
    ("{all: [{households: 5}]}", All((Test("households", "eq", Decimal(5)),))),
    ("{all: [{households: {lte: 9, gte: 1}}]}", All((All((Test("households", "gte", Decimal(1)), Test("households", "lte", Decimal(9)))),))),
    ("{all: [{peak_ratio: {gt: 1.50}}]}", All((Test("peak_ratio", "gt", Decimal("1.5")),))),
    ("{all: [{text: {has_any: [停水, 停电]}}]}", All((Test("text", "has_any", ("停水", "停电")),))),
    ("{all: [{text: {has_all: 停水}}]}", All((Test("text", "has_all", ("停水",)),))),
    ("{all: [{text: {similar: {to: [路灯不亮], min: 85}}}]}", All((Test("text", "similar", Similar(("路灯不亮",), 85)),))),
    ("{all: [{text: {similar: {to: 路灯不亮}}}]}", All((Test("text", "similar", Similar(("路灯不亮",), 80)),))),
    ("{all: [{area: {missing: false}}]}", All((Test("area", "missing", False),))),
    ("{all: [{text: {missing: true}}]}", All((Test("text", "missing", True),))),
    (
        "{none: [{outage: true}], any: [{kind: 咨询}], all: [{urgency: 特急}]}",
        All((All((Test("urgency", "eq", "特急"),)), AnyOf((Test("kind", "eq", "咨询"),)), NoneOf((Test("outage", "eq", True),)))),
    ),
    ("{all: [{outage: true, kind: 咨询}]}", All((All((Test("kind", "eq", "咨询"), Test("outage", "eq", True))),))),
    ("{any: [{all: [{outage: true}]}, {none: [{kind: 咨询}]}]}", AnyOf((All((Test("outage", "eq", True),)), NoneOf((Test("kind", "eq", "咨询"),))))),
]


@pytest.mark.parametrize(("when", "means"), CONDITIONS, ids=[case[0] for case in CONDITIONS])
def test_a_condition_is_read_as_it_is_meant(when: str, means: object, base: Vocabulary, tmp_path: Path) -> None:
    loaded = load_text(ruleset_of(when), tmp_path, base)
    assert errors(loaded) == []
    assert loaded.sets["draft"].rule("R-1").when == means


ACTIONS = [
    # action, what it is held as
    ("{urgency: 特急}", {"value": "特急"}),
    ("{dispatch: {to: 承办人, or: 水务局, assist: 上级单位}}", {"to": ["承办人"], "or": ["水务局"], "assist": ["上级单位"]}),
    (
        "{deadline: {name: 办结, from: 办理中, until: 待审核, within: 3d, clock: 工作日, pause: [争议, 挂账]}}",
        {"name": "办结", "from": "办理中", "until": "待审核", "within": "3d", "clock": "工作日", "pause": ["争议", "挂账"]},
    ),
    (
        "{chain: [{at: 开始, send: 短信, to: 承办人}, {spent: 70%, send: [短信, 电话], to: [承办人, 承办单位]}, {before: 3m, send: [短信], to: 承办人}]}",
        {
            "value": [
                {"at": "开始", "send": ["短信"], "to": ["承办人"]},
                {"spent": "70%", "send": ["短信", "电话"], "to": ["承办人", "承办单位"]},
                {"before": "3m", "send": ["短信"], "to": ["承办人"]},
            ]
        },
    ),
    (
        "{chain: [{after: 2h, send: [电话], to: 承办人}, {wait: 10m, every: 10m, times: 3, send: [短信], to: 上级单位, or: 热线中心/人工派单席}]}",
        {
            "value": [
                {"after": "2h", "send": ["电话"], "to": ["承办人"]},
                {"wait": "10m", "every": "10m", "times": 3, "send": ["短信"], "to": ["上级单位"], "or": ["热线中心/人工派单席"]},
            ]
        },
    ),
    ("{review: {chain: [承办人, 上级单位]}}", {"chain": ["承办人", "上级单位"]}),
    (
        "{supervise: {level: 关注, by: 承办人, once: {category: 2, caller: true}, list: true, meet: {调度: 7d, 会商: 14d}}}",
        {"level": "关注", "by": ["承办人"], "once": {"category": 2, "caller": True}, "list": True, "meet": {"调度": "7d", "会商": "14d"}},
    ),
    ("{supervise: {level: 关注, by: 承办人, once: ticket}}", {"level": "关注", "by": ["承办人"], "once": "ticket"}),
    (
        "{warn: {to: 归口科室, once: {category: 2, area: 镇街, within: 60d}, follow: 14d}}",
        {"to": ["归口科室"], "once": {"category": 2, "area": "镇街", "within": "60d"}, "follow": "14d"},
    ),
    ("{survey: {send: [电话], after: 0m}}", {"send": ["电话"], "after": "0m"}),
    ("{mediate: {by: 属地网格员}}", {"by": ["属地网格员"]}),
    ("{exclude: {from: all, reason: 超出政策, approve: 上级单位}}", {"from": "all", "reason": "超出政策", "approve": ["上级单位"]}),
    ("{exclude: {from: [solved_rate], reason: 未接通}}", {"from": ["solved_rate"], "reason": "未接通"}),
    (
        "{score: {indicator: solved_rate, weight: 0.35, min_sample: 10, below: share}}",
        {"indicator": "solved_rate", "weight": Decimal("0.35"), "min_sample": 10, "below": "share"},
    ),
    (
        "{score: {indicator: solved_rate, full: 35, target: 98, per_point: 0.5, floor: 17.5, cap: 40}}",
        {"indicator": "solved_rate", "full": Decimal(35), "target": Decimal(98), "per_point": Decimal("0.5"), "floor": Decimal("17.5"), "cap": Decimal(40)},
    ),
    (
        "{score: {indicator: solved_rate, above: 80, per_point: 0.1, cap: 1.5, bonus: true}}",
        {"indicator": "solved_rate", "above": Decimal(80), "per_point": Decimal("0.1"), "cap": Decimal("1.5"), "bonus": True},
    ),
    (
        "{score: {indicator: overdue_count, each: -0.5, floor: -10, bonus: true}}",
        {"indicator": "overdue_count", "each": Decimal("-0.5"), "floor": Decimal(-10), "bonus": True},
    ),
]


@pytest.mark.parametrize(("action", "held"), ACTIONS, ids=[case[0][:60] for case in ACTIONS])
def test_an_action_is_held_as_plain_data(action: str, held: dict[str, object], base: Vocabulary, tmp_path: Path) -> None:
    loaded = load_text(ruleset_of("{all: [{category: 噪声}]}", f"[{action}]"), tmp_path, base)
    assert errors(loaded) == []
    (read,) = loaded.sets["draft"].rule("R-1").then
    assert (read.args, read.line) == (held, 9)
