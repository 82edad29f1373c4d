"""Logs as JSON lines in the home folder: ids and counts, never a phone number, a name or an address."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from traceback import TracebackException

import structlog
from structlog.typing import ExcInfo, Processor

from tickets.domain.mask import in_text

MEGABYTE = 1024 * 1024
LONGEST = 200  # characters of what a fault says of itself


def set_up_logs(home: Path) -> None:
    """Everything structlog and the standard library say goes to home/suda.log (10 MB, five old ones kept); warnings to stderr too."""
    home.mkdir(parents=True, exist_ok=True)
    shared: list[Processor] = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    plain = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(_trace),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    file = RotatingFileHandler(home / "suda.log", maxBytes=10 * MEGABYTE, backupCount=5, encoding="utf-8")
    screen = logging.StreamHandler()
    screen.setLevel(logging.WARNING)
    for handler in (file, screen):
        handler.setFormatter(plain)
    logging.basicConfig(level=logging.INFO, handlers=[file, screen], force=True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _trace(exc_info: ExcInfo) -> str:
    """Where it happened and what kind of fault it was, the first cause first. Of its own words the first line alone, numbers masked: a database
    that refuses a row repeats the whole row in the lines that follow, and with it the citizen."""
    parts: list[str] = []
    one: TracebackException | None = TracebackException(*exc_info)
    while one is not None:
        kind = one.exc_type.__name__ if one.exc_type is not None else "?"
        parts.append("".join(one.stack.format()) + f"{kind}: {in_text(str(one).partition(chr(10))[0])[:LONGEST]}")
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n\n".join(reversed(parts))
