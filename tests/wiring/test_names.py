"""Rules are checked with the database's names once there is one, else with the directory's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tickets.files import district
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import Unit, database
from tickets.store.seeding import seed
from wiring.names import current_names
from wiring.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    yield load({"SUDA_HOME": str(tmp_path / "var")})
    if database.obj is not None and not database.obj.is_closed():
        database.obj.close()


def test_without_a_database_the_directory_speaks_and_none_is_made(settings: Settings) -> None:
    names = current_names(settings)
    assert names.units == district.read(settings.directory).names().units
    assert not settings.home.exists()


def test_an_empty_database_leaves_the_word_to_the_directory(settings: Settings) -> None:
    open_database(settings.database_url).connect()
    assert "热线中心" in current_names(settings).units
    migrate()
    assert "热线中心" in current_names(settings).units


def test_a_seeded_database_has_the_last_word(settings: Settings) -> None:
    open_database(settings.database_url)
    migrate()
    seed(district.read(settings.directory), lambda: datetime(2026, 1, 1, tzinfo=UTC))
    Unit.update(active=False).where(Unit.address == "区政府督查室").execute()
    names = current_names(settings)
    assert "区政府督查室" not in names.units
    assert "热线中心" in names.units
