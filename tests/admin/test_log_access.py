"""Who may read the evaluation log, and what it makes of hostile words, wrong addresses and an export."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.admin import log_scene
from tests.web.conftest import Site, token
from tests.web.district_rows import make_ticket
from tickets.domain.roles import AUDIT, ROLES
from tickets.store.log_models import Look

PAGES = ("/admin/log/", "/admin/log/1", "/admin/log/looks", "/admin/log/rule/dispatch/D-010")
POSTS = ("/admin/log/1/again", "/admin/log/1/reveal", "/admin/log/export")
PAYLOAD = "<script>alert(1)</script><img src=x onerror=alert(1)>燃气泄漏"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_page_and_every_button_is_the_auditors_alone(site: Site, role: str) -> None:
    client = site.signed_in(role)
    allowed = ROLES[role].may(AUDIT)
    for path in PAGES:
        assert client.get(path).status_code == (200 if allowed else 403), path
    data = {"csrf_token": token(client, "/"), "reason": "核对是否同一人投诉"}
    for path in POSTS:
        assert client.post(path, data=data).status_code == (200 if allowed else 403), path
    assert Look.select().count() == (2 if allowed else 0)


def test_nobody_signed_in_is_sent_away(site: Site) -> None:
    client = site.app.test_client()
    assert {client.get(path).status_code for path in PAGES} == {401}


@pytest.mark.parametrize("path", POSTS)
def test_a_button_without_its_token_does_nothing(site: Site, path: str) -> None:
    client = site.signed_in("auditor")
    assert client.post(path, data={"reason": "核对是否同一人投诉"}).status_code == 400
    assert Look.select().count() == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/log/0", 404),
        ("/admin/log/-1", 404),
        ("/admin/log/abc", 404),
        ("/admin/log/1e3", 404),
        ("/admin/log/999999999999999999", 404),
        ("/admin/log/99999999999999999999999", 404),
        ("/admin/log/%F0%9F%92%A9", 404),
        ("/admin/log/?from=yesterday", 400),
        ("/admin/log/?to=2026-02-30", 400),
        ("/admin/log/?from=0001-01-01", 400),
        ("/admin/log/?from=9999-12-31", 400),
        ("/admin/log/?below=x", 400),
        ("/admin/log/?below=1-", 400),
        ("/admin/log/?above=99999999999999999999-1", 400),
        ("/admin/log/?outcome=won", 400),
        ("/admin/log/?version=xyz", 400),
        ("/admin/log/?unit=%00", 400),
        ("/admin/log/?ticket=" + "1" * 81, 400),
        ("/admin/log/looks?below=abc", 400),
        ("/admin/log/1?below=nonsense", 400),
        ("/admin/log/?unit=%25%5F&person=%27--&rule=%22%3E", 200),
        ("/admin/log/?below=0-0", 200),
        ("/admin/log/1?not=%3Cscript%3E&all=1", 200),
        ("/admin/log/?lang=en&from=", 302),
    ],
)
def test_a_wrong_address_is_answered_not_failed(site: Site, path: str, status: int) -> None:
    answer = site.signed_in("auditor").get(path)
    assert answer.status_code == status
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_empty_filters_leave_the_address_so_that_it_can_be_cited(site: Site) -> None:
    answer = site.signed_in("auditor").get("/admin/log/?from=&to=&rule=D-030&unit=&split=")
    assert answer.headers["Location"] == "/admin/log/?rule=D-030"


def test_an_empty_list_says_so_and_offers_to_clear_the_filters(site: Site) -> None:
    html = site.signed_in("auditor").get("/admin/log/?person=无此人").get_data(as_text=True)
    assert "这段时间没有判定" in html
    assert "清除条件" in html


def test_hostile_words_of_a_citizen_stay_words(site: Site) -> None:
    ticket = make_ticket(site.rows, site.rows.places["管网科"], PAYLOAD, title=PAYLOAD)
    made = log_scene.decide(ticket, {"text": PAYLOAD, "area": "花园小区"})
    client = site.signed_in("auditor")
    for path in ("/admin/log/", f"/admin/log/{made.id}", f"/admin/log/{made.id}?not={PAYLOAD}", f"/admin/log/?unit={PAYLOAD[:40]}"):
        html = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in html, path
        assert "<img src=x" not in html, path
    assert "&lt;script&gt;" in client.get(f"/admin/log/{made.id}").get_data(as_text=True)


def test_english_readers_get_english(site: Site) -> None:
    client = site.signed_in("auditor")
    client.post("/language", data={"csrf_token": token(client, "/"), "lang": "en", "next": "/"})
    html = client.get("/admin/log/1").get_data(as_text=True)
    for words in ("Evaluation log", "The facts of then", "Condition by condition", "What today&#39;s rules would say"):
        assert words in html, words


def export(site: Site, query: str = "") -> list[tuple[object, ...]]:
    client = site.signed_in("auditor")
    answer = client.post(f"/admin/log/export{query}", data={"csrf_token": token(client, "/admin/log/looks")})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))  # type: ignore[union-attr]


def test_an_export_opens_again_and_says_who_took_it_when_and_by_which_filters(site: Site) -> None:
    log_scene.decide(site.rows.tickets[6], {"text": "燃气泄漏"})
    rows = export(site, "?rule=D-030")
    assert str(rows[0][0]).startswith("导出人 苏禾（审计员） · 2026-11-23 14:32:07")
    assert rows[1][0] == "条件：规则 D-030"
    assert rows[2][0] == "共 1 条"
    assert rows[3][:4] == ("时间", "工单", "规则集与版本", "版本")
    assert rows[4][1] == "20261123-0007"
    assert rows[4][4] == "D-030 文字明确的急事"
    assert len(rows) == 5
    look = Look.get()
    assert (look.what, look.reason) == ("export", "条件：规则 D-030")
    assert "导出日志" in site.signed_in("auditor").get("/admin/log/looks").get_data(as_text=True)


def test_no_cell_of_an_export_is_a_formula(site: Site) -> None:
    ticket = make_ticket(site.rows, site.rows.places["管网科"], "燃气泄漏", number="=1+1")
    log_scene.decide(ticket, {"text": "燃气泄漏"})
    cells = [cell for row in export(site) for cell in row if isinstance(cell, str)]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_an_export_holds_no_number_of_a_citizen(site: Site) -> None:
    assert "19900000013" not in str(export(site))
