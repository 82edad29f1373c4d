"""Reads a rule file from disk: UTF-8 text of a bearable size, or one sentence saying what it is instead."""

from __future__ import annotations

import re
from pathlib import Path

from engine.findings import RulesRefused, shown
from engine.yaml_strict import MAX_BYTES, refusal

CHINESE = re.compile("[\u3400-\u9fff]")
ACCENTED = re.compile("[\u0080-\u07ff]{2}")


def read_text(path: Path, file: str) -> tuple[str, bool]:
    """The text of a file and whether it began with a UTF-8 mark (BOM). Raises RulesRefused when it is no UTF-8 text or too large."""
    try:
        with path.open("rb") as handle:
            data = handle.read(MAX_BYTES + 4)
    except OSError as error:
        reason = shown(error.strerror or type(error).__name__)
        raise refusal(file, 1, f"文件无法读取（{reason}），请检查路径和权限", f"cannot be read ({reason}): check the path and permissions") from None
    if not data.strip():
        raise refusal(file, 1, "文件是空的", "the file is empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refusal(file, 1, "文件是 UTF-16 编码，请另存为 UTF-8", "the file is UTF-16: save it as UTF-8")
    if len(data) > MAX_BYTES:
        raise refusal(file, 1, f"文件超过 {MAX_BYTES // 1024} kB，请拆分", f"the file is larger than {MAX_BYTES // 1024} kB: split it")
    marked = data.startswith(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if b"\x00" in data:
            raise refusal(file, line, "这不是文本文件（含二进制内容）", "this is not a text file (it holds binary data)") from None
        if _is_gbk(data):
            raise _gbk(file, line) from None
        raise refusal(file, line, "文件不是 UTF-8 文本，请另存为 UTF-8", "the file is not UTF-8 text: save it as UTF-8") from None
    # Some short GBK words happen to be UTF-8 too (停水 reads as two Latin marks): no Chinese, yet accented letters side by side
    accented = ACCENTED.search(text)
    if accented and not CHINESE.search(text) and _is_gbk(data):
        raise _gbk(file, text.count("\n", 0, accented.start()) + 1)
    return text, marked


def _is_gbk(data: bytes) -> bool:
    try:
        return bool(CHINESE.search(data.decode("gb18030")))
    except UnicodeDecodeError:
        return False


def _gbk(file: str, line: int) -> RulesRefused:
    return refusal(file, line, "文件像是 GBK 编码，请另存为 UTF-8", "the file looks like GBK: save it as UTF-8")
