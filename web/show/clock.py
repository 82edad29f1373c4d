"""Times and spans in words, on the district's clock."""

from __future__ import annotations

from datetime import UTC, datetime

from tickets.domain.times import local, stored

__all__ = [
    "date_words",
    "day",
    "day_start",
    "due_words",
    "hms",
    "left_words",
    "local",
    "millis",
    "moment_words",
    "short_span",
    "span_words",
    "stored",
    "within_words",
]

WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
HOUR = 3600
DAY = 24 * HOUR


def day_start(moment: datetime) -> datetime:
    """The stored moment (naive UTC) at which the local day of `moment` began."""
    return stored(local(moment).replace(hour=0, minute=0, second=0, microsecond=0))


def hms(moment: datetime) -> str:
    """14:31:56"""
    return local(moment).strftime("%H:%M:%S")


def day(moment: datetime, lang: str) -> str:
    """2026年11月23日 周一, or Mon 23 Nov 2026."""
    here = local(moment)
    if lang == "en":
        return f"{WEEKDAYS['en'][here.weekday()]} {here.strftime('%d %b %Y')}"
    return f"{here.year}年{here.month}月{here.day}日 周{WEEKDAYS['zh'][here.weekday()]}"


def date_words(moment: datetime, lang: str) -> str:
    """2026 年 11 月 23 日, or 23 Nov 2026: a day without its weekday."""
    here = local(moment)
    return here.strftime("%d %b %Y").lstrip("0") if lang == "en" else f"{here.year} 年 {here.month} 月 {here.day} 日"


def moment_words(moment: datetime, now: datetime, lang: str) -> str:
    """14:31:56 of today; 11月22日 14:31 or 22 Nov 14:31 of another day; with the year when it is another one."""
    here, today = local(moment), local(now)
    if here.date() == today.date():
        return here.strftime("%H:%M:%S")
    year = "" if here.year == today.year else str(here.year)
    if lang == "en":
        return f"{here.strftime('%d %b')} {year + ' ' if year else ''}{here.strftime('%H:%M')}"
    return f"{year + '年' if year else ''}{here.month}月{here.day}日 {here.strftime('%H:%M')}"


def due_words(moment: datetime, now: datetime, lang: str) -> str:
    """14:31 of today, else as moment_words: what something is due by needs no seconds."""
    words = moment_words(moment, now, lang)
    return words[:5] if local(moment).date() == local(now).date() else words


def millis(moment: datetime) -> int:
    """Milliseconds since 1970 for the browser's countdowns; `moment` is aware, or naive UTC from the database."""
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def short_span(seconds: float) -> str:
    """0:48, 12:40, 1:18:23: minutes and seconds, with hours where there are any."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, HOUR)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def left_words(seconds: float, lang: str) -> str:
    """1:18:23 while it is a matter of hours, 8 天 16 小时 from two days on: how a countdown reads."""
    return short_span(seconds) if seconds < 2 * DAY else span_words(seconds, lang)


def span_words(seconds: float, lang: str) -> str:
    """48 秒, 18 分, 3 小时 5 分, 2 天 4 小时: the two largest parts at most."""
    whole = max(0, int(seconds))
    units = ((DAY, " 天", " d"), (HOUR, " 小时", " h"), (60, " 分", " min"), (1, " 秒", " s"))
    parts: list[str] = []
    for size, zh, en in units:
        count, whole = divmod(whole, size)
        if count or (size == 1 and not parts):
            parts.append(f"{count}{en if lang == 'en' else zh}")
        if size == 60 and parts:
            break  # nobody needs seconds beside minutes in a sentence
    return " ".join(parts[:2])


def within_words(within: str, lang: str) -> str:
    """5m -> 5 分钟; the span as rules write it, in words."""
    names = {"m": ("分钟", " min"), "h": ("小时", " h"), "d": ("天", " d")}
    zh, en = names.get(within[-1:], ("", ""))
    if not within[:-1].isdigit() or not zh:
        return within
    return f"{within[:-1]}{en}" if lang == "en" else f"{within[:-1]} {zh}"
