"""Which files are in force: those an office has published, else those on disk; and how a running installation takes newer ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import structlog

from engine import folder
from engine.book import RuleBook
from engine.compile_ruleset import CompileRefused
from engine.durable_host import HostFailed
from engine.findings import RulesRefused
from engine.folder import Loaded
from engine.load_calendar import CalendarRefused
from engine.names import Names
from engine.vocabulary import Vocabulary
from forms import load as load_forms
from forms.load import Forms
from insights.library import CategoryLibrary
from insights.library_model import Model
from insights.places import PlaceFinder
from tickets.domain.status import STATUSES
from tickets.ports import Desk
from tickets.store import drafts, releases, stamp
from tickets.store.alarms import raise_alarm, standing
from tickets.store.names import aliases_from_database, names_from_database
from wiring.disk_tree import DiskTree
from wiring.settings import BadSettings, Settings

Mark = tuple[int, int]  # the release in force and the state of the directory
_log = structlog.get_logger("rulebook")
DISK = DiskTree()
NOT_TAKEN = "规则未能生效"
EARLIER = 50  # releases tried at a start, when the one in force cannot be taken


def tree_on_disk(settings: Settings) -> dict[str, str]:
    """The files that came with the program or were put there by hand, as texts by path; RulesRefused for one that is no text."""
    return tree_of(settings.rules)


def tree_of(rules: Path) -> dict[str, str]:
    """The rule files of a folder with the forms and message templates that came with the program."""
    return DISK.of(rules)


def tree_in_force(settings: Settings, at: datetime) -> dict[str, str]:
    """Every file in force at that moment: the release's, once something has been published; else those on disk."""
    published = releases.in_force_files(at)
    return tree_on_disk(settings) if published is None else published


def draft_tree(settings: Settings, draft_id: int, at: datetime) -> dict[str, str]:
    """What would be in force if the draft were published now."""
    return overlaid(tree_in_force(settings, at), draft_id)


def overlaid(tree: dict[str, str], draft_id: int) -> dict[str, str]:
    """The tree with a draft's files laid over it."""
    own = drafts.changed(draft_id)
    return {path: text for path, text in {**tree, **own}.items() if text is not None}


def load_tree(tree: dict[str, str], names: Names | None = None) -> Loaded:
    """The rule sets of a tree in the names of the directory; findings say what is wrong, nothing is raised."""
    base = Vocabulary(names=names if names is not None else names_from_database())
    return folder.load_tree(tree, base=base, statuses=tuple(STATUSES))


def forms_of(tree: dict[str, str], loaded: Loaded) -> Forms:
    """The forms of a tree, in the words of its facts."""
    return load_forms.load_tree(tree, loaded.vocabulary, tuple(STATUSES))


def checked_load(tree: dict[str, str], names: Names) -> Loaded:
    """The same; RulesRefused with every error when there is one."""
    loaded = load_tree(tree, names)
    if loaded.errors:
        raise RulesRefused(loaded.errors)
    if loaded.catalogue is None:
        raise BadSettings("rules/: 没有派单目录 library.yaml (no dispatch catalogue)")
    return loaded


def whole(tree: dict[str, str], names: Names) -> tuple[Loaded, Forms]:
    """Rule sets and forms of a tree, all of it fit to be in force; RulesRefused or CalendarRefused when anything is not."""
    loaded = checked_load(tree, names)
    forms = forms_of(tree, loaded)
    if forms.errors:
        raise RulesRefused(forms.errors)
    loaded.days()
    return loaded, forms


def newest_whole(settings: Settings, at: datetime, names: Names) -> tuple[dict[str, str], Loaded, Forms]:
    """What a process begins with: the files in force; when a release cannot be taken, with an alarm, the newest earlier ones that can, so that the
    hotline starts all the same. RulesRefused or CalendarRefused when there are none.
    """
    tree, number = tree_in_force(settings, at), releases.newest_mark(at)
    try:
        return tree, *whole(tree, names)
    except (RulesRefused, CalendarRefused) as refused:
        for earlier in _earlier(settings, at) if number else ():
            try:
                found = whole(earlier, names)
            except (RulesRefused, CalendarRefused):
                continue
            _not_taken(number, refused, at)
            return earlier, *found
        raise


def _earlier(settings: Settings, at: datetime) -> Iterator[dict[str, str]]:
    """The trees of the releases that were in force before, newest first, then the files on disk."""
    were = [one for one in releases.listed(EARLIER) if not one.withdrawn and one.effective_at <= at]
    for one in sorted(were, key=lambda one: (one.effective_at, one.number), reverse=True)[1:]:
        yield releases.files(one.id)
    yield tree_on_disk(settings)


def _not_taken(number: int, refused: Exception, at: datetime) -> None:
    text = f"第 {number} 号发布未能生效，仍按原来的规则：{str(refused)[:300]} (the release could not be taken; the old rules hold)"
    if not standing(NOT_TAKEN, text):
        raise_alarm(NOT_TAKEN, text, at)


class LiveRules:
    """Keeps a running desk on the files and the directory in force. One a process; `refresh` may be called from any thread."""

    def __init__(self, settings: Settings, desk: Desk, book: RuleBook, mark: Mark) -> None:
        self._settings, self._desk, self._book, self._mark = settings, desk, book, mark
        self._lock = threading.Lock()

    def refresh(self) -> bool:
        """Takes what has newly come into force; True when something has. One cheap query otherwise.

        Files that cannot be taken (which the gate should have stopped) leave the old ones in force and raise an alarm, once.
        """
        at = self._desk.clock()
        mark = mark_at(at)
        if mark == self._mark or not self._lock.acquire(blocking=False):
            return False
        try:
            self._take(at, mark)
            self._mark = mark
            return True
        except (RulesRefused, CalendarRefused, CompileRefused, HostFailed, BadSettings, ValueError) as refused:
            self._mark = mark
            _not_taken(mark[0], refused, at)
            _log.exception("release not taken", number=mark[0])
            return False
        finally:
            self._lock.release()

    def _take(self, at: datetime, mark: Mark) -> None:
        tree, names = tree_in_force(self._settings, at), names_from_database()
        loaded, forms = whole(tree, names)
        calendar = loaded.days()
        library = open_library(self._settings, loaded)
        places = PlaceFinder(names.areas, aliases_from_database(), self._settings.place_score)
        self._book.replace(loaded.sets, facts=loaded.facts, names=loaded.names)
        self._desk.renew(library, places, calendar, loaded.roles)
        self._desk.forms.replace(forms.forms)
        self._desk.templates.replace(tree)
        _log.info("rules renewed", number=mark[0])


def mark_at(at: datetime) -> Mark:
    """What is in force at that moment: the release's number and the directory's stamp."""
    return releases.newest_mark(at), stamp.stamp(stamp.DIRECTORY)


def open_library(settings: Settings, loaded: Loaded) -> CategoryLibrary:
    """The category library of a catalogue, with the trained model where one has been made."""
    assert loaded.catalogue is not None
    model = Model.load(settings.model_file) if settings.model_file.exists() else None
    return CategoryLibrary(loaded.catalogue, model, settings.library_confidence)
