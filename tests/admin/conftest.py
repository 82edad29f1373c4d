"""The whole app, back office included, on a fresh SQLite file, a fixed clock and the invented district."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.conftest import Site, filled, make_site, running
from tests.web.district_rows import Rows
from tickets.store.models import database

__all__ = ["filled", "running"]


@pytest.fixture
def site(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Site]:
    yield make_site(tmp_path, filled)
    database.close()
