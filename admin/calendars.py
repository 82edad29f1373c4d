"""日历: a year as twelve months with holidays and make-up days, what is not yet official, and changes of it into a draft."""

from __future__ import annotations

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.asked import number
from admin.base import Page
from admin.calendars_change import FIRST_YEAR, KINDS, LAST_YEAR, Asked, calendar_of, changed
from admin.draft_choice import open_drafts, tree_in_force
from admin.office_draft import into_draft
from admin.office_forms import Mistake, say
from engine.calendar import Calendar
from engine.load_calendar import Year
from engine.source import EditRefused
from tickets.actions.draft_edit import DraftRefused
from tickets.domain.roles import DIRECTORY, DRAFT
from tickets.domain.times import local
from web.access import caller, needs
from web.hall import hall


@dataclass(frozen=True)
class Day:
    """A day of the grid: look is off, made (a weekend day worked), rest (a weekend), work or out (of another month)."""

    number: int
    look: str
    about: str = ""


class Calendars(Page):
    """The calendar in force; deadlines in working time count on it."""

    right = DIRECTORY

    def __init__(self) -> None:
        super().__init__(name="calendars", endpoint="calendars", url="/admin/calendars")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """One year."""
        return self._year(number(request.args.get("year"), LAST_YEAR))

    @needs(DRAFT)
    @expose("/change/", methods=("POST",))
    def change(self) -> ResponseReturnValue:
        """Puts one change into a draft."""
        given = request.form
        year, kind = number(given.get("year"), LAST_YEAR), given.get("kind", "")
        if year is None or year < FIRST_YEAR or kind not in KINDS:
            flash(say("change_unread"), "bad")
            return redirect("/admin/calendars/")
        asked = Asked(kind, year, *(given.get(name, "")[:140] for name in ("name", "start", "end", "day")))
        try:
            draft_id = into_draft(given.get("draft", ""), lambda tree: changed(tree, asked), say("calendar_what", year=year))
        except Mistake as mistake:
            return self._year(year, say(mistake.key, **mistake.parts), asked)
        except (DraftRefused, EditRefused) as refused:
            return self._year(year, say("said", zh=refused.zh, en=refused.en), asked)
        flash(say("in_draft", number=draft_id) if draft_id else say("no_change"), "good")
        return redirect(f"/admin/drafts/{draft_id}" if draft_id else f"/admin/calendars/?year={year}")

    def _year(self, wanted: int | None, wrong: str = "", asked: Asked | None = None) -> str:
        calendar = calendar_of(tree_in_force())
        years = sorted(calendar.data.years)
        today = local(hall().now()).date()
        year = wanted if wanted is not None and (wanted in years or wrong) else (today.year if today.year in years or not years else years[-1])
        parts: dict[str, Any] = {
            "years": years,
            "next_year": (years[-1] if years else today.year) + 1,
            "year": year,
            "known": calendar.data.years.get(year),
            "months": [(month, months_grid(calendar, year, month)) for month in range(1, 13)],
            "doubt": calendar.doubt(date(year, 1, 1)),
            "doubts": [(one, doubt) for one in years if (doubt := calendar.doubt(date(one, 1, 1))) is not None],
            "hours": [f"{a:%H:%M}-{b:%H:%M}" for a, b in calendar.data.hours],
            "seasons": [(name, f"{month:02d}-{day:02d}") for name, (month, day) in calendar.data.seasons.items()],
            "festivals": [(name, [day.isoformat() for day in days if day.year == year]) for name, days in calendar.data.festivals.items()],
            "worked": sum(1 for month in range(1, 13) for day in Weeks().itermonthdates(year, month) if day.month == month and calendar.is_working_day(day)),
            "today": today,
            "wrong": wrong,
            "asked": asked,
        }
        may_draft = caller().may(DRAFT)
        return str(self.render("office_calendars.html", may_draft=may_draft, drafts=open_drafts() if may_draft else (), **parts))


def months_grid(calendar: Calendar, year: int, month: int) -> list[list[Day]]:
    """The weeks of a month, Monday first."""
    known = calendar.data.years.get(year)
    named = _named(known) if known is not None else {}
    made = set(known.makeup) if known is not None else set()
    return [[_day(calendar, day, month, named, made) for day in week] for week in Weeks().monthdatescalendar(year, month)]


def _named(year: Year) -> dict[date, str]:
    return {day: holiday.name for holiday in year.holidays for day in holiday.days()}


def _day(calendar: Calendar, day: date, month: int, named: dict[date, str], made: set[date]) -> Day:
    if day.month != month:
        return Day(day.day, "out")
    if day in made:
        return Day(day.day, "made", say("made_day"))
    if day in named:
        return Day(day.day, "off", named[day])
    return Day(day.day, "work" if calendar.is_working_day(day) else "rest")
