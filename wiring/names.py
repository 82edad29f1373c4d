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
    names = names_from_database() if database_ready(settings) else Names()
    return names if names.units else district.read(settings.directory).names()


def database_ready(settings: Settings) -> bool:
    """Opens the installation's database if there is one with the tables of this version; never makes one."""
    url = settings.database_url
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).is_file():
        return False
    open_database(url)
    return not pending()
