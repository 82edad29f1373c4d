"""The knowledge base in the back office: who may, seen before saved, each change an edition with its line, retired and not deleted, sheets in and out."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from werkzeug.test import TestResponse

from tests.served import Served, assert_accessible, open_page, pictures
from tests.web.conftest import Site, token
from tests.web.district_rows import NOW
from tickets.domain.roles import KEEP_KNOWLEDGE, ROLES
from tickets.store import directory_log, knowledge
from tickets.store.desk_models import Knowledge
from tickets.store.knowledge import Wanted

HOME = "/admin/knowledge_base/"
PIPE = Wanted("水管爆了找谁", "先关总阀，再登记。", "供水", "爆管", "规定第三条", "水务局", code="K0001")
NEW = {
    "title": "水表不准怎么办",
    "answer": "可以校验。\n五天内上门。",
    "category": "供水",
    "words": "校表",
    "basis": "规定",
    "unit": "水务局",
    "valid_until": "2027-03-31",
}


def post(client: FlaskClient, path: str, **data: object) -> TestResponse:
    return client.post(f"{HOME}{path}", data={"csrf_token": token(client, "/"), **data}, content_type="multipart/form-data")


def test_only_who_keeps_it_opens_it(site: Site) -> None:
    knowledge.put((PIPE,), NOW)
    for role in sorted(ROLES):
        client, may = site.signed_in(role), ROLES[role].may(KEEP_KNOWLEDGE)
        for path in ("", "details/?id=1", "new/", "edit/?id=1", "retire/?id=1", "export/xlsx/", "ajax/lookup/?query=水"):
            assert client.get(f"{HOME}{path}").status_code == (200 if may else 403), (role, path)
        if not may:
            for path in ("new/", "edit/?id=1", "retire/?id=1", "restore/?id=1", "import/"):
                assert post(client, path, **NEW).status_code == 403, (role, path)
    assert Knowledge.select().count() == 1


def test_seen_before_saved_then_written_changed_retired_and_put_back(site: Site) -> None:
    client = site.signed_in("policy")
    shown = post(client, "new/", **NEW, go="preview").get_data(as_text=True)
    assert 'id="k-preview"' in shown
    assert "有效期至 2027-03-31" in shown
    assert Knowledge.select().count() == 0
    assert post(client, "new/", **NEW).status_code == 302
    assert [one["code"] for one in client.get("/knowledge/search?q=水表不准").get_json()] == ["K0001"]
    seen = directory_log.last("knowledge", 1)
    assert post(client, "edit/?id=1", **{**NEW, "answer": "改过的答复"}, seen=str(seen)).status_code == 302
    assert (Knowledge.get_by_id(1).edition, client.get("/knowledge/search?q=水表不准").get_json()[0]["answer"]) == (2, "改过的答复")
    late = post(client, "edit/?id=1", **NEW, seen=str(seen)).get_data(as_text=True)
    assert "改过的答复" not in late or Knowledge.get_by_id(1).answer == "改过的答复"
    assert Knowledge.get_by_id(1).edition == 2
    assert post(client, "retire/?id=1").status_code == 302
    assert client.get("/knowledge/search?q=水表不准").get_json() == []
    assert post(client, "restore/?id=1").status_code == 302
    assert len(client.get("/knowledge/search?q=水表不准").get_json()) == 1
    assert [one.what for one in directory_log.history("knowledge", 1)] == ["恢复", "停用", "修改", "新增"]
    assert post(client, "delete/", id="1").status_code in (403, 404)
    assert Knowledge.select().count() == 1


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("title", "", ""),
        ("category", "供谁", "最像的是"),
        ("unit", "水务居", "水务局"),
        ("valid_until", "2027-02-30", "不存在"),
        ("answer", "长" * 2001, "2,000"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(site: Site, field: str, value: str, why: str) -> None:
    html = post(site.signed_in("policy"), "new/", **{**NEW, field: value}).get_data(as_text=True)
    assert why in html.split(f'id="about-{field}"', 1)[1].split("</p>", 1)[0]
    assert Knowledge.select().count() == 0


def test_a_sheet_goes_out_without_formulas_and_comes_back(site: Site) -> None:
    client = site.signed_in("policy")
    knowledge.put((PIPE, Wanted("=1+1 怎么算", "@SUM 不算", code="K0002")), NOW)
    sheet = openpyxl.load_workbook(BytesIO(client.get(f"{HOME}export/xlsx/").data)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    rows = "编号,标题,答复,类别\nK0001,水管爆了找谁,新的答复,供水\n,新的一条,答,\n,坏的一条,,\n"
    html = post(client, "import/", file=(BytesIO(rows.encode("gb18030")), "知识.csv")).get_data(as_text=True)
    assert "共 3 行：新增 1，修改 1，没有变化 0，拒收 1" in html
    assert "没有答复" in html
    found = knowledge.by_code("K0001")
    assert found is not None
    assert found.answer == "新的答复"
    bad = post(client, "import/", file=(BytesIO(b""), "空.csv"))
    assert "文件是空的" in client.get(bad.headers["Location"]).get_data(as_text=True)


def test_its_pages_are_open_to_all(browser: Browser, running: Served[Site]) -> None:
    knowledge.put((PIPE,), NOW)
    page, errors = open_page(browser, running, "desktop", "policy")
    for path in ("", "details/?id=1", "edit/?id=1", "retire/?id=1"):
        page.goto(f"{HOME}{path}")
        assert_accessible(page)
        pictures(page, f"kb-{path.partition('/')[0] or 'list'}")
    page.goto(f"{HOME}edit/?id=1")
    page.click("button[value=preview]")
    assert page.locator("#k-preview").count() == 1
    assert_accessible(page)
    pictures(page, "kb-preview")
    assert errors == []
