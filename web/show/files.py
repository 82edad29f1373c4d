"""What stands under a photo: what it shows and when it was taken; both times when a phone's clock is not to be believed."""

from __future__ import annotations

from datetime import datetime, timedelta

from forms.render import FileView
from tickets.domain.times import clock_words, local
from tickets.store.attachments import PHOTO, Kept

ODD = timedelta(hours=1)  # device and server may differ by as much before it is worth a word


def shown(one: Kept, label: str, now: datetime, lang: str) -> FileView:
    """A photo or file as the templates read it. `label` is the question it answers (处理前照片), `now` as stored."""
    if one.kind != PHOTO:
        return FileView(one.key, False, one.name, one.name, size_words(one.size), place=one.place)
    at = one.taken_at or one.at
    odd = one.taken_at is not None and abs(one.taken_at - one.at) > ODD
    return FileView(one.key, True, f"{_short(label, lang)} {_when(at, now)}".strip(), one.name, note=_both(at, one.at, lang) if odd else "", place=one.place)


def size_words(size: int) -> str:
    """12 KB, 3.4 MB"""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KB"


def _short(label: str, lang: str) -> str:
    """处理前 of 处理前照片: that it is a photo one sees."""
    return label.removesuffix("照片") if lang == "zh" else label


def _when(at: datetime, now: datetime) -> str:
    return local(at).strftime("%H:%M") if local(at).date() == local(now).date() else clock_words(at)


def _both(device: datetime, received: datetime, lang: str) -> str:
    year = f"{local(device).year}-" if local(device).year != local(received).year else ""
    if lang == "zh":
        return f"手机时间 {year}{clock_words(device)}，收到 {clock_words(received)}"
    return f"phone's clock {year}{clock_words(device)}, received {clock_words(received)}"
