"""Drafts and releases: nobody's words are lost, nobody decides on their own, what is published stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from tickets.actions import draft_decide, draft_edit
from tickets.actions.draft_decide import Files, NotReady, NotYours
from tickets.actions.draft_edit import DraftRefused, EditedMeanwhile
from tickets.store import drafts, releases, runs
from tickets.store.draft_models import CheckRun, ReplayRun

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROADS = "rules/dispatch/roads.yaml"
ON_DISK = {ROADS: "old: 1\n", "rules/facts.yaml": "text: {}\n"}
ZHOU, LI, HE = ("zhengce", "周敏"), ("zhengce2", "李想"), ("shenpi", "何立群")


def begun(title: str = "供水专项修订") -> int:
    return draft_edit.start(NOW, *ZHOU, title)


def write(draft: int, text: str | None, seen: str, who: tuple[str, str] = ZHOU, path: str = ROADS, tree: Mapping[str, str] = ON_DISK) -> draft_edit.Saved:
    return draft_edit.save(draft, path, text, seen=seen, base=tree.get(path), at=NOW, who=who[0], who_name=who[1], what="改一处")


def sha(text: str) -> str:
    return releases.sha_of(text)


def checked(draft: int, errors: int = 0, at: datetime = NOW) -> None:
    info = drafts.draft(draft)
    assert info is not None
    run = runs.ask_check(draft, info.hash, releases.newest_mark(at), "zhengce", at)
    assert runs.claim(CheckRun, "t", at) == run
    runs.finish_check(run, "t", at, [{"level": "error"}] * errors, (3, 3))


def replayed(draft: int, changed: int = 0, tree: Mapping[str, str] = ON_DISK, at: datetime = NOW) -> str:
    info = drafts.draft(draft)
    assert info is not None
    run = runs.ask_replay(draft, info.hash, releases.tree_hash(tree), (at - timedelta(days=90), at), "zhengce", at)
    assert runs.claim(ReplayRun, "t", at) == run
    runs.finish_replay(run, "t", at, done=10, changed=changed, summary={}, hash_=f"replay{run}")
    return f"replay{run}"


def approved(draft: int, replay: str, tree: Mapping[str, str], who: tuple[str, str] = HE, at: datetime = NOW, effective: datetime = NOW) -> int:
    info = drafts.draft(draft)
    assert info is not None
    own = drafts.changed(draft)
    after = {path: text for path, text in {**tree, **own}.items() if text is not None}
    files = Files(tree, {"dispatch": sha(str(tree))}, after, {"dispatch": sha(str(after))})
    return draft_decide.approve(
        draft, files, who=who[0], who_name=who[1], opinion="同意", at=at, effective_at=effective, seen_hash=info.hash, seen_replay=replay
    )


def published(text: str = "new: 1\n", tree: Mapping[str, str] = ON_DISK, at: datetime = NOW, effective: datetime | None = None) -> int:
    draft = begun()
    write(draft, text, sha(tree[ROADS]), tree=tree)
    checked(draft, at=at)
    draft_decide.submit(draft, tree, at)
    return approved(draft, replayed(draft, tree=tree, at=at), tree, at=at, effective=effective or at)


def test_a_save_keeps_every_text_and_who_wrote_it(database: str) -> None:
    draft = begun()
    first = write(draft, "new: 1\n", sha("old: 1\n"))
    second = write(draft, "new: 2\n", first.sha, LI)
    assert (first.revision, second.revision) == (1, 2)
    assert first.hash != second.hash
    assert drafts.changed(draft) == {ROADS: "new: 2\n"}
    assert [(one.who, one.after) for one in drafts.changes(draft)] == [("zhengce2", sha("new: 2\n")), ("zhengce", sha("new: 1\n"))]
    assert drafts.authors(draft) == {"zhengce", "zhengce2"}


def test_the_second_of_two_editors_is_told_who_was_first_and_loses_nothing(database: str) -> None:
    draft = begun()
    write(draft, "of Li: 1\n", sha("old: 1\n"), LI)
    with pytest.raises(EditedMeanwhile) as told:
        write(draft, "of Zhou: 1\n", sha("old: 1\n"))
    assert (told.value.who_name, told.value.text) == ("李想", "of Li: 1\n")
    assert drafts.changed(draft) == {ROADS: "of Li: 1\n"}


def test_a_text_that_is_as_in_force_again_is_no_change(database: str) -> None:
    draft = begun()
    saved = write(draft, "new: 1\n", sha("old: 1\n"))
    write(draft, "old: 1\n", saved.sha)
    assert drafts.changed(draft) == {}
    with pytest.raises(NotReady, match="没有任何改动"):
        draft_decide.submit(draft, ON_DISK, NOW)


def test_files_are_added_and_removed(database: str) -> None:
    draft = begun()
    write(draft, "form: x\n", "", path="forms/x.yaml")
    write(draft, None, sha("old: 1\n"))
    assert drafts.changed(draft) == {"forms/x.yaml": "form: x\n", ROADS: None}


@pytest.mark.parametrize("path", ["etc/passwd", "rules/../x.yaml", "/rules/x.yaml"])
def test_a_path_outside_the_folders_is_refused(database: str, path: str) -> None:
    with pytest.raises(DraftRefused):
        write(begun(), "x", "", path=path)


def test_nothing_unchecked_or_wrong_is_submitted_and_a_submitted_draft_stands_still(database: str) -> None:
    draft = begun()
    saved = write(draft, "new: 1\n", sha("old: 1\n"))
    with pytest.raises(NotReady, match="检查还没有做完"):
        draft_decide.submit(draft, ON_DISK, NOW)
    checked(draft, errors=2)
    with pytest.raises(NotReady, match="2 处错误"):
        draft_decide.submit(draft, ON_DISK, NOW)
    checked(draft)
    draft_decide.submit(draft, ON_DISK, NOW)
    with pytest.raises(DraftRefused, match="已送审"):
        write(draft, "new: 2\n", saved.sha)
    draft_decide.take_back(draft, NOW)
    write(draft, "new: 2\n", saved.sha)
    with pytest.raises(NotReady, match="检查还没有做完"):  # the check was of another text
        draft_decide.submit(draft, ON_DISK, NOW)


def test_nobody_decides_what_they_wrote_some_of(database: str) -> None:
    draft = begun()
    saved = write(draft, "new: 1\n", sha("old: 1\n"))
    write(draft, "new: 2\n", saved.sha, HE)
    checked(draft)
    draft_decide.submit(draft, ON_DISK, NOW)
    replay = replayed(draft)
    for who in (ZHOU, HE):
        with pytest.raises(NotYours):
            approved(draft, replay, ON_DISK, who)
        with pytest.raises(NotYours):
            draft_decide.send_back(draft, *who, "再改", NOW)
    assert releases.listed() == ()


def test_an_approval_is_bound_to_what_was_seen(database: str) -> None:
    draft = begun()
    write(draft, "new: 1\n", sha("old: 1\n"))
    checked(draft)
    draft_decide.submit(draft, ON_DISK, NOW)
    with pytest.raises(NotReady, match="已变"):
        approved(draft, "replay of something else", ON_DISK)
    stale = replayed(draft, tree={ROADS: "another: 1\n"})
    with pytest.raises(NotReady, match="回放"):
        approved(draft, stale, ON_DISK)
    unseen = replayed(draft, changed=3)
    with pytest.raises(NotReady, match="请先看过"):
        approved(draft, unseen, ON_DISK)
    last = runs.last_replay(draft)
    assert last is not None
    runs.looked(last.id, "shenpi", NOW)
    assert approved(draft, unseen, ON_DISK) == 2


def test_the_first_release_keeps_what_was_in_force_before(database: str) -> None:
    assert releases.in_force_files(NOW) is None
    assert published() == 2
    assert releases.in_force_files(NOW) == {**ON_DISK, ROADS: "new: 1\n"}
    first = releases.by_number(1)
    assert first is not None
    assert releases.files(first.id) == ON_DISK
    info = releases.current(NOW)
    assert info is not None
    assert (info.author_name, info.approver_name, info.opinion) == ("周敏", "何立群", "同意")
    assert releases.changed_paths([first, info]) == {1: (), 2: (ROADS,)}
    assert releases.set_number("dispatch", sha(str({**ON_DISK, ROADS: "new: 1\n"}))) == 2


def test_a_scheduled_release_waits_and_can_be_called_off(database: str) -> None:
    later = NOW + timedelta(days=3)
    number = published(effective=later)
    assert releases.in_force_files(later - timedelta(seconds=1)) == ON_DISK
    assert releases.newest_mark(later) == number
    draft_decide.call_off(number, "何立群", NOW)
    assert releases.newest_mark(later) == 1
    with pytest.raises(NotReady, match="已经生效或已撤回"):
        draft_decide.call_off(number, "何立群", NOW)


def test_a_version_that_was_called_off_is_not_the_one_an_office_goes_by(database: str) -> None:
    called_off = published(effective=NOW + timedelta(days=3))
    version = sha(str({**ON_DISK, ROADS: "new: 1\n"}))
    draft_decide.call_off(called_off, "何立群", NOW)
    assert releases.release_of("dispatch", version) is None
    in_force = releases.in_force_files(NOW)
    assert in_force is not None
    draft = next(one.id for one in drafts.drafts(everything=True))
    checked(draft)
    again = approved(draft, replayed(draft, tree=in_force), in_force)
    found = releases.release_of("dispatch", version)
    assert found is not None
    assert (found.number, releases.set_number("dispatch", version)) == (again, 3)


def test_while_one_is_scheduled_no_other_is_approved(database: str) -> None:
    published(effective=NOW + timedelta(days=3))
    with pytest.raises(NotReady, match="定时未生效"):
        published("other: 1\n", at=NOW + timedelta(hours=1))


def test_a_draft_begun_on_what_others_have_replaced_meanwhile_is_not_submitted(database: str) -> None:
    draft = begun("晚的一份")
    write(draft, "mine: 1\n", sha("old: 1\n"))
    published()
    in_force = releases.in_force_files(NOW)
    assert in_force is not None
    checked(draft)
    with pytest.raises(NotReady, match="已由他人发布"):
        draft_decide.submit(draft, in_force, NOW)


def test_rolling_back_is_a_new_release_and_calls_off_what_was_scheduled(database: str) -> None:
    published()
    at = NOW + timedelta(hours=1)
    in_force = releases.in_force_files(at)
    assert in_force is not None
    waiting = published("third: 1\n", tree=in_force, at=at, effective=NOW + timedelta(days=9))
    number = draft_decide.roll_back(1, {"dispatch": "v1"}, who="shenpi", who_name="何立群", why="误派增多", at=at)
    assert number == waiting + 1
    assert releases.in_force_files(NOW + timedelta(days=10)) == ON_DISK
    gone = releases.by_number(waiting)
    assert gone is not None
    assert gone.withdrawn
    with pytest.raises(NotReady, match="相同"):
        draft_decide.roll_back(1, {"dispatch": "v1"}, who="shenpi", who_name="何立群", why="", at=at)


def test_a_run_whose_process_died_is_taken_by_the_next_and_the_first_is_told(database: str) -> None:
    draft = begun()
    write(draft, "new: 1\n", sha("old: 1\n"))
    info = drafts.draft(draft)
    assert info is not None
    run = runs.ask_check(draft, info.hash, 0, "zhengce", NOW)
    assert runs.ask_check(draft, info.hash, 0, "zhengce", NOW) == run, "asked for twice, done once"
    assert runs.claim(CheckRun, "first", NOW) == run
    assert runs.claim(CheckRun, "second", NOW) is None
    assert runs.progress(CheckRun, run, "first", NOW, 1, 10)
    later = NOW + runs.LEASE + timedelta(seconds=1)
    assert runs.claim(CheckRun, "second", later) == run
    assert not runs.progress(CheckRun, run, "first", later, 2, 10)
    assert not runs.finish_check(run, "first", later, [], (0, 0))
    assert runs.finish_check(run, "second", later, [], (0, 0))
