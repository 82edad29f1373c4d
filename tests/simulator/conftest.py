"""One stage for all simulations of a test run: it is migrated, seeded and built once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from simulator.stage import Stage, staged
from tests.databases import shut
from tickets.domain.times import SHANGHAI
from wiring.settings import load

MONDAY = datetime(2026, 3, 2, tzinfo=SHANGHAI)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The project's rules and the demonstration district, on a Monday in March."""
    with staged(load({}), MONDAY) as made:
        yield made
    shut()
