"""Logs in the home folder, a line each (JSON, or text for reading): ids and counts, never a phone number, a name or an address."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from traceback import TracebackException

import structlog
from structlog.typing import ExcInfo, Processor

from tickets.domain.mask import in_text

MEGABYTE = 1024 * 1024
# What ends a line, drives a terminal or turns the direction of writing.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST = 200  # characters of what a fault says of itself


def set_up_logs(home: Path, kind: str = "json") -> None:
    """Everything structlog and the standard library say goes to home/suda.log (10 MB, five old ones kept); warnings to stderr too.

    `kind` is json or text (settings.log). Whatever is logged stays one line: what could break or hide one is written out.
    """
    home.mkdir(parents=True, exist_ok=True)
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_process,
    ]
    plain = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(_trace),
            _text if kind == "text" else _json,
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


def _add_process(_logger: object, _name: str, entry: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Several processes write to one file: whose line it is."""
    entry["pid"] = os.getpid()
    return entry


def _json(_logger: object, _name: str, entry: MutableMapping[str, object]) -> str:
    return UNSEEN.sub(_written_out, json.dumps(entry, ensure_ascii=False, default=repr))


def _text(_logger: object, _name: str, entry: MutableMapping[str, object]) -> str:
    """When, how grave, who, what, and the rest as name=value; a trace follows on lines of its own, each behind a bar."""
    rest = dict(entry)
    head = [str(rest.pop("timestamp", "")), str(rest.pop("level", "")).upper(), str(rest.pop("logger", "")), str(rest.pop("event", ""))]
    trace = str(rest.pop("exception", ""))
    named = [f"{key}={json.dumps(value, ensure_ascii=False, default=repr)}" for key, value in rest.items()]
    lines = [" ".join([*head, *named]), *(f"    | {line}" for line in trace.split("\n") if trace)]
    return "\n".join(UNSEEN.sub(_written_out, line) for line in lines)


def _written_out(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


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
