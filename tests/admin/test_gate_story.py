"""From a change to the next appeal, through the pages and the jobs process: the grassroots guard, a real replay, an approval, a schedule, a roll-back."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.admin.gate_site import BURST, TO, UTILITIES, GateSite, approve, gate_site, post, said, shut_site
from tests.cli.installation import seeded
from tests.web.conftest import token
from tickets.store import drafts, releases, runs
from tickets.store.models import Ticket

__all__ = ["seeded"]


@pytest.fixture
def site(tmp_path: Path, seeded: Path) -> Iterator[GateSite]:
    made = gate_site(tmp_path, seeded)
    yield made
    shut_site(made)


def place(ticket: Ticket) -> str:
    """The section a ticket was sent to."""
    return str(ticket.unit.address)


def test_department_work_aimed_at_a_village_is_never_published(site: GateSite) -> None:
    """Story 10 of a hotline's practice: written in the workbench, found by the check, refused at each step until it is put right."""
    client = site.client("zhou")
    headers = {"X-CSRFToken": token(client, "/admin/drafts/"), "Content-Type": "application/json"}
    number = client.post("/admin/rules/start", data=json.dumps({"what": "供水下沉到村"}), headers=headers).get_json()["draft"]
    text = site.tree()[UTILITIES]
    village = {
        "draft": number,
        "path": UTILITIES,
        "text": text.replace(TO, "then: [{dispatch: {to: 青禾镇/北庄村}}]"),
        "seen": releases.sha_of(text),
        "force": False,
    }
    assert client.post("/admin/rules/dispatch/text", data=json.dumps(village), headers=headers).status_code == 200
    client.get(f"/admin/drafts/{number}")  # the check begins by itself
    site.turn()
    page = said(client.get(f"/admin/drafts/{number}"))
    assert "部门专属事项（停水爆管）不得派给基层「青禾镇/北庄村」" in page
    assert "基层" in page
    assert "1 项阻断，改正后才能送审" in page
    refused = post(client, f"/admin/drafts/{number}/submit")
    assert refused.status_code == 409
    assert "检查有" in said(refused)
    assert approve(site, number).status_code == 404, "what is not submitted is unknown to the approver"
    site.write(number, "then: [{dispatch: {to: 青禾镇/北庄村}}]", TO.replace("管网科", "供水管理科"))
    client.get(f"/admin/drafts/{number}")
    site.turn()
    mended = said(client.get(f"/admin/drafts/{number}"))
    assert "部门专属事项（停水爆管）不得派给基层「青禾镇/北庄村」" in mended, "what was found and put right stays to be seen"
    assert "已处置" in mended
    assert post(client, f"/admin/drafts/{number}/submit").status_code == 302


def test_a_draft_is_replayed_looked_through_approved_and_the_next_appeal_follows_it(site: GateSite) -> None:
    before = site.appeal("w-1")
    assert place(before) == "水务局/管网科"
    number = site.draft()
    site.later(minutes=1)
    client, other = site.client("zhou"), site.client("he")
    client.get(f"/admin/drafts/{number}")
    site.turn()
    assert post(client, f"/admin/drafts/{number}/submit").status_code == 302
    assert post(other, f"/admin/drafts/{number}/replay", days="30").status_code == 302
    assert "回放中" in said(other.get(f"/admin/drafts/{number}"))
    site.turn()
    page = said(other.get(f"/admin/drafts/{number}"))
    assert "1 件逐件重算， 1 件会变" in page
    assert "水务局 · 管网科 → 水务局 · 供水管理科" in page
    assert "请先看过" in said(approve(site, number)), "the list has to be looked through"
    listed = other.get(f"/admin/drafts/{number}/changes").get_data(as_text=True)
    assert f'href="/t/{before.number}"' in listed
    assert "19900000021" not in listed
    book = load_workbook(io.BytesIO(other.get(f"/admin/drafts/{number}/changes.xlsx").data))
    assert book.active is not None
    assert [cell.value for cell in book.active[2]][:2] == [before.number, BURST.text[:60]] or book.active["A2"].value == before.number
    assert approve(site, number).status_code == 302
    site.later(seconds=5)
    after = site.appeal("w-2")
    assert place(after) == "水务局/供水管理科"
    assert place(Ticket.get_by_id(before.id)) == "水务局/管网科", "a ticket in hand keeps what it was given"
    done = said(other.get(f"/admin/drafts/{number}"))
    assert "已发布" in done
    assert "停水，管网科牵头" in done, "what it changed can still be read"


def test_a_scheduled_release_takes_effect_at_its_hour_and_is_rolled_back_in_two_clicks(site: GateSite) -> None:
    number = site.ready()
    answer = approve(site, number, effective="later", effective_at="2026-11-25T00:00")
    assert answer.status_code == 302
    page = said(site.client("he").get(f"/admin/drafts/{number}"))
    assert "定于 11-25（周三）00:00" in page
    assert "撤回定时" in page
    assert place(site.appeal("w-1")) == "水务局/管网科"
    site.later(days=1, hours=16)  # Wednesday 01:00
    scheduled = site.appeal("w-2")
    assert place(scheduled) == "水务局/供水管理科"
    client = site.client("he")
    confirm = said(client.get("/admin/releases/1/back"))
    assert "回退会改变什么" in confirm
    assert "水务局/供水管理科 → 水务局/管网科" in confirm
    assert "请写明为什么回退" in said(post(client, "/admin/releases/1/back", why=" "))
    assert post(client, "/admin/releases/1/back", why="交接没有排好").status_code == 302
    assert place(site.appeal("w-3")) == "水务局/管网科"
    assert place(Ticket.get_by_id(scheduled.id)) == "水务局/供水管理科"
    now = releases.current(site.clock[0])
    assert now is not None
    assert (now.number, now.back_to, now.approver, now.opinion) == (3, 1, "he", "交接没有排好")


def test_a_schedule_is_called_off_and_the_draft_waits_again(site: GateSite) -> None:
    number = site.ready()
    approve(site, number, effective="later", effective_at="2026-11-25T00:00")
    assert post(site.client("he"), f"/admin/drafts/{number}/calloff").status_code == 302
    info = drafts.draft(number)
    assert info is not None
    assert info.state == "submitted"
    assert releases.newest_mark(site.later(days=5)) == 1
    assert "不能再撤" in said(post(site.client("chen"), "/admin/releases/2/calloff")) or "已撤回" in said(site.client("chen").get("/admin/releases/"))


def test_a_draft_runs_beside_the_live_rules_and_acts_on_nothing(site: GateSite) -> None:
    number = site.draft()
    site.checked(number)
    client = site.client("zhou")
    assert "请选 1 到" in said(post(client, f"/admin/drafts/{number}/shadow", days="99"))
    assert post(client, f"/admin/drafts/{number}/shadow", days="3").status_code == 302
    ticket = site.appeal("w-1")
    assert place(ticket) == "水务局/管网科", "the draft decides nothing"
    site.turn()
    page = said(client.get(f"/admin/drafts/{number}"))
    assert "已比 1 件，1 件不同" in page
    assert ticket.number in page
    assert post(client, f"/admin/drafts/{number}/shadow-stop").status_code == 302
    site.appeal("w-2")
    site.turn()
    run = runs.last_replay(number, "shadow")
    assert run is not None
    assert (run.state, run.done) == ("done", 1)
