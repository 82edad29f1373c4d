"""What the designer shows beside a form: the preview, the samples, what can never show; and two people at one form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin.designer_site import HOUSEHOLDS, INTAKE, PATH, Desk, put
from tests.web.conftest import Site, make_site
from tests.web.district_rows import Rows
from tickets.store.models import database

IMPOSSIBLE = {"all": [{"outage": True}, {"outage": False}]}


@pytest.fixture
def site(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Site]:
    yield make_site(tmp_path, filled)
    database.close()


@pytest.fixture
def desk(site: Site) -> Desk:
    made = Desk(site.signed_in("policy"))
    made.start()
    return made


# ---- the preview ----


def test_the_preview_shows_what_the_answers_call_for_and_says_why(desk: Desk) -> None:
    shut = desk.preview(answers={"category": ["供水"], "outage": ["no"]}, page=2)
    assert "households" in shut["hidden"]
    open_ = desk.preview(answers={"category": ["供水"], "outage": ["yes"]}, page=2)
    assert "households" in open_["required"]
    assert "正在中断" in open_["revealed"]["households"]
    assert 'data-field="households"' in open_["html"]
    assert 'data-field="households"' not in shut["html"]
    assert open_["given"] == {"category": "供水", "outage": True}


def test_choosing_a_hidden_field_finds_answers_that_show_it(desk: Desk) -> None:
    seen = desk.preview(answers={"category": ["噪声"]}, page=2, reveal="households")
    assert "households" in seen["visible"]
    assert seen["answers"]["outage"] == ["yes"]
    wages = desk.preview(answers={}, page=3, reveal="wage_workers")
    assert "wage_workers" in wages["visible"]


def test_personal_answers_are_no_part_of_a_sample(desk: Desk) -> None:
    seen = desk.preview(answers={"caller_name": ["顾行简"], "caller_phone": ["13800000013"], "outage": ["yes"], "category": ["供水"]})
    assert "caller_name" in seen["visible"]
    assert set(seen["given"]) == {"category", "outage"}


def test_what_is_no_answer_is_taken_as_none(desk: Desk) -> None:
    seen = desk.preview(answers={"category": [7, "没有这个类别"], "households": "x", "strange": ["1"]}, known={"appeals_3d": "many", "nothing": 1}, page=99)
    assert seen["sound"]
    assert seen["given"] == {}


def test_a_sample_is_made_of_what_the_form_does_now(desk: Desk) -> None:
    seen = desk.post("intake/expect", {"given": {"category": "供电", "outage": True}})
    assert "households" in seen["required"]
    assert "wage_workers" in seen["hidden"]


def test_a_failing_sample_says_what_came_instead(desk: Desk) -> None:
    answer = desk.edit(put([*HOUSEHOLDS, "show_if"], {"outage": False}))
    failing = [one for one in answer["tests"] if not one["ok"]]
    assert failing
    assert all("households" not in one["came"]["visible"] or "households" in one["came"]["required"] for one in failing)


# ---- what is wrong ----


def test_a_field_that_can_never_show_is_said_with_its_reason(desk: Desk) -> None:
    answer = desk.edit(put([*HOUSEHOLDS, "show_if"], IMPOSSIBLE))
    said = [one["text"] for one in answer["findings"]]
    assert any(text.startswith("字段「影响户数」永远不会显示：") for text in said)
    assert answer["errors"]


def test_a_page_that_can_never_show_is_said_too(desk: Desk) -> None:
    answer = desk.edit(put(["pages", 2, "show_if"], {"all": [{"kind": "咨询"}, {"kind": "投诉"}]}))
    assert any("「欠薪」页永远不会显示" in one["text"] for one in answer["findings"])


def test_a_text_that_does_not_parse_is_kept_and_its_line_said(desk: Desk) -> None:
    broken = INTAKE.replace("{zh: 影响, en: Impact}", "{zh: 影响, en: Impact")
    answer = desk.post("intake/text", {"path": PATH, "text": broken, "seen": desk.model()["sha"]})
    assert answer["data"] is None
    assert desk.text() == broken
    assert answer["findings"][0]["line"] == 14
    assert desk.preview(answers={}) == {"sound": False}
    assert "先在 YAML 里改好" in desk.arrange(422, do="remove", field="outage")["error"]["zh"]


@pytest.mark.parametrize("data", [{"edits": []}, {"edits": [{"op": "burn", "path": []}]}, {"edits": "x"}])
def test_an_edit_that_is_none_is_refused(desk: Desk, data: dict[str, object]) -> None:
    assert desk.post("intake/edit", {"seen": "", **data}, 400)["error"]["en"]


# ---- two people ----


def test_changes_of_different_fields_are_both_kept_though_one_moved(desk: Desk) -> None:
    seen = desk.model()["sha"]
    desk.arrange(do="move", field="outage", page=0, before=None)  # households is now the first of its page
    answer = desk.edit(put([*HOUSEHOLDS, "max"], 500), seen=seen)
    assert answer["joined"]
    assert "          max: 500" in desk.text().splitlines()
    assert "required: true}\n      - outage" not in desk.text().split("title: {zh: 影响")[1]


def test_a_change_of_the_same_field_is_asked_and_then_put_on_top(desk: Desk) -> None:
    seen = desk.model()["sha"]
    desk.edit(put([*HOUSEHOLDS, "max"], 400))
    refused = desk.edit(put([*HOUSEHOLDS, "required"], False), seen=seen, status=409)["error"]
    assert "改过同一处" in refused["zh"]
    assert refused["meanwhile"]["path"] == PATH
    desk.edit(put([*HOUSEHOLDS, "required"], False), seen=seen, force=True)
    lines = desk.text().splitlines()
    assert "          max: 400" in lines
    assert "          required: false" in lines


def test_what_the_other_took_away_cannot_be_changed(desk: Desk) -> None:
    seen = desk.model()["sha"]
    desk.arrange(do="remove", field="households")
    desk.edit(put([*HOUSEHOLDS, "required"], False), seen=seen, status=409)
    assert "移走或删掉" in desk.edit(put([*HOUSEHOLDS, "required"], False), seen=seen, force=True, status=409)["error"]["zh"]


def test_whole_texts_that_do_not_meet_are_merged(desk: Desk) -> None:
    seen = desk.model()["sha"]
    desk.edit(put(["pages", 4, "title", "zh"], "来电人"))
    mine = INTAKE.replace("title: {zh: 诉求登记, en: Intake}", "title: {zh: 登记, en: Intake}")
    answer = desk.post("intake/text", {"path": PATH, "text": mine, "seen": seen})
    assert answer["joined"]
    assert "来电人" in desk.text()
    assert "zh: 登记," in desk.text()
