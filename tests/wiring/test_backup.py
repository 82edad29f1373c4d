"""Backup while people work, restore checked before anything is replaced; what was sent since the backup is not sent again."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.databases import shut
from tests.tickets.chain_scene import NINE, FakeProvider, Scene, make_scene
from tickets.actions.deliver import deliver_due
from tickets.actions.sweep import sweep
from tickets.files.refused import FileRefused
from tickets.store.connect import open_database
from tickets.store.heartbeat import beat
from tickets.store.models import Account, Alarm, History, Outbox, Ticket
from tickets.store.restored import LEAP, RESTORED
from wiring import archive
from wiring.backup import back_up
from wiring.restore import Restored, restore, working
from wiring.settings import Settings, load

KEY = "ab" + "0" * 30
SECRET = "s" * 40


def silent(_done: int, _total: int) -> None:
    """For commands a progress bar."""


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    (home / "uploads" / "ab").mkdir(parents=True)
    (home / "uploads" / "ab" / KEY).write_bytes(b"a photo")
    (home / "secret_key").write_text(SECRET)
    (home / "suda.log").write_text("not for a backup")
    return load({"SUDA_HOME": str(home), "SUDA_DATABASE": database})


@pytest.fixture
def scene(settings: Settings) -> Scene:
    made = make_scene()
    Account.create(username="wang", password_hash="x", role="agent", session_version=3)
    sweep(made.desk, made.clock())  # the SMS of nine o'clock waits
    return made


def go_back(settings: Settings, file: Path, minutes: float = 10) -> Restored:
    return restore(settings, file, NINE + timedelta(minutes=minutes), silent, replace=True)


def test_what_comes_back_is_the_moment_of_the_backup_and_what_others_were_writing_is_not_in_it(scene: Scene, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "nightly.zip"
    postgres = not settings.database_url.startswith("sqlite")
    other = psycopg.connect(settings.database_url) if postgres else sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))
    other.execute("INSERT INTO setting (name, value) VALUES ('half', 'written')")
    made = back_up(settings, file, NINE, silent)
    other.commit()
    other.close()
    assert (made.tables["ticket"].rows, made.tables["setting"].rows) == (1, 0)
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    with zipfile.ZipFile(file) as packed:
        assert not [name for name in packed.namelist() if "secret" in name or "log" in name]
        assert SECRET.encode() not in b"".join(packed.read(name) for name in packed.namelist())

    Ticket.update(title="later").execute()
    (settings.home / "uploads" / "ab" / KEY).unlink()
    shut()
    done = go_back(settings, file)
    assert done.tables == made.tables
    assert done.same_secret
    assert (settings.home / "uploads" / "ab" / KEY).read_bytes() == b"a photo"
    assert (Ticket.get().title, History.select().count(), Account.get().session_version) == ("", made.tables["history"].rows, 1003)
    assert [row.kind for row in Alarm.select()] == [RESTORED]
    if not postgres:
        assert done.aside is not None
        with sqlite3.connect(done.aside) as before:
            assert before.execute("SELECT title FROM ticket").fetchone() == ("later",)
    with pytest.raises(Exception, match="appended"):  # the guards of the append-only tables came back too
        History.update(what="x").execute()


@pytest.mark.parametrize("left", [True, False], ids=["left after the backup", "never left"])
def test_a_message_that_waited_is_asked_about_first_and_sent_once(scene: Scene, settings: Settings, tmp_path: Path, left: bool) -> None:
    provider = FakeProvider()
    channels = {"短信": provider, "电话": provider}
    back_up(settings, tmp_path / "b.zip", NINE, silent)
    if left:
        deliver_due(scene.desk, channels)
    shut()
    assert go_back(settings, tmp_path / "b.zip", 1).asked == 1
    scene.clock.at(2)
    assert [row.state for row in Outbox.select().order_by(Outbox.id)] == ["unknown", "cancelled"]
    deliver_due(scene.desk, channels)
    deliver_due(scene.desk, channels)
    assert len(provider.sent) == 1
    assert [row.state for row in Outbox.select().order_by(Outbox.id)] == ["delivered", "cancelled"]


def test_ids_given_out_after_the_backup_are_never_given_to_other_messages(scene: Scene, settings: Settings, tmp_path: Path) -> None:
    """A provider takes each id once: a message under an old id would be lost without a sound."""
    back_up(settings, tmp_path / "b.zip", NINE, silent)
    scene.clock.at(5)
    used = sweep(scene.desk, scene.clock()).outbox_ids
    shut()
    go_back(settings, tmp_path / "b.zip", 5)
    again = sweep(scene.desk, scene.clock()).outbox_ids
    assert used
    assert again
    assert min(again) > LEAP > max(used)


@pytest.fixture
def made(sqlite_database: str, tmp_path: Path) -> Iterator[tuple[Settings, Path]]:
    """An installation on SQLite with a ticket, and its backup."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "secret_key").write_text(SECRET)
    settings = load({"SUDA_HOME": str(home), "SUDA_DATABASE": sqlite_database})
    make_scene()
    back_up(settings, tmp_path / "b.zip", NINE, silent)
    shut()
    yield settings, tmp_path / "b.zip"
    shut()


def refused(settings: Settings, file: Path, *, replace: bool = True) -> str:
    """The sentence a restore refuses with; the installation is as it was."""
    place = Path(settings.database_url.removeprefix("sqlite:///"))
    before = place.read_bytes()
    with pytest.raises(FileRefused) as said:
        restore(settings, file, NINE, silent, replace=replace)
    assert place.read_bytes() == before
    assert not list(place.parent.glob(".suda-restore-*"))
    assert "\n" not in str(said.value)
    return said.value.zh


@pytest.mark.sqlite_itself
def test_a_torn_or_altered_backup_is_refused_wherever_it_is_torn(made: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, file = made
    whole, broken = file.read_bytes(), tmp_path / "broken.zip"
    for share in (0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.9999):
        broken.write_bytes(whole[: int(len(whole) * share)])
        assert "不完整" in refused(settings, broken)
    step = len(whole) // 40
    for place in range(step // 2, len(whole), step):
        broken.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        assert refused(settings, broken)
    broken.write_text("hello")
    assert "不完整" in refused(settings, broken)


def repacked(file: Path, target: Path, **changed: object) -> Path:
    """The backup with other values in its manifest, and a plain check sum that fits them."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name == archive.MANIFEST:
                text = json.dumps({**json.loads(old.read(name)), **changed}).encode()
                new.writestr(name, text)
                new.writestr(archive.SEAL, archive._seal(text, "somebody else's"))
            elif name != archive.SEAL:
                new.writestr(name, old.read(name))
    return target


@pytest.mark.sqlite_itself
def test_a_manifest_rewritten_with_its_check_sum_lacks_the_seal(made: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, file = made
    assert "被改过" in refused(settings, repacked(file, tmp_path / "x.zip", made_at="2026-01-01T00:00:00+00:00"))


@pytest.mark.sqlite_itself
def test_another_schema_engine_or_format_is_refused_with_what_to_do(made: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, file = made
    other = {"secret": "0" * 16}  # so that the seal does not speak first
    assert "0099_later" in refused(settings, repacked(file, tmp_path / "x.zip", schema=["0099_later"], **other))
    assert "postgresql" in refused(settings, repacked(file, tmp_path / "x.zip", engine="postgresql", **other))
    assert "格式" in refused(settings, repacked(file, tmp_path / "x.zip", format=2, **other))
    members = {"../../outside": {"bytes": 1, "sha256": "0" * 64}}
    assert "被改过" in refused(settings, repacked(file, tmp_path / "x.zip", members=members, **other))


@pytest.mark.sqlite_itself
def test_a_home_with_data_needs_replace_and_one_in_use_is_left_alone(made: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, file = made
    assert "--replace" in refused(settings, file, replace=False)
    with working(settings.home):
        assert "正在运行" in refused(settings, file)
    with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as other:  # a program that holds no lock of ours, such as a shell
        other.execute("SELECT 1 FROM ticket").fetchone()
        assert "正在运行" in refused(settings, file)
    with working(settings.home, alone=True), pytest.raises(FileRefused, match="正在恢复"), working(settings.home):
        pass


@pytest.mark.sqlite_itself
def test_a_damaged_database_is_replaced_and_an_empty_home_is_filled_under_another_secret(made: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, file = made
    place = Path(settings.database_url.removeprefix("sqlite:///"))
    place.write_bytes(b"this was a database once " * 400)
    assert go_back(settings, file).aside is not None
    assert Ticket.select().count() == 1
    shut()
    fresh = load({"SUDA_HOME": str(tmp_path / "new")})
    done = restore(fresh, file, NINE, silent, replace=False)
    assert not done.same_secret
    assert Ticket.select().count() == 1


def test_a_running_installation_on_postgresql_is_left_alone(postgres_fresh: str, tmp_path: Path) -> None:
    settings = load({"SUDA_HOME": str(tmp_path), "SUDA_DATABASE": postgres_fresh})
    make_scene()
    back_up(settings, tmp_path / "b.zip", NINE, silent)
    beat(NINE)
    with pytest.raises(FileRefused, match="正在运行"):
        restore(settings, tmp_path / "b.zip", NINE + timedelta(seconds=5), silent, replace=True)


@pytest.mark.sqlite_itself
def test_only_a_backup_is_overwritten(made: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, file = made
    open_database(settings.database_url)
    back_up(settings, file, NINE, silent)
    target = tmp_path / "config.yaml"
    shutil.copy(settings.rules / "facts.yaml", target)
    with pytest.raises(FileRefused, match="没有覆盖"):
        back_up(settings, target, NINE, silent)
