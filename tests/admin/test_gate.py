"""The gate's page: who may see and do what, and everything that keeps a draft from being published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin.gate_site import ROLES, TO, UTILITIES, GateSite, approve, gate_site, post, said, shut_site
from tests.cli.installation import seeded
from tests.web.conftest import token
from tickets.domain import roles
from tickets.store import drafts, releases, runs

__all__ = ["seeded"]
SEES = ("/admin/drafts/1", "/admin/drafts/1/state", "/admin/drafts/1/lines", "/admin/drafts/1/yaml")
DOES = {
    "check": None, "replay": None, "submit": roles.DRAFT, "withdraw": roles.DRAFT, "rename": roles.DRAFT, "drop": roles.DRAFT,
    "approve": roles.APPROVE, "return": roles.APPROVE, "calloff": roles.APPROVE, "shadow": None, "shadow-stop": None,
}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, seeded: Path) -> Iterator[GateSite]:
    made = gate_site(tmp_path, seeded)
    yield made
    shut_site(made)


def test_a_draft_is_unknown_to_those_who_do_not_write_until_it_is_submitted(site: GateSite) -> None:
    number = site.draft()
    for who in ("he", "shen"):
        client = site.client(who)
        assert [client.get(path).status_code for path in SEES] == [404] * 4
        assert "供水专项修订" not in said(client.get("/admin/drafts/"))
    assert "供水专项修订" in said(site.client("li").get("/admin/drafts/"))
    site.checked(number)
    assert post(site.client("zhou"), f"/admin/drafts/{number}/submit").status_code == 302
    for who in ("he", "shen"):
        client = site.client(who)
        assert [client.get(path).status_code for path in SEES] == [200] * 4
        assert "供水专项修订" in said(client.get("/admin/drafts/"))
    assert post(site.client("zhou"), f"/admin/drafts/{number}/withdraw").status_code == 302
    assert site.client("he").get(f"/admin/drafts/{number}").status_code == 404


@pytest.mark.parametrize("who", ["zuoxi", "guan"])
def test_the_wrong_role_reaches_nothing_of_the_gate(site: GateSite, who: str) -> None:
    site.ready()
    client = site.client(who)
    assert [client.get(path).status_code for path in (*SEES, "/admin/drafts/1/changes", "/admin/drafts/1/changes.xlsx")] == [403] * 6
    for act in DOES:
        assert client.post(f"/admin/drafts/1/{act}", data={"csrf_token": token(client, "/")}).status_code == 403, act


@pytest.mark.parametrize("who", ["zhou", "he", "shen"])
def test_each_act_is_for_those_whose_right_it_is(site: GateSite, who: str) -> None:
    site.ready()
    client = site.client(who)
    role = roles.ROLES[ROLES[who]]
    for act, right in DOES.items():
        allowed = role.may(right) if right else role.may(roles.DRAFT) or role.may(roles.APPROVE)
        if not allowed:
            assert post(client, f"/admin/drafts/1/{act}").status_code == 403, act
    info = drafts.draft(1)
    assert info is not None
    assert (info.state, releases.listed()) == ("submitted", ())


def test_opening_the_page_asks_for_the_check_and_says_when_nobody_does_it(site: GateSite) -> None:
    number = site.draft()
    client = site.client("zhou")
    assert runs.last_check(number) is None
    assert "检查中" in said(client.get(f"/admin/drafts/{number}"))
    client.get(f"/admin/drafts/{number}")
    asked = runs.last_check(number)
    assert asked is not None
    assert (asked.state, asked.id) == ("queued", 1), "looked at twice, asked for once"
    before = client.get(f"/admin/drafts/{number}/state").get_json()
    assert before["check"] == {"state": "queued", "done": 0, "total": 0, "nobody": False}
    site.later(seconds=16)
    after = client.get(f"/admin/drafts/{number}/state").get_json()
    assert after["check"]["nobody"]
    assert after["stamp"] != before["stamp"], "the page has to be drawn anew"
    assert "检查进程没有在运行" in said(client.get(f"/admin/drafts/{number}"))


def test_nobody_approves_what_they_wrote(site: GateSite) -> None:
    number = site.draft()
    site.write(number, "停水，管网科牵头", "停水，由管网科牵头", who="he")
    site.checked(number)
    post(site.client("zhou"), f"/admin/drafts/{number}/submit")
    site.replayed(number)
    page = said(site.client("he").get(f"/admin/drafts/{number}"))
    assert "不能审批自己的草稿" in page
    assert "批准发布" not in page
    assert approve(site, number, "he").status_code == 403
    assert post(site.client("he"), f"/admin/drafts/{number}/return", opinion="再改", seen_hash=_hash(number)).status_code == 403
    assert releases.listed() == ()
    assert approve(site, number, "chen").status_code == 302


def test_what_is_unchecked_or_wrong_is_neither_submitted_nor_replayed(site: GateSite) -> None:
    number = site.draft()
    client = site.client("zhou")
    refused = post(client, f"/admin/drafts/{number}/submit")
    assert refused.status_code == 409
    assert "检查还没有做完" in said(refused)
    site.checked(number, errors=2)
    assert "检查有 2 处错误" in said(post(client, f"/admin/drafts/{number}/submit"))
    assert "检查有阻断项" in said(post(client, f"/admin/drafts/{number}/replay", days="90"))
    assert runs.last_replay(number) is None


def test_an_unreplayed_or_staler_draft_is_not_approved(site: GateSite) -> None:
    number = site.draft()
    site.checked(number)
    post(site.client("zhou"), f"/admin/drafts/{number}/submit")
    bare = approve(site, number)
    assert bare.status_code == 409
    assert "草稿或回放已变" in said(bare)
    site.replayed(number)
    assert approve(site, _other(site), "he").status_code == 302  # what is in force is another text now
    site.later(minutes=1)
    stale = approve(site, number)
    assert stale.status_code == 409
    page = said(stale)
    assert "还不能批准" in page
    assert "请重新回放" in page
    assert "同意" in page, "what was typed is kept"


def _other(site: GateSite) -> int:
    """Another draft, of another file, ready to be approved."""
    return site.ready(old="请", new="敬请", path="templates/zh/dispatch.sms.txt", title="短信用语")


def test_a_draft_that_moves_while_it_is_read_is_not_decided(site: GateSite) -> None:
    number = site.ready()
    seen = {"seen_hash": _hash(number), "seen_replay": _replay_hash(number)}
    post(site.client("zhou"), f"/admin/drafts/{number}/withdraw")
    site.write(number, "停水，管网科牵头", "停水，由管网科牵头")
    site.checked(number)
    post(site.client("zhou"), f"/admin/drafts/{number}/submit")
    site.replayed(number)
    client = site.client("he")
    for act in ("approve", "return"):
        answer = post(client, f"/admin/drafts/{number}/{act}", opinion="同意", **seen)
        assert answer.status_code == 409
        assert "请重新看" in said(answer)
    info = drafts.draft(number)
    assert info is not None
    assert info.state == "submitted"


@pytest.mark.parametrize(("when", "says"), [("2026-11-22T00:00", "已经过去"), ("", "请选生效时间"), ("2028-11-22T00:00", "一年以内"), ("明天", "请选生效时间")])
def test_a_time_that_cannot_be_is_said_in_one_sentence(site: GateSite, when: str, says: str) -> None:
    answer = approve(site, site.ready(), effective="later", effective_at=when)
    assert answer.status_code == 409
    assert says in said(answer)
    assert releases.listed() == ()


@pytest.mark.parametrize(("asked", "says"), [({"days": "0"}, "1 到"), ({"days": "dates"}, "起止日期"), ({"days": "dates", "from": "2026-11-20", "to": "2026-11-01"}, "起止日期不对")])  # fmt: skip
def test_a_window_that_cannot_be_is_said_in_one_sentence(site: GateSite, asked: dict[str, str], says: str) -> None:
    number = site.draft()
    site.checked(number)
    assert says in said(post(site.client("zhou"), f"/admin/drafts/{number}/replay", **asked))
    assert runs.last_replay(number) is None


def test_a_name_that_went_after_the_check_stops_the_approval(site: GateSite) -> None:
    number = site.draft(new=TO.replace("管网科", "没有这个科"))
    site.checked(number)  # as if it had been there then
    post(site.client("zhou"), f"/admin/drafts/{number}/submit")
    site.replayed(number)
    answer = approve(site, number)
    assert answer.status_code == 409
    assert "名录变了" in said(answer)
    assert "没有这个科" in said(answer)
    assert releases.listed() == ()


def test_what_was_sent_back_says_why_and_is_editable_again(site: GateSite) -> None:
    number = site.ready()
    client = site.client("he")
    assert "退回要写明意见" in said(post(client, f"/admin/drafts/{number}/return", seen_hash=_hash(number)))
    assert post(client, f"/admin/drafts/{number}/return", seen_hash=_hash(number), opinion="依据写到条款").status_code == 302
    page = said(site.client("zhou").get(f"/admin/drafts/{number}"))
    assert "依据写到条款" in page
    assert "送审" in page
    site.write(number, "停水，管网科牵头", "停水，由管网科牵头")


def test_the_page_tells_the_change_in_words_and_line_by_line(site: GateSite) -> None:
    number = site.draft()
    client = site.client("zhou")
    page = client.get(f"/admin/drafts/{number}").get_data(as_text=True)
    assert "<del>水务局/管网科</del>" in page
    assert "<ins>水务局/供水管理科</ins>" in page
    assert "《城市供水条例》第七条" in page
    lines = client.get(f"/admin/drafts/{number}/lines").get_data(as_text=True)
    assert '<span class="g-cut">管网</span>' in lines
    assert '<span class="g-lit">供水管理</span>' in lines
    assert UTILITIES in lines


def test_a_payload_in_every_text_of_a_draft_stays_text(site: GateSite) -> None:
    payload = "\"'><script>alert(1)</script>{{7*7}}"
    number = site.draft(old="title: 停水，管网科牵头，属地供水企业抢修", new=f"title: {payload!r}".replace("\\'", "''"), title=payload)
    post(site.client("zhou"), f"/admin/drafts/{number}/rename", title=payload, note=payload)
    for path in ("/admin/drafts/", *(one.replace("/1", f"/{number}") for one in SEES[:3])):
        assert "<script>alert(1)" not in site.client("zhou").get(path).get_data(as_text=True), path


def test_a_dropped_draft_is_kept_but_not_edited(site: GateSite) -> None:
    number = site.draft()
    client = site.client("zhou")
    assert post(client, f"/admin/drafts/{number}/drop").headers["Location"] == "/admin/drafts/"
    assert "已放弃" in said(client.get(f"/admin/drafts/{number}"))
    assert "不再检查" in said(post(client, f"/admin/drafts/{number}/check"))


def test_drafts_are_begun_from_the_list(site: GateSite) -> None:
    client = site.client("zhou")
    assert "还没有草稿" in said(client.get("/admin/drafts/"))
    assert post(client, "/admin/drafts/new", title="供暖季派单修订").headers["Location"] == "/admin/drafts/1"
    assert post(client, "/admin/drafts/new").status_code == 302
    assert {one.title for one in drafts.drafts(everything=True)} == {"规则修订 11-23 09:00", "供暖季派单修订"}
    assert "120 字" in said(client.post("/admin/drafts/new", data={"csrf_token": token(client, "/admin/drafts/"), "title": "长" * 121}, follow_redirects=True))
    assert client.get("/admin/drafts/99").status_code == 404
    assert client.get("/admin/drafts/x").status_code == client.get("/admin/drafts/²").status_code == client.get("/admin/releases/²/yaml").status_code == 404


def _hash(number: int) -> str:
    info = drafts.draft(number)
    assert info is not None
    return info.hash


def _replay_hash(number: int) -> str:
    run = runs.last_replay(number)
    assert run is not None
    return run.hash
