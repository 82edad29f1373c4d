"""The bytes of photos and files: one folder, random names, each file whole on the disk before anything speaks of it."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

KEY = re.compile(r"[0-9a-f]{32}\Z")
CHUNK = 256 * 1024  # bytes read at once
THUMB = ".thumb"
ARRIVING = "arriving-"  # at the head of a file that is still being written


class Uploads:
    """The folder `home/uploads`. A key's bytes lie in `ab/<key>`, `ab` being its first two digits, a photo's small picture beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where the bytes of `key` lie. ValueError for anything that is no key: no name from outside reaches the disk."""
        if not KEY.match(key):
            raise ValueError("不是文件编号 (not a key)")
        return self.folder / key[:2] / key

    def thumb(self, key: str) -> Path:
        """Where the small picture lies."""
        path = self.path(key)
        return path.with_name(path.name + THUMB)

    def keep(self, source: IO[bytes]) -> tuple[str, str, int]:
        """Copies what `source` holds from here on under a new key: (key, SHA-256 in hex, bytes). It survives a power cut once this returns."""
        key = secrets.token_hex(16)
        digest, size = self._write(self.path(key), iter(lambda: source.read(CHUNK), b""))
        return key, digest, size

    def keep_thumb(self, key: str, data: bytes) -> None:
        """Lays the small picture beside the photo."""
        self._write(self.thumb(key), iter((data,)))

    def remove(self, key: str) -> None:
        """Takes both away; what is not there is no fault."""
        self.path(key).unlink(missing_ok=True)
        self.thumb(key).unlink(missing_ok=True)

    def older_than(self, moment: datetime) -> Iterator[tuple[str, Path]]:
        """Every file last written before `moment` (aware) with the key it belongs to; empty for one whose writing was broken off."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.glob("??/*")):
            try:
                old = path.stat().st_mtime < moment.timestamp()
            except FileNotFoundError:
                continue  # removed by another process meanwhile
            key = path.name.removesuffix(THUMB)
            if old and (KEY.match(key) or path.name.startswith(ARRIVING)):
                yield (key if KEY.match(key) else ""), path

    def _write(self, path: Path, chunks: Iterator[bytes]) -> tuple[str, int]:
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, size = sha256(), 0
        with NamedTemporaryFile(dir=path.parent, prefix=ARRIVING, delete=False) as file:
            try:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        for folder in (path.parent, path.parent.parent):  # the name itself must survive too
            _sync(folder)
        return digest.hexdigest(), size


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
