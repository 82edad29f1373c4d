"""The files that came with the program, read from disk again only when one of them has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path

from engine import folder
from engine.findings import RulesRefused
from engine.read_file import read_text
from forms import load as load_forms
from notifications import render

Stamp = tuple[tuple[str, int, int, int, int], ...]  # of each file: path, inode, size, and when its text and its entry were changed (ns)
SETTLED = 2_000_000_000  # ns: a file changed later than this before it was read may change again without another stamp


class DiskTree:
    """One folder of rule files with the forms and templates of the program, as texts by path. Safe for many threads.

    Until something is published, every page asks for all of them; looking at their stamps costs a fraction of reading them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[Path, Stamp, dict[str, str]] | None = None

    def of(self, rules: Path) -> dict[str, str]:
        """The texts as they are on disk now; RulesRefused for a file that is no text."""
        files = _files(rules)
        began, stamp = time.time_ns(), _stamp((*files.values(), *_of_program()))
        with self._lock:
            held = self._held
        if held is not None and held[:2] == (rules, stamp):
            return dict(held[2])
        tree = _read(files)
        settled = all(max(one[3:]) < began - SETTLED for one in stamp)
        if settled and stamp == _stamp((*_files(rules).values(), *_of_program())):
            with self._lock:
                self._held = (rules, stamp, dict(tree))
        return tree


def _files(rules: Path) -> dict[str, Path]:
    return {f"{folder.TREE}{path.relative_to(rules).as_posix()}": path for path in sorted(rules.rglob("*.y*ml"))}


def _of_program() -> Iterable[Path]:
    return (*sorted(load_forms.DEFINITIONS.glob("*.y*ml")), *sorted(render.FOLDER.rglob("*.txt")))


def _read(files: dict[str, Path]) -> dict[str, str]:
    tree = {name: read_text(path, str(path))[0] for name, path in files.items()}
    definitions, findings = load_forms.read_folder()
    if findings:
        raise RulesRefused(findings)
    return {**tree, **definitions, **render.read_folder()}


def _stamp(files: Iterable[Path]) -> Stamp:
    return tuple(_stamp_of(path) for path in files)


def _stamp_of(path: Path) -> tuple[str, int, int, int, int]:
    try:
        one = path.stat()
    except OSError:  # gone, or a link to nothing: reading it says so
        return str(path), 0, 0, 0, 0
    return str(path), one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns
