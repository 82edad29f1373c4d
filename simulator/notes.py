"""The details of a line of history, read once however often they are asked for."""

from __future__ import annotations

import json
from typing import Any

from simulator.ledger import Row


def note(line: Row) -> dict[str, Any]:
    """The line's details."""
    found = line.__dict__.get("read")
    if found is None:
        found = line.__dict__["read"] = json.loads(line.note)
    return found  # type: ignore[no-any-return]
