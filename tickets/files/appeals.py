"""Turns a row of a work-order file into an appeal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.facts import Fact
from tickets.domain.appeal import Appeal
from tickets.files.columns import WORK_ORDER
from tickets.files.dates import read_time
from tickets.files.read_table import Row

SOURCE = "12345"  # where the work orders of a file come from
OWN = ("text", "kind", "category", "area", "source", "urgency")  # facts that the ticket itself carries or works out
FACT = "fact:"


def wanted(facts: Mapping[str, Fact]) -> dict[str, tuple[str, ...]]:
    """The columns of a work-order file: those of COMMANDS, and one for each fact that may be asked at intake, by its name or label."""
    asked = {f"{FACT}{name}": (name, fact.label.zh) for name, fact in facts.items() if fact.derived is None and name not in OWN}
    return {**WORK_ORDER, **asked}


def appeal_of(row: Row, digest: str, kinds: Sequence[str] = ()) -> Appeal:
    """The appeal in a row. Without a source number the file's SHA-256 (`digest`) and the row stand in: the same file twice is one ticket a row.

    A kind that is not one of `kinds` is left out: it is what the other system calls it, and no fact. Raises RowRefused for a bad time.
    """
    return Appeal(
        source=SOURCE,
        source_id=row["source_id"] or f"{digest[:16]}-{row.number}",
        text=row["text"],
        title=row["title"],
        kind=row["kind"] if row["kind"] in kinds else "",
        category=row["category"],
        address=row["address"],
        phone=row["phone"],
        caller_name=row["caller_name"][:40],
        appealed_at=read_time(row["time"]),
        answers=dict(_answers(row)),
    )


def _answers(row: Row) -> Iterator[tuple[str, object]]:
    for column, value in row.values.items():
        if column.startswith(FACT) and value:
            yield column.removeprefix(FACT), value
