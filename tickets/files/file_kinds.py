"""What a file that came in really is, by its content: its name and what the browser calls it count for nothing."""

from __future__ import annotations

import os
import re
import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import IO

from tickets.files.refused import FileRefused

HEAD = 1024  # bytes looked at
MOST_NAME = 100  # characters of a file's name that are kept
MOST_MEMBERS, MOST_INDEX = 5_000, 1024 * 1024  # of an Office file: parts, and bytes of its index
PAGE = re.compile(rb"<(html|script|svg|iframe|body|!doctype\s+html|\?php)", re.IGNORECASE)  # what a browser would run
HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif")
MP4, M4A = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"), (b"M4A ", b"M4B ")
ALLOWED_ZH, ALLOWED_EN = "PDF、DOCX、XLSX、JPG、PNG、MP3、M4A、WAV、MP4", "PDF, DOCX, XLSX, JPG, PNG, MP3, M4A, WAV, MP4"
# what else is told apart, so that the refusal can name it: first bytes -> its name
NAMED = (
    (b"GIF8", "GIF"), (b"BM", "BMP"), (b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7Z"), (b"MZ", "EXE"), (b"\x7fELF", "ELF"),
    (b"\xd0\xcf\x11\xe0", "DOC/XLS"), (b"{\\rtf", "RTF"), (b"\x1f\x8b", "GZIP"), (b"#!AMR", "AMR"), (b"OggS", "OGG"), (b"\x1aE\xdf\xa3", "WEBM/MKV"),
)  # fmt: skip


@dataclass(frozen=True)
class FileKind:
    """What may be kept. `photo`: it is read as a photo, whatever field it came for."""

    mime: str
    ending: str
    photo: bool = False


JPEG, PNG, WEBP = FileKind("image/jpeg", "jpg", photo=True), FileKind("image/png", "png", photo=True), FileKind("image/webp", "webp", photo=True)
PDF, DOCX = FileKind("application/pdf", "pdf"), FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
XLSX = FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
MP3, AAC, WAV, VIDEO = FileKind("audio/mpeg", "mp3"), FileKind("audio/mp4", "m4a"), FileKind("audio/wav", "wav"), FileKind("video/mp4", "mp4")
OFFICE = (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX))


def kind_of(stream: IO[bytes], allowed: tuple[str, str] = (ALLOWED_ZH, ALLOWED_EN)) -> FileKind:
    """The kind of what `stream` (seekable, from its beginning) holds; it is left at the beginning. FileRefused names what it is instead
    and what is `allowed` (in both languages)."""
    stream.seek(0)
    head = stream.read(HEAD)
    found, zh, en = _found(stream, head)
    stream.seek(0)
    if found is None:
        raise FileRefused(f"这是{zh}，不能上传；可以上传 {allowed[0]}", f"This is {en}, which cannot be sent; what can: {allowed[1]}")
    if not found.photo and (PAGE.search(head) or (found not in (DOCX, XLSX) and zipfile.is_zipfile(stream))):
        raise FileRefused("这个文件里藏着另一种格式，不能上传；请重新导出一份", "This file hides another format inside: export it anew")
    stream.seek(0)
    return found


def size_of(stream: IO[bytes]) -> int:
    """Bytes of the stream, which is left at its beginning."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size


def refuse_larger(size: int, megabytes: int, zh: str, en: str) -> None:
    """FileRefused for more than that many megabytes, and for nothing at all."""
    if not size:
        raise FileRefused(f"{zh}是空的，请重新选择", f"The {en} is empty: choose it again")
    if size > megabytes * 1024 * 1024:
        has = f"{size / 1024 / 1024:.1f} MB"
        raise FileRefused(f"{zh}有 {has}，最多 {megabytes} MB，请换一个小的", f"The {en} has {has}, at most {megabytes} MB: choose a smaller one")


def clean_name(name: str, kind: FileKind) -> str:
    """The sender's name for it as it may be shown and offered for saving: no path, nothing invisible, the ending of what it is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    stem = re.sub(r'[<>:"|?*]', "", plain).strip(" .")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem).strip(" .")[:MOST_NAME]
    return f"{stem or '附件'}.{kind.ending}"


def _found(stream: IO[bytes], head: bytes) -> tuple[FileKind | None, str, str]:
    """The kind, or None with its name in both languages."""
    for mark, kind in ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"%PDF-", PDF), (b"ID3", MP3)):
        if head.startswith(mark):
            return kind, "", ""
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"WEBP"):
        return (WAV if head[8:12] == b"WAVE" else WEBP), "", ""
    if head[4:8] == b"ftyp":
        return _boxed(head[8:12])
    if head.startswith(b"PK\x03\x04"):
        return _office(stream)
    if _mp3_frame(head):
        return MP3, "", ""
    plain = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if PAGE.search(head) or plain.startswith(b"<"):
        return (None, "SVG 图形", "an SVG drawing") if b"<svg" in head.lower() else (None, "网页或 XML", "a web page or XML")
    name = next((name for mark, name in NAMED if head.startswith(mark)), "")
    return None, f" {name} 格式" if name else "认不出的格式", f"{name} format" if name else "of a kind that is not known"


def _boxed(brand: bytes) -> tuple[FileKind | None, str, str]:
    if brand in HEIC:
        zh = "这是 HEIC 格式，不能上传。请在手机“设置—相机—格式”里选“兼容性最佳”再拍，或直接按“拍照”"
        raise FileRefused(zh, "This is HEIC, which cannot be sent. Choose Settings, Camera, Formats, Most Compatible, or take the photo from this page")
    if brand in M4A or brand in MP4:
        return (AAC if brand in M4A else VIDEO), "", ""
    name = brand.decode("ascii", "replace").strip()
    shown = "MOV" if name == "qt" else name if name.isalnum() else "?"
    return None, f" {shown} 视频格式", f"{shown} video"


def _mp3_frame(head: bytes) -> bool:
    """MPEG audio, layer III, without a tag: a frame header with a bit rate and a sampling rate that exist."""
    return len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 not in (0, 15) and head[2] & 0x0C != 0x0C


def _office(stream: IO[bytes]) -> tuple[FileKind | None, str, str]:
    """A zip is Word's or Excel's when it has their parts, begins with itself, and carries no macros; only its index is read."""
    other: tuple[FileKind | None, str, str] = (None, " ZIP 压缩包", "a ZIP archive")
    try:
        if not _modest(stream):
            return other
        with zipfile.ZipFile(stream) as parts:
            names = {one.filename for one in parts.infolist()}
            first = min((one.header_offset for one in parts.infolist()), default=-1)
    except Exception:  # whatever zipfile meets in a broken or made-up archive
        return None, "打不开的压缩文件", "an archive that cannot be opened"
    if first != 0 or "[Content_Types].xml" not in names:
        return other
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None, "带宏的 Office 文件", "an Office file with macros"
    return next(((kind, "", "") for part, kind in OFFICE if part in names), other)


def _modest(stream: IO[bytes]) -> bool:
    """Whether the archive's own index is of a bearable size: a made-up one could fill the memory."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return False
    members, index = struct.unpack("<HL", tail[at + 10 : at + 16])
    return bool(members <= MOST_MEMBERS and index <= MOST_INDEX)
