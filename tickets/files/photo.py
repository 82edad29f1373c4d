"""Reads a photo that came in and makes it new: upright, of a bearable size, without anything the camera wrote into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from threading import BoundedSemaphore
from typing import IO

from PIL import Image, ImageOps

from tickets.domain.times import SHANGHAI, stored
from tickets.files.file_kinds import kind_of, refuse_larger, size_of
from tickets.files.refused import FileRefused

LONGEST_SIDE, THUMB_SIDE = 2560, 320  # pixels
QUALITY, THUMB_QUALITY = 85, 75
LEAST_SIDE = 16  # pixels; less is no photo of anything
FORMATS = ("JPEG", "PNG", "WEBP")
GPS, CAMERA, TAKEN = 0x8825, 0x8769, 0x9003  # Exif: the part on the place, the part of the camera, DateTimeOriginal
MILLION = 1_000_000
_AT_ONCE = BoundedSemaphore(2)  # a photo being read takes up to 200 MB of memory


@dataclass(frozen=True)
class Photo:
    """The photo made new. `taken_at` (stored UTC) and `place` ("lat,lon") are what the camera had written into it, if it had."""

    jpeg: bytes
    thumb: bytes
    width: int
    height: int
    taken_at: datetime | None
    place: str


def read(stream: IO[bytes], megabytes: int, megapixels: int) -> Photo:
    """The photo in `stream` (seekable). FileRefused for what is none, too large, cut short, or made to fill the memory."""
    refuse_larger(size_of(stream), megabytes, "照片", "photo")
    kind = kind_of(stream, ("JPG、PNG", "JPG, PNG"))
    if not kind.photo:
        raise FileRefused(f"这是 {kind.ending.upper()} 文件，不是照片；请拍照或选一张 JPG、PNG", f"This is a {kind.ending.upper()} file, not a photo")
    with _AT_ONCE:
        try:
            return _made_new(stream, megapixels)
        except Image.DecompressionBombError:
            raise _too_many(0, megapixels) from None
        except FileRefused:
            raise
        except Exception as error:  # whatever Pillow meets in a broken or made-up picture
            zh, en = "照片不完整或已损坏，请重新拍一张", "The photo is cut short or broken: take it again"
            raise FileRefused(zh, en) from error


def _made_new(stream: IO[bytes], megapixels: int) -> Photo:
    with Image.open(stream, formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > megapixels * MILLION:
            raise _too_many(width * height, megapixels)
        if min(width, height) < LEAST_SIDE:
            raise FileRefused(f"照片只有 {width}×{height} 个像素，看不出东西，请重新拍一张", f"The photo has only {width}×{height} pixels: take it again")
        taken_at, place = _written_in(opened)
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is read at a half, a quarter … already
        opened.load()
        whole = _plain(_upright(opened))
    whole.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small = whole.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    return Photo(_jpeg(whole, QUALITY), _jpeg(small, THUMB_QUALITY), whole.width, whole.height, taken_at, place)


def _too_many(pixels: int, megapixels: int) -> FileRefused:
    has_zh, has_en = (f"有 {pixels / MILLION:.0f} 百万像素", f"has {pixels / MILLION:.0f} megapixels") if pixels else ("像素太多", "has too many pixels")
    return FileRefused(
        f"照片{has_zh}，最多 {megapixels} 百万，请调低相机分辨率再拍", f"The photo {has_en}, at most {megapixels}: lower the camera's resolution"
    )


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # whatever a broken Exif block raises: the picture itself is whole
        return image


def _plain(image: Image.Image) -> Image.Image:
    """In plain RGB; what was see-through becomes white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image.convert("RGB")  # also a copy: nothing of the camera's is carried over


def _jpeg(image: Image.Image, quality: int) -> bytes:
    image.info.clear()
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _written_in(image: Image.Image) -> tuple[datetime | None, str]:
    """When and where the camera says the photo was taken; nothing of what cannot be read."""
    try:
        written = image.getexif()
        taken = written.get_ifd(CAMERA).get(TAKEN)
        gps = dict(written.get_ifd(GPS))
    except Exception:  # whatever a broken Exif block raises
        return None, ""
    return _moment(taken), _place(gps)


def _moment(words: object) -> datetime | None:
    try:
        at = datetime.strptime(str(words), "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return likely(at)


def likely(at: datetime) -> datetime | None:
    """A moment (aware) that a device may mean, as stored; None outside the years in which there have been such devices."""
    return stored(at) if datetime(2000, 1, 2, tzinfo=UTC) < at < datetime(2099, 12, 30, tzinfo=UTC) else None


def _place(gps: dict[int, object]) -> str:
    try:
        lat, lon = _degrees(gps[2], gps[1], "S"), _degrees(gps[4], gps[3], "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return ""
    return place_words(lat, lon)


def _degrees(parts: object, side: object, minus: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]
    return (degrees + minutes / 60 + seconds / 3600) * (-1 if str(side).strip().upper() == minus else 1)


def place_words(lat: float, lon: float) -> str:
    """34.80123,117.32345, to about a metre; empty for what is no place on Earth (also not a number, and the zero point of unset devices)."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        return ""
    return f"{lat:.5f},{lon:.5f}"
