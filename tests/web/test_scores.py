"""The pages of scores: by kind and never in one list, each as far as its reader may see; frozen, computed again, exported."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.cli.installation import seeded
from tests.databases import shut
from tests.installed import Installed, installed
from tests.web.conftest import sign_in, token
from tickets.domain.period import month
from tickets.domain.times import stored
from tickets.store.accounts import DEMONSTRATION_PASSWORD
from tickets.store.connect import transaction
from tickets.store.models import Account, Deadline, History, Ticket, Unit
from tickets.store.score_models import Exclusion, ScoreAppeal, ScoreMonth
from tickets.store.tickets import canonical

__all__ = ["seeded"]
OCTOBER = month("2026-10")
NOW = OCTOBER.until + timedelta(days=1, hours=9)
SECTION = "水务局/管网科"


@pytest.fixture
def site(tmp_path: Path, seeded: Path) -> Iterator[Installed]:
    """Ten tickets of October, all of one section: nine are satisfied and signed in time, one is neither."""
    made = installed(tmp_path, seeded, clock=lambda: NOW)
    unit, person = Unit.get(Unit.address == SECTION), Account.get(Account.username == "chengban").person
    with transaction():
        for n in range(10):
            at = OCTOBER.since + timedelta(days=n, hours=9)
            values = {"number": f"202610{n + 1:02d}-0001", "source": "12345", "source_id": str(n), "status": "已结案", "text": "停水", "category": "供水"}
            ticket = Ticket.create(**values, registered_at=stored(at), dispatched_at=stored(at), unit=unit, person=person)
            late, said = n == 0, "不满意" if n == 0 else "满意"
            for begins, ends in (("待签收", "办理中"), ("办理中", "待审核")):
                clock = {"name": ends, "rule": "T", "from_status": begins, "until_status": ends, "within": "1h", "clock": "自然时"}
                moments = {"started_at": stored(at), "due_at": stored(at + timedelta(hours=1)), "met_at": stored(at + timedelta(hours=2 if late else 0.5))}
                Deadline.create(ticket=ticket, **clock, **moments, state="breached" if late else "met")
            for seq, (what, note) in enumerate((("回复", {}), ("核实", {"valid": True, "solved": "已解决", "satisfied": said})), 1):
                History.create(ticket=ticket, seq=seq, at=stored(at + timedelta(hours=3 + seq)), actor="system", what=what, note=canonical(note))
    yield made
    made.parts.book.close()
    shut()


def client_of(site: Installed, username: str) -> FlaskClient:
    client = site.app.test_client()
    assert sign_in(client, username, DEMONSTRATION_PASSWORD) == 302
    return client


def test_a_month_is_seen_frozen_computed_again_and_appealed_against(site: Installed) -> None:
    water, section = Unit.get(Unit.address == "水务局"), Unit.get(Unit.address == SECTION)
    keeper = client_of(site, "kaohe")
    carried = token(keeper, "/scores?month=2026-10")
    page = keeper.get("/scores?month=2026-10").get_data(as_text=True)
    assert "部门" in page
    assert f'href="/scores/{water.id}?month=2026-10"' in page
    assert "试算，未冻结" in page
    detail = keeper.get(f"/scores/{water.id}?month=2026-10&rule=K-040").get_data(as_text=True)
    for words in ("9 ÷ 10", "目标 98，差 8 点", "21.00", "满意率背后的 1 件", "20261001-0001", "每件 5.00 分"):
        assert words in detail, words
    assert keeper.post("/scores/freeze", data={"csrf_token": carried, "month": "2026-10"}).status_code == 302
    kept = ScoreMonth.get()
    again = keeper.post("/scores/again", data={"csrf_token": carried, "month": "2026-10", "edition": kept.edition, "as": "unit", "key": water.id})
    assert "与冻结结果逐字节一致" in again.get_data(as_text=True)
    sheet = load_workbook(io.BytesIO(keeper.get("/scores/month/2026-10.xlsx").data)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert {line[0] for line in lines[1:]} == {"单位", "科室", "个人"}
    assert all(line[-1] == kept.sha256 for line in lines[1:])
    Account.update(role="unit_leader", unit=water).where(Account.username == "lingdao").execute()
    leader = client_of(site, "lingdao")
    form = {"csrf_token": token(leader, "/scores"), "month": "2026-10", "number": "20261001-0001", "words": "产权属物业", "evidence": "证明"}
    assert leader.post(f"/scores/{water.id}/appeal", data=form).status_code == 302
    claim = ScoreAppeal.get()
    shown = keeper.get(f"/scores/{water.id}?month=2026-10").get_data(as_text=True)
    assert "若成立，新出一版" in shown
    assert "100.18" in shown, "nine of nine, and nine solved within a day"
    assert keeper.post(f"/scores/appeal/{claim.id}", data={"csrf_token": carried, "granted": "yes", "back": "https://evil"}).headers["Location"] == "/scores"
    assert [row.edition for row in ScoreMonth.select().order_by(ScoreMonth.edition)] == [1, 2]
    assert section.id != water.id
    assert keeper.get(f"/scores/{section.id}?month=2026-10&edition=1").status_code == 200


def test_a_unit_sees_its_own_a_person_himself_and_nobody_else(site: Installed) -> None:
    water, person = Unit.get(Unit.address == "水务局"), Account.get(Account.username == "chengban").person_id
    handler, stranger, officer = (client_of(site, name) for name in ("chengban", "lingdao", "wangge"))
    assert handler.get(f"/scores/person/{person}?month=2026-10").status_code == 200
    assert handler.get(f"/scores/{water.id}?month=2026-10").status_code == 404
    for client in (stranger, officer):
        assert client.get(f"/scores/{water.id}?month=2026-10").status_code == 404
        assert client.get(f"/scores/person/{person}?month=2026-10").status_code == 404
        assert "水务局" not in client.get("/scores?month=2026-10").get_data(as_text=True)
    assert client_of(site, "quzhang").get(f"/scores/{water.id}?month=2026-10").status_code == 200
    asked = {
        "csrf_token": token(handler, "/scores"),
        "month": "2026-10",
        "beyond_policy": "yes",
        "outside_power": "no",
        "evidence": "供水管理办法",
        "go": "send",
    }
    assert handler.post("/scores/exclude/20261001-0001", data=asked).status_code == 302
    found = Exclusion.get()
    assert (found.state, found.rule, found.person_id) == ("asked", "X-020", person)
    assert officer.get("/scores/exclude/20261001-0001").status_code == 404
    keeper = client_of(site, "kaohe")
    done = keeper.post(f"/scores/exclusion/{found.id}", data={"csrf_token": token(keeper, "/scores"), "granted": "yes", "back": "/scores"})
    assert done.status_code == 302
    assert Exclusion.get().state == "granted"
    assert "9 ÷ 9" in keeper.get(f"/scores/{water.id}?month=2026-10").get_data(as_text=True)
