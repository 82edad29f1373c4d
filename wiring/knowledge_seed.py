"""The first entries of the knowledge base: knowledge.csv of the directory's folder, taken in once, where there is none yet."""

from __future__ import annotations

import structlog

from tickets.files.knowledge import read_file
from tickets.ports import Desk
from tickets.store import knowledge
from wiring.settings import Settings

FILE = "knowledge.csv"
_log = structlog.get_logger("knowledge")


def seed_knowledge(settings: Settings, desk: Desk) -> int:
    """How many entries were taken in: none where there are some already, or no file. FileRefused for one that cannot be read; a bad row is logged."""
    file = settings.directory / FILE
    if not file.is_file() or not knowledge.is_empty():
        return 0
    names = desk.rules.names
    sheet = read_file(file, names.categories.nodes, names.units)
    for row in sheet.refused:
        _log.warning("knowledge row refused", line=row.line, why=row.zh)
    return len(knowledge.put(sheet.wanted, desk.clock()).added)
