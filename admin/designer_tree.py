"""What the form designer works on: the forms in force or a draft's, with the facts and names they are read by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from admin.base import Refused
from admin.workbench_tree import Kept
from engine.findings import Finding, RulesRefused, in_order
from engine.folder import Loaded
from engine.run_tests import TestResult
from engine.source import Source
from engine.vocabulary import Vocabulary
from forms.check import asked_before, check
from forms.form import Form
from forms.load import FOLDER, Forms, is_form, load_text
from forms.run_tests import run
from tickets.domain.status import STATUSES
from tickets.store import drafts
from tickets.store.drafts import DraftInfo
from wiring import rulebook
from wiring.settings import Settings

FACTS = "rules/facts.yaml"


@dataclass(frozen=True)
class Sheets:
    """Every form of a draft (or, without one, of what is in force) as text. `base` is what is in force, `loaded` the rules and facts."""

    draft: DraftInfo | None
    base: dict[str, str]
    tree: dict[str, str]
    loaded: Loaded

    @cached_property
    def forms(self) -> Forms:
        """The forms that can be read."""
        return rulebook.forms_of(self.tree, self.loaded)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The facts and names, with the statuses a step may name."""
        return Vocabulary(self.loaded.facts, replace(self.loaded.names, statuses=tuple(STATUSES))).resolved()

    def paths(self) -> list[str]:
        """The files of all forms, by name."""
        return sorted(path for path in self.tree if is_form(path))

    def path(self, stem: str) -> str:
        """The file a form of that address lies in; Refused (404) with the forms there are."""
        found = next((path for path in self.paths() if stem_of(path) == stem), None)
        if found is None:
            known = "、".join(stem_of(path) for path in self.paths()) or "无"
            raise Refused(f"没有表单「{stem[:60]}」，现有：{known}", f"there is no form {stem[:60]}; there are: {known}", 404)
        return found

    def sheet(self, stem: str) -> Sheet:
        """One form as it is written, sound or not."""
        path = self.path(stem)
        return Sheet(self, path, self.tree[path])


@dataclass(frozen=True)
class Sheet:
    """One form's file. `data` is what it says, None while it is no YAML; `form` is None while anything of it is refused."""

    sheets: Sheets
    path: str
    text: str

    @cached_property
    def data(self) -> dict[str, object] | None:
        """The file as plain data."""
        try:
            found = Source(self.text).plain
        except RulesRefused:
            return None
        return found if isinstance(found, dict) else None

    @cached_property
    def _read(self) -> tuple[Form | None, tuple[Finding, ...]]:
        return load_text(self.text, self.path, self.sheets.vocabulary)

    @property
    def form(self) -> Form | None:
        """The form, when it can be read."""
        return self._read[0]

    def findings(self) -> tuple[Finding, ...]:
        """Everything wrong with the form, and with the facts it is read by."""
        form, found = self._read
        of_facts = tuple(one for one in self.sheets.loaded.findings if one.file == FACTS and one.level == "error")
        more = check(form, self.sheets.vocabulary, self.before()) if form is not None else ()
        return (*(_plainly(one) for one in in_order((*found, *more))), *of_facts)

    def before(self) -> frozenset[str]:
        """The facts that are known by the time this form is filled in."""
        return asked_before(self.form, self.sheets.forms.forms) if self.form is not None else frozenset()

    def results(self) -> list[TestResult]:
        """Every sample, green or red; none while the form cannot be read."""
        return run(self.form, self.sheets.vocabulary) if self.form is not None else []


def _plainly(one: Finding) -> Finding:
    """A page without fields is said as such, not as an empty `ask`."""
    if one.zh != "ask是空的":
        return one
    return replace(one, zh="这一页还没有字段，请添加字段，或删去这一页", en="this page has no fields yet: add one, or remove the page")


def sheets_of(kept: Kept, settings: Settings, draft_id: int | None, at: datetime) -> Sheets:
    """The draft as it stands now; Refused when there is none of that number."""
    base = rulebook.tree_in_force(settings, at)
    draft = drafts.draft(draft_id) if draft_id is not None else None
    if draft_id is not None and draft is None:
        raise Refused(f"没有 {draft_id} 号草稿，请从上面的草稿里选", f"there is no draft {draft_id}: choose one above", 404)
    tree = rulebook.overlaid(base, draft.id) if draft is not None else base
    rules = {path: text for path, text in tree.items() if path.startswith("rules/")}  # a change of a form does not load the rules again
    return Sheets(draft, base, tree, kept.loaded(rules))


def stem_of(path: str) -> str:
    """A form's address: intake for forms/intake.yaml."""
    return path.removeprefix(FOLDER).rsplit(".", 1)[0]


def title_of(data: Mapping[str, object] | None, lang: str, otherwise: str) -> str:
    """The title as written, in the reader's language."""
    title = (data or {}).get("title")
    if isinstance(title, Mapping):
        return str((title.get("en") if lang == "en" else None) or title.get("zh") or otherwise)
    return str(title) if title else otherwise
