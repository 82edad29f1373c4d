"""Reads a time as people and spreadsheets write it, and refuses one that no calendar has."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tickets.domain.mask import in_text
from tickets.domain.times import SHANGHAI
from tickets.files.refused import RowRefused

EXCEL_START = datetime(1899, 12, 30)  # noqa: DTZ001  # day 0 of a spreadsheet that counts 1900 as a leap year
SERIALS = (Decimal(20000), Decimal(80000))  # 1954 to 2119: smaller and larger numbers are not meant as days
YEARS = (1990, 2100)
SHOWN = 40
_NOON = r"(?P<noon>上午|下午|中午|晚上|凌晨|早上|am|pm)? ?"
_CLOCK = r"(?P<h>\d{1,2})(?:[:时点](?P<min>\d{1,2})?(?:[:分](?P<s>\d{1,2})?(?:\.\d+)?秒?)?)?"
_TAIL = r" ?(?P<noon2>am|pm)? ?(?P<zone>z|[+-]\d{2}:?\d{2})?"
_PARTED = re.compile(rf"(?P<y>\d{{4}})[-/.年](?P<m>\d{{1,2}})[-/.月](?P<d>\d{{1,2}})(?:日 ?|(?=[ t]|$))(?:[ t]?{_NOON}{_CLOCK}{_TAIL})?")
_DENSE = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[ t]?(?P<h>\d{2}):?(?P<min>\d{2})(?::?(?P<s>\d{2}))?)?")
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?")


def read_time(written: str) -> datetime | None:
    """The moment as aware UTC; None for an empty cell. Without a zone it is the district's own time.

    Reads 2026-11-22 08:10, 2026/1/6 12:09:38, 20261122081000, 2026年11月22日8时10分, 下午3:05, ISO with a zone, and the day numbers of
    a spreadsheet. Raises RowRefused for an impossible date, an unlikely year, or a shape that could mean two things.
    """
    text = " ".join(_WEEKDAY.sub("", unicodedata.normalize("NFKC", written)).lower().split())
    text = re.sub(r" ?([年月时点分秒:]) ?", r"\1", text)
    if not text:
        return None
    if re.fullmatch(r"\d{4,6}(\.\d+)?", text) and SERIALS[0] <= Decimal(text) <= SERIALS[1]:
        whole = EXCEL_START + timedelta(seconds=round(float(Decimal(text) * 86400)))
        return whole.replace(tzinfo=SHANGHAI).astimezone(UTC)
    found = _PARTED.fullmatch(text) or _DENSE.fullmatch(text)
    shown = in_text(written.strip()[:SHOWN])
    if found is None:
        raise RowRefused(f"时间「{shown}」看不懂，请写成 2026-11-22 08:10", f"cannot read the time {shown}: write it like 2026-11-22 08:10")
    try:
        moment = _moment({name: value or "" for name, value in found.groupdict().items()})
    except (ValueError, OverflowError):
        raise RowRefused(
            f"时间「{shown}」不存在（日历上没有这一天或这一刻），请核对", f"the time {shown} does not exist: no calendar has it, please check"
        ) from None
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise RowRefused(f"时间「{shown}」的年份不在 {YEARS[0]} 到 {YEARS[1]} 之间，请核对", f"the year of {shown} is not within {YEARS[0]} to {YEARS[1]}")
    return moment.astimezone(UTC)


def _moment(part: dict[str, str]) -> datetime:
    hour, minute, second = int(part["h"] or 0), int(part["min"] or 0), int(part["s"] or 0)
    noon = part.get("noon") or part.get("noon2")
    if noon in ("下午", "晚上", "pm") and hour < 12:
        hour += 12
    elif noon in ("上午", "凌晨", "早上", "am") and hour == 12:
        hour = 0
    midnight = hour == 24 and minute == second == 0  # the end of a day, as duty logs write it
    named = part.get("zone")
    zone = SHANGHAI if not named else UTC if named == "z" else datetime.strptime(named, "%z").tzinfo
    moment = datetime(int(part["y"]), int(part["m"]), int(part["d"]), 0 if midnight else hour, minute, second, tzinfo=zone)
    return moment + timedelta(days=1) if midnight else moment
