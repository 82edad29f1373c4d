"""Asks the app on behalf of one member and looks at all that comes back: a mark the member may not read is a leak, a mark that is an element was not escaped."""

from __future__ import annotations

import io
import logging
import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
import structlog
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.conftest import Site, sign_in, token
from tests.web.district_rows import Rows
from tests.web.matrix_scene import OPENING, Scene, build, open_site
from tickets.store.models import database
from web.access import right_of

MARK = re.compile(r"zx\d{5}[a-z]+|(?<![.\d])(?:86)?1399\d{7}(?!\d)")  # decimals of a measured time are no number to call
CHANGES = re.compile(r'(name="csrf-token" content|name="csrf_token" value|nonce|name="(?:once|page|number)" value|data-now)="[^"]*"')
TO_THE_CITIZEN = ("title", "reply", "citizen")  # what whoever holds the link of the survey is shown: his own matter
SIGNED = ("twilio.",)  # asked by a provider: a signature stands in the place of the form's token
RAW = f"{OPENING}zx".encode()
ZIP = b"PK\x03\x04"


@dataclass
class Probe:
    """Everything asked so far in one app: how much, and what leaked. `who` "" is nobody signed in."""

    site: Site
    scene: Scene
    lines: list[str]  # what was logged so far
    asked: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    clients: dict[str, tuple[FlaskClient, str]] = field(default_factory=dict)

    def client(self, who: str) -> tuple[FlaskClient, str]:
        """The member's client, signed in once, with its CSRF token."""
        if who not in self.clients:
            client = self.site.app.test_client()
            if who:
                assert sign_in(client, who) == 302, who
            self.clients[who] = (client, token(client, "/mine"))
        return self.clients[who]

    def ask(self, who: str, method: str, address: str, data: Mapping[str, object] | None = None, csrf: bool = True, **headers: str) -> TestResponse:
        """One request, its answer looked through. What the request itself carries may come back to the sender."""
        client, carried = self.client(who)
        next(iter(self.site.app.extensions["limiter"])).reset()
        if method == "POST" and csrf:
            headers["X-CSRFToken"] = carried
        answer = client.open(address, method=method, data=dict(data) if data else None, headers=headers)
        self.asked[method] += 1
        sent = unquote_plus(address) + repr(data or {})
        self.look(who, f"{method} {address}", answer, frozenset(MARK.findall(sent)))
        return answer

    def leaked(self) -> list[str]:
        """What leaked since this was asked last."""
        found, self.leaks[:] = sorted(set(self.leaks)), []
        return found

    def look(self, who: str, what: str, answer: TestResponse, sent: frozenset[str] = frozenset()) -> None:
        """Notes every mark in body, headers and workbook that this member may not read."""
        body = plain_bytes(answer.data)
        if b"text/html" in (answer.headers.get("Content-Type", "")).encode() and RAW in body:
            at = body.index(RAW)
            self.leaks.append(f"not escaped: {who} {what}: {body[at - 60 : at + 40]!r}")
        text = body.decode("utf-8", "replace") + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        for mark in sorted(set(MARK.findall(text)) - sent):
            if who not in self.scene.marks.get(mark, frozenset()) and not ("/s/" in what and mark.endswith(TO_THE_CITIZEN)):
                self.leaks.append(f"{who or 'nobody'} {what} -> {answer.status_code}: {mark}")


def plain_bytes(data: bytes) -> bytes:
    """The body; of a workbook, all of its sheets and strings."""
    if not data.startswith(ZIP):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return b"\n".join(book.read(name) for name in book.namelist())


def same(answer: TestResponse, address: str) -> str:
    """The answer without what differs each time: tokens, and the record that was asked for."""
    text = CHANGES.sub("", answer.get_data(as_text=True))
    for part in sorted(set(re.split(r"[/?&=]", address)), key=len, reverse=True):
        text = text.replace(part, "") if len(part) > 5 else text
    return f"{answer.status_code} {text}"


def routes(site: Site) -> Iterator[tuple[Rule, str, str]]:
    """(rule, method, right) of everything the app serves, files of the pages themselves left out."""
    for rule in sorted(site.app.url_map.iter_rules(), key=str):
        if not rule.endpoint.endswith("static"):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method, str(right_of(site.app, rule.endpoint))


class Watch:
    """What is in the tables; asks the file itself whether anybody wrote since, and reads it all only then."""

    def __init__(self, file: Path) -> None:
        self._link = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        self._version, self._rows = self._mark(), self._all()

    def changed(self) -> set[str]:
        """The tables that differ from the last time this was asked."""
        version = self._mark()
        if version == self._version:
            return set()
        before, self._version, self._rows = self._rows, version, self._all()
        return {name for name in self._rows if self._rows[name] != before.get(name)}

    def close(self) -> None:
        self._link.close()

    def _mark(self) -> int:
        return int(self._link.execute("PRAGMA data_version").fetchone()[0])

    def _all(self) -> dict[str, int]:
        names = [row[0] for row in self._link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: hash(tuple(self._link.execute(f'SELECT * FROM "{name}"'))) for name in names}


class _Lines(logging.Handler):
    """Keeps what is logged, as it would be written."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.INFO)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def listening() -> Iterator[list[str]]:
    """All that is logged meanwhile, by structlog and by the standard library, line by line; tracebacks as the log file has them."""
    lines: list[str] = []

    def keep(_logger: object, _name: str, entry: MutableMapping[str, object]) -> MutableMapping[str, object]:
        lines.append(repr(entry))
        raise structlog.DropEvent

    handler, root, before = _Lines(lines), logging.getLogger(), structlog.get_config()
    level = root.level
    structlog.configure(processors=[structlog.processors.format_exc_info, keep])
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        structlog.configure(**before)


_BUILT: list[tuple[Path, Scene]] = []


def built_scene(factory: pytest.TempPathFactory, filled: tuple[Path, Rows]) -> tuple[Path, Scene]:
    """The scene, made once in a run for all the modules of the matrix."""
    if not _BUILT or not _BUILT[0][0].exists():
        _BUILT[:] = [build(factory.mktemp("matrix"), filled)]
    return _BUILT[0]


@contextmanager
def probing(factory: pytest.TempPathFactory, filled: tuple[Path, Rows]) -> Iterator[Probe]:
    """A probe of an app over its own copy of the scene."""
    built = built_scene(factory, filled)
    with listening() as lines:
        yield Probe(open_site(factory.mktemp("app"), built), built[1], lines)
    if not database.is_closed():
        database.close()
