"""Builds the ready-made parts of an installation from its settings: database, rules, calendar, library, places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from engine import folder
from engine.book import RuleBook
from engine.calendar import Calendar
from engine.findings import RulesRefused
from engine.folder import Loaded
from engine.load_library import Catalogue
from engine.vocabulary import Vocabulary
from insights.library import CategoryLibrary
from insights.library_model import Model
from insights.places import PlaceFinder
from notifications.channels import Channel, open_channels
from tickets.domain.status import STATUSES
from tickets.ports import Desk, Queue
from tickets.store.connect import open_database
from tickets.store.migrate import pending
from tickets.store.names import aliases_from_database, names_from_database
from wiring.settings import BadSettings, Settings, make_home


@dataclass(frozen=True)
class Parts:
    """Everything an entry (page, command, worker) hands on. `book` is what `desk.rules` asks; close it at the end."""

    settings: Settings
    desk: Desk
    book: RuleBook
    catalogue: Catalogue
    channels: Mapping[str, Channel]


class NoQueue:
    """For commands without a worker beside them: the worker finds what is owed at its next turn."""

    def nudge(self, outbox_ids: Sequence[int]) -> None:
        """Does nothing: the database remembers."""


def utc_now() -> datetime:
    """The installation's clock: aware UTC."""
    return datetime.now(UTC)


def open_parts(settings: Settings, queue: Queue | None = None, clock: Callable[[], datetime] = utc_now) -> Parts:
    """The parts of an installation that has been migrated and seeded.

    Raises BadSettings when it has not been, RulesRefused when a rule file has an error (nothing starts on broken rules),
    ModelRefused when the trained library cannot be read.
    """
    make_home(settings)
    open_migrated(settings)
    names = names_from_database()
    if not names.units:
        raise BadSettings("数据库里还没有组织名录，请先运行 python run.py seed (run seed first)")
    loaded = load_rules(settings, Vocabulary(names=names))
    assert loaded.catalogue is not None
    for what, address in (("manual_desk", settings.manual_desk), ("last_resort", settings.last_resort)):
        if address not in names.units:
            raise BadSettings(f"config.yaml: {what}: 名录里没有「{address}」，请改成已有的科室 (no such section in the directory)")
    book = RuleBook(loaded.sets, loaded.facts, loaded.names)
    desk = Desk(
        clock=clock,
        library=open_library(settings, loaded.catalogue),
        places=PlaceFinder(names.areas, aliases_from_database(), settings.place_score),
        rules=book,
        queue=queue or NoQueue(),
        calendar=Calendar.load(loaded.calendar),
        manual_desk=settings.manual_desk,
        last_resort=settings.last_resort,
        roles=loaded.roles,
    )
    return Parts(settings, desk, book, loaded.catalogue, open_channels({str(kind): name for kind, name in settings.channels.items()}, settings.home))


def open_migrated(settings: Settings) -> None:
    """Opens the installation's database; BadSettings when its tables are not those of this version."""
    open_database(settings.database_url)
    if pending():
        raise BadSettings("数据库的表不是最新，请先运行 python run.py migrate (run migrate first)")


def load_rules(settings: Settings, base: Vocabulary) -> Loaded:
    """The project's rule sets in the names of `base`; RulesRefused with every error when there is one."""
    loaded = folder.load([settings.rules], base=base, statuses=tuple(STATUSES))
    if loaded.errors:
        raise RulesRefused(loaded.errors)
    if loaded.catalogue is None:
        raise BadSettings(f"{settings.rules}: 没有派单目录 library.yaml (no dispatch catalogue)")
    return loaded


def open_library(settings: Settings, catalogue: Catalogue) -> CategoryLibrary:
    """The category library, with the trained model where one has been made."""
    model = Model.load(settings.model_file) if settings.model_file.exists() else None
    return CategoryLibrary(catalogue, model, settings.library_confidence)
