"""The file a backup is: a zip whose manifest names every member with its size and SHA-256, under the seal of the installation's secret.

It is written beside its place and moved there whole; it is readable by its owner alone, for it holds what citizens said.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from tickets.files.refused import FileRefused
from tickets.store.snapshot import Table
from wiring.secret import derived_key

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.seal"
LARGEST_MANIFEST = 64 * 1024 * 1024  # bytes
CHUNK = 1 << 18
DATABASE = "database.sqlite3"
# Every name a backup may hold; nothing else reaches the disk.
NAME = re.compile(
    r"(database\.sqlite3|tables/[a-z_]{1,63}\.copy|home/(library\.model|console-sent\.jsonl)|home/(uploads|imports)/[0-9a-f]{2}/[0-9a-f]{32}(\.thumb)?)\Z"
)
TORN = FileRefused(
    "这个备份不完整或已损坏（多半是没有写完或没有拷贝完），没有恢复任何内容；请换一份备份",
    "the backup is torn or damaged; nothing was restored: take another one",
)
ALTERED = FileRefused(
    "这个备份的内容与它自己的清单对不上（被改过），没有恢复任何内容；请换一份备份",
    "the backup does not agree with its own manifest: it was altered; nothing was restored",
)


@dataclass(frozen=True)
class Member:
    """One file of a backup: its bytes and their SHA-256."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `secret` is the id of the secret, never the secret; `schema` the migrations the database had seen."""

    made_at: str
    version: str
    engine: str
    district: str
    secret: str
    schema: tuple[str, ...]
    tables: dict[str, Table]
    members: dict[str, Member] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def made(self) -> datetime:
        """When the copy was taken, aware."""
        return datetime.fromisoformat(self.made_at)

    @property
    def size(self) -> int:
        """Bytes of all members, unpacked."""
        return sum(one.bytes for one in self.members.values())


def secret_id(secret: str) -> str:
    """A name for the secret that tells nothing about it."""
    return sha256(derived_key(secret, "backup id")).hexdigest()[:16]


def _seal(text: bytes, secret: str) -> str:
    return f"{sha256(text).hexdigest()} {hmac.new(derived_key(secret, 'backup seal'), text, sha256).hexdigest()}\n"


class Writer:
    """Adds members to a backup under way."""

    def __init__(self, packed: zipfile.ZipFile, told: Callable[[int], None]) -> None:
        self._packed, self._told = packed, told
        self.members: dict[str, Member] = {}

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        """A file to write this member to; `packed` False for what is compressed already."""
        assert NAME.match(name), name
        kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info = zipfile.ZipInfo(name)
        info.compress_type = kind
        with self._packed.open(info, "w", force_zip64=True) as file:
            counted = _Counted(file, self._told)
            yield counted  # type: ignore[misc]
        self.members[name] = Member(counted.bytes, counted.digest.hexdigest())

    def file(self, name: str, path: Path, *, packed: bool = True) -> None:
        """Adds a file from the disk."""
        with path.open("rb") as source, self.member(name, packed=packed) as target:
            while block := source.read(CHUNK):
                target.write(block)


class _Counted:
    """Counts and digests what is written."""

    def __init__(self, file: IO[bytes], told: Callable[[int], None]) -> None:
        self._file, self._told = file, told
        self.bytes, self.digest = 0, sha256()

    def write(self, block: bytes) -> int:
        self.bytes += len(block)
        self.digest.update(block)
        self._told(len(block))
        return self._file.write(block)


@contextmanager
def writing(target: Path, told: Callable[[int], None]) -> Iterator[tuple[Writer, Callable[[Manifest, str], None]]]:
    """A backup under way: (what adds members, what closes it with its manifest under `secret`). Without that call, or after a fault, nothing is left."""
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as file:
        kept = Path(file.name)
        try:
            done: list[bool] = []
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                writer = Writer(packed, told)

                def close(manifest: Manifest, secret: str) -> None:
                    text = json.dumps(asdict(manifest), ensure_ascii=False, sort_keys=True, indent=1).encode()
                    packed.writestr(MANIFEST, text)
                    packed.writestr(SEAL, _seal(text, secret))
                    done.append(True)

                yield writer, close
            file.flush()
            os.fsync(file.fileno())
            if done:
                os.replace(kept, target)
        finally:
            kept.unlink(missing_ok=True)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)  # the name itself must survive a power cut
    finally:
        os.close(handle)


def is_backup(path: Path) -> bool:
    """Whether the file is one of ours, whole or not: only such a file is overwritten."""
    try:
        with zipfile.ZipFile(path) as packed:
            return MANIFEST in packed.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


class Reader:
    """An open backup. Nothing of it is believed before it has been compared with the manifest."""

    def __init__(self, packed: zipfile.ZipFile, manifest: Manifest, genuine: bool | None) -> None:
        self._packed, self.manifest = packed, manifest
        self.genuine = genuine  # None: made under another secret, so its seal says nothing here

    def unpack(self, name: str, target: Path, told: Callable[[int], None]) -> None:
        """Writes a member to the disk, durably; FileRefused when it is not what the manifest says."""
        member, digest, size = self.manifest.members[name], sha256(), 0
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._packed.open(name) as source, target.open("wb") as file:
                while block := source.read(CHUNK):
                    size += len(block)
                    if size > member.bytes:
                        raise ALTERED
                    digest.update(block)
                    file.write(block)
                    told(len(block))
                file.flush()
                os.fsync(file.fileno())
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as broken:
            raise TORN from broken
        if (size, digest.hexdigest()) != (member.bytes, member.sha256):
            raise ALTERED


@contextmanager
def reading(path: Path, secret: str) -> Iterator[Reader]:
    """Opens a backup and checks its manifest; FileRefused in one sentence when it is torn, altered, or of another kind."""
    try:
        with zipfile.ZipFile(path) as packed:
            if {MANIFEST, SEAL} - set(packed.namelist()):
                raise FileRefused(f"{path.name} 不是诉达的备份文件", "this is no backup of Suda")
            if packed.getinfo(MANIFEST).file_size > LARGEST_MANIFEST or packed.getinfo(SEAL).file_size > 1000:
                raise ALTERED
            text, seal = packed.read(MANIFEST), packed.read(SEAL).decode("ascii", "replace")
            manifest = _manifest(text)
            ours = manifest.secret == secret_id(secret)
            right = _seal(text, secret)
            if not (hmac.compare_digest(seal, right) if ours else seal.split(" ")[0] == right.split(" ")[0]):
                raise ALTERED
            names = set(packed.namelist()) - {MANIFEST, SEAL}
            if names != set(manifest.members) or not all(NAME.match(name) for name in names) or len(packed.namelist()) != len(names) + 2:
                raise ALTERED
            yield Reader(packed, manifest, True if ours else None)
    except FileNotFoundError:
        raise FileRefused(f"没有文件 {path}，请核对路径", f"there is no file {path}: check the path") from None
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise TORN from None


def _manifest(text: bytes) -> Manifest:
    try:
        found = json.loads(text)
        if found.get("format") != FORMAT:
            raise FileRefused(
                f"备份的格式是 {found.get('format')}，本程序只认 {FORMAT}；请用做备份的那个版本恢复", "another format: restore it with the version that made it"
            )
        tables = {name: Table(int(one["rows"]), tuple(one["columns"])) for name, one in found["tables"].items()}
        members = {name: Member(int(one["bytes"]), str(one["sha256"])) for name, one in found["members"].items()}
        datetime.fromisoformat(found["made_at"])
        return Manifest(**{**found, "schema": tuple(found["schema"]), "tables": tables, "members": members})
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise ALTERED from broken
