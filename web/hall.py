"""What every page may reach: the desk, the settings, the words and the stored decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import current_app

from tickets.ports import Desk
from web.recent import Recent
from web.rulings import Rulings
from web.words import Words
from wiring.settings import Settings


@dataclass(frozen=True)
class Hall:
    """Kept as `app.extensions["suda"]`, built once by `web.app.create_app`."""

    desk: Desk
    settings: Settings
    words: Words
    rulings: Rulings
    recent: Recent[Any] = field(default_factory=Recent)  # of web/live.py
    months: Recent[Any] = field(default_factory=Recent)  # of web/lead_state.py

    def now(self) -> datetime:
        """The installation's time, aware UTC."""
        return self.desk.clock()


def hall() -> Hall:
    """The hall of the app that answers this request."""
    return cast(Hall, current_app.extensions["suda"])
