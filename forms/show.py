"""What of a form is asked, given what has been answered so far: page by page, field by field, in the order it is read.

A condition sees only the answers given before it and in sight; it must be true (unknown is not enough). So an answer that went out of
sight takes with it whatever hung on it, and never becomes a fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.condition import ALWAYS, Condition
from engine.decision import Line
from engine.facts import Fact, Facts, FactValue
from engine.names import Names
from engine.reference import judge, trees_of
from forms.form import Field, Form, Page

FactBook = Mapping[str, Fact]
NOTHING: Facts = {}


@dataclass(frozen=True)
class ShownField:
    """A field in sight; `because` is its own condition as it was judged, where it has one."""

    field: Field
    because: Line | None = None


@dataclass(frozen=True)
class ShownPage:
    """A page in sight; `number` is its place in the form, from 1."""

    page: Page
    number: int
    fields: tuple[ShownField, ...]
    because: Line | None = None


@dataclass(frozen=True)
class Shown:
    """`facts` are the answers in sight, `set_aside` those that are hidden; visible and hidden fields are all there are."""

    pages: tuple[ShownPage, ...]
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    set_aside: Mapping[str, FactValue] = field(default_factory=dict)

    @property
    def visible(self) -> tuple[str, ...]:
        """The ids of the fields in sight, in order."""
        return tuple(shown.field.id for page in self.pages for shown in page.fields)

    @property
    def required(self) -> tuple[str, ...]:
        """The ids of the fields that must be answered now."""
        return tuple(shown.field.id for page in self.pages for shown in page.fields if shown.field.required)


def visible(form: Form, answers: Facts, factbook: FactBook, names: Names, known: Facts = NOTHING) -> Shown:
    """What is in sight with these answers (typed facts). `known` are facts that the form does not ask but that are known anyway."""
    shown = walk(form, lambda asked: {name: answers[name] for name in asked.facts if name in answers}, factbook, names, known)
    aside = {name: answers[name] for name in form.asks() if name in answers and name not in shown.facts}
    return Shown(shown.pages, shown.facts, shown.hidden, aside)


def walk(form: Form, answer: Callable[[Field], Facts], factbook: FactBook, names: Names, known: Facts = NOTHING) -> Shown:
    """Goes through the form as a reader does; `answer` is asked for each field that is in sight, and for no other."""
    trees = trees_of(names)
    own = set(form.asks())
    facts: dict[str, FactValue] = {}
    context: dict[str, FactValue] = {name: value for name, value in known.items() if name not in own}

    def judged(condition: Condition) -> Line | None:
        return None if condition == ALWAYS else judge(condition, context, factbook, trees)

    pages: list[ShownPage] = []
    hidden: list[str] = []
    for number, page in enumerate(form.pages, 1):
        page_line = judged(page.show_if)
        in_sight: list[ShownField] = []
        for asked in page.ask:
            line = judged(asked.show_if)
            if _no(page_line) or _no(line):
                hidden.append(asked.id)
                continue
            in_sight.append(ShownField(asked, line))
            given = answer(asked)
            facts.update(given)
            context.update({name: value for name, value in given.items() if not factbook[name].personal})
        if in_sight:
            pages.append(ShownPage(page, number, tuple(in_sight), page_line))
    return Shown(tuple(pages), facts, tuple(hidden))


def _no(line: Line | None) -> bool:
    return line is not None and line.verdict is not True
