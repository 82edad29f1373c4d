"""A photo is made new: upright, smaller, without what the camera wrote into it; what is no photo is refused in words."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.tickets import pictures
from tickets.domain.times import stored
from tickets.files.file_kinds import clean_name, kind_of
from tickets.files.photo import LONGEST_SIDE, THUMB_SIDE, Photo, place_words, read
from tickets.files.refused import FileRefused


def made(data: bytes, megabytes: int = 15, megapixels: int = 50) -> Photo:
    return read(BytesIO(data), megabytes, megapixels)


def refused(data: bytes, **caps: int) -> str:
    with pytest.raises(FileRefused) as caught:
        made(data, **caps)
    assert caught.value.en
    return caught.value.zh


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def test_what_the_camera_wrote_is_read_and_then_gone() -> None:
    photo = made(pictures.picture(exif=pictures.camera_exif()))
    assert (photo.taken_at, photo.place) == (stored(datetime(2026, 11, 23, 5, 6, tzinfo=UTC)), "34.80167,117.32500")
    for data in (photo.jpeg, photo.thumb):
        assert b"Exif" not in data
        assert b"SecretMaker" not in data
        assert dict(opened(data).getexif()) == {}


def test_a_photo_taken_sideways_stands_upright() -> None:
    photo = made(pictures.picture(400, 200, exif=pictures.camera_exif(turned=6)))
    assert (photo.width, photo.height) == (200, 400)
    upright = opened(photo.jpeg).convert("RGB")
    red = upright.getpixel((190, 10))  # the stripe was at the upper left before it was turned
    assert isinstance(red, tuple)
    assert red[0] > 180
    assert red[1] < 100


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_of_photo_becomes_a_jpeg_of_bearable_size(kind: str) -> None:
    photo = made(pictures.picture(4000, 1000, kind=kind))
    assert (photo.width, photo.height) == (LONGEST_SIDE, LONGEST_SIDE // 4)
    assert (opened(photo.jpeg).format, opened(photo.thumb).size) == ("JPEG", (THUMB_SIDE, THUMB_SIDE // 4))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_photos_in_other_colours_are_read_too(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (64, 64)).save(out, "TIFF" if mode == "I;16" else "JPEG" if mode == "CMYK" else "PNG")
    if mode == "I;16":
        out = BytesIO()
        Image.new("I;16", (64, 64)).save(out, "PNG")
    assert opened(made(out.getvalue()).jpeg).mode == "RGB"


def test_what_is_see_through_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(made(out.getvalue()).jpeg).getpixel((32, 32)) == (255, 255, 255)


def test_forty_megabytes_are_refused_before_they_are_read() -> None:
    assert refused(b"\xff\xd8\xff" + b"\x00" * 40 * 1024 * 1024) == "照片有 40.0 MB，最多 15 MB，请换一个小的"


def test_a_photo_cut_short_is_refused() -> None:
    whole = pictures.picture(noise=True)
    assert "不完整" in refused(whole[: len(whole) // 2])


@pytest.mark.parametrize("side", [8_000, 40_000])
def test_a_picture_made_to_fill_the_memory_is_refused(side: int) -> None:
    bomb = pictures.png_bomb(side)
    assert len(bomb) < 20_000
    assert "像素" in refused(bomb)


@pytest.mark.parametrize(("data", "words"), [
    (pictures.SVG, "SVG"), (pictures.HTML, "网页"), (pictures.HEIC, "兼容性最佳"), (pictures.PDF, "PDF"), (b"GIF89a" + b"\x00" * 99, "GIF"), (b"", "空的"),
    (b"MZ\x90\x00", "EXE"), (b"just words", "认不出"), (pictures.picture(4, 400), "看不出东西"), (pictures.office(), "不是照片"),
])  # fmt: skip
def test_what_is_no_photo_is_refused_by_its_name(data: bytes, words: str) -> None:
    assert words in refused(data)


def test_what_hangs_behind_a_photo_does_not_come_along() -> None:
    photo = made(pictures.picture() + pictures.HTML + pictures.office())
    assert b"<script" not in photo.jpeg
    assert b"PK\x03\x04" not in photo.jpeg


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF....WEBP", b"PK\x03\x04", b"\x00\x00\x00\x18ftyp", b"%PDF-"])
)
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_refused_in_words(rest: bytes, head: bytes) -> None:
    with pytest.raises(FileRefused):
        made(head + rest)


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_a_photo_with_bytes_overwritten_is_read_or_refused_in_words(at: int, junk: bytes) -> None:
    whole = bytearray(pictures.picture(120, 90, exif=pictures.camera_exif()))
    at %= len(whole)
    whole[at : at + len(junk)] = junk
    try:
        data = made(bytes(whole)).jpeg
    except FileRefused:
        return
    assert opened(data).format == "JPEG"


@pytest.mark.parametrize(("data", "ending"), [
    (pictures.PDF, "pdf"), (pictures.office(), "docx"), (pictures.office("xl/workbook.xml"), "xlsx"), (pictures.WAV, "wav"), (pictures.MP3, "mp3"),
    (b"ID3\x04" + pictures.MP3, "mp3"), (pictures.MP4, "mp4"), (pictures.M4A, "m4a"), (pictures.picture(), "jpg"), (pictures.picture(kind="PNG"), "png"),
])  # fmt: skip
def test_what_may_be_kept_is_known_by_its_content(data: bytes, ending: str) -> None:
    assert kind_of(BytesIO(data)).ending == ending


@pytest.mark.parametrize(("data", "words"), [
    (b"%PDF-1.4\n<script>alert(1)</script>", "另一种格式"), (pictures.PDF + pictures.office(), "另一种格式"), (pictures.WAV + pictures.office(), "另一种格式"),
    (b"x" * 10 + pictures.office(), "认不出"), (pictures.office("word/document.xml", "word/vbaProject.bin"), "带宏"), (pictures.office("a.txt"), "ZIP"),
    (b"PK\x03\x04" + b"\x00" * 200, "ZIP"), (pictures.MOV, "MOV"), (pictures.HEIC, "HEIC"), (pictures.SVG, "SVG"), (b"\xef\xbb\xbf <svg", "SVG"), (pictures.HTML, "网页"),
    (b"\x7fELF", "ELF"), (b"Rar!", "RAR"),
])  # fmt: skip
def test_everything_else_is_refused_and_named(data: bytes, words: str) -> None:
    with pytest.raises(FileRefused) as caught:
        kind_of(BytesIO(data))
    assert words in caught.value.zh


def test_an_office_file_with_a_made_up_index_is_not_read() -> None:
    whole = pictures.office()
    at = whole.rfind(b"PK\x05\x06")
    lying = whole[: at + 10] + b"\xff\xff" + whole[at + 12 :]
    with pytest.raises(FileRefused):
        kind_of(BytesIO(lying))


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd", "passwd.pdf"), ("C:\\temp\\现场 照片.PDF", "现场 照片.pdf"), ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"), ("", "附件.pdf"), ("...", "附件.pdf"),
    ("x\u202efdp.exe", "xfdp.pdf"), ("甲" * 300, "甲" * 100 + ".pdf"), ("\x00\x1b[31m", "[31m.pdf"),
])  # fmt: skip
def test_a_name_loses_its_path_and_what_cannot_be_seen(name: str, kept: str) -> None:
    assert clean_name(name, kind_of(BytesIO(pictures.PDF))) == kept


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (0, 0), (float("nan"), 1)])
def test_what_is_no_place_on_earth_is_left_out(lat: float, lon: float) -> None:
    assert place_words(lat, lon) == ""
