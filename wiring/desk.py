"""Builds the ready-made parts of an installation from its settings: database, rules, calendar, library, places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.book import RuleBook
from engine.folder import Loaded
from engine.load_library import Catalogue
from engine.vocabulary import Vocabulary
from forms.book import FormBook
from insights.places import PlaceFinder
from notifications.channels import Channel
from notifications.render import TemplateBook
from tickets.domain.quiet import Quiet
from tickets.ports import Desk, Queue
from tickets.store import releases
from tickets.store.connect import open_database
from tickets.store.migrate import pending
from tickets.store.names import aliases_from_database, names_from_database
from wiring import rulebook
from wiring.links import survey_links
from wiring.names import database_ready
from wiring.providers import channels_of
from wiring.rulebook import LiveRules
from wiring.settings import BadSettings, Settings, make_home


@dataclass(frozen=True)
class Parts:
    """Everything an entry (page, command, worker) hands on. `book` is what `desk.rules` asks; close it at the end."""

    settings: Settings
    desk: Desk
    book: RuleBook
    catalogue: Catalogue
    channels: Mapping[str, Channel]
    live: LiveRules

    def renew(self) -> bool:
        """Takes what has newly been published or changed in the directory; True when something has."""
        return self.live.refresh()


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
    at = clock()
    mark = rulebook.mark_at(at)
    tree, loaded, forms = rulebook.newest_whole(settings, at, names)
    assert loaded.catalogue is not None
    for what, address in (("manual_desk", settings.manual_desk), ("last_resort", settings.last_resort)):
        if address not in names.units:
            raise BadSettings(f"config.yaml: {what}: 名录里没有「{address}」，请改成已有的科室 (no such section in the directory)")
    book = RuleBook(loaded.sets, loaded.facts, loaded.names)
    desk = Desk(
        clock=clock,
        library=rulebook.open_library(settings, loaded),
        places=PlaceFinder(names.areas, aliases_from_database(), settings.place_score),
        rules=book,
        queue=queue or NoQueue(),
        calendar=loaded.days(),
        manual_desk=settings.manual_desk,
        last_resort=settings.last_resort,
        roles=loaded.roles,
        forms=FormBook(forms.forms),
        templates=TemplateBook(tree),
        links=survey_links(settings),
        return_within=settings.return_within,
        return_most=settings.return_most,
        quiet=Quiet(settings.quiet_hours.start, settings.quiet_hours.until, frozenset(settings.quiet_hours.kinds)),
    )
    return Parts(settings, desk, book, loaded.catalogue, channels_of(settings), LiveRules(settings, desk, book, mark))


def open_migrated(settings: Settings) -> None:
    """Opens the installation's database; BadSettings when its tables are not those of this version."""
    open_database(settings.database_url)
    if pending():
        raise BadSettings("数据库的表不是最新，请先运行 python run.py migrate (run migrate first)")


def load_rules(settings: Settings, base: Vocabulary) -> Loaded:
    """The files in force, in the names of `base`: for commands that need no desk. RulesRefused with every error when there is one."""
    published = releases.in_force_files(utc_now()) if database_ready(settings) else None
    return rulebook.checked_load(rulebook.tree_on_disk(settings) if published is None else published, base.names)
