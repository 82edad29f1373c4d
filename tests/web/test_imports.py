"""Bringing in a file: who may, what the preview says, what two agents do at once, and the whole course in a browser."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from werkzeug.test import TestResponse

from tests.served import SMALL_WORDS, Served, assert_accessible, open_page, pictures
from tests.web.conftest import Site, token
from tickets.domain.roles import INTAKE, ROLES
from tickets.store import imports
from tickets.store.models import Ticket, TicketCounter
from wiring import import_work
from wiring.import_work import ImportWork

HEAD = "工单编号,诉求内容,电话,备注栏"
ROWS = [f"W-{n},{'' if n == 3 else f'菜市场北门水管漏水第{n}天，电话13912345678'},1540001{n:04d},=1+{n}" for n in range(1, 9)]
DAY = "20261123"  # on which the district's own tickets were numbered by hand
GOOD = "\n".join([HEAD, *ROWS]).encode("gb18030")


def post(client: FlaskClient, path: str, **data: object) -> TestResponse:
    return client.post(path, data={"csrf_token": token(client, "/"), **data}, content_type="multipart/form-data")


def send(client: FlaskClient, content: bytes = GOOD, name: str = "十一月工单.csv") -> TestResponse:
    return post(client, "/imports", file=(BytesIO(content), name))


@pytest.fixture(autouse=True)
def _numbered(request: pytest.FixtureRequest) -> None:
    """The next ticket's number comes after those of the district."""
    request.getfixturevalue("running" if "running" in request.fixturenames else "site")
    TicketCounter.insert(day=DAY, last=500).on_conflict(conflict_target=[TicketCounter.day], update={TicketCounter.last: 500}).execute()


def work(site: Site) -> ImportWork:
    hall = site.app.extensions["suda"]
    return ImportWork(hall.settings, hall.desk)


def finish(site: Site) -> None:
    worker = work(site)
    while worker.turn():
        pass


def test_who_takes_appeals_in_may_import_and_nobody_else(site: Site) -> None:
    path = send(site.signed_in("agent")).headers["Location"]
    for role in sorted(ROLES):
        client, may = site.signed_in(role), ROLES[role].may(INTAKE)
        for address in ("/imports", path, f"{path}/state", f"{path}/refused.xlsx"):
            assert client.get(address).status_code == (200 if may else 403), (role, address)
        if not may:
            for act in ("confirm", "drop", "columns"):
                assert post(client, f"{path}/{act}").status_code == 403
            assert send(client).status_code == 403
    assert imports.recent()[0].state == "preview"
    for nonsense in ("1", "0" * 32, "../x"):
        assert site.signed_in("agent").get(f"/imports/{nonsense}").status_code == 404


def test_the_preview_masks_numbers_names_refused_rows_and_writes_nothing(site: Site) -> None:
    agent, before = site.signed_in("agent"), Ticket.select().count()
    html = agent.get(send(agent).headers["Location"]).get_data(as_text=True)
    assert "139****5678" in html
    assert "13912345678" not in html
    assert "第 4 行" in html
    assert "确认导入 7 行" in html
    assert '<option value="">不读这一列</option>' in html  # 备注栏 may be explained
    assert "30 天后自动删除" in html
    assert Ticket.select().count() == before


def test_of_two_agents_the_second_is_told_and_the_same_file_leads_to_the_first_import(site: Site) -> None:
    agent, before = site.signed_in("agent"), Ticket.select().count()
    path = send(agent).headers["Location"]
    assert post(agent, f"{path}/confirm").headers["Location"] == path
    again = post(agent, f"{path}/confirm", follow="1")
    assert "确认导入，不用再操作" in agent.get(again.headers["Location"]).get_data(as_text=True)
    assert agent.get(f"{path}/state").get_json() == {"state": "queued", "done": 0, "total": 8, "taken": 0, "repeated": 0, "refused": 0}
    finish(site)
    assert agent.get(f"{path}/state").get_json() == {"state": "done", "done": 8, "total": 8, "taken": 7, "repeated": 0, "refused": 1}
    assert Ticket.select().count() == before + 7
    twice = send(agent, name="又一次.csv")
    assert twice.headers["Location"] == path
    html = agent.get(path).get_data(as_text=True)
    assert "这个文件 11-23" in html
    assert "导入过" in html
    assert f'href="/t/{Ticket.get(Ticket.source_id == "W-1").number}"' in html


def test_the_refused_rows_are_a_sheet_in_which_nothing_is_a_formula(site: Site) -> None:
    agent = site.signed_in("agent")
    path = send(agent, "诉求内容,时间\n好的诉求,=HYPERLINK(1)\n路灯不亮,".encode()).headers["Location"]
    post(agent, f"{path}/confirm")
    finish(site)
    sheet = openpyxl.load_workbook(BytesIO(agent.get(f"{path}/refused.xlsx").data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert (len(rows), rows[1][0]) == (2, 2)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_header_can_be_explained_and_a_preview_thrown_away(site: Site) -> None:
    agent = site.signed_in("agent")
    path = send(agent, "群众说的话,联系\n路灯不亮,1\n".encode()).headers["Location"]
    html = agent.get(path).get_data(as_text=True)
    assert "还不能导入" in html
    assert "i-confirm" not in html
    assert post(agent, f"{path}/confirm").status_code == 302
    assert imports.recent()[0].state == "preview"
    post(agent, f"{path}/columns", header=["群众说的话", "联系"], column=["text", "nonsense"])
    assert "确认导入 1 行" in agent.get(path).get_data(as_text=True)
    assert post(agent, f"{path}/drop").headers["Location"] == "/imports"
    assert agent.get(path).status_code == 404


def bomb() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 201_000_000)
    return out.getvalue()


@pytest.mark.parametrize(("content", "why"), [(b"", "文件是空的"), (b"\xff\xfe\x00junk", ""), (b"PK\x03\x04", "XLSX"), (None, "压缩炸弹")])
def test_what_is_no_file_of_appeals_is_refused_in_words(site: Site, content: bytes | None, why: str) -> None:
    agent = site.signed_in("agent")
    answer = send(agent, bomb() if content is None else content, "坏.xlsx")
    if answer.status_code == 302:  # readable text without a known header: the page asks which one it is
        assert "还不能导入" in agent.get(answer.headers["Location"]).get_data(as_text=True)
    else:
        assert answer.status_code == 422
        assert why in answer.get_data(as_text=True)
        assert "坏.xlsx" in answer.get_data(as_text=True)
    assert post(agent, "/imports").status_code == 422


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_course_of_an_import(browser: Browser, running: Served[Site], size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "AT_ONCE", 3)
    page, errors = open_page(browser, running, size, "agent")
    page.goto("/imports")
    assert_accessible(page)
    page.set_input_files("#i-file", {"name": "十一月工单.csv", "mimeType": "text/csv", "buffer": GOOD})
    page.click(".i-drop button")
    expect(page.locator("#i-confirm")).to_contain_text("确认导入 7 行")
    assert_accessible(page)
    assert page.evaluate(SMALL_WORDS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pictures(page, f"import-preview-{size}")
    page.click("#i-confirm")
    expect(page.locator("#i-now")).to_have_text("0 / 8 行")
    worker = work(running.site)
    worker._some_rows()
    expect(page.locator("#i-now")).to_have_text("3 / 8 行")
    expect(page.locator("[data-count=refused]")).to_have_text("1")
    expect(page.locator(".i-state")).to_have_text("正在导入")
    assert_accessible(page)
    pictures(page, f"import-running-{size}")
    while worker._some_rows():
        pass
    expect(page.locator("h1 + .tag")).to_have_text("已导入")
    expect(page.get_by_text("下载拒收清单")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pictures(page, f"import-done-{size}")
    assert errors == []
