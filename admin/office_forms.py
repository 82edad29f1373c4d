"""The forms of the back office: named fields alone, errors in the reader's words, other rows named as people name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import g
from peewee import Model
from wtforms import BooleanField, Form, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from engine.suggest import nearest
from tickets.store.models import Area, Person, Post, Unit
from web.hall import hall

Found = TypeVar("Found", bound=Model)
MOST_OFFERED = 12  # names offered while one types


class Mistake(Exception):
    """What is wrong with one field (empty: with the row as a whole): an entry of web/words/office.yaml and its parts."""

    permanent = True

    def __init__(self, field: str, key: str, **parts: object) -> None:
        super().__init__(key)
        self.field, self.key, self.parts = field, key, parts


def say(key: str, **parts: object) -> str:
    """The words of `office.<key>` in the reader's language."""
    return hall().words.say(f"office.{key}", g.lang, **parts)


class OfficeForm(Form):  # type: ignore[misc]
    """A form whose fields are named one by one: what else is posted reaches nothing. Fields marked `fixed` are for new rows alone."""

    fixed: tuple[str, ...] = ()

    def __init__(self, formdata: Any = None, obj: Any = None, prefix: str = "", **more: Any) -> None:
        super().__init__(formdata=formdata, prefix=prefix, data=more.get("data"))
        self.form_errors: list[str] = []

    def text(self, name: str, longest: int, *, needed: bool = True) -> str:
        """What was typed, trimmed; Mistake when it is missing, too long, or holds a character nobody can see."""
        value = (self[name].data or "").strip()
        if needed and not value:
            raise Mistake(name, "needed")
        if len(value) > longest:
            raise Mistake(name, "too_long", most=longest, count=len(value))
        if not value.isprintable():
            raise Mistake(name, "unprintable")
        return value

    def one_of(self, name: str, options: Sequence[str]) -> str:
        """The option chosen; Mistake for none of them."""
        value = (self[name].data or "").strip()
        if value not in options:
            raise Mistake(name, "choose" if not value else "no_option", word=value[:20])
        return value

    def blame(self, mistake: Mistake) -> None:
        """Puts a mistake beside its field, or above the form."""
        sentence = say(mistake.key, **mistake.parts)
        if mistake.field in self:
            self[mistake.field].errors = [*self[mistake.field].errors, sentence]
        else:
            self.form_errors = [*self.form_errors, sentence]


def words(**more: Any) -> StringField:
    """A line of text."""
    return StringField(**more)


def secret() -> PasswordField:
    """A password: never sent back to the page."""
    return PasswordField()


def tick() -> BooleanField:
    """Yes or no."""
    return BooleanField()


def pick(options: Callable[[], Sequence[tuple[str, str]]]) -> SelectField:
    """One of a few; the options are checked by `OfficeForm.one_of`, whose sentence is ours."""
    return SelectField(choices=lambda: [SelectChoice(value, words) for value, words in options()], validate_choice=False)


def named(lookup: str) -> StringField:
    """Another row, named as people name it, with names offered while one types (admin/static/office.js)."""
    return StringField(render_kw={"data-lookup": lookup, "autocomplete": "off"})


def known_words(options: Sequence[str]) -> StringField:
    """A line of text with the usual words offered."""
    return StringField(render_kw={"data-options": "|".join(options), "autocomplete": "off"})


# ---- other rows by name ---------------------------------------------------------------------------------------------------
def unit_named(form: OfficeForm, field: str, *, needed: bool = True) -> Unit | None:
    """The unit in force of that address."""
    word = form.text(field, 120, needed=needed)
    found = Unit.get_or_none((Unit.address == word) & Unit.active) if word else None
    return _or_nearest(found, field, word, "no_unit", lambda: [address for (address,) in Unit.select(Unit.address).where(Unit.active).tuples()])


def area_named(form: OfficeForm, field: str, *, needed: bool = True) -> Area | None:
    """The area in force of that name."""
    word = form.text(field, 60, needed=needed)
    found = Area.get_or_none((Area.name == word) & Area.active) if word else None
    return _or_nearest(found, field, word, "no_area", lambda: [name for (name,) in Area.select(Area.name).where(Area.active).tuples()])


def person_named(form: OfficeForm, field: str, *, needed: bool = True) -> Person | None:
    """The person in force of that code; what follows the code (the name) is for the eye."""
    word = form.text(field, 70, needed=needed)
    code = word.partition(" ")[0]
    found = Person.get_or_none((Person.code == code) & Person.active) if word else None
    if word and found is None:
        namesakes = list(Person.select().where((Person.name == word) & Person.active).limit(2))
        if len(namesakes) == 2:
            raise Mistake(field, "namesakes", word=word)
        found = namesakes[0] if namesakes else None
    return _or_nearest(found, field, word, "no_person", lambda: [name for (name,) in Person.select(Person.name).where(Person.active).tuples()])


def post_named(form: OfficeForm, field: str) -> Post:
    """The post in force of that address: 单位/岗位 or 单位/科室/岗位."""
    word = form.text(field, 170)
    unit, _, name = word.rpartition("/")
    found = Post.select(Post, Unit).join(Unit).where((Unit.address == unit) & (Post.name == name) & Post.active & Unit.active).first()
    addresses = Post.select(Unit.address, Post.name).join(Unit).where(Post.active & Unit.active).tuples()
    post = _or_nearest(found, field, word, "no_post", lambda: [f"{unit}/{name}" for unit, name in addresses])
    assert isinstance(post, Post)
    return post


def _or_nearest(found: Found | None, field: str, word: str, key: str, names: Callable[[], list[str]]) -> Found | None:
    if found is not None or not word:
        return found
    near = nearest(word, names())
    raise Mistake(field, key if near is None else f"{key}_near", word=word[:60], near=near or "")


# ---- names offered while one types ----------------------------------------------------------------------------------------
def _units(word: str) -> list[tuple[str, str]]:
    rows = Unit.select(Unit.address, Unit.kind).where(Unit.active & Unit.address.contains(word)).order_by(Unit.address).limit(MOST_OFFERED)
    return [(address, kind) for address, kind in rows.tuples()]


def _areas(word: str) -> list[tuple[str, str]]:
    rows = Area.select(Area.name, Area.level).where(Area.active & Area.name.contains(word)).order_by(Area.id).limit(MOST_OFFERED)
    return [(name, level) for name, level in rows.tuples()]


def _people(word: str) -> list[tuple[str, str]]:
    wanted = Person.code.contains(word) | Person.name.contains(word)
    rows = Person.select(Person.code, Person.name).where(Person.active & wanted).order_by(Person.code).limit(MOST_OFFERED)
    return [(f"{code} {name}", "") for code, name in rows.tuples()]


def _posts(word: str) -> list[tuple[str, str]]:
    wanted = Post.name.contains(word) | Unit.address.contains(word)
    if "/" in word:
        unit, _, name = word.rpartition("/")
        wanted |= (Unit.address == unit) & Post.name.contains(name)
    rows = Post.select(Unit.address, Post.name, Post.role).join(Unit).where(Post.active & Unit.active & wanted).order_by(Unit.address, Post.id)
    return [(f"{unit}/{name}", role) for unit, name, role in rows.limit(MOST_OFFERED).tuples()]


LOOKUPS: Mapping[str, Callable[[str], list[tuple[str, str]]]] = {"unit": _units, "area": _areas, "person": _people, "post": _posts}


def offered(lookup: str, word: str) -> list[tuple[str, str]] | None:
    """(what to write, what it is) for names that hold the word; None for a lookup that does not exist."""
    find = LOOKUPS.get(lookup)
    return None if find is None else find(word.strip()[:60])


def person_word(person: Person) -> str:
    """How a person is written in a form."""
    return f"{person.code} {person.name}"
