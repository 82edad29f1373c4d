"""--out FILE: where a command writes its rows, looked at before any work is done."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from tickets.files.refused import FileRefused


def out_path(name: str, file: Path) -> Path:
    """The path of `--out`; FileRefused when it cannot be a file, or is the very file to be read."""
    out = Path(name)
    if out.is_dir() or not out.parent.is_dir():
        raise FileRefused(
            f"--out {name}: 写不到这里，请换一个已有文件夹里的文件名", f"--out {name}: cannot be written there: name a file in a folder that exists"
        )
    if out.exists() and file.exists() and out.samefile(file):
        raise FileRefused(f"--out {name}: 会盖掉要导入的文件，请换一个名字", f"--out {name}: would overwrite the file to import: choose another name")
    return out


def opened(out: Path, *, encoding: str = "utf-8", newline: str | None = None) -> TextIO:
    """The file open for writing; FileRefused when the system does not let us."""
    try:
        return out.open("w", encoding=encoding, newline=newline)
    except OSError as error:
        raise FileRefused(f"--out {out}: 写不了（{error.strerror}），请换一个文件", f"--out {out}: cannot be written: choose another file") from None
