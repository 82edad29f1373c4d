"""What every background process does first and last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from wiring.desk import Parts, open_parts
from wiring.logs import set_up_logs
from wiring.restore import working
from wiring.settings import Settings, load, make_home
from worker.supervisor import stop_on_signals


@contextmanager
def background() -> Iterator[tuple[Settings, Parts, Event]]:
    """The settings, the open parts, and what is set when the process shall stop; no restore may begin meanwhile."""
    settings = load()
    make_home(settings)
    set_up_logs(settings.home, settings.log)
    stop = Event()
    stop_on_signals(stop)
    with working(settings.home):
        parts = open_parts(settings)
        yield settings, parts, stop
        parts.book.close()
