"""From draft to release: submitted by its author once it is checked and replayed, decided by somebody else, in force from a moment, rolled back in one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.actions.draft_edit import DraftRefused, editable
from tickets.domain.times import stored
from tickets.store import drafts, releases, runs
from tickets.store.connect import is_sqlite, transaction
from tickets.store.draft_models import Draft, Opinion, Release
from tickets.store.runs import CheckInfo, ReplayInfo

FIRST = "随程序的初版"
LONGEST_OPINION = 2_000


class NotReady(DraftRefused):
    """The draft cannot go on yet; the sentence says what is missing and what to do."""


class NotYours(DraftRefused):
    """Whoever wrote some of it may not decide it."""


@dataclass(frozen=True)
class Files:
    """The files in force and their rule sets' and forms' versions, as wiring reads them; `tree` before the draft, `after` with it."""

    tree: Mapping[str, str]
    tree_versions: Mapping[str, str]
    after: Mapping[str, str]
    after_versions: Mapping[str, str]


def submit(draft_id: int, in_force: Mapping[str, str], at: datetime) -> None:
    """Hands the draft over for approval. NotReady when it is empty, unchecked, has errors, or was begun on files others have changed since."""
    with transaction():
        draft = editable(draft_id)
        info = drafts.draft(draft_id)
        assert info is not None
        if not info.paths:
            raise NotReady("草稿没有任何改动，先改一处再送审", "the draft changes nothing yet")
        taken = conflicting(draft_id, in_force)
        if taken:
            zh = f"{'、'.join(taken)} 在您起草期间已由他人发布，请在新内容上重做这几处改动"
            raise NotReady(zh, f"others have published {', '.join(taken)} meanwhile: make these changes anew on the new text")
        _checked(info.hash, runs.last_check(draft_id), releases.newest_mark(at))
        draft.state, draft.submitted_at, draft.updated_at = "submitted", stored(at), stored(at)
        draft.save()


def take_back(draft_id: int, at: datetime) -> None:
    """The author takes a submitted draft back to go on writing."""
    with transaction():
        row = _locked(draft_id)
        if row.state != "submitted":
            raise NotReady("草稿不在待审批状态，不用撤回", "the draft is not waiting for approval")
        row.state, row.updated_at = "draft", stored(at)
        row.save()


def send_back(draft_id: int, who: str, who_name: str, opinion: str, at: datetime) -> None:
    """The approver returns it with what is to be changed."""
    if not opinion.strip():
        raise NotReady("退回要写明意见", "say what is to be changed")
    with transaction():
        row = _locked(draft_id)
        _not_own(draft_id, who)
        if row.state != "submitted":
            raise NotReady("草稿不在待审批状态", "the draft is not waiting for approval")
        _opinion(row, who, who_name, "return", opinion, at, "")
        row.state, row.updated_at = "returned", stored(at)
        row.save()


def missing(draft_id: int, who: str, in_force: Mapping[str, str], at: datetime) -> tuple[tuple[str, bool, str, str], ...]:
    """The preconditions of an approval: (key, holds, Chinese, English), for the page and for `approve`. `in_force`: every file in force now."""
    info = drafts.draft(draft_id)
    if info is None:
        return (("draft", False, f"没有 {draft_id} 号草稿", f"there is no draft {draft_id}"),)
    check, replay = runs.last_check(draft_id), runs.last_replay(draft_id)
    checked = check if check is not None and check.state == "done" and check.hash == info.hash and check.base_number == releases.newest_mark(at) else None
    fresh = replay is not None and replay.state == "done" and replay.draft_hash == info.hash and replay.base_hash == releases.tree_hash(in_force)
    replayed = replay if fresh else None
    return (
        ("state", info.state == "submitted", "草稿已送审", "the draft has been submitted"),
        ("own", who not in drafts.authors(draft_id), "审批人没有参与起草", "the approver wrote none of it"),
        *_of_check(checked),
        *_of_replay(replayed, who),
        *_of_others(draft_id, in_force, at),
    )


Condition = tuple[str, bool, str, str]


def _of_check(check: CheckInfo | None) -> tuple[Condition, ...]:
    if check is None:
        return (("check", False, "检查：对这份内容还没有做完", "the check of this text is not done yet"),)
    passed, tests = check.tests_passed, check.tests_total
    return (
        ("check", check.errors == 0, f"检查：阻断 {check.errors} 项", f"check: {check.errors} errors"),
        ("tests", passed == tests, f"样例：{passed} / {tests} 条通过", f"examples: {passed} of {tests} pass"),
    )


def _of_replay(replay: ReplayInfo | None, who: str) -> tuple[Condition, ...]:
    if replay is None:
        return (
            ("replay", False, "回放：还没有做，或草稿、现行规则之后又变了", "the replay is not done, or the draft or the rules in force have changed since"),
        )
    seen = replay.changed == 0 or runs.has_looked(replay.id, who)
    words = f"回放：{replay.changed} 件会变，{'您已看过' if seen else '请先看过'}" if replay.changed else "回放：没有一件会变"
    return (
        ("replay", True, "回放：是这份内容与现行规则的", "the replay is of this text and these rules"),
        ("looked", seen, words, f"replay: {replay.changed} tickets would change" + ("" if seen else "; look through them first")),
    )


def _of_others(draft_id: int, in_force: Mapping[str, str], at: datetime) -> tuple[Condition, ...]:
    taken, later = conflicting(draft_id, in_force), releases.waiting(at)
    number = later[0].number if later else 0
    return (
        ("base", not taken, f"他人已另行发布：{'、'.join(taken)}" if taken else "没有与他人的发布冲突", "published by others meanwhile: " + ", ".join(taken) if taken else "no file was published by others meanwhile"),
        ("waiting", not later, f"第 {number} 号发布定时未生效，请等它生效或先撤回定时" if later else "没有别的定时发布", f"release {number} is scheduled: wait for it or call it off" if later else "nothing else is scheduled"),
    )  # fmt: skip


def conflicting(draft_id: int, in_force: Mapping[str, str]) -> tuple[str, ...]:
    """The draft's files that are not in force any more as they were when it first touched them: somebody else has published since."""
    return tuple(sorted(path for path, base in drafts.bases(draft_id).items() if releases.sha_in(in_force, path) != base))


def approve(
    draft_id: int,
    files: Files,
    *,
    who: str,
    who_name: str,
    opinion: str,
    at: datetime,
    effective_at: datetime,
    seen_hash: str,
    seen_replay: str,
) -> int:
    """Publishes the draft from `effective_at` on and answers the release's number. Bound to what the approver saw: the draft's hash and the replay's.

    Raises NotYours for one's own draft, NotReady for whatever precondition is missing or when the draft moved while being read.
    """
    if len(opinion) > LONGEST_OPINION:
        raise NotReady(f"意见最多 {LONGEST_OPINION} 字", f"an opinion has at most {LONGEST_OPINION} characters")
    with transaction():
        row = _locked(draft_id)
        _not_own(draft_id, who)
        replay = runs.last_replay(draft_id)
        if row.hash != seen_hash or replay is None or replay.hash != seen_replay:
            raise NotReady("草稿或回放已变，请重新看过再批", "the draft or its replay has changed: look again")
        for _, holds, zh, en in missing(draft_id, who, files.tree, at):
            if not holds:
                raise NotReady(f"还不能批准。{zh}", f"it cannot be approved yet: {en}")
        _first(files, at)
        _opinion(row, who, who_name, "approve", opinion, at, seen_replay)
        number = releases.write(
            files.after, files.after_versions, at=at, effective_at=max(at, effective_at), title=row.title, note=row.note,
            author=(row.author, row.author_name), approver=(who, who_name), opinion=opinion, draft_id=draft_id,
        )  # fmt: skip
        row.state, row.updated_at, row.release_number = ("published" if effective_at <= at else "approved"), stored(at), number
        row.save()
        return number


def call_off(number: int, who_name: str, at: datetime) -> None:
    """Calls off a scheduled release before it takes effect; its draft waits for approval again."""
    with transaction():
        if not releases.withdraw(number, who_name, at):
            raise NotReady("已经生效或已撤回，不能再撤；生效后请用回退", "it is in force already or was called off: roll back instead")
        Draft.update(state="submitted", release_number=None, updated_at=stored(at)).where(Draft.release_number == number).execute()


def roll_back(number: int, versions: Mapping[str, str], *, who: str, who_name: str, why: str, at: datetime) -> int:
    """Puts an earlier release's files in force again, as a new release; tickets in hand keep what they have. Answers the new number."""
    with transaction():
        old, now = releases.by_number(number), releases.current(at)
        if old is None or old.withdrawn:
            raise NotReady(f"没有第 {number} 号发布", f"there is no release {number}")
        if now is None or now.number == number:
            raise NotReady("这一版正在生效，不用回退", "this release is in force already")
        tree = releases.files(old.id)
        if releases.tree_hash(tree) == now.hash:
            raise NotReady("现行内容与这一版相同，不用回退", "what is in force is the same already")
        for waiting in releases.waiting(at):  # a later snapshot of all files would undo the rolling back
            releases.withdraw(waiting.number, who_name, at)
            Draft.update(state="submitted", release_number=None, updated_at=stored(at)).where(Draft.release_number == waiting.number).execute()
        title = f"回退到第 {number} 号：{old.title}"[:120]
        return releases.write(
            tree, versions, at=at, effective_at=at, title=title, note=why, author=(who, who_name), approver=(who, who_name), opinion=why, back_to=number
        )


def mark_effective(at: datetime) -> int:
    """Drafts whose scheduled release has come into force are published; answers how many."""
    in_force = Release.select(Release.number).where(Release.effective_at <= stored(at), Release.withdrawn_at.is_null())
    due = (Draft.state == "approved", Draft.release_number.in_(in_force))
    if not Draft.select().where(*due).exists():  # asked twice a second, and there is hardly ever one: reading keeps no writer waiting
        return 0
    return int(Draft.update(state="published").where(*due).execute())


def _first(files: Files, at: datetime) -> None:
    """Before the first release, what was in force from disk becomes number 1, so that every later one can be compared and rolled back to."""
    if releases.next_number() == 1:
        releases.write(files.tree, files.tree_versions, at=at, effective_at=at, title=FIRST, author=("", FIRST))


def _checked(hash_: str, check: CheckInfo | None, number: int) -> None:
    if check is None or check.hash != hash_ or check.base_number != number or check.state in ("queued", "running"):
        raise NotReady("对这份内容的检查还没有做完，请等检查结束", "the check of this text is not done yet: wait for it")
    if check.state == "failed":
        raise NotReady(f"检查没有做成：{check.error}", f"the check failed: {check.error}")
    if check.errors:
        raise NotReady(f"检查有 {check.errors} 处错误，改正后再送审", f"the check found {check.errors} errors: put them right first")


def _locked(draft_id: int) -> Draft:
    query = Draft.select().where(Draft.id == draft_id)
    row: Draft | None = (query if is_sqlite() else query.for_update()).first()
    if row is None:
        raise NotReady(f"没有 {draft_id} 号草稿", f"there is no draft {draft_id}")
    return row


def _not_own(draft_id: int, who: str) -> None:
    if who in drafts.authors(draft_id):
        raise NotYours("不能审批自己起草的内容，请由另一位审批人决定", "one cannot decide one's own draft: another approver has to")


def _opinion(row: Draft, who: str, who_name: str, verdict: str, opinion: str, at: datetime, replay_hash: str) -> None:
    Opinion.create(draft=row, at=stored(at), who=who, who_name=who_name, verdict=verdict, opinion=opinion.strip(), draft_hash=row.hash, replay_hash=replay_hash)


__all__ = ["Files", "NotReady", "NotYours", "ReplayInfo", "approve", "call_off", "conflicting", "mark_effective", "missing", "roll_back", "send_back", "submit", "take_back"]  # fmt: skip
