"""Writing a draft: begun by one policy officer, saved file by file, never over what somebody else saved meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tickets.domain.times import aware, stored
from tickets.store.connect import is_sqlite, transaction
from tickets.store.draft_models import Draft, DraftChange, DraftFile
from tickets.store.drafts import EDITABLE, hash_of
from tickets.store.releases import keep_texts, newest_mark, sha_of, texts_of

LONGEST_TITLE = 120
LONGEST_FILE = 256 * 1024  # characters; what the strict reader takes
FOLDERS = ("rules/", "forms/", "templates/")


class DraftRefused(Exception):
    """The draft cannot be changed that way; one sentence in both languages."""

    permanent = True

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} ({en})")
        self.zh, self.en = zh, en


class EditedMeanwhile(DraftRefused):
    """Somebody saved the same file since it was read. `text` is the file as it is now; nothing was overwritten."""

    def __init__(self, who_name: str, at: datetime, text: str | None, sha: str) -> None:
        super().__init__(f"{who_name} 刚刚改过这个文件，您的改动没有覆盖它", f"{who_name} has just changed this file; yours did not overwrite it")
        self.who_name, self.at, self.text, self.sha = who_name, at, text, sha


@dataclass(frozen=True)
class Saved:
    """What a save made: the draft's revision and hash, and the hash of the file's text (empty: removed)."""

    revision: int
    hash: str
    sha: str


def start(at: datetime, who: str, who_name: str, title: str, note: str = "") -> int:
    """Begins an empty draft on what is in force; answers its id. DraftRefused for a title that is empty or too long."""
    name = _named(title)
    with transaction():
        moment = stored(at)
        row = Draft.create(
            title=name, note=note, author=who, author_name=who_name, base_number=newest_mark(at), created_at=moment, updated_at=moment, updated_by_name=who_name
        )
        Draft.update(hash=hash_of(row.id)).where(Draft.id == row.id).execute()
        return int(row.id)


def save(draft_id: int, path: str, text: str | None, *, seen: str, base: str | None, at: datetime, who: str, who_name: str, what: str = "") -> Saved:
    """Stores one file of the draft (None removes it). Either everything is written or nothing.

    `seen` is the hash of the text the editor had before its change ("" for a new file), `base` the file's text in force (None: there
    is none). Saving the very text in force takes the file out of the draft again. Raises EditedMeanwhile when another save came
    between, DraftRefused when the draft is not editable or the path is not one of rules/, forms/ or templates/.
    """
    if not path.startswith(FOLDERS) or ".." in path or len(path) > 200:
        raise DraftRefused(f"文件「{path[:60]}」不在 rules/、forms/ 或 templates/ 里", "a file lies in rules/, forms/ or templates/")
    if text is not None and len(text) > LONGEST_FILE:
        raise DraftRefused(f"文件超过 {LONGEST_FILE // 1024} kB，请拆成几个", f"the file is larger than {LONGEST_FILE // 1024} kB: split it")
    with transaction():
        draft = editable(draft_id)
        own = DraftFile.get_or_none(DraftFile.draft == draft_id, DraftFile.path == path)
        base_sha = "" if base is None else sha_of(base)
        now_sha = base_sha if own is None else own.sha
        if now_sha != seen:
            raise _meanwhile(draft, path, now_sha)
        new_sha = "" if text is None else sha_of(text)
        if new_sha == now_sha:
            return Saved(draft.revision, draft.hash, new_sha)
        if text is not None:
            keep_texts([text])
        if base is not None:
            keep_texts([base])
        _put(draft_id, own, path, new_sha, base_sha)
        moment = stored(at)
        draft.revision += 1
        DraftChange.create(
            draft=draft_id, revision=draft.revision, at=moment, who=who, who_name=who_name, path=path, before_sha=now_sha, after_sha=new_sha, what=what[:200]
        )
        draft.hash, draft.updated_at, draft.updated_by_name = hash_of(draft_id), moment, who_name
        draft.save()
        return Saved(draft.revision, draft.hash, new_sha)


def rename(draft_id: int, title: str, note: str, at: datetime) -> None:
    """Gives the draft another title and note."""
    name = _named(title)
    with transaction():
        draft = editable(draft_id)
        draft.title, draft.note, draft.updated_at = name, note, stored(at)
        draft.save()


def drop(draft_id: int, at: datetime) -> None:
    """Gives the draft up; its texts and changes stay on record."""
    with transaction():
        draft = editable(draft_id)
        draft.state, draft.updated_at = "dropped", stored(at)
        draft.save()


def editable(draft_id: int) -> Draft:
    """The draft's row, locked until the transaction ends, if it may be changed now; DraftRefused says why not."""
    query = Draft.select().where(Draft.id == draft_id)
    draft: Draft | None = (query if is_sqlite() else query.for_update()).first()
    if draft is None:
        raise DraftRefused(f"没有 {draft_id} 号草稿，请从草稿列表里选", f"there is no draft {draft_id}: choose one from the list")
    if draft.state not in EDITABLE:
        words = {"submitted": "已送审，请先撤回", "approved": "已批准", "published": "已发布，请新建草稿", "dropped": "已放弃，请新建草稿"}
        raise DraftRefused(f"草稿「{draft.title}」{words.get(draft.state, '不能修改')}", f"the draft is {draft.state} and cannot be changed")
    return draft


def _named(title: str) -> str:
    name = title.strip()
    if not name or len(name) > LONGEST_TITLE:
        raise DraftRefused(f"草稿要有名称，最多 {LONGEST_TITLE} 字", f"a draft needs a title of at most {LONGEST_TITLE} characters")
    return name


def _put(draft_id: int, own: DraftFile | None, path: str, new_sha: str, base_sha: str) -> None:
    if own is None:
        DraftFile.create(draft=draft_id, path=path, sha=new_sha, base_sha=base_sha)
    elif new_sha == base_sha:  # back to what is in force: no change is left
        own.delete_instance()
    else:
        own.sha = new_sha
        own.save()


def _meanwhile(draft: Draft, path: str, now_sha: str) -> EditedMeanwhile:
    last = DraftChange.select().where(DraftChange.draft == draft, DraftChange.path == path).order_by(DraftChange.id.desc()).first()
    name, at = (draft.updated_by_name, draft.updated_at) if last is None else (last.who_name, last.at)
    return EditedMeanwhile(name, aware(at), texts_of([now_sha]).get(now_sha), now_sha)
