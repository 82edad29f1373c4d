"""Whose names rules are checked with: the database's once a district is seeded, else the directory's CSVs."""

from __future__ import annotations

from pathlib import Path

from engine.names import Names
from tickets.files import district
from tickets.store.connect import open_database
from tickets.store.migrate import pending
from tickets.store.names import names_from_database
from wiring.settings import Settings


def current_names(settings: Settings) -> Names:
    """Units, posts and areas in force. Looking does not make a database: without one, the CSVs of `directory` (demo/) speak."""
    url = settings.database_url
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).is_file():
        return district.read(settings.directory).names()
    open_database(url)
    names = Names() if pending() else names_from_database()
    return names if names.units else district.read(settings.directory).names()
