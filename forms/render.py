"""Shows a form: what is in sight becomes plain values for the templates, and they become a page. What is hidden is not in the page at all.

The templates are web/templates/form_*.html; they need the running app of web/ (its words, its icons).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import render_template
from markupsafe import Markup

from engine import words
from engine.decision import Line
from engine.facts import Fact, Facts, Label
from engine.names import Names
from engine.tree import Tree
from forms.answers import Raw, typed_in
from forms.check import questions
from forms.form import Field, Form
from forms.kinds import KINDS
from forms.show import NOTHING, FactBook, Shown, ShownField, visible
from forms.values import LONGEST, LONGEST_LINE, NONE_OF_THESE, keys, limits

MOST_BUTTONS = 6  # more options than these are a list to pick from
WIDGETS = {
    "textarea": "area", "yesno": "buttons", "choices": "boxes", "tree": "list", "person": "list", "unit": "list",
    "photo": "upload", "file": "upload",
}  # fmt: skip
# kind -> type, inputmode, autocomplete of the <input>; an agent types another person's data, so the browser must not offer its own
INPUTS = {"number": ("text", "decimal"), "cn_mobile": ("tel", "tel"), "cn_phone": ("tel", "tel"), "date": ("date", ""), "datetime": ("datetime-local", "")}


@dataclass(frozen=True)
class Option:
    """One thing to choose. `words` are what is read; `path` all that a search may find it by."""

    value: str
    words: str
    chosen: bool = False
    path: str = ""


@dataclass(frozen=True)
class FileView:
    """A photo or file that was sent: `words` stand under it (处理前 13:06), `size` beside a file's name, `note` says what is odd about its
    time, `place` is "lat,lon". Without `photo` it has no picture."""

    key: str
    photo: bool = True
    words: str = ""
    name: str = ""
    size: str = ""
    note: str = ""
    place: str = ""


@dataclass(frozen=True)
class FieldView:
    """A field as its template reads it; `groups` are the options under their headings, `files` what was sent for it."""

    id: str
    widget: str
    kind: str
    label: str
    value: str
    required: bool
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    hint: str = ""
    unit: str = ""
    error: str = ""
    because: str = ""
    type: str = "text"
    inputmode: str = ""
    longest: int = LONGEST_LINE
    searched: bool = False
    files: tuple[FileView, ...] = ()
    place: bool = False


@dataclass(frozen=True)
class PageView:
    """A page in sight, its number in the whole form from 1."""

    number: int
    title: str
    because: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True)
class FormView:
    """All that is in sight. `wrong` lists (field id, its label, sentence) in the order of the page; `watch` are the fields conditions ask about."""

    id: str
    title: str
    version: str
    pages: tuple[PageView, ...]
    wrong: tuple[tuple[str, str, str], ...] = ()
    watch: tuple[str, ...] = ()
    prefix: str = ""  # before every element id, so that a preview may stand beside other forms
    uploads: bool = False  # whether any field of the form, in sight or not, asks for files


def view(
    form: Form,
    shown: Shown,
    raw: Raw,
    factbook: FactBook,
    names: Names,
    lang: str,
    errors: Mapping[str, Label] | None = None,
    prefix: str = "",
) -> FormView:
    """The form as the templates read it: `shown` says what is in sight, `raw` what is typed in, `errors` what is wrong, by field id."""
    wrong = errors or {}
    pages = tuple(
        PageView(
            page.number,
            page.page.title.say(lang),
            _because(page.because, factbook, lang),
            tuple(_field(one, raw.get(one.field.id, ()), wrong.get(one.field.id), factbook, names, lang) for one in page.fields),
        )
        for page in shown.pages
    )
    said = tuple((one.id, one.label, one.error) for page in pages for one in page.fields if one.error)
    return FormView(form.id, form.title.say(lang), form.version, pages, said, watched(form), prefix, any(KINDS[one.kind].sent for _, one in form.fields()))


def watched(form: Form) -> tuple[str, ...]:
    """The ids of the fields on whose answers something else depends."""
    asked = {test.fact for page, one in form.fields() for condition in (page.show_if, one.show_if) for test in questions(condition)}
    return tuple(one.id for _, one in form.fields() if asked & set(one.facts))


def body(seen: FormView) -> Markup:
    """The pages and fields as HTML, without the form element, its buttons or its summary of errors."""
    return Markup(render_template("form_body.html", form=seen))


def preview(
    form: Form,
    answers: Facts,
    factbook: FactBook,
    names: Names,
    lang: str,
    *,
    page: int = 0,
    known: Facts = NOTHING,
    prefix: str = "preview-",
) -> Markup:
    """The form as it would be seen with these answers (facts), for the designer: page `page` of the form alone, or all with 0.

    A page that is out of sight shows the first one that is in sight.
    """
    shown = visible(form, answers, factbook, names, known)
    numbers = [one.number for one in shown.pages]
    here = page if page in numbers else (numbers[0] if page and numbers else 0)
    seen = view(form, shown, typed_in(form, answers), factbook, names, lang, prefix=prefix)
    kept = replace(seen, pages=tuple(one for one in seen.pages if not here or one.number == here))
    place = numbers.index(here) + 1 if here else 0
    return Markup(render_template("form_preview.html", form=kept, place=place, places=len(numbers), numbers=numbers))


def _because(line: Line | None, factbook: FactBook, lang: str) -> str:
    """Why something is asked: the answers that made its condition true."""
    if line is None or line.verdict is not True:
        return ""
    return ("；" if lang == "zh" else "; ").join(words.because(line, factbook, lang))


def _field(one: ShownField, typed: tuple[str, ...] | list[str] | object, error: Label | None, factbook: FactBook, names: Names, lang: str) -> FieldView:
    asked = one.field
    given = [str(word) for word in typed] if isinstance(typed, list | tuple) else []
    fact = factbook[asked.facts[0]]
    label = (asked.label or fact.label) if asked.of else fact.label
    widget = WIDGETS.get(asked.kind, "line")
    groups = _groups(asked, fact, given, factbook, names, lang)
    if asked.kind == "choice":
        widget = "buttons" if len(fact.options) <= MOST_BUTTONS else "list"
    kind, inputmode = INPUTS.get(asked.kind, ("text", ""))
    hint = asked.hint.say(lang) if asked.hint is not None else ""
    return FieldView(
        asked.id,
        widget,
        asked.kind,
        label.say(lang),
        given[0] if given else "",
        asked.required,
        groups,
        hint or _range(asked, fact, lang),
        asked.unit.say(lang) if asked.unit is not None else "",
        error.say(lang) if error is not None else "",
        _because(one.because, factbook, lang),
        kind,
        "numeric" if inputmode == "decimal" and not fact.places else inputmode,
        LONGEST.get(asked.kind, LONGEST_LINE),
        widget == "list" and len(fact.options) > MOST_BUTTONS,
        tuple(FileView(key, asked.kind == "photo") for key in keys(given)) if widget == "upload" else (),
        asked.place,
    )


def _range(asked: Field, fact: Fact, lang: str) -> str:
    low, high = limits(asked, fact)
    if asked.kind != "number" or low is None or high is None:
        return ""
    return f"{low:f} 到 {high:f}" if lang == "zh" else f"{low:f} to {high:f}"


def _groups(asked: Field, fact: Fact, given: list[str], factbook: FactBook, names: Names, lang: str) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    if asked.of:
        known = tuple(Option(name, factbook[name].label.say(lang), name in given) for name in asked.of)
        return (("", (*known, Option(NONE_OF_THESE, "以上都没有" if lang == "zh" else "None of these", NONE_OF_THESE in given))),)
    if asked.kind == "yesno":
        answers = [("yes", "是", "Yes"), ("no", "否", "No"), *([] if asked.required else [("unknown", "不清楚", "Not known")])]
        return (("", tuple(Option(value, zh if lang == "zh" else en, value in given) for value, zh, en in answers)),)
    if KINDS[asked.kind].fact == "tree":
        return _tree(names.areas if fact.options_from == "areas" else names.categories, given)
    return (("", tuple(Option(one, one, one in given) for one in fact.options)),) if fact.options else ()


def _tree(tree: Tree, given: list[str]) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """Every node under the heading of its root, in the tree's order; deeper ones are read with what they lie beneath."""

    def below(name: str) -> list[Option]:
        path = tree.path(name)
        here = Option(name, " › ".join(path[1:]) or name, name in given, " › ".join(path))
        return [here, *(option for child in tree.children(name) for option in below(child))]

    return tuple((root, tuple(below(root))) for root in tree.roots())
