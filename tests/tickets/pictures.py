"""Pictures and files for tests, made on the spot: no photo of anybody lies in the project."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image, ImageDraw

GPS, CAMERA = 0x8825, 0x8769
MAKER = 0x010F  # Exif: who built the camera


def picture(width: int = 800, height: int = 600, colour: str = "#6b8f5a", kind: str = "JPEG", *, exif: Image.Exif | None = None, noise: bool = False) -> bytes:
    """A plain picture with a stripe at its upper left; `noise` makes it hard to press."""
    image = Image.new("RGB", (width, height), colour)
    if noise:
        image = Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill="#d33")
    out = BytesIO()
    image.save(out, kind, **({"exif": exif} if exif is not None else {}))
    return out.getvalue()


def camera_exif(turned: int = 1) -> Image.Exif:
    """What a phone writes: its maker, the time (2026-11-23 13:06:00), the place (34°48'06\"N 117°19'30\"E), and how it was held."""
    exif = Image.Exif()
    exif[MAKER], exif[0x0112] = "SecretMaker", turned
    exif.get_ifd(CAMERA)[0x9003] = "2026:11:23 13:06:00"
    gps = exif.get_ifd(GPS)
    gps[1], gps[2], gps[3], gps[4] = "N", (34.0, 48.0, 6.0), "E", (117.0, 19.0, 30.0)
    return exif


def png_bomb(side: int) -> bytes:
    """A PNG that claims side × side pixels of nothing in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * min((side // 8 + 1) * side, 4_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def office(part: str = "word/document.xml", *more: str) -> bytes:
    """A zip with the parts of an Office file."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for name in ("[Content_Types].xml", part, *more):
            parts.writestr(name, "<x/>")
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40
MP3 = b"\xff\xfb\x90\x00" + b"\x00" * 400
MP4, M4A, HEIC, MOV = (b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x02\x00" + b"\x00" * 64 for brand in (b"isom", b"M4A ", b"heic", b"qt  "))
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
