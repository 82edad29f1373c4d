"""Department-only work aimed at a village or a grid officer is refused (story 10); other work there is welcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.folder import Vocabulary
from tests.engine.rule_files import errors, load_text, ruleset_of, world

VILLAGE = "[{dispatch: {to: 属地村书记}}]"
CASES = [
    # when and unless, then, the reserved categories named ("" = allowed)
    ("{all: [{category: 供水}]}", VILLAGE, "供水"),
    ("{all: [{category: 公用事业}]}", VILLAGE, "公用事业、供水、供电"),
    ("{all: [{category: [噪声, 供电]}]}", VILLAGE, "供电"),
    ("{all: [{category: {ne: 噪声}}]}", VILLAGE, "公用事业、供水、供电"),
    ("{any: [{category: 噪声}, {outage: true}]}", VILLAGE, "公用事业、供水、供电"),
    ("{none: [{category: 噪声}]}", VILLAGE, "公用事业、供水、供电"),
    ("{all: [{area: 北庄村}]}", VILLAGE, "公用事业、供水、供电"),
    ("{all: [{category: {missing: false}}]}", VILLAGE, "公用事业、供水、供电"),
    ("", VILLAGE, "公用事业、供水、供电"),
    ("{all: [{category: 供水}]}", "[{dispatch: {to: 北庄村}}]", "供水"),
    ("{all: [{category: 供水}]}", "[{dispatch: {to: 北庄村/村书记}}]", "供水"),
    ("{all: [{category: 供水}]}", "[{dispatch: {to: 水务局, or: 属地网格员}}]", "供水"),
    ("{all: [{category: 供水}]}", "[{dispatch: {to: 水务局, assist: [属地网格员]}}]", "供水"),
    ("{all: [{category: 供水}]}", "[{supervise: {level: 关注, by: 属地网格员, once: ticket}}]", "供水"),
    ("{all: [{category: 噪声}]}", VILLAGE, ""),
    ("{all: [{category: 环境}, {outage: true}]}", VILLAGE, ""),
    ("{none: [{category: 公用事业}]}", VILLAGE, ""),
    ("{all: [{area: 北庄村}, {category: {ne: 公用事业}}]}", VILLAGE, ""),
    ("{all: [{category: {missing: true}}]}", VILLAGE, ""),
    ("{all: [{area: 北庄村}]}\n    unless: {any: [{category: 公用事业}]}", VILLAGE, ""),
    ("{all: [{area: 北庄村}]}\n    unless: {all: [{category: 公用事业}, {outage: true}]}", VILLAGE, "公用事业、供水、供电"),
    ("{all: [{category: 供水}]}", "[{dispatch: {to: 水务局}}]", ""),
    ("{all: [{category: 供水}]}", "[{mediate: {by: 属地网格员}}]", ""),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return world(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize(("when", "then", "named"), CASES, ids=[f"{case[0][:40]} {case[1][:40]}" for case in CASES])
def test_reserved_work_is_never_sent_to_the_grassroots(when: str, then: str, named: str, base: Vocabulary, tmp_path: Path) -> None:
    loaded = load_text(ruleset_of(when, then, event="ticket.accepted"), tmp_path, base)
    found = errors(loaded)
    assert [finding.rule for finding in found] == (["R-1"] if named else []), found
    assert bool(loaded.sets) is not bool(named)
    if named:
        assert f"部门专属事项（{named}）不得派给基层" in found[0].zh


def test_the_guard_speaks_even_when_another_rule_is_wrong(base: Vocabulary, tmp_path: Path) -> None:
    wrong = "  - {id: R-2, when: {all: [{outag: true}]}, then: [{dispatch: {to: 属地村书记}}]}\n"
    found = errors(load_text(ruleset_of("{all: [{category: 供水}]}", VILLAGE, "ticket.accepted", wrong), tmp_path, base))
    assert [(finding.line, finding.rule) for finding in found] == [(7, "R-1"), (10, "R-2")]
    assert "没有这个事实" in found[1].zh


def test_else_may_not_send_reserved_work_there_either(base: Vocabulary, tmp_path: Path) -> None:
    text = ruleset_of("{all: [{category: 噪声}]}", event="ticket.accepted").replace("rules:", "else: [{dispatch: {to: 属地村书记}}]\nrules:")
    (finding,) = errors(load_text(text, tmp_path, base))
    assert (finding.line, finding.rule) == (6, "else")


def test_the_catalogue_may_not_give_reserved_work_to_a_village(base: Vocabulary, tmp_path: Path) -> None:
    text = "library:\n  - name: 水利\n    children:\n      - {name: 沟渠, section: 北庄村, reserved: department}\n      - {name: 保洁, section: 北庄村}\n"
    (finding,) = errors(load_text(text, tmp_path, base, "library.yaml"))
    assert (finding.line, finding.rule) == (4, "沟渠")
    assert "基层「北庄村」" in finding.zh


def test_a_role_marked_grassroots_counts_whatever_its_name(base: Vocabulary, tmp_path: Path) -> None:
    text = "村医: {find: area_post, level: 村居, role: 村医, grassroots: true}\n"
    roles = load_text(text, tmp_path, base, "roles.yaml")
    assert "村医" in roles.names.grassroots
    (finding,) = errors(load_text(ruleset_of("{all: [{category: 供水}]}", "[{dispatch: {to: 村医}}]", "ticket.accepted"), tmp_path, roles.vocabulary))
    assert "基层「村医」" in finding.zh
