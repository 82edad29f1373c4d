"""What nobody claims is swept once an hour."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.web.conftest import make_desk
from tickets.store.uploads import Uploads
from wiring.hourly import EVERY
from wiring.settings import load
from wiring.upload_sweep import upload_sweep

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_unwanted_files_go_once_an_hour(sqlite_database: str, tmp_path: Path) -> None:
    times = [NOW]
    settings = load({"SUDA_HOME": str(tmp_path)})
    sweep, store = upload_sweep(settings, make_desk(lambda: times[0])), Uploads(settings.uploads)

    def stray() -> Path:
        path = store.path(store.keep(io.BytesIO(b"x"))[0])
        old = (NOW - timedelta(days=2)).timestamp()
        os.utime(path, (old, old))
        return path

    first = stray()
    assert (sweep.turn(), first.exists()) == (1, False)
    second = stray()
    times[0] = NOW + EVERY - timedelta(seconds=1)
    assert (sweep.turn(), second.exists()) == (0, True)
    times[0] = NOW + EVERY
    assert (sweep.turn(), second.exists()) == (1, False)
