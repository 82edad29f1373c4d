"""The agent's desk as the tests meet it: the small intake form, the project's own forms of the endings, a library that knows three words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from engine import folder
from engine.book import RuleBook
from engine.vocabulary import Vocabulary
from forms.book import FormBook
from forms.form import Form
from forms.load import load_tree, read_folder
from tests.tickets.fakes import WordLibrary, WordPlaces
from tests.web.conftest import Site, book
from tests.web.intake_form import INTAKE, PERSONAL, put_in_force
from tickets.domain.status import STATUSES
from web.intake import ENDS

ROOT = Path(__file__).parents[2]
KNOWN = {"停水": "供水", "路灯": "照明", "怪味": "农村保洁"}  # the last one it is not sure of


@cache
def _parts(intake: str = INTAKE) -> tuple[RuleBook, dict[str, Form]]:
    _, loaded, _ = book()
    tree = {"rules/facts.yaml": (ROOT / "rules" / "facts.yaml").read_text(encoding="utf-8")}
    words = folder.load_tree(tree, base=Vocabulary(names=loaded.names), statuses=tuple(STATUSES))
    facts = {**words.facts, **loaded.facts, **PERSONAL}
    own = {file: text for file, text in read_folder()[0].items() if Path(file).stem in ENDS}
    found = load_tree({"forms/intake.yaml": intake, **own}, Vocabulary(facts, loaded.names), tuple(STATUSES))
    assert found.errors == ()
    return RuleBook(loaded.sets, facts, loaded.names), dict(found.forms)


def open_desk(site: Site) -> None:
    """Puts all of it in force in the app under test."""
    put_in_force(site.app)
    rules, forms = _parts()
    hall = site.app.extensions["suda"]
    library, places = WordLibrary(KNOWN, unsure=("怪味",)), WordPlaces(("花园小区",))
    object.__setattr__(hall, "desk", replace(hall.desk, rules=rules, forms=FormBook(forms), library=library, places=places))


def publish(site: Site, intake: str) -> None:
    """Puts another intake form in force while the app runs."""
    site.app.extensions["suda"].desk.forms.replace(_parts(intake)[1])
