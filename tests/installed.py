"""A whole installation under test: the demonstration district, the project's own rules, the app over them, accounts and a clock as the test wants them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask

from admin.app import create_app
from tickets.store import accounts
from tickets.store.accounts import DEMONSTRATION_PASSWORD
from wiring.demonstration import make_accounts
from wiring.desk import Parts, open_parts, utc_now
from wiring.settings import load


@dataclass(frozen=True)
class Installed:
    """The app and its parts."""

    app: Flask
    parts: Parts


def installed(folder: Path, seeded: Path, roles: Mapping[str, str] | None = None, clock: Callable[[], datetime] = utc_now) -> Installed:
    """An installation in `folder`, its database a copy of `seeded` (the fixture of tests/cli/installation.py), opened.

    `roles`: user name -> role of the accounts to make, without a person; None makes the demonstration's own, each with a person (wiring/demonstration.py).
    All have the password DEMONSTRATION_PASSWORD. Close it with parts.book.close() and the database's close.
    """
    shutil.copy(seeded, folder / "suda.sqlite3")
    parts = open_parts(load({"SUDA_HOME": str(folder)}), clock=clock)
    if roles is None:
        make_accounts()
    for username, role in (roles or {}).items():
        accounts.create(username, DEMONSTRATION_PASSWORD, role)
    return Installed(create_app(parts), parts)
