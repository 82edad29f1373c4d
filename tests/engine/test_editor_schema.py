"""The editor's description comes from the checker's own tables: what the checker knows, the editor offers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from engine import action_fields as read
from engine.actions import ACTIONS, EVENTS, Schema
from engine.condition import ALWAYS
from engine.editor_schema import describe, field_words
from engine.facts import OPERATORS, Fact, Label
from engine.hit import POLICIES
from engine.names import Names
from engine.readers import Reader
from engine.tree import Tree, TreeNode
from engine.vocabulary import Vocabulary
from tests.engine.rules_for_tests import CATEGORIES, FACTS, do, make_rule, make_set

NAMES = Names(
    units=frozenset({"供热公司", "供热公司/客服中心", "供热公司/客服中心/值班长"}),
    roles=frozenset({"承办人"}),
    categories=CATEGORIES,
    areas=Tree([TreeNode("示范区", None, "区"), TreeNode("花园小区", "示范区", "小区")]),
    reserved=frozenset({"供水"}),
    section_of={"供水": "供热公司/客服中心"},
    statuses=("待签收", "办理中"),
)
URGENCY = Fact("urgency", Label("紧急程度"), "choice", options=("一般", "特急"))
PHONE = Fact("phone", Label("电话"), "text", personal=True)
COUNT = Fact("callers_3d", Label("人数"), "number", derived={"count": "callers", "within": "3d"})
VOCABULARY = Vocabulary({**FACTS, "urgency": URGENCY, "phone": PHONE, "callers_3d": COUNT}, NAMES)


@pytest.fixture
def description() -> dict[str, object]:
    rules = make_set(make_rule("R-1", ALWAYS, do("urgency", "特急")), hit="highest", order={"urgency": ("特急", "一般")})
    return describe(VOCABULARY, {"x": rules})


def named(description: dict[str, object], part: str, name: str, key: str = "name") -> dict[str, object]:
    listed = description[part]
    assert isinstance(listed, list)
    return next(one for one in listed if one[key] == name)


def fields_of(action: dict[str, object]) -> dict[str, dict[str, object]]:
    return {one["name"]: one for one in action["fields"]}  # type: ignore[attr-defined]


def all_fields(description: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    for action in description["actions"]:  # type: ignore[attr-defined]
        for one in [*action["fields"], *([action["bare"]] if action["bare"] else [])]:
            yield action["kind"], one
            for inner in one.get("fields", ()):
                yield action["kind"], inner


def test_it_is_json_and_knows_every_fact_operator_policy_event_and_action(description: dict[str, object]) -> None:
    assert json.loads(json.dumps(description)) == description
    assert [one["name"] for one in description["policies"]] == list(POLICIES)  # type: ignore[attr-defined]
    assert [one["name"] for one in description["events"]] == list(EVENTS)  # type: ignore[attr-defined]
    assert [one["kind"] for one in description["actions"]] == list(ACTIONS)  # type: ignore[attr-defined]
    assert [one["label"]["zh"] for one in description["boxes"]] == ["所有", "任一", "均不", "除非"]  # type: ignore[attr-defined]
    for name, fact in FACTS.items():
        assert [op["name"] for op in named(description, "facts", name)["operators"]] == list(OPERATORS[fact.type])  # type: ignore[attr-defined]


def test_what_is_personal_is_not_offered(description: dict[str, object]) -> None:
    assert "phone" not in [one["name"] for one in description["facts"]]  # type: ignore[attr-defined]


def test_facts_say_their_options_limits_and_units(description: dict[str, object]) -> None:
    assert named(description, "facts", "kind")["options"] == ["咨询", "投诉", "求助"]
    assert named(description, "facts", "category")["options"] == {"tree": "categories"}
    assert named(description, "facts", "rate")["places"] == 2
    counted = named(description, "facts", "callers_3d")
    assert (counted["derived"], counted["unit"]) == (True, {"zh": "人", "en": "callers"})


def test_trees_stand_once_with_parents_depths_and_levels(description: dict[str, object]) -> None:
    trees = description["trees"]
    assert isinstance(trees, dict)
    assert trees["areas"][1] == {"name": "花园小区", "parent": "示范区", "depth": 2, "level": "小区"}
    water = next(one for one in trees["categories"] if one["name"] == "供水")
    assert (water["parent"], water["depth"], water["reserved"], water["section"]) == ("公用事业", 2, True, "供热公司/客服中心")


def test_lists_hold_units_posts_roles_and_the_rest(description: dict[str, object]) -> None:
    lists = description["lists"]
    assert isinstance(lists, dict)
    assert lists["units"] == ["供热公司", "供热公司/客服中心"]
    assert lists["posts"] == ["供热公司/客服中心/值班长"]
    assert (lists["roles"], lists["statuses"], lists["channels"]) == (["承办人"], ["待签收", "办理中"], ["短信", "电话", "弹屏"])
    assert lists["clocks"]


def test_fields_carry_the_widget_of_the_reader_that_checks_them(description: dict[str, object]) -> None:
    dispatch = fields_of(named(description, "actions", "dispatch", "kind"))
    assert (dispatch["to"]["widget"], dispatch["to"]["needed"], dispatch["assist"]["widget"], dispatch["assist"]["needed"]) == (
        "address",
        True,
        "addresses",
        False,
    )
    deadline = fields_of(named(description, "actions", "deadline", "kind"))
    assert (deadline["from"]["options"], deadline["within"]["widget"], deadline["within"]["units"]) == (["待签收", "办理中"], "duration", ["m", "h", "d"])
    urgency = named(description, "actions", "urgency", "kind")["bare"]
    assert isinstance(urgency, dict)
    assert urgency["options"] == ["一般", "特急"]
    links = named(description, "actions", "chain", "kind")["bare"]
    assert isinstance(links, dict)
    assert links["one_of"] == ["at", "before", "after", "spent", "wait"]
    assert {one["name"]: one["widget"] for one in links["fields"]}["send"] == "channels"
    score = named(description, "actions", "score", "kind")
    assert score["forms"]["full"] == {"needed": ["target", "per_point"], "allowed": ["floor", "cap"]}  # type: ignore[index]
    assert fields_of(score)["indicator"]["words"][0] == {"zh": "影响户数", "en": "Households"}  # type: ignore[index]


def test_every_field_of_the_project_has_chinese_and_english_words(description: dict[str, object]) -> None:
    for kind, one in all_fields(description):
        label = one["label"]
        assert isinstance(label, dict)
        assert label["zh"] != one["name"], (kind, one["name"])


def test_families_say_what_may_be_done_in_them(description: dict[str, object]) -> None:
    family = named(description, "families", "x")
    assert family["actions"] == ["urgency", "deadline"]
    assert family["hit"] == {"name": "highest", "per": None, "order": {"urgency": ["特急", "一般"]}}
    assert named(description, "events", "ticket.accepted")["actions"] == ["deadline", "dispatch", "supervise"]


def test_a_new_kind_of_action_is_described_without_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Schema(
        "上门", "visit", ("ticket.accepted",), {"by": read.addresses, "within": read.length, "tone": read.choice(("客气", "严肃"), "口气", "tone")}, ("by",)
    )
    monkeypatch.setitem(ACTIONS, "visit", visit)
    described = describe(VOCABULARY, {})
    told = named(described, "actions", "visit", "kind")
    assert told["label"] == {"zh": "上门", "en": "visit"}
    assert [(name, one["widget"], one["needed"]) for name, one in fields_of(told).items()] == [
        ("by", "addresses", True),
        ("within", "duration", False),
        ("tone", "choice", False),
    ]
    assert fields_of(told)["tone"]["options"] == ["客气", "严肃"]
    assert "visit" in named(described, "events", "ticket.accepted")["actions"]  # type: ignore[operator]
    assert field_words("visit", "tone") == ("tone", "tone")  # until somebody names it


def test_every_action_is_read_by_readers_that_say_their_widget() -> None:
    for schema in ACTIONS.values():
        for reader in (*schema.fields.values(), *([schema.bare] if schema.bare else [])):
            assert isinstance(reader, Reader)
