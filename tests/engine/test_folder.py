"""Folders and files become rule sets: the examples of the language load, families merge, versions depend on meaning alone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine import folder
from engine.folder import Vocabulary
from engine.rerun import from_canonical
from tests.engine.rule_files import HEAD, STATUSES, errors, load_text, ruleset_of, world


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return world(tmp_path_factory.mktemp("world"))


def test_rules_rank_by_priority_then_by_the_order_they_are_written_in(base: Vocabulary, tmp_path: Path) -> None:
    ids = [("A", 20), ("B", 10), ("C", 10), ("D", 0)]
    text = HEAD + "rules:\n" + "".join(f"  - {{id: {name}, priority: {priority}, then: [{{dispatch: {{to: 承办人}}}}]}}\n" for name, priority in ids)
    rules = load_text(text, tmp_path, base).sets["draft"].rules
    assert [(rule.id, rule.rank) for rule in rules] == [("D", 1), ("B", 2), ("C", 3), ("A", 4)]


def test_dates_are_half_open_in_shanghai_and_a_rule_may_have_its_own(base: Vocabulary, tmp_path: Path) -> None:
    text = HEAD + (
        "effective: {from: 2026-01-01}\nrules:\n  - {id: A, then: [{dispatch: {to: 承办人}}]}\n"
        "  - {id: B, basis: 通知, effective: {from: '2026-02-01T08:30', to: 2026-03-01}, then: [{dispatch: {to: 承办人}}]}\n"
    )
    ruleset = load_text(text, tmp_path, base).sets["draft"]
    assert ruleset.effective.start == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert (ruleset.rule("A").effective, ruleset.rule("A").basis) == (ruleset.effective, "规程")
    own = ruleset.rule("B").effective
    assert (own.start, own.end, ruleset.rule("B").basis) == (datetime(2026, 2, 1, 0, 30, tzinfo=UTC), datetime(2026, 2, 28, 16, tzinfo=UTC), "通知")
    assert own.holds(datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC))
    assert not own.holds(datetime(2026, 2, 28, 16, tzinfo=UTC))


POLICIES = [
    ("first", "first", None),
    ("unique", "unique", None),
    ("any", "any", None),
    ("collect", "collect", None),
    ("sum", "sum", None),
    ("{unique: deadline.name}", "unique", "deadline.name"),
    ("{unique: urgency}", "unique", "urgency"),
]


@pytest.mark.parametrize(("written", "name", "per"), POLICIES)
def test_every_hit_policy_is_read(written: str, name: str, per: str | None, base: Vocabulary, tmp_path: Path) -> None:
    hit = load_text(ruleset_of("{outage: true}").replace("hit: first", f"hit: {written}"), tmp_path, base).sets["draft"].hit
    assert (hit.name, hit.per) == (name, per)


def test_highest_keeps_its_order_events_may_be_many_and_the_rest_is_kept(base: Vocabulary, tmp_path: Path) -> None:
    text = (
        "ruleset: draft\ntitle: {zh: 草稿, en: Draft}\nevent: [ticket.accepted, ticket.moved]\nhit: highest\nbasis: b\n"
        "order: {supervise.level: [重点督办, 关注]}\nfor: [单位, 科室]\ntotal: 100\nelse: [{supervise: {level: 关注, by: 承办人, once: ticket}}]\n"
        "rules:\n  - {id: A, then: [{supervise: {level: 重点督办, by: 承办人, once: ticket}}]}\n"
    )
    ruleset = load_text(text, tmp_path, base).sets["draft"]
    assert ruleset.events == ("ticket.accepted", "ticket.moved")
    assert ruleset.hit.order == {"supervise.level": ("重点督办", "关注")}
    assert ruleset.extra == {"for": ["单位", "科室"], "total": Decimal(100)}
    assert (ruleset.title.zh, ruleset.title.en, ruleset.otherwise[0].kind) == ("草稿", "Draft", "supervise")


def test_tests_are_kept_raw_with_their_line(base: Vocabulary, tmp_path: Path) -> None:
    text = ruleset_of("{outage: true}", more="    tests:\n      - {given: {outage: true, households: 5, kind: null}, expect: miss, at: '2026-10-01T23:55'}\n")
    ruleset = load_text(text, tmp_path, base).sets["draft"]
    (test,) = ruleset.rule("R-1").tests
    assert (test.given, test.raw, test.line, test.expect) == ({"outage": True, "households": Decimal(5)}, {"at": "2026-10-01T23:55"}, 11, False)
    assert ruleset.tests[0].raw == {"hit": ["R-1"]}


PAIRS = [
    # one spelling, another of the same meaning
    ("rules:", "rules:   # a comment\n# more\n"),
    ("title: 草稿\n", "title: '草稿'\n\n"),
    (
        "    when: {all: [{outage: true}], any: [{households: {gte: 1, lte: 9}}]}\n",
        "    when:\n      any:\n        - households: {lte: 9, gte: 1}\n      all: [{outage: true}]\n",
    ),
    ("hit: first\nbasis: 规程\n", "basis: 规程\nhit: first\n"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_version_does_not_depend_on_comments_key_order_or_layout(one: str, other: str, base: Vocabulary, tmp_path: Path) -> None:
    text = ruleset_of("{all: [{outage: true}], any: [{households: {gte: 1, lte: 9}}]}")
    assert one in text
    first = load_text(text, tmp_path, base).sets["draft"]
    second = load_text(text.replace(one, other), tmp_path, base).sets["draft"]
    assert (first.version, first.canonical) == (second.version, second.canonical)
    assert first.rules[0].when == second.rules[0].when


@pytest.mark.parametrize(("one", "other"), [("true", "false"), ("R-1", "R-2"), ("特急", "紧急"), ("first", "any"), ("规程", "通知"), ("草稿", "稿")])
def test_a_version_changes_with_the_meaning(one: str, other: str, base: Vocabulary, tmp_path: Path) -> None:
    text = ruleset_of("{outage: true}")
    changed = text.replace(one, other)
    assert load_text(text, tmp_path, base).sets["draft"].version != load_text(changed, tmp_path, base).sets["draft"].version


def test_a_set_reads_back_the_same_from_its_canonical_json(base: Vocabulary, tmp_path: Path) -> None:
    then = "[{deadline: {name: 派单, from: 已登记, until: 待签收, within: 10m, clock: 自然时}}, {chain: [{wait: 5m, send: [短信], to: 水务局}]}]"
    ruleset = load_text(ruleset_of("{all: [{peak_ratio: {gte: 1.50}}, {category: 噪声}]}", then), tmp_path, base).sets["draft"]
    again = from_canonical(ruleset.canonical, dict(base.facts), base.names)
    assert (again.version, again.canonical, again.rules[0].when) == (ruleset.version, ruleset.canonical, ruleset.rules[0].when)
    assert [action.args for action in again.rules[0].then] == [action.args for action in ruleset.rules[0].then]


def family(folder_path: Path, *files: tuple[str, str]) -> Path:
    folder_path.mkdir(parents=True)
    for name, text in files:
        (folder_path / name).write_text(text, encoding="utf-8")
    return folder_path


ONE = HEAD + "rules:\n  - {id: A, then: [{dispatch: {to: 承办人}}]}\n"
TWO = "ruleset: draft\nrules:\n  - {id: B, then: [{dispatch: {to: 水务局}}]}\n"


def test_a_family_may_be_a_folder_of_files(base: Vocabulary, tmp_path: Path) -> None:
    family(tmp_path / "rules" / "draft", ("1.yaml", ONE), ("2.yaml", TWO))
    loaded = folder.load([tmp_path / "rules"], base=base, statuses=STATUSES)
    assert errors(loaded) == []
    assert [(rule.id, Path(rule.file).name) for rule in loaded.sets["draft"].rules] == [("A", "1.yaml"), ("B", "2.yaml")]
    whole = load_text(ONE + TWO.partition("rules:\n")[2], tmp_path, base).sets["draft"]
    assert whole.version == loaded.sets["draft"].version


def test_files_of_a_family_may_not_contradict_or_repeat_one_another(base: Vocabulary, tmp_path: Path) -> None:
    family(tmp_path / "rules" / "draft", ("1.yaml", ONE), ("2.yaml", TWO.replace("rules:", "hit: any\nrules:").replace("id: B", "id: A")))
    found = errors(folder.load([tmp_path / "rules"], base=base, statuses=STATUSES))
    assert [(Path(finding.file).name, finding.line) for finding in found] == [("2.yaml", 2), ("2.yaml", 4)]
    assert "不一致" in found[0].zh
    assert "已用于" in found[1].zh


def test_the_same_set_in_two_places_is_refused(base: Vocabulary, tmp_path: Path) -> None:
    rules = family(tmp_path / "rules", ("a.yaml", ONE), ("b.yaml", TWO), ("c.yaml", ONE.replace("draft", "other").replace("id: A", "id: C")))
    loaded = folder.load([rules], base=base, statuses=STATUSES)
    assert [(Path(finding.file).name, finding.line) for finding in errors(loaded)] == [("b.yaml", 1)]
    assert set(loaded.sets) == {"draft", "other"}


def test_an_id_in_two_sets_is_a_warning(base: Vocabulary, tmp_path: Path) -> None:
    rules = family(tmp_path / "rules", ("a.yaml", ONE), ("c.yaml", ONE.replace("draft", "other")))
    loaded = folder.load([rules], base=base, statuses=STATUSES)
    assert errors(loaded) == []
    assert any("也用于规则集 draft" in finding.zh for finding in loaded.findings)


def test_a_bad_file_does_not_take_the_good_ones_with_it(base: Vocabulary, tmp_path: Path) -> None:
    rules = family(tmp_path / "rules", ("a.yaml", ONE), ("b.yaml", "x: [\n"), ("c.yml", TWO.replace("draft", "other")))
    loaded = folder.load([rules, tmp_path / "gone.yaml"], base=base, statuses=STATUSES)
    assert set(loaded.sets) == {"draft"}
    assert {Path(finding.file).name for finding in errors(loaded)} == {"b.yaml", "c.yml", "gone.yaml"}


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    (finding,) = folder.load([tmp_path], statuses=STATUSES).findings
    assert "没有 YAML 文件" in finding.zh


def test_calendar_files_are_handed_on_and_not_read_as_rules(base: Vocabulary, tmp_path: Path) -> None:
    family(tmp_path / "rules" / "calendar", ("2026.yaml", "year: 2026\n"))
    loaded = folder.load([tmp_path / "rules"], base=base, statuses=STATUSES)
    assert (loaded.findings, [path.name for path in loaded.calendar]) == ((), ["2026.yaml"])


def test_deadlines_a_rule_may_ask_about_are_those_that_rules_start(tmp_path: Path) -> None:
    folder_path = tmp_path / "rules"
    folder_path.mkdir()
    world(folder_path)
    deadline = "{deadline: {name: 回访, from: 待审核, until: 待回访, within: 1h, clock: 自然时}}"
    (folder_path / "a.yaml").write_text(ruleset_of("{outage: true}", f"[{deadline}]"), encoding="utf-8")
    other = ruleset_of("{deadline: 回访}").replace("draft", "other")
    (folder_path / "b.yaml").write_text(other, encoding="utf-8")
    loaded = folder.load([folder_path], statuses=STATUSES)
    assert errors(loaded) == []
    assert loaded.names.deadlines == ("回访",)
    assert loaded.facts["deadline"].options == ("回访",)


def test_a_copy_of_a_rule_file_has_the_same_version(base: Vocabulary, tmp_path: Path) -> None:
    first = load_text(ONE, tmp_path, base, "one.yaml")
    shutil.copy(tmp_path / "one.yaml", tmp_path / "two.yaml")
    second = folder.load([tmp_path / "two.yaml"], base=base, statuses=STATUSES)
    assert first.sets["draft"].version == second.sets["draft"].version


def test_words_that_cannot_be_read_are_one_finding_not_one_a_rule(base: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_bytes("outage: {label: 正在中断, type: yesno}\n".encode("gbk"))
    (tmp_path / "draft.yaml").write_text(ruleset_of("{all: [{own_fact: true}]}"), encoding="utf-8")
    found = errors(folder.load([tmp_path], base=base, statuses=STATUSES))
    assert [(Path(finding.file).name, finding.zh) for finding in found] == [("facts.yaml", "文件像是 GBK 编码，请另存为 UTF-8")]


def test_a_rule_file_that_lies_too_deep_is_not_passed_over_in_silence(base: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "family" / "old").mkdir(parents=True)
    (tmp_path / "draft.yaml").write_text(ruleset_of(), encoding="utf-8")
    (tmp_path / "family" / "old" / "lost.yaml").write_text(ruleset_of(), encoding="utf-8")
    found = errors(folder.load([tmp_path], base=base, statuses=STATUSES))
    assert [(Path(finding.file).name, finding.line) for finding in found] == [("lost.yaml", 1)]
    assert "放得太深" in found[0].zh
