"""人员 and 任职: who there is, with a number nobody reads whole here, and who holds which post."""

from __future__ import annotations

import re
from typing import Any

from peewee import ModelSelect

from admin.office import OfficeView
from admin.office_forms import Mistake, OfficeForm, named, person_named, person_word, post_named, say, words
from admin.office_list import Beside, Choice, Column
from admin.office_taken import listed, open_tickets
from admin.office_words import state, state_choice
from tickets.domain import mask
from tickets.files.district_parse import LANDLINE, MOBILE
from tickets.store.models import Account, Holding, Person, Post, Shift, Ticket, Unit

MOST_DEPUTIES = 9


class PersonForm(OfficeForm):
    """A person. The code is their identity; a number is written anew, never shown."""

    fixed = ("code",)
    code = words()
    name = words()
    phone = words(render_kw={"inputmode": "tel", "autocomplete": "off"})


class People(OfficeView):
    """Everybody who may have a ticket."""

    table = "person"
    form = PersonForm
    columns = (
        Column("name", lambda row, _: row.name, Person.name, "what"),
        Column("code", lambda row, _: row.code, Person.code),
        Column("phone", lambda row, _: mask.phone(row.phone)),
        Column("posts", lambda row, beside: beside.get(row.id, ""), logged=False),
        Column("state", lambda row, _: state(row.active), None, "state"),
    )
    choices = (
        Choice(
            "unit",
            lambda: [],
            lambda value: Person.id.in_(_people_of(value)) if value else None,
        ),
        state_choice(Person),
    )
    searched = (Person.code, Person.name)  # never the number: a search that finds it by its digits tells it
    usual = (Person.code,)

    def query(self) -> ModelSelect:
        return Person.select()

    def beside(self, rows: Any) -> Beside:
        """The posts they hold or stand in for."""
        held = (
            Holding.select(Holding.person_id, Unit.address, Post.name, Holding.rank)
            .join(Post)
            .join(Unit)
            .where(Holding.person.in_([row.id for row in rows]) & Post.active)
            .order_by(Holding.rank, Holding.id)
        )
        found: dict[int, list[str]] = {}
        for person, unit, name, rank in held.tuples():
            word = f"{unit}/{name}"
            found.setdefault(person, []).append(word if rank == 0 else say("deputy_short", name=word))
        return {person: "、".join(posts) if len(posts) <= 3 else listed(posts) for person, posts in found.items()}

    def filled(self, row: Any) -> dict[str, Any]:
        return {"name": row.name, "phone": ""}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        out: dict[str, Any] = {"name": form.text("name", 40)}
        if row is None:
            out["code"] = form.text("code", 20)
            if " " in out["code"]:
                raise Mistake("code", "code_blank")
            if Person.select().where(Person.code == out["code"]).exists():
                raise Mistake("code", "code_taken", word=out["code"])
        typed = form.text("phone", 20, needed=row is None)
        if typed:
            digits = re.sub(r"[\s-]", "", typed)
            if not MOBILE.fullmatch(digits) and not LANDLINE.fullmatch(typed):
                raise Mistake("phone", "phone_shape")
            out["phone"] = digits
        return out

    def placeholder(self, field: str, row: Any | None) -> str:
        return say("unchanged_phone", phone=mask.phone(row.phone)) if field == "phone" and row is not None else ""

    def also(self, row: Any, form: OfficeForm, created: bool) -> dict[str, str]:
        """A number that was replaced is logged as such, masked: two numbers may look alike once masked."""
        if created or not (form["phone"].data or "").strip():
            return {}
        return {"phone": say("new_phone", phone=mask.phone(re.sub(r"[\s-]", "", form["phone"].data)))}

    def blocked(self, row: Any) -> list[str]:
        held = (
            Holding.select(Unit.address, Post.name)
            .join(Post)
            .join(Unit)
            .where((Holding.person == row.id) & (Holding.rank == 0) & Post.active & Unit.active)
            .order_by(Holding.id)
        )
        posts = [f"{unit}/{name}" for unit, name in held.tuples()]
        out = [say("still_holds", count=len(posts), names=listed(posts))] if posts else []
        if count := Shift.select().where(Shift.person == row.id).count():
            out.append(say("still_rostered", count=count))
        return out

    def warned(self, row: Any) -> list[str]:
        accounts = [name for (name,) in Account.select(Account.username).where((Account.person == row.id) & Account.active).tuples()]
        return [*open_tickets(Ticket.person == row.id), *([say("has_account", names=listed(accounts))] if accounts else [])]


def _people_of(unit: str) -> ModelSelect:
    within = (Unit.address == unit) | Unit.address.startswith(f"{unit}/")
    return Holding.select(Holding.person).join(Post).join(Unit).where(within)


class HoldingForm(OfficeForm):
    """Who holds a post, or stands in for its holder."""

    fixed = ("post",)
    post = named("post")
    person = named("person")
    rank = words(render_kw={"inputmode": "numeric"})


class Holdings(OfficeView):
    """Every post has one holder (order 0) and any deputies, asked in order when the holder is away."""

    table = "holding"
    form = HoldingForm
    columns = (
        Column("post", lambda row, _: f"{row.post.unit.address}/{row.post.name}", Unit.address, "what"),
        Column("person", lambda row, _: person_word(row.person), Person.name),
        Column("rank", lambda row, _: rank_word(row.rank), Holding.rank),
    )
    choices = (
        Choice(
            "rank",
            lambda: [("0", say("rank_0")), ("deputies", say("deputies"))],
            {"0": Holding.rank == 0, "deputies": Holding.rank > 0}.get,
        ),
        Choice("unit", lambda: [], lambda value: ((Unit.address == value) | Unit.address.startswith(f"{value}/")) if value else None),
    )
    searched = (Unit.address, Post.name, Person.name, Person.code)
    usual = (Unit.address, Holding.post, Holding.rank)

    def query(self) -> ModelSelect:
        return Holding.select(Holding, Post, Unit, Person).join(Post).join(Unit).switch(Holding).join(Person).where(Post.active & Unit.active)

    def filled(self, row: Any) -> dict[str, Any]:
        return {"person": person_word(row.person), "rank": str(row.rank)}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        post = row.post if row is not None else post_named(form, "post")
        person = person_named(form, "person")
        assert person is not None
        typed = form.text("rank", 2)
        if not (typed.isascii() and typed.isdigit()) or int(typed) > MOST_DEPUTIES:
            raise Mistake("rank", "rank_shape", most=MOST_DEPUTIES)
        rank = int(typed)
        others = Holding.select(Holding, Person).join(Person).where((Holding.post == post) & (Holding.id != (row.id if row is not None else 0)))
        for other in others:
            if other.person_id == person.id:
                raise Mistake("person", "holds_twice", name=person.name, rank=rank_word(other.rank))
            if other.rank == rank:
                raise Mistake("rank", "rank_taken", name=other.person.name, rank=rank_word(rank))
        if row is not None and row.rank == 0 and rank != 0:
            raise Mistake("rank", "holder_needed")
        return {"post": post, "person": person, "rank": rank}

    def title_of(self, row: Any) -> str:
        return f"{row.post.unit.address}/{row.post.name} · {row.person.name}"

    def blocked(self, row: Any) -> list[str]:
        return [say("holder_stays", word=f"{row.post.unit.address}/{row.post.name}")] if row.rank == 0 else []

    def warned(self, row: Any) -> list[str]:
        return open_tickets((Ticket.post == row.post_id) & (Ticket.person == row.person_id))


def rank_word(rank: int) -> str:
    """本人 for 0, 代理 1 and so on."""
    return say("rank_0") if rank == 0 else say("rank_n", n=rank)
