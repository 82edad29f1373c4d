"""rules replay · diff · export · import · publish, as somebody at a terminal calls them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.installation import Call, call, home, seeded
from tickets.actions import draft_decide
from tickets.store import accounts, drafts, releases
from tickets.store.connect import open_database
from tickets.store.models import Unit
from wiring.desk import utc_now
from wiring.settings import PROJECT, load

__all__ = ["call", "home", "seeded"]
D042 = "{to: 水务局/管网科, assist: [属地供水企业]}"
ELSEWHERE = "{to: 水务局/供水管理科, assist: [属地供水企业]}"


def changed(folder: Path, path: str = "dispatch/utilities.yaml", old: str = D042, new: str = ELSEWHERE) -> Path:
    """A copy of one of the project's rule files with one thing changed."""
    text = (PROJECT / "rules" / path).read_text(encoding="utf-8")
    assert old in text
    file = folder / Path(path).name
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


@pytest.fixture
def family(tmp_path: Path) -> Path:
    """The dispatch family with D-042 sent elsewhere, as a folder of an office's own."""
    folder = tmp_path / "office" / "dispatch"
    folder.mkdir(parents=True)
    for file in (PROJECT / "rules" / "dispatch").glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    changed(folder)
    return folder


def test_a_replay_names_each_ticket_that_would_go_elsewhere(call: Call, family: Path, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("内容,地址,类别\n滨河社区停水一天了,滨河社区,停水爆管\n广场舞太吵,滨河社区,社会生活噪声\n", encoding="utf-8")
    assert call("dispatch", orders)[0] == 0
    code, out, err = call("rules", "replay", family, "--days", 2)
    assert (code, err) == (0, "")
    assert "逐件重算 2 件，1 件会变" in out
    assert "水务局·管网科 → 水务局·供水管理科" in out
    assert call("rules", "replay", PROJECT / "rules" / "dispatch", "--days", 2)[1].startswith("近 2 天：逐件重算 2 件，0 件会变")


def test_a_draft_with_an_error_is_not_replayed(call: Call, tmp_path: Path) -> None:
    wrong = changed(tmp_path, "urgency.yaml", "{urgency: 特急}", "{urgency: 特别急}")
    code, out, err = call("rules", "replay", wrong)
    assert (code, out) == (2, "")
    assert "rules/urgency.yaml:" in err
    assert "特别急" in err


@pytest.mark.parametrize(
    ("asked", "said"), [("nowhere.yaml", "不是文件、文件夹、发布号或草稿"), ("77", "不是文件"), ("draft:没有", "不是文件"), ("draft:²", "不是文件")]
)
def test_what_is_no_state_is_said_in_one_sentence(call: Call, asked: str, said: str) -> None:
    code, out, err = call("rules", "diff", "live", asked)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_difference_is_said_in_words(call: Call, family: Path) -> None:
    code, out, _ = call("rules", "diff", "live", family)
    assert code == 0
    assert "水务局/管网科 → 水务局/供水管理科" in out
    assert "修改 rules/dispatch/utilities.yaml" in out
    assert "没有差别" in call("rules", "diff", "live", "disk")[1]


def test_what_is_exported_is_byte_for_byte_what_is_in_force_and_comes_back_as_nothing_new(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "git"
    assert call("rules", "export", out)[0] == 0
    for file in (PROJECT / "rules").rglob("*.yaml"):
        assert (out / "rules" / file.relative_to(PROJECT / "rules")).read_bytes() == file.read_bytes()
    for file in (PROJECT / "forms" / "definitions").glob("*.yaml"):
        assert (out / "forms" / file.name).read_bytes() == file.read_bytes()
    assert "没有新建草稿" in call("rules", "import", out)[1]
    assert drafts.drafts(everything=True) == ()
    note = tmp_path / "full"
    note.mkdir()
    (note / "letter.txt").write_text("x", encoding="utf-8")
    assert call("rules", "export", note)[0] == 2


def test_import_makes_a_draft_and_publish_needs_another_persons_password(call: Call, family: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_database(load().database_url)
    for name, role in (("zhou", "policy"), ("he", "approver"), ("song", "auditor")):
        accounts.create(name, "correct horse", role)
    assert call("rules", "import", family, "--author", "zhou", "--title", "供水专项")[0] == 0
    (draft,) = drafts.drafts(everything=True)
    assert (draft.author, draft.paths) == ("zhou", ("rules/dispatch/utilities.yaml",))
    monkeypatch.setenv("SUDA_PASSWORD", "wrong")
    assert call("rules", "publish", "供水专项", "--approver", "he")[0] == 2
    monkeypatch.setenv("SUDA_PASSWORD", "correct horse")
    assert "不是审批人" in call("rules", "publish", "供水专项", "--approver", "song")[2]
    assert releases.listed() == ()
    code, out, err = call("rules", "publish", "供水专项", "--approver", "he", "--opinion", "同意")
    assert (code, err) == (0, "")
    assert "第 2 号" in out
    now = utc_now()
    in_force = releases.in_force_files(now)
    assert in_force is not None
    assert ELSEWHERE in in_force["rules/dispatch/utilities.yaml"]
    release = releases.current(now)
    assert release is not None
    assert (release.author, release.approver, release.opinion) == ("zhou", "he", "同意")
    assert "已发布" in call("rules", "publish", str(draft.id), "--approver", "he")[2]
    assert "水务局/管网科 → 水务局/供水管理科" in call("rules", "diff", "1", "2")[1]


def test_one_does_not_publish_ones_own_draft(call: Call, family: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_database(load().database_url)
    accounts.create("he", "correct horse", "approver")
    monkeypatch.setenv("SUDA_PASSWORD", "correct horse")
    call("rules", "import", family, "--author", "he", "--title", "自己的")
    code, _, err = call("rules", "publish", "自己的", "--approver", "he")
    assert code == 2
    assert "不能审批自己起草的内容" in err
    assert releases.listed() == ()


def test_a_draft_whose_unit_was_retired_since_its_check_is_not_published(call: Call, family: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_database(load().database_url)
    for name, role in (("zhou", "policy"), ("he", "approver")):
        accounts.create(name, "correct horse", role)
    monkeypatch.setenv("SUDA_PASSWORD", "correct horse")
    monkeypatch.setattr(draft_decide, "submit", retired_after(draft_decide.submit, "水务局/供水管理科"))
    call("rules", "import", family, "--author", "zhou", "--title", "供水专项")
    code, _, err = call("rules", "publish", "供水专项", "--approver", "he")
    assert code == 2
    assert "没有科室或岗位「供水管理科」" in err
    assert releases.listed() == ()


def retired_after(submit: Callable[..., None], address: str) -> Callable[..., None]:
    """The submission, with a unit that goes out of force right after it."""

    def submitted(*asked: object) -> None:
        submit(*asked)
        Unit.update(active=False).where(Unit.address == address).execute()

    return submitted
