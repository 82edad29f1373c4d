"""The form designer over its addresses: what a change does to the text, to the samples, to a colleague's change and to the facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin.designer_site import FACTS, HOUSEHOLDS, INTAKE, PATH, Desk, changed, put
from tests.web.conftest import PROJECT, Site, make_site
from tests.web.district_rows import Rows
from tickets.domain.roles import ROLES
from tickets.store import drafts
from tickets.store.models import database

FACT = {"name": "building_count", "zh": "停水楼栋数", "en": "Buildings without water", "type": "number", "min": 0, "max": 200}


@pytest.fixture
def site(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Site]:
    yield make_site(tmp_path, filled)
    database.close()


@pytest.fixture
def desk(site: Site) -> Desk:
    made = Desk(site.signed_in("policy"))
    made.start()
    return made


# ---- who may ----


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_those_who_draft_open_the_designer(site: Site, role: str) -> None:
    client = site.signed_in(role)
    wanted = 200 if ROLES[role].may("draft") else 403
    for address in ("", "intake", "intake/model"):
        assert client.get(f"/admin/forms/{address}").status_code == wanted, address


def test_nothing_is_changed_without_the_page_s_token(site: Site) -> None:
    client = site.signed_in("policy")
    for address in ("new", "intake/edit", "intake/text", "intake/arrange", "intake/preview", "intake/expect"):
        assert client.post(f"/admin/forms/{address}", json={}).status_code == 400, address


def test_a_form_there_is_not_is_said_with_those_there_are(desk: Desk) -> None:
    assert "intake" in desk.get("nothing/model", 404)["error"]["zh"]


# ---- one field, its own lines ----


@pytest.mark.parametrize(
    ("edit", "gone", "new"),
    [
        (put([*HOUSEHOLDS, "required"], False), ["          required: true"], ["          required: false"]),
        (put([*HOUSEHOLDS, "max"], 99999), [], ["          max: 99999"]),
        (put(["pages", 3, "ask", 1, "vulnerable", "required"], True), ["      - vulnerable: {}"], ["      - vulnerable: {required: true}"]),
        (put(["pages", 1, "title", "zh"], "停水停电"), ["  - title: {zh: 影响, en: Impact}"], ["  - title: {zh: 停水停电, en: Impact}"]),
        (put([*HOUSEHOLDS, "show_if"], {"outage": False}), ["          show_if: {outage: true}"], ["          show_if: {outage: false}"]),
    ],
)
def test_an_edit_touches_the_lines_of_its_field_alone(desk: Desk, edit: dict[str, object], gone: list[str], new: list[str]) -> None:
    answer = desk.edit(edit)
    assert changed(INTAKE, desk.text()) == (gone, new)
    assert "# 中断了才问" in desk.text()
    assert answer["before"] == {PATH: INTAKE}


def test_undoing_takes_the_file_out_of_the_draft(desk: Desk) -> None:
    answer = desk.edit(put([*HOUSEHOLDS, "max"], 9))
    desk.post("intake/text", {"path": PATH, "text": answer["before"][PATH], "seen": answer["sha"]})
    assert drafts.changed(desk.draft) == {}


def test_a_field_moves_to_another_page_with_its_comment(desk: Desk) -> None:
    desk.arrange(do="move", field="households", page=3, before="vulnerable")
    text = desk.text()
    assert sorted(text.splitlines()) == sorted(INTAKE.splitlines())
    assert text.index("- danger:") < text.index("- households:                                   # 中断了才问") < text.index("- vulnerable:")


def test_the_last_field_of_a_page_keeps_its_comment_too(desk: Desk) -> None:
    desk.arrange(do="move", field="outage", page=0, before=None)
    answer = desk.arrange(do="move", field="households", page=3, before=None)
    assert "# 中断了才问" in desk.text()
    assert "    ask: []" in desk.text().splitlines()
    assert [one["text"] for one in answer["findings"]] == ["这一页还没有字段，请添加字段，或删去这一页"]


def test_fields_of_a_page_change_places(desk: Desk) -> None:
    desk.arrange(do="move", field="kind", page=0, before="text")
    assert sorted(desk.text().splitlines()) == sorted(INTAKE.splitlines())
    desk.arrange(do="move", field="kind", page=0, before="category")
    assert drafts.changed(desk.draft) == {}


def test_a_field_taken_out_leaves_the_samples_too(desk: Desk) -> None:
    answer = desk.arrange(do="remove", field="special")
    assert "special" not in desk.text().split("pages:")[1]
    assert answer["errors"] == 0
    assert all(one["ok"] for one in answer["tests"])
    assert desk.arrange(404, do="remove", field="special")["error"]["zh"].startswith("表单里没有")


# ---- facts ----


def test_a_new_fact_is_declared_once_asked_here_and_there_for_rules(desk: Desk) -> None:
    before = (PROJECT / "rules" / "facts.yaml").read_text(encoding="utf-8")
    answer = desk.arrange(do="add", page=1, after="outage", fact=FACT, value={"show_if": {"outage": True}})
    assert changed(INTAKE, desk.text()) == ([], ["      - building_count: {show_if: {outage: true}}"])
    line = "building_count: {label: {zh: 停水楼栋数, en: Buildings without water}, type: number, min: 0, max: 200}"
    assert changed(before, desk.text(FACTS)) == ([], [line])
    assert set(answer["before"]) == {PATH, FACTS}
    rules = desk.client.get(f"/admin/rules/dispatch/schema?draft={desk.draft}").get_json()
    assert "building_count" in {fact["name"] for fact in rules["facts"]}
    plain = desk.client.get("/admin/rules/dispatch/schema").get_json()
    assert "building_count" not in {fact["name"] for fact in plain["facts"]}


@pytest.mark.parametrize(
    ("more", "said"),
    [({"name": "楼栋"}, "事实名用小写英文字母"), ({"name": "outage"}, "已经有事实"), ({"zh": " "}, "请写中文名称"), ({"name": "x" * 41}, "事实名")],
)
def test_a_fact_that_cannot_be_declared_is_refused_in_a_sentence(desk: Desk, more: dict[str, object], said: str) -> None:
    assert said in desk.arrange(422, do="add", page=1, fact={**FACT, **more})["error"]["zh"]
    assert drafts.changed(desk.draft) == {}


def test_a_fact_is_asked_once(desk: Desk) -> None:
    assert "已经在这张表单里" in desk.arrange(422, do="add", page=0, field="outage")["error"]["zh"]


def test_the_rules_that_use_a_fact_are_named(desk: Desk) -> None:
    facts = {fact["name"]: fact for fact in desk.model()["schema"]["facts"]}
    assert facts["households"]["uses"]
    assert all(set(rule) == {"set", "id", "title"} for rule in facts["households"]["uses"])
    assert facts["caller_name"]["uses"] == []
    assert not facts["caller_name"]["asks"]


# ---- a new form ----


def test_a_new_form_begins_with_one_page_and_grows_line_by_line(desk: Desk) -> None:
    asked = {"id": "revisit", "zh": "回访记录", "en": "Call-back", "who": ["坐席"], "step": "反馈"}
    assert desk.post("new", asked)["form"] == "revisit"
    assert desk.model("revisit")["errors"] == 1
    desk.arrange(form="revisit", do="add", page=0, field="outage", value={"required": True})
    answer = desk.arrange(form="revisit", do="add", page=0, field="households", value={})
    sample = {"given": {}, "visible": ["outage", "households"]}
    answer = desk.edit({"op": "insert", "path": ["tests", 0], "value": sample}, form="revisit")
    tail = "    ask:\n      - outage: {required: true}\n      - households: {}\ntests:\n  - {given: {}, visible: [outage, households]}\n"
    assert desk.text("forms/revisit.yaml").endswith(tail)
    assert (answer["errors"], [one["ok"] for one in answer["tests"]]) == (0, [True])
    assert "已经有这个名字" in desk.post("new", asked, 422)["error"]["zh"]


@pytest.mark.parametrize(("more", "said"), [({"id": "回访"}, "英文字母"), ({"zh": ""}, "表单名称"), ({"who": ["市长"]}, "谁填写"), ({"step": "午休"}, "环节")])
def test_a_new_form_says_what_it_lacks(desk: Desk, more: dict[str, object], said: str) -> None:
    asked = {"id": "revisit", "zh": "回访记录", "en": "", "who": ["坐席"], "step": "受理", **more}
    assert said in desk.post("new", asked, 422)["error"]["zh"]
