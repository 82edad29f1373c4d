"""The project's own rules, read once with the demonstration district's names, as an installation reads them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine import folder
from engine.book import RuleBook
from engine.folder import Loaded
from engine.load_library import Catalogue
from engine.vocabulary import Vocabulary
from tickets.domain.status import STATUSES
from tickets.files import district

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"


@dataclass(frozen=True)
class Unit:
    """One row of demo/units.csv."""

    address: str
    kind: str
    superior: str
    receiving_post: str


@pytest.fixture(scope="session")
def base() -> Vocabulary:
    return Vocabulary(names=district.read(ROOT / "demo").names())


@pytest.fixture(scope="session")
def loaded(base: Vocabulary) -> Loaded:
    found = folder.load([RULES], base=base, statuses=tuple(STATUSES))
    assert [finding.text("zh") for finding in found.errors] == []
    return found


@pytest.fixture(scope="session")
def catalogue(loaded: Loaded) -> Catalogue:
    assert loaded.catalogue is not None
    return loaded.catalogue


@pytest.fixture(scope="session")
def book(loaded: Loaded) -> Iterator[RuleBook]:
    whole = RuleBook(loaded.sets, loaded.facts, loaded.names)
    yield whole
    whole.close()


@pytest.fixture(scope="session")
def units() -> dict[str, Unit]:
    with (ROOT / "demo" / "units.csv").open(encoding="utf-8") as file:
        return {row["address"]: Unit(**row) for row in csv.DictReader(file)}
