"""Photos and files are safe on the disk before a row speaks of them, become one ticket's, and are removed when nobody wants them."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests.tickets.test_store import ticket
from tickets.actions.claim_files import FORGOTTEN, claim, keys_in, sweep_files
from tickets.actions.steps import StepRefused
from tickets.domain.times import stored
from tickets.store import attachments
from tickets.store.attachments import Kept
from tickets.store.connect import transaction
from tickets.store.course_models import Attachment
from tickets.store.scope import Viewer
from tickets.store.uploads import Uploads

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LATER = NOW + FORGOTTEN + timedelta(minutes=1)


def lay(folder: Path, account: int = 7, at: datetime = NOW, data: bytes = b"a photo") -> str:
    """One photo, kept as the web does it: bytes, small picture, row."""
    store = Uploads(folder)
    key, digest, size = store.keep(io.BytesIO(data))
    store.keep_thumb(key, b"small")
    attachments.add(Kept(key, digest, "photo", "image/jpeg", "a.jpg", size, account, stored(at)))
    for path in (store.path(key), store.thumb(key)):
        os.utime(path, (at.timestamp(), at.timestamp()))
    return key


def test_bytes_are_kept_whole_under_a_random_name(tmp_path: Path) -> None:
    store = Uploads(tmp_path / "uploads")
    data = os.urandom(600_000)
    key, digest, size = store.keep(io.BytesIO(data))
    assert store.path(key) == tmp_path / "uploads" / key[:2] / key
    assert (store.path(key).read_bytes(), digest, size) == (data, sha256(data).hexdigest(), len(data))
    assert store.path(key).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 32, "a" * 31, "a" * 32 + "\n", "a/" * 16])
def test_no_name_from_outside_reaches_the_disk(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="不是文件编号"):
        Uploads(tmp_path).path(name)


def test_a_power_cut_leaves_no_half_photo_under_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    really_sync, really_rename = os.fsync, os.replace

    def sync(handle: int) -> None:
        order.append("sync")
        really_sync(handle)

    def rename(old: str, new: Path) -> None:
        order.append("rename")
        really_rename(old, new)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", rename)
    Uploads(tmp_path).keep(io.BytesIO(b"x"))
    assert order == ["sync", "rename", "sync", "sync"]  # the bytes, their name, the two folders that hold it


def test_a_writing_that_fails_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the line is gone")

    with pytest.raises(OSError, match="the line"):
        Uploads(tmp_path).keep(Broken())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_claim_gives_the_files_to_the_ticket_once(database: str, tmp_path: Path) -> None:
    mine, one = lay(tmp_path), ticket()
    claim(one.id, "photos_after", (mine, mine), 7, NOW)
    claim(one.id, "photos_after", (mine,), 7, NOW)
    row = Attachment.get(Attachment.key == mine)
    assert (row.ticket, row.field, row.claimed_at) == (one.id, "photos_after", stored(NOW))
    assert [kept.key for kept in attachments.of_ticket(one.id)] == [mine]


@pytest.mark.parametrize("case", ["another's", "of another ticket", "of another question", "none", "swept"])
def test_what_is_not_free_or_not_his_own_refuses_the_step_and_leaves_all_as_it_was(database: str, tmp_path: Path, case: str) -> None:
    first, second = ticket(), ticket("20261123-0002")
    good, bad = lay(tmp_path), lay(tmp_path, account=8 if case == "another's" else 7)
    if case in ("of another ticket", "of another question"):
        claim(second.id if case == "of another ticket" else first.id, "photos_before", (bad,), 7, NOW)
    if case == "none":
        bad = "0" * 32
    if case == "swept":
        Attachment.delete().where(Attachment.key == bad).execute()
    with pytest.raises(StepRefused, match="1 个照片或文件不能用"), transaction():
        claim(first.id, "photos_after", (good, bad), 7, NOW)
    assert Attachment.get(Attachment.key == good).ticket is None


def test_a_photo_is_seen_by_its_sender_until_a_ticket_has_it_then_by_who_sees_the_ticket(database: str, tmp_path: Path) -> None:
    mine, one = lay(tmp_path), ticket()
    everybody, nobody = Viewer("all"), Viewer("own")
    assert attachments.seen_by(nobody, 7, mine) is not None
    assert attachments.seen_by(everybody, 8, mine) is None
    claim(one.id, "photos", (mine,), 7, NOW)
    assert attachments.seen_by(everybody, 8, mine) is not None
    assert attachments.seen_by(nobody, 7, mine) is None
    assert attachments.seen_by(everybody, 7, "f" * 32) is None


def test_what_nobody_claims_goes_after_a_day_and_what_a_ticket_has_stays(database: str, tmp_path: Path) -> None:
    store, one = Uploads(tmp_path), ticket()
    kept, left = lay(tmp_path), lay(tmp_path)
    fresh = lay(tmp_path, at=LATER - timedelta(hours=1))
    claim(one.id, "photos", (kept,), 7, NOW)
    assert sweep_files(store, NOW + timedelta(hours=23)) == 0
    assert sweep_files(store, LATER) == 1
    assert [store.path(key).exists() for key in (kept, left, fresh)] == [True, False, True]
    assert [store.thumb(key).exists() for key in (kept, left)] == [True, False]
    assert set(attachments.of_keys((kept, left, fresh))) == {kept, fresh}


def test_files_that_no_row_speaks_of_go_too(database: str, tmp_path: Path) -> None:
    store = Uploads(tmp_path)
    stray, _, _ = store.keep(io.BytesIO(b"the power went before its row"))
    half = store.path(stray).with_name("arriving-abc")
    half.write_bytes(b"half")
    foreign = store.path(stray).with_name("notes.txt")
    foreign.write_bytes(b"not ours")
    for path in (store.path(stray), half, foreign):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert sweep_files(store, NOW + timedelta(hours=1)) == 0
    assert sweep_files(store, LATER) == 2
    assert foreign.exists()


def test_there_is_nothing_to_sweep_before_the_first_photo(database: str, tmp_path: Path) -> None:
    assert sweep_files(Uploads(tmp_path / "none"), NOW) == 0


def test_the_keys_of_an_answer() -> None:
    assert keys_in("a,b") == ("a", "b")
    assert keys_in("") == keys_in(None) == ()
