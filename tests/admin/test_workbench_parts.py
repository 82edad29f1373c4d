"""The workbench's small parts: texts of two people merged, rules moved among those tried, ids counted on, dates, hits of a week."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.workbench_family import FamilyFile, RuleSpot, families
from admin.workbench_merge import merged
from admin.workbench_model import dates_state
from admin.workbench_order import reorder, suggested_id
from engine.source import apply
from tests.web.conftest import PROJECT, Site
from tests.web.district_rows import NOW
from tickets.domain.times import stored
from tickets.store.log_models import EvaluationHit
from tickets.store.rule_hits import hits_of_a_week
from web.words import load as load_words

OLD = "甲\n乙\n丙\n丁\n戊\n"
LINES = st.lists(st.sampled_from(["甲", "乙", "丙", "丁"]), max_size=6).map(lambda lines: "".join(f"{line}\n" for line in lines))


def test_changes_of_different_lines_are_both_kept() -> None:
    assert merged(OLD, OLD.replace("甲", "子"), OLD.replace("戊", "辰")) == "子\n乙\n丙\n丁\n辰\n"


def test_changes_of_the_same_or_neighbouring_lines_are_for_a_person_to_choose() -> None:
    assert merged(OLD, OLD.replace("丙", "子"), OLD.replace("丙", "丑")) is None
    assert merged(OLD, OLD.replace("丙", "子"), OLD.replace("丁", "丑")) is None
    assert merged(OLD, OLD + "己\n", OLD + "庚\n") is None


@given(old=LINES, mine=LINES)
def test_one_change_alone_is_taken_whole_and_the_same_change_twice_is_one(old: str, mine: str) -> None:
    assert merged(old, mine, old) == mine
    assert merged(old, old, mine) == mine
    assert merged(old, mine, mine) == mine


@given(old=LINES, mine=LINES, theirs=LINES)
def test_a_merge_is_the_same_from_either_side(old: str, mine: str, theirs: str) -> None:
    assert merged(old, mine, theirs) == merged(old, theirs, mine)


@pytest.mark.parametrize(
    ("taken", "near", "wanted"),
    [({"D-052", "D-053"}, "D-052", "D-054"), ({"U-010"}, "U-010", "U-011"), ({"A"}, "A", "A-001"), ({"R-9"}, "R-9", "R-10"), (set(), "", "R-001")],
)
def test_a_new_id_counts_on_from_the_rule_above(taken: set[str], near: str, wanted: str) -> None:
    assert suggested_id(taken, near) == wanted


def family_of(priorities: list[tuple[str, int, int]]) -> dict[str, str]:
    """Files of rules: (id, priority, which file); 0 is no priority written."""
    texts = {f"rules/dispatch/{number}.yaml": "ruleset: dispatch\nrules:\n" for _, _, number in priorities}
    for rule, priority, number in priorities:
        line = f"  - {{id: {rule}, priority: {priority}}}\n" if priority else f"  - {{id: {rule}}}\n"
        texts[f"rules/dispatch/{number}.yaml"] += line
    return texts


@given(
    rules=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), min_size=2, max_size=8),
    which=st.integers(0, 7),
    where=st.integers(0, 8),
)
def test_a_moved_rule_stands_where_it_was_put_and_the_others_keep_their_order(rules: list[tuple[int, int]], which: int, where: int) -> None:
    texts = family_of([(f"R{place}", priority, number) for place, (priority, number) in enumerate(rules)])
    order = [spot.id for spot in families(texts)["dispatch"].rules()]
    mine = order[which % len(order)]
    rest = [rule for rule in order if rule != mine]
    place = where % (len(rest) + 1)
    before = rest[place] if place < len(rest) else None
    for path, edits in reorder(families(texts)["dispatch"], mine, before).items():
        for edit in edits:
            texts[path] = apply(texts[path], edit)
    assert [spot.id for spot in families(texts)["dispatch"].rules()] == [*rest[:place], mine, *rest[place:]]


def test_a_rule_without_an_id_or_written_as_a_list_is_still_listed() -> None:
    found = families({"rules/x.yaml": "ruleset: x\nrules:\n  - {title: 无编号}\n  - [一]\n"})["x"].rules()
    assert found == (RuleSpot("rules/x.yaml", 0, {"title": "无编号"}), RuleSpot("rules/x.yaml", 1, {}))
    assert found[0].id == ""


def test_a_file_that_does_not_parse_still_belongs_to_its_family() -> None:
    family = families({"rules/dispatch/a.yaml": "ruleset: dispatch\nrules: []\n", "rules/dispatch/b.yaml": "ruleset: dispatch\nrules: [\n"})["dispatch"]
    assert [type(file) for file in family.files] == [FamilyFile, FamilyFile]
    assert family.files[1].refused[0].line >= 2


@pytest.mark.parametrize(
    ("effective", "state"),
    [
        (None, ""),
        ({"from": "2026-11-23"}, ""),  # that very day
        ({"from": "2026-11-24"}, "early"),
        ({"to": "2026-11-23"}, "late"),  # half-open: not on that day
        ({"to": "2026-11-24"}, ""),
        ({"from": "2026-11-23 14:00"}, ""),
        ({"from": "2026-11-23 15:00"}, "early"),
    ],
)
def test_a_rule_says_whether_its_dates_hold(effective: object, state: str) -> None:
    assert dates_state(effective, NOW + timedelta(hours=8)) == state


@pytest.mark.parametrize("file", sorted((PROJECT / "admin" / "static").glob("[cw]o[nr]*.js")), ids=lambda file: file.name)
def test_every_word_a_script_says_is_in_the_catalogue_and_no_script_is_too_long(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    said = set(re.findall(r"""say\((?:[^()"`]*\? )?"((?:workbench|condition)\.\w+)\"""", text))
    assert said - set(load_words().entries) == set()
    assert text.count("\n") <= 300


def test_hits_are_those_of_the_last_seven_days_and_of_that_set(site: Site) -> None:
    for rule, ruleset, ago in (("D-1", "dispatch", 1), ("D-1", "dispatch", 6), ("D-1", "dispatch", 8), ("D-2", "other", 1), ("D-3", "dispatch", 2)):
        EvaluationHit.create(rule=rule, ruleset=ruleset, at=stored(NOW - timedelta(days=ago)), evaluation=1)
    assert hits_of_a_week("dispatch", ["D-1", "D-2", "D-3", "D-4"], NOW) == {"D-1": 2, "D-3": 1}
    assert hits_of_a_week("dispatch", [], NOW) == {}
