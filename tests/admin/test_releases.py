"""The record of what was published: two versions side by side, one as files, one put back; and what cannot be put back says why."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.admin.gate_site import TO, UTILITIES, GateSite, approve, gate_site, post, said, shut_site
from tests.cli.installation import seeded
from tests.databases import counted
from tickets.store import releases, stamp
from tickets.store.models import Unit

__all__ = ["seeded"]
PAGES = ("/admin/releases/", "/admin/releases/compare?a=1&b=2", "/admin/releases/1/yaml")


@pytest.fixture
def site(tmp_path: Path, seeded: Path) -> Iterator[GateSite]:
    made = gate_site(tmp_path, seeded)
    yield made
    shut_site(made)


def published(site: GateSite) -> None:
    assert approve(site, site.ready()).status_code == 302
    site.later(minutes=1)


def test_before_anything_is_published_the_page_says_what_is_in_force(site: GateSite) -> None:
    assert "还没有发布过" in said(site.client("shen").get("/admin/releases/"))
    assert site.client("shen").get("/admin/releases/compare?a=1&b=2").status_code == 404


def test_versions_stand_in_time_with_who_and_are_compared_in_words(site: GateSite) -> None:
    published(site)
    client = site.client("shen")
    page = said(client.get("/admin/releases/"))
    for words in ("供水专项修订", "zhou 起草，he 批准", "随程序的初版", "现行", "派单例外规则 V2", "同意"):
        assert words in page, words
    assert "回退到这一版" not in page, "an auditor reads"
    for path in ("/admin/releases/compare?a=1&b=2", "/admin/releases/compare?a=2&b=1"):
        both = client.get(path).get_data(as_text=True)
        assert "第 1 号 → 第 2 号" in both
        assert "<del>水务局/管网科</del>" in both
        assert "<ins>水务局/供水管理科</ins>" in both
    assert '<span class="g-lit">供水管理</span>' in client.get("/admin/releases/compare?a=1&b=2&lines=1").get_data(as_text=True)
    assert "两版内容相同" in said(client.get("/admin/releases/compare?a=2&b=2"))


def test_a_release_is_taken_as_the_files_it_was(site: GateSite) -> None:
    before = site.tree()
    published(site)
    for number, tree in ((1, before), (2, site.tree())):
        packed = ZipFile(io.BytesIO(site.client("shen").get(f"/admin/releases/{number}/yaml").data))
        assert {name: packed.read(name).decode("utf-8") for name in packed.namelist()} == tree


@pytest.mark.parametrize("who", ["zhou", "shen", "zuoxi", "guan"])
def test_only_an_approver_rolls_back(site: GateSite, who: str) -> None:
    published(site)
    client = site.client(who)
    reads = who in ("zhou", "shen")
    assert [client.get(path).status_code for path in PAGES] == [200 if reads else 403] * 3
    assert client.get("/admin/releases/1/back").status_code == 403
    for act in ("back", "calloff"):
        assert client.post(f"/admin/releases/1/{act}", data={"csrf_token": _token(client), "why": "试"}).status_code == 403
    assert releases.newest_mark(site.clock[0]) == 2


def _token(client: object) -> str:
    html = client.get("/").get_data(as_text=True)  # type: ignore[attr-defined]
    return str(html).split('name="csrf-token" content="', 1)[1].split('"', 1)[0]


def test_a_version_that_names_a_retired_unit_is_not_put_back(site: GateSite) -> None:
    published(site)
    Unit.update(active=False).where(Unit.address == "水务局/管网科").execute()
    stamp.touch(stamp.DIRECTORY)
    client = site.client("he")
    page = client.get("/admin/releases/1/back")
    assert "第 1 号不能回退" in said(page)
    assert "「水务局」没有科室或岗位「管网科」" in said(page)
    answer = post(client, "/admin/releases/1/back", why="误派")
    assert answer.status_code == 409
    assert "先在名录里恢复它" in said(answer)
    assert releases.newest_mark(site.clock[0]) == 2


def test_what_is_in_force_is_not_put_back_again(site: GateSite) -> None:
    published(site)
    client = site.client("he")
    answer = post(client, "/admin/releases/2/back", why="试试")
    assert answer.status_code == 409
    assert "正在生效" in said(answer)
    assert client.get("/admin/releases/7/back").status_code == 404


def test_the_draft_of_the_text_in_force_again_is_another_version_and_a_longer_record_costs_no_more_queries(site: GateSite) -> None:
    published(site)
    short = queries(site)
    number = site.draft(old=TO.replace("管网科", "供水管理科"), new=TO, path=UTILITIES, title="改回去")
    site.checked(number)
    post(site.client("zhou"), f"/admin/drafts/{number}/submit")
    site.replayed(number)
    assert approve(site, number).status_code == 302
    assert "派单例外规则 V3" in said(site.client("he").get("/admin/releases/"))
    assert queries(site) == short


def queries(site: GateSite) -> int:
    """How many the list of releases takes, once everything it keeps is kept."""
    client = site.client("he")
    client.get("/admin/releases/")
    with counted() as asked:
        assert client.get("/admin/releases/").status_code == 200
    return len(asked)
