"""The rule workbench over its addresses: what a change does to the text, to a colleague's change, and to what is in force."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import actions
from engine.actions import Schema
from tests.admin.workbench_site import DISPATCH_A, FACTS, A, B, Bench, bench_site, put
from tests.web.conftest import Site
from tests.web.district_rows import Rows
from tickets.domain.roles import ROLES
from tickets.store.models import Unit, database
from tickets.store.releases import sha_of
from tickets.store.stamp import DIRECTORY, touch

NEW = {"title": "小区停暖 → 供热公司", "when": {"all": [{"category": "供热"}]}, "then": [{"dispatch": {"to": "热力公司/临河维修班"}}]}


@pytest.fixture
def site(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Site]:
    yield bench_site(tmp_path, filled)
    database.close()


@pytest.fixture
def bench(site: Site) -> Bench:
    made = Bench(site.signed_in("policy"))
    made.start()
    return made


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that differ, of texts with equally many."""
    assert before.count("\n") == after.count("\n")
    return [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]


# ---- who may ----


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_those_who_draft_open_the_workbench(site: Site, role: str) -> None:
    client = site.signed_in(role)
    wanted = 200 if ROLES[role].may("draft") else 403
    for address in ("", "dispatch", "dispatch/model", "dispatch/schema", "dispatch/look?rule=D-050", "files/rules/facts.yaml"):
        assert client.get(f"/admin/rules/{address}").status_code == wanted, address


def test_nobody_changes_anything_without_the_page_s_token(site: Site) -> None:
    client = site.signed_in("policy")
    for address in ("start", "dispatch/edit", "dispatch/text", "dispatch/arrange"):
        assert client.post(f"/admin/rules/{address}", json={}).status_code == 400, address
    assert client.get("/admin/drafts/").status_code in (200, 404)


@pytest.mark.parametrize("role", ["approver", "auditor", "agent", "admin"])
def test_a_change_by_another_role_is_refused(site: Site, role: str) -> None:
    bench = Bench(site.signed_in(role))
    answer = bench.client.post("/admin/rules/start", json={"title": "x"}, headers={"X-CSRFToken": _token(bench)})
    assert answer.status_code == 403


def _token(bench: Bench) -> str:
    html = bench.client.get("/rules").get_data(as_text=True)
    return html.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]


def test_what_is_not_there_is_a_page_for_people_and_a_sentence_for_scripts(site: Site) -> None:
    bench = Bench(site.signed_in("policy"))
    for address in ("nothing", "dispatch?draft=99", "files/rules/none.yaml", "files/rules/dispatch/a.yaml"):
        page = bench.client.get(f"/admin/rules/{address}")
        assert (page.status_code, "没有这一页" in page.get_data(as_text=True)) == (404, True), address
    assert "现有：dispatch" in bench.get("nothing/model", 404)["error"]["zh"]


def test_one_comes_back_to_one_s_own_draft(bench: Bench) -> None:
    assert bench.client.get("/admin/rules/dispatch").status_code == 200
    bench.edit("D-050", put(["title"], "改过"))
    assert bench.client.get("/admin/rules/dispatch?rule=D-050").headers["Location"] == "/admin/rules/dispatch?rule=D-050&draft=1"


# ---- what a change does ----


def test_one_field_changes_its_own_line_and_leaves_every_comment(bench: Bench) -> None:
    answer = bench.edit("D-050", put(["title"], "供热报修，先到热力公司"))
    assert changed_lines(DISPATCH_A, answer["rule"]["text"]) == [("    title: 供热报修", "    title: 供热报修，先到热力公司")]
    answer = bench.edit("D-050", put(["when", "all", 1, "text", "has_any"], ["停暖", "不热", "没暖气"]))
    assert "# 两个词都常见" in answer["rule"]["text"]
    assert answer["rule"]["data"]["when"]["all"][1] == {"text": {"has_any": ["停暖", "不热", "没暖气"]}}
    assert "没暖气" in answer["rule"]["sentence"]
    assert [row["change"] for row in answer["set"]["rows"]] == ["changed", "", ""]


def test_nothing_in_force_changes_while_one_edits(bench: Bench, site: Site) -> None:
    bench.edit("D-050", put(["title"], "另一个名称"))
    without = Bench(site.signed_in("policy")).model("D-050")
    assert without["rule"]["data"]["title"] == "供热报修"
    assert without["draft"] is None


def test_a_new_rule_goes_behind_the_one_chosen_with_a_free_id_and_its_place_among_those_tried(bench: Bench) -> None:
    answer = bench.post("dispatch/arrange", {"draft": bench.draft, "do": "add", "data": NEW, "after": "D-050"})
    rule = answer["rule"]
    assert (rule["id"], rule["path"], rule["index"]) == ("D-051", A, 1)
    assert list(rule["data"]) == ["id", "title", "priority", "when", "then"]
    assert rule["sentence"] == "当 诉求类别 属于 供热 时，派给 热力公司/临河维修班。"
    added = rule["text"].splitlines()
    assert [line for line in DISPATCH_A.splitlines() if line not in added] == []
    assert [row["id"] for row in answer["set"]["rows"]] == ["D-050", "D-051", "D-060", "D-070"]


def test_the_slower_look_finds_the_older_rule_in_front_and_runs_the_examples(bench: Bench) -> None:
    bench.edit("D-050", put(["when"], {"all": [{"category": "供热"}]}))
    added = bench.post("dispatch/arrange", {"draft": bench.draft, "do": "add", "data": {**NEW, "tests": [{"given": {"category": "供热"}, "expect": "hit"}, {"given": {"category": "供水"}, "expect": "hit"}]}, "after": "D-050"})  # fmt: skip
    seen = bench.get(f"dispatch/look?draft={bench.draft}&rule={added['rule']['id']}")
    assert [test["ok"] for test in seen["tests"]] == [True, False]
    assert any("D-050" in finding["text"] or "D-050" in finding["others"] for finding in seen["findings"])


def test_a_rule_is_taken_out_and_an_undo_brings_every_byte_back(bench: Bench) -> None:
    answer = bench.post("dispatch/arrange", {"draft": bench.draft, "do": "remove", "rule": "D-060"})
    assert [row["id"] for row in answer["set"]["rows"]] == ["D-050", "D-070"]
    assert answer["set"]["gone"] == ["D-060"]
    back = bench.text(A, answer["before"][A], answer["set"]["files"][0]["sha"])
    assert back["rule"]["text"] == DISPATCH_A
    assert back["draft"]["paths"] == []


def test_moving_a_rule_gives_it_a_priority_between_its_neighbours(bench: Bench) -> None:
    answer = bench.post("dispatch/arrange", {"draft": bench.draft, "do": "move", "rule": "D-070", "before": "D-060"})
    assert [row["id"] for row in answer["set"]["rows"]] == ["D-050", "D-070", "D-060"]
    assert answer["rule"]["data"]["priority"] == 55
    assert "# 照明科有夜班" in answer["rule"]["text"]


def test_the_set_s_own_settings_change_where_they_are_written(bench: Bench) -> None:
    model = bench.model()
    assert model["set"]["headFile"]["basis"] == A
    sha = model["set"]["files"][0]["sha"]
    answer = bench.post("dispatch/edit", {"draft": bench.draft, "path": A, "seen": sha, "edits": [put(["basis"], "测试规程第八条")]})
    assert answer["set"]["head"]["basis"] == "测试规程第八条"
    assert "# 全部规则的依据" in bench.model("D-050")["rule"]["text"]


def test_an_action_made_up_in_the_table_appears_in_the_editor(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    honour = actions.ACTIONS["dispatch"]
    monkeypatch.setitem(actions.ACTIONS, "honour", Schema("表扬登记", "honour", ("ticket.accepted",), {"to": honour.fields["to"]}, ("to",)))
    made = next(one for one in bench.get("dispatch/schema")["actions"] if one["kind"] == "honour")
    assert (made["label"], made["fits"]) == ("表扬登记", True)
    assert [(field["name"], field["type"], field["needed"]) for field in made["fields"]] == [("to", "address", True)]
    answer = bench.edit("D-060", put(["then"], [{"honour": {"to": "水务局/管网科"}}]))
    assert answer["rule"]["findings"] == []


def test_personal_facts_are_not_offered(bench: Bench) -> None:
    names = [fact["name"] for fact in bench.get("dispatch/schema")["facts"]]
    assert "caller_name" not in names
    assert "category" in names


# ---- two people ----


def test_two_people_on_different_rules_of_a_file_keep_both_changes(bench: Bench, site: Site) -> None:
    other = Bench(site.signed_in("policy"), bench.draft)
    sha = bench.model("D-050")["rule"]["sha"]
    other.edit("D-060", put(["title"], "停水先报管网科"), seen=sha)
    answer = bench.edit("D-050", put(["title"], "供热报修一刻钟"), seen=sha)
    assert "停水先报管网科" in answer["rule"]["text"]
    assert "供热报修一刻钟" in answer["rule"]["text"]
    assert answer["joined"] != ""


def test_the_second_on_the_same_rule_is_told_whose_change_it_is_and_may_put_theirs_on_top(bench: Bench, site: Site) -> None:
    other = Bench(site.signed_in("policy"), bench.draft)
    sha = bench.model("D-050")["rule"]["sha"]
    other.edit("D-050", put(["title"], "甲的名称"), seen=sha)
    told = bench.edit("D-050", put(["basis"], "乙的依据"), seen=sha, status=409)["error"]
    assert told["meanwhile"]["who"] in told["zh"]
    assert "甲的名称" in told["meanwhile"]["text"]
    assert bench.model("D-050")["rule"]["data"].get("basis") is None
    both = bench.edit("D-050", put(["basis"], "乙的依据"), seen=sha, force=True)["rule"]["data"]
    assert (both["title"], both["basis"]) == ("甲的名称", "乙的依据")


def test_texts_typed_by_two_are_merged_line_by_line_or_asked_about(bench: Bench, site: Site) -> None:
    other = Bench(site.signed_in("policy"), bench.draft)
    sha = bench.model("D-050")["rule"]["sha"]
    other.text(A, DISPATCH_A.replace("title: 停水", "title: 停水报修"), sha)
    both = bench.text(A, DISPATCH_A.replace("# 供热和供水", "# 供水和供热"), sha)["rule"]["text"]
    assert "# 供水和供热" in both
    assert "停水报修" in both
    told = bench.text(A, DISPATCH_A.replace("title: 停水", "title: 断水"), sha, status=409)
    assert "停水报修" in told["error"]["meanwhile"]["text"]


def test_a_draft_that_was_handed_in_is_closed(bench: Bench) -> None:
    database.execute_sql("UPDATE draft SET state = 'submitted'")
    told = bench.edit("D-050", put(["title"], "晚了"), status=409)
    assert "已送审" in told["error"]["zh"]


# ---- bad input ----


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ruleset: dispatch\nrules:\n\t- id: X\n", "制表符"),
        ("ruleset: dispatch\nrules: !!python/object:os.system []\n", "标签"),
        ("ruleset: dispatch\nbasis: &a x\nrules: []\n", "锚点"),
        ("ruleset: dispatch\nrules: []\nrules: []\n", "写了两次"),
        ("ruleset: dispatch\nrules: [\n", "YAML 写法有误"),
        ("ruleset: dispatch\ntitle: ÅÉµ¥¹æÔò\x80\nrules: []\n", "不可显示的字符"),  # 派单规则 in GBK, read byte by byte
        ("", "文件是空的"),
    ],
    ids=["tabs", "tag", "anchor", "twice", "open bracket", "gbk", "empty"],
)
def test_a_text_that_is_no_rule_file_is_kept_and_said_in_one_sentence(bench: Bench, text: str, words: str) -> None:
    answer = bench.text(B, text, bench.model("D-070")["rule"]["sha"])
    file = next(one for one in bench.model()["set"]["files"] if one["path"] == B) if text else None
    found = file["refused"] if file else answer["set"]["findings"]
    assert any(words in one["text"] for one in found), found
    if file:
        assert file["text"] == text
    assert [row["id"] for row in answer["set"]["rows"]] == ["D-050", "D-060"]


def test_a_paste_of_five_thousand_rules_names_the_limit_and_changes_nothing(bench: Bench) -> None:
    rule = "  - {id: R-%d, when: {all: [{category: 供热}]}, then: [{dispatch: {to: 水务局/管网科}}]}\n"
    text = "ruleset: dispatch\nrules:\n" + "".join(rule % number for number in range(5000))
    told = bench.text(B, text, bench.model("D-070")["rule"]["sha"], status=409)
    assert "256 kB" in told["error"]["zh"]
    assert len(bench.model()["set"]["rows"]) == 3


def test_a_unit_deleted_meanwhile_is_found_in_place_with_the_nearest_right_name(bench: Bench) -> None:
    Unit.update(address="水务局/管网所", name="管网所").where(Unit.address == "水务局/管网科").execute()
    touch(DIRECTORY)
    found = bench.model("D-060")["rule"]["findings"]
    wrong = [one for one in found if one["level"] == "error"]
    assert wrong[0]["rule"] == "D-060"
    assert "水务局" in wrong[0]["text"]
    assert wrong[0]["fix"][1] == "水务局/管网所"


def test_a_condition_too_wide_to_expand_is_refused_in_one_sentence(bench: Bench) -> None:
    wide = {"all": [{"any": [{"text": {"has_any": [f"词{box}{word}"]}} for word in range(8)]} for box in range(6)]}
    found = bench.edit("D-050", put(["when"], wide))["rule"]["findings"]
    assert any("请拆成几条规则" in one["text"] for one in found)


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({"edits": []}, 400, "1 到 200"),
        ({"edits": [{"op": "grow", "path": []}]}, 400, "没有这种修改"),
        ({"edits": [put(["rules"], 1)], "rule": "D-999"}, 404, "没有规则"),
        ({"edits": [put(["when", "all", 9, "text"], "x")], "rule": "D-050"}, 422, "文件里没有"),
        ({"edits": [put(["title"], "a\tb")], "rule": "D-050"}, 400, "制表符"),
    ],
)
def test_an_edit_that_cannot_be_is_one_sentence(bench: Bench, data: dict[str, object], status: int, words: str) -> None:
    sha = bench.model("D-050")["rule"]["sha"]
    answer = bench.post("dispatch/edit", {"draft": bench.draft, "seen": sha, "path": A, **data}, status)
    assert words in answer["error"]["zh"]
    assert answer["error"]["en"] != ""


def test_the_other_files_are_edited_as_text(bench: Bench) -> None:
    path = "rules/facts.yaml"
    page = bench.client.get(f"/admin/rules/files/{path}?draft={bench.draft}").get_data(as_text=True)
    assert "诉求性质" in page or "\\u8bc9" in page
    sha = bench.post("files/text", {"draft": bench.draft, "path": path, "text": FACTS + "urgent: {label: 紧急, type: yesno}\n", "seen": sha_of(FACTS)})["sha"]
    assert sha == sha_of(FACTS + "urgent: {label: 紧急, type: yesno}\n")
    assert "urgent" in [fact["name"] for fact in bench.get(f"dispatch/schema?draft={bench.draft}")["facts"]]
