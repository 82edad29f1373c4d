"""The same worker process with the desk of a whole installation. Usage: mortal_installation.py HOME RECORD CLOCK_FILE [PLACES]."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.on_servers import install
from tests.stories.mortal_worker import clock_in, mortal
from wiring.desk import open_parts
from wiring.settings import load


def main(home: str, record: str, clock_file: str, places: str = "") -> None:
    """Works until it is stopped or killed."""
    install()
    clock = clock_in(Path(clock_file))
    mortal(open_parts(load({"SUDA_HOME": home}), clock=clock).desk, clock, record, clock_file, places)


if __name__ == "__main__":
    main(*sys.argv[1:])
