"""值班 and 请假: who is on duty when, who is away, and whether somebody stands in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, ModelSelect

from admin.office import OfficeView
from admin.office_forms import Mistake, OfficeForm, named, person_named, person_word, pick, post_named, say, words
from admin.office_list import Beside, Choice, Column
from admin.office_words import MINUTES_OF_A_DAY, minute, moment, weekday
from tickets.domain.times import SHANGHAI, aware, local, stored
from tickets.store import directory
from tickets.store.directory_log import ADDED
from tickets.store.models import Absence, Holding, Person, Post, Shift, Unit
from web.hall import hall

DAYS = tuple(str(day) for day in range(7))
LONGEST_ABSENCE = timedelta(days=3 * 366)
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})")


def _when(value: str) -> Any:
    now = stored(hall().now())
    wanted = {"now": (Absence.start <= now) & (Absence.end > now), "coming": Absence.start > now, "past": Absence.end <= now, "all": None}
    return wanted.get(value, Absence.end > now)


class ShiftForm(OfficeForm):
    """A stretch of one weekday; a night shift goes on into the next day."""

    fixed = ("post",)
    post = named("post")
    person = named("person")
    weekday = pick(lambda: [(day, weekday(int(day))) for day in DAYS])
    start = words(render_kw={"inputmode": "numeric", "placeholder": "08:00", "maxlength": "5"})
    end = words(render_kw={"inputmode": "numeric", "placeholder": "17:30", "maxlength": "5"})


class Shifts(OfficeView):
    """The weekly roster. A post with any shift is answered by whoever is on shift, a post without by its holder."""

    table = "shift"
    form = ShiftForm
    columns = (
        Column("post", lambda row, _: f"{row.post.unit.address}/{row.post.name}", Unit.address, "what"),
        Column("weekday", lambda row, _: weekday(row.weekday), Shift.weekday),
        Column("from", lambda row, _: minute(row.start_minute), Shift.start_minute),
        Column("to", lambda row, _: minute(row.end_minute), Shift.end_minute),
        Column("person", lambda row, _: person_word(row.person), Person.name),
    )
    choices = (
        Choice("weekday", lambda: [(day, weekday(int(day))) for day in DAYS], lambda value: (Shift.weekday == int(value)) if value in DAYS else None),
        Choice("unit", lambda: [], lambda value: ((Unit.address == value) | Unit.address.startswith(f"{value}/")) if value else None),
    )
    searched = (Unit.address, Post.name, Person.name, Person.code)
    usual = (Unit.address, Shift.post, Shift.weekday, Shift.start_minute)

    def query(self) -> ModelSelect:
        return Shift.select(Shift, Post, Unit, Person).join(Post).join(Unit).switch(Shift).join(Person).where(Post.active & Unit.active)

    def title_of(self, row: Any) -> str:
        return f"{row.post.unit.address}/{row.post.name} · {weekday(row.weekday)} {minute(row.start_minute)}-{minute(row.end_minute)} · {row.person.name}"

    def filled(self, row: Any) -> dict[str, Any]:
        return {"person": person_word(row.person), "weekday": str(row.weekday), "start": minute(row.start_minute), "end": minute(row.end_minute)}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        post = row.post if row is not None else post_named(form, "post")
        person = person_named(form, "person")
        assert person is not None
        day = int(form.one_of("weekday", DAYS))
        start, end = _minutes(form, "start"), _minutes(form, "end")
        if start in (end, MINUTES_OF_A_DAY):
            raise Mistake("end", "shift_empty")
        night = end < start
        if night and row is not None:
            raise Mistake("end", "shift_night_edit")
        parts = [(day, start, MINUTES_OF_A_DAY), ((day + 1) % 7, 0, end)] if night and end else [(day, start, end or MINUTES_OF_A_DAY)]
        for one in parts:
            self._no_overlap(post, person, *one, row.id if row is not None else 0)
        return {"post": post, "person": person, "weekday": day, "start_minute": start, "end_minute": MINUTES_OF_A_DAY if night else end}

    def _no_overlap(self, post: Post, person: Person, day: int, start: int, end: int, but: int) -> None:
        same = (Shift.post == post) & (Shift.person == person) & (Shift.weekday == day) & (Shift.id != but)
        other = Shift.get_or_none(same & (Shift.start_minute < end) & (Shift.end_minute > start))
        if other is not None:
            raise Mistake("start", "shift_overlaps", name=person.name, day=weekday(day), start=minute(other.start_minute), end=minute(other.end_minute))

    def also(self, row: Any, form: OfficeForm, created: bool) -> dict[str, str]:
        """A night shift is two rows: the second begins at midnight of the next day."""
        end = _minutes(form, "end")
        if created and 0 < end < _minutes(form, "start"):
            rest = Shift.create(post=row.post_id, person=row.person_id, weekday=(row.weekday + 1) % 7, start_minute=0, end_minute=end)
            self.log(ADDED, rest.id, {}, self.said(rest.id))
        return {}

    def remarks(self, row: Any) -> list[str]:
        """How much of the week nobody covers."""
        free = uncovered(list(Shift.select().where(Shift.post == row.post_id)))
        return [say("roster_gaps", hours=round(free / 60, 1), word=f"{row.post.unit.address}/{row.post.name}")] if free else []

    def warned(self, row: Any) -> list[str]:
        left = list(Shift.select().where((Shift.post == row.post_id) & (Shift.id != row.id)))
        word = f"{row.post.unit.address}/{row.post.name}"
        if not left:
            return [say("roster_ends", word=word)]
        free = uncovered(left)
        return [say("roster_gaps", hours=round(free / 60, 1), word=word)] if free else []


def uncovered(shifts: list[Any]) -> int:
    """Minutes of a week in which nobody is on shift."""
    free = 0
    for day in range(7):
        here, reached = sorted((one.start_minute, one.end_minute) for one in shifts if one.weekday == day), 0
        for start, end in here:
            free += max(0, start - reached)
            reached = max(reached, end)
        free += MINUTES_OF_A_DAY - reached
    return free


def _minutes(form: OfficeForm, field: str) -> int:
    found = _TIME.fullmatch(form.text(field, 5))
    value = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else MINUTES_OF_A_DAY + 1
    if value > MINUTES_OF_A_DAY:
        raise Mistake(field, "time_shape")
    return value


class AbsenceForm(OfficeForm):
    """Away from one moment to another, on the district's clock."""

    fixed = ("person",)
    person = named("person")
    start = words(render_kw={"type": "datetime-local"})
    end = words(render_kw={"type": "datetime-local"})
    reason = words()


class Absences(OfficeView):
    """Who is away; appeals go to the deputies meanwhile."""

    table = "absence"
    form = AbsenceForm
    columns = (
        Column("person", lambda row, _: person_word(row.person), Person.name, "what"),
        Column("from", lambda row, _: moment(row.start), Absence.start),
        Column("to", lambda row, _: moment(row.end), Absence.end),
        Column("reason", lambda row, _: row.reason),
        Column("stands_in", lambda row, beside: beside.get(row.id, ""), logged=False),
    )
    choices = (
        Choice(
            "when",
            lambda: [("now", say("when_now")), ("coming", say("when_coming")), ("past", say("when_past")), ("all", say("when_all"))],
            _when,
            "open",
        ),
    )
    searched = (Person.name, Person.code, Absence.reason)
    usual = (Absence.start,)

    def query(self) -> ModelSelect:
        return Absence.select(Absence, Person).join(Person)

    def title_of(self, row: Any) -> str:
        return f"{row.person.name} · {moment(row.start)}"

    def beside(self, rows: Any) -> Beside:
        """The first deputy of each post they hold; a post without one is named as such."""
        deputy, deputy_person = Holding.alias(), Person.alias()
        held = (
            Holding.select(Holding.person_id, Post.name, deputy.rank, deputy_person.name)
            .join(Post)
            .join(deputy, JOIN.LEFT_OUTER, on=((deputy.post == Post.id) & (deputy.rank > Holding.rank)))
            .join(deputy_person, JOIN.LEFT_OUTER, on=((deputy.person == deputy_person.id) & deputy_person.active))
            .where(Holding.person.in_([row.person_id for row in rows]) & (Holding.rank == 0) & Post.active)
            .order_by(Holding.id, deputy.rank)
        )
        first: dict[tuple[int, str], str] = {}
        for person, post, _rank, name in held.tuples():
            if not first.get((person, post)):
                first[person, post] = name or ""
        said: dict[int, list[str]] = {}
        for (person, post), name in first.items():
            said.setdefault(person, []).append(say("stands_in", name=name, post=post) if name else say("nobody_stands_in", post=post))
        return {row.id: "；".join(said.get(row.person_id, [])) for row in rows}

    def filled(self, row: Any) -> dict[str, Any]:
        return {"start": local(row.start).strftime("%Y-%m-%dT%H:%M"), "end": local(row.end).strftime("%Y-%m-%dT%H:%M"), "reason": row.reason}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        person = row.person if row is not None else person_named(form, "person")
        assert person is not None
        start, end = _moment(form, "start"), _moment(form, "end")
        if end <= start:
            raise Mistake("end", "absence_order")
        if end - start > LONGEST_ABSENCE:
            raise Mistake("end", "absence_long")
        other = Absence.get_or_none(
            (Absence.person == person) & (Absence.id != (row.id if row is not None else 0)) & (Absence.start < end) & (Absence.end > start)
        )
        if other is not None:
            raise Mistake("start", "absence_overlaps", name=person.name, start=moment(other.start), end=moment(other.end))
        return {"person": person, "start": start, "end": end, "reason": form.text("reason", 40, needed=False)}

    def remarks(self, row: Any) -> list[str]:
        """The posts for which nobody is there meanwhile."""
        out = []
        for holding in Holding.select(Holding, Post, Unit).join(Post).join(Unit).where((Holding.person == row.person_id) & Post.active & Unit.active):
            people = [person for _, person in directory.holders(holding.post)]
            away = directory.away(people, aware(row.start))
            if all(person.id == row.person_id or person.id in away for person in people) and not Shift.select().where(Shift.post == holding.post).exists():
                out.append(say("nobody_meanwhile", word=f"{holding.post.unit.address}/{holding.post.name}"))
        return out


def _moment(form: OfficeForm, field: str) -> datetime:
    typed = form.text(field, 19).replace(" ", "T")
    try:
        return stored(datetime.fromisoformat(typed).replace(tzinfo=SHANGHAI))
    except (ValueError, OverflowError):
        raise Mistake(field, "moment_shape") from None
