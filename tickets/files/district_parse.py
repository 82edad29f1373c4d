"""Turns the cells of each file into typed rows: phones, weekdays, times of day, dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from tickets.domain.district_rows import AbsenceRow, AreaRow, HoldingRow, PersonRow, PostRow, ServiceRow, ShiftRow, UnitRow
from tickets.files.district_faults import Fault
from tickets.files.district_table import Cells

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")
YES, NO = ("1", "是", "yes", "true", "y"), ("", "0", "否", "no", "false", "n")
WEEKDAYS = "一二三四五六日"
DAY = 24 * 60
Row = TypeVar("Row")


class _Wrong(Exception):
    """A cell that cannot be read: the sentence in Chinese and English."""


def rows_of(file: str, lines: list[Cells], make: Callable[[Cells], Row | list[Row]], faults: list[Fault]) -> tuple[Row, ...]:
    """Every line that `make` can read; the others become faults."""
    out: list[Row] = []
    for cells in lines:
        try:
            made = make(cells)
        except _Wrong as wrong:
            zh, en = wrong.args
            faults.append(Fault(file, cells.line, zh, en))
        else:
            out.extend(made) if isinstance(made, list) else out.append(made)
    return tuple(out)


def area(cells: Cells) -> AreaRow:
    """A line of areas.csv; aliases too short to be told apart are refused."""
    words = dict.fromkeys(word.strip() for word in re.split("[;；]", cells["aliases"]) if word.strip())
    for word in words:
        if len(word) < 2 or word.isdigit():
            raise _Wrong(f"别名「{word}」太短或只是数字，会到处误认", f"the alias {word} is too short or only a number: it would match everywhere")
        if len(word) > 60:
            raise _Wrong(f"别名「{word[:10]}…」超过 60 个字", "an alias is longer than 60 characters")
    return AreaRow(cells.line, cells["name"], cells["level"], cells["parent"], tuple(word for word in words if word != cells["name"]))


def unit(cells: Cells) -> UnitRow:
    """A line of units.csv."""
    address = cells["address"]
    if any(not part.strip() for part in address.split("/")) or address.count("/") > 1:
        raise _Wrong(f"地址「{address}」应是「单位」或「单位/科室」", f"the address {address} must be UNIT or UNIT/SECTION")
    return UnitRow(cells.line, address, cells["kind"], cells["superior"], cells["receiving_post"])


def post(cells: Cells) -> PostRow:
    """A line of posts.csv."""
    if "/" in cells["post"]:
        raise _Wrong(f"岗位名「{cells['post']}」里不能有 /", f"a post's name cannot hold a slash: {cells['post']}")
    return PostRow(cells.line, cells["unit"], cells["post"], cells["role"], _yes(cells["receiving"]), cells["area"])


def _yes(word: str) -> bool:
    if word.lower() in YES:
        return True
    if word.lower() in NO:
        return False
    raise _Wrong(f"「接收」一列只能写 是 或 否，不能是「{word}」", f"receiving is yes or no, not {word}")


def person(cells: Cells) -> PersonRow:
    """A line of people.csv; the phone without blanks and dashes."""
    phone = re.sub(r"[\s-]", "", cells["phone"])
    if not MOBILE.fullmatch(phone) and not LANDLINE.fullmatch(cells["phone"]):
        raise _Wrong("电话应是 11 位手机号，或 0312-1234567 这样的座机", "the phone must be an 11-digit mobile number or a landline such as 0312-1234567")
    if len(cells["code"]) > 20:
        raise _Wrong("工号超过 20 个字符", "the code is longer than 20 characters")
    return PersonRow(cells.line, cells["code"], cells["name"], phone)


def holding(cells: Cells) -> HoldingRow:
    """A line of holdings.csv."""
    rank = cells["rank"] or "0"
    if not re.fullmatch(r"\d{1,2}", rank):
        raise _Wrong(f"次序「{rank}」应是 0（本人）或 1、2…（代理人）", f"the rank {rank} must be 0 (holder) or 1, 2 … (deputies)")
    return HoldingRow(cells.line, cells["unit"], cells["post"], cells["person"], int(rank))


def shifts(cells: Cells) -> list[ShiftRow]:
    """One row a weekday; a night shift becomes two, the second on the next day."""
    start, end = _minute(cells["from"]), _minute(cells["to"])
    out: list[ShiftRow] = []
    for day in _weekdays(cells["weekdays"]):
        parts = [(day, start, end)] if start < end else [(day, start, DAY), ((day + 1) % 7, 0, end)]
        out += [ShiftRow(cells.line, cells["unit"], cells["post"], cells["person"], *part) for part in parts if part[1] < part[2]]
    return out


def _minute(word: str) -> int:
    match = re.fullmatch(r"(\d{1,2})[:：](\d{2})", word)
    if match and (minute := int(match[1]) * 60 + int(match[2])) <= DAY and int(match[2]) < 60:
        return minute
    raise _Wrong(f"时刻「{word}」应写成 08:00 这样，最晚 24:00", f"the time {word} must look like 08:00, at most 24:00")


def _weekdays(word: str) -> list[int]:
    """「1-5」「1,3,5」「一至五」「六、日」 as 0 to 6."""
    plain = word.replace("周", "").replace("星期", "").replace("天", "日").replace("至", "-").replace("~", "-")
    for index, sign in enumerate(WEEKDAYS, 1):
        plain = plain.replace(sign, f"{index},")
    days: set[int] = set()
    for part in re.split(r"[,，、;； ]+", plain.replace(",-", "-")):
        match = re.fullmatch(r"([1-7])(?:-([1-7]))?", part)
        if part and not match:
            raise _Wrong(f"星期「{word}」应写成 1-5、1,3,5 或 一至五", f"the weekdays {word} must look like 1-5 or 1,3,5")
        if match:
            first, last = int(match[1]), int(match[2] or match[1])
            days.update((day - 1) % 7 for day in range(first, last + 1 if last >= first else last + 8))
    if not days:
        raise _Wrong(f"星期「{word}」里没有一天", f"no weekday in {word}")
    return sorted(days)


def absence(cells: Cells) -> AbsenceRow:
    """A line of absences.csv."""
    start, end = _moment(cells["from"], 0), _moment(cells["to"], 1)
    if start >= end:
        raise _Wrong(f"结束「{cells['to']}」不晚于开始「{cells['from']}」", f"the end {cells['to']} is not after the start {cells['from']}")
    return AbsenceRow(cells.line, cells["person"], start, end, cells["reason"][:40])


def _moment(word: str, add_days: int) -> datetime:
    """A local date (the last day is included) or a local date with time, as aware UTC."""
    match = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?", word)
    if match:
        year, month, day = (int(part) for part in match.groups()[:3])
        try:
            whole = datetime(year, month, day, int(match[4] or 0), int(match[5] or 0), tzinfo=SHANGHAI)
            return (whole if match[4] else whole + timedelta(days=add_days)).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise _Wrong(f"日期「{word}」不存在或写法不对，应如 2026-12-01 或 2026-12-01 08:00", f"no such date: {word}; write 2026-12-01 or 2026-12-01 08:00")


def service(cells: Cells) -> ServiceRow:
    """A line of services.csv."""
    return ServiceRow(cells.line, cells["area"], cells["role"], cells["unit"])
