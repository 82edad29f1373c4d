"""A change of a year's holidays as edits of its file: only the lines of what changed are touched, and the calendar is read anew before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from admin.office_forms import Mistake
from engine.calendar import Calendar
from engine.load_calendar import CalendarRefused
from engine.source import Edit, Source, apply

FOLDER = "rules/calendar/"
KINDS = ("holiday", "makeup", "drop_holiday", "drop_makeup", "official", "new_year")
FIRST_YEAR, LAST_YEAR = 2000, 2100
NEW_YEAR = """# {year} 年节假日与调休上班日 / holidays and make-up working days
year: {year}
official: false
basis: 待国务院办公厅{year}年通知
holidays: []
makeup: []
"""


@dataclass(frozen=True)
class Asked:
    """What the form asks for; texts as typed. `name` is a holiday's name, or for `official` the notice it rests on."""

    kind: str
    year: int
    name: str = ""
    start: str = ""
    end: str = ""
    day: str = ""


def files_of(tree: Mapping[str, str]) -> dict[str, str]:
    """The calendar's files in a tree."""
    return {path: text for path, text in tree.items() if path.startswith(FOLDER)}


def calendar_of(tree: Mapping[str, str]) -> Calendar:
    """The calendar of a tree; CalendarRefused when it cannot be read."""
    return Calendar.of_texts(files_of(tree))


def changed(tree: Mapping[str, str], asked: Asked) -> dict[str, str]:
    """The one file that changes, with its new text. Mistake for a date that is none or a calendar that would not hold together."""
    file = next((path for path, text in files_of(tree).items() if _plain(text).get("year") == asked.year), None)
    if asked.kind == "new_year":
        if file is not None:
            raise Mistake("year", "year_there", year=asked.year)
        file, text = f"{FOLDER}{asked.year}.yaml", NEW_YEAR.format(year=asked.year)
    elif file is None:
        raise Mistake("year", "year_missing", year=asked.year)
    else:
        text = tree[file]
        for edit in _edits(_plain(text), asked):
            text = apply(text, edit)
    try:
        calendar_of({**tree, file: text})
    except CalendarRefused as refused:
        first = refused.findings[0]
        raise Mistake("start", "said", zh=first.zh, en=first.en) from None
    return {file: text} if text != tree.get(file) else {}


def _edits(year: Mapping[str, Any], asked: Asked) -> list[Edit]:
    holidays, makeup = list(year.get("holidays") or ()), list(year.get("makeup") or ())
    if asked.kind == "official":
        basis = _name(asked.name, 120)
        return [Edit("set", ("official",), True), Edit("set", ("basis",), basis)]
    if asked.kind == "holiday":
        start, end = _day(asked.start, "start"), _day(asked.end or asked.start, "end")
        holiday = {"name": _name(asked.name, 20), "from": start, "to": end}
        if asked.day:
            holiday["day"] = _day(asked.day, "day")
        place = sum(1 for one in holidays if str(one.get("from", "")) < start)
        return [Edit("insert", ("holidays", place), holiday)]
    day = _day(asked.start, "start")
    if asked.kind == "makeup":
        return [Edit("insert", ("makeup", sum(1 for one in makeup if str(one) < day)), day)]
    listed = [str(one.get("from", "")) for one in holidays] if asked.kind == "drop_holiday" else [str(one) for one in makeup]
    if day not in listed:
        raise Mistake("start", "day_missing", day=day)
    return [Edit("remove", ("holidays" if asked.kind == "drop_holiday" else "makeup", listed.index(day)))]


def _plain(text: str) -> Mapping[str, Any]:
    found = Source(text).plain
    return found if isinstance(found, dict) else {}


def _day(typed: str, field: str) -> str:
    try:
        return date.fromisoformat(typed.strip()).isoformat()
    except ValueError:
        raise Mistake(field, "day_shape") from None


def _name(typed: str, most: int) -> str:
    name = typed.strip()
    if not name:
        raise Mistake("name", "needed")
    if len(name) > most or not name.isprintable():
        raise Mistake("name", "too_long", most=most, count=len(name))
    return name
