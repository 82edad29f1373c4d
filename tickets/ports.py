"""What an action needs from outside, declared here and filled in by wiring/: the `Desk`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine.calendar import Calendar
from engine.decision import Decision
from engine.facts import Fact, Facts
from engine.names import Names
from engine.roles import Role
from engine.ruleset import RuleSet
from forms.book import FormBook
from notifications.render import TemplateBook
from tickets.domain.quiet import Quiet


@dataclass(frozen=True)
class Suggestion:
    """A category with its confidence (0 to 1, calibrated), the two runners-up, and the words that carried it.

    `by` is model, keywords or none (then `category` is "" and the manual desk decides). `words` are spans of the original text.
    """

    category: str
    confidence: float
    by: str
    others: tuple[tuple[str, float], ...] = ()
    words: tuple[str, ...] = ()
    unsure: bool = False  # below the confidence set in config.yaml


@dataclass(frozen=True)
class PlaceFound:
    """The area named in a text: its name, the score (0 to 100), and the words of the text that matched."""

    area: str
    score: float
    words: str
    how: str  # exact alias fuzzy


class Library(Protocol):
    def suggest(self, text: str) -> Suggestion: ...


class Places(Protocol):
    def find(self, text: str, address: str = "") -> PlaceFound | None: ...


class RulesThen(Protocol):
    """The rule sets that gave an answer, with what they were read with; they stay as they are when newer ones come into force."""

    @property
    def context(self) -> str: ...

    @property
    def context_hash(self) -> str: ...

    def ruleset(self, name: str) -> RuleSet: ...


class Rules(Protocol):
    """The rule sets in force. `decide` evaluates one set on one event; `asked` says by which rules as well."""

    @property
    def names(self) -> Names: ...

    @property
    def facts(self) -> Mapping[str, Fact]: ...

    @property
    def context_hash(self) -> str: ...

    @property
    def context(self) -> str: ...

    def decide(self, ruleset: str, event: str, facts: Facts, at: datetime) -> Decision: ...

    def asked(self, ruleset: str, event: str, facts: Facts, at: datetime) -> tuple[Decision, RulesThen]: ...

    def ruleset(self, name: str) -> RuleSet: ...

    def rulesets(self) -> tuple[RuleSet, ...]: ...


class Queue(Protocol):
    """Nudges the worker with ids after a commit; losing a nudge loses nothing, only time."""

    def nudge(self, outbox_ids: Sequence[int]) -> None: ...


class Links(Protocol):
    """Makes and reads the links by which a citizen answers. The link is made of `nonce` and the installation's secret, and kept nowhere."""

    @property
    def days(self) -> int:
        """How long a link holds, in days."""
        ...

    def key(self, nonce: str) -> str:
        """The key inside the link; only its hash is stored."""
        ...

    def address(self, nonce: str, at: datetime) -> str:
        """The whole address, signed at `at` (aware)."""
        ...

    def read(self, token: str, at: datetime) -> str:
        """The key in a link's last part; LinkRefused for one that was altered, made up, or is too old."""
        ...


class LinkRefused(Exception):
    """A link that opens nothing. `expired`: it was real once."""

    permanent = True

    def __init__(self, expired: bool) -> None:
        super().__init__("链接已过期 (the link has expired)" if expired else "链接无效 (not a valid link)")
        self.expired = expired


@dataclass
class Desk:
    """Ready-made parts, built once by wiring/. `clock()` is aware UTC; actions ask it once.

    Only wiring changes it, by `renew`, when an office has published or the directory has changed.
    """

    clock: Callable[[], datetime]
    library: Library
    places: Places
    rules: Rules
    queue: Queue
    calendar: Calendar
    manual_desk: str  # address of the manual desk, from config.yaml
    last_resort: str = ""  # address told when a recipient and his superiors cannot be found, from config.yaml
    roles: Mapping[str, Role] = field(default_factory=dict)  # rules/roles.yaml
    forms: FormBook = field(default_factory=FormBook)  # the forms in force
    templates: TemplateBook = field(default_factory=TemplateBook)  # the message templates in force
    return_within: str = "1d"  # how long after a dispatch a unit may return it, from config.yaml
    return_most: int = 3  # after so many returns the hotline centre designates, from config.yaml
    quiet: Quiet = field(default_factory=Quiet)  # what can wait, and when it does, from config.yaml
    links: Links | None = None  # None: no address is known under which a citizen could answer, so nobody is asked by link
    token: Callable[[], str] = lambda: secrets.token_hex(16)  # 32 hex digits nobody can guess; the simulator deals its own

    def renew(self, library: Library, places: Places, calendar: Calendar, roles: Mapping[str, Role]) -> None:
        """Takes what belongs to newer files or a newer directory; `rules` renews itself (engine/book.py)."""
        self.library, self.places, self.calendar, self.roles = library, places, calendar, roles
