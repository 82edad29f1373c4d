"""A file of appeals before it is brought in: how it is read, and what will happen to its rows, with nothing written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tickets.actions.rehearse import rehearse
from tickets.domain.appeal import Appeal, AppealRefused
from tickets.domain.mask import in_text
from tickets.files.appeals import SOURCE, appeal_of, wanted
from tickets.files.read_table import Limits, Row, Table, read
from tickets.files.refused import BadRow, FileRefused, HeaderMissing, RowRefused
from tickets.ports import Desk
from tickets.store import imports
from tickets.store.imports import MANUAL, REFUSED, REPEATED, TAKEN

REHEARSED = 50  # rows that the preview shows
TOLD = 200  # refused rows that the preview names
LONGEST_WORDS = 70
Headers = Mapping[str, Sequence[str]]
Report = dict[str, object]


def open_file(desk: Desk, path: Path, name: str, limits: Limits, headers: Headers, mapped: Mapping[str, str]) -> Table:
    """The file, read like those of `run.py dispatch`; `mapped` says which of our columns a header of this file means.

    FileRefused (HeaderMissing where nothing says what a citizen wants), with `name` for the name of the file.
    """
    more: dict[str, Sequence[str]] = dict(headers)
    for header, column in mapped.items():
        more[column] = (*more.get(column, ()), header)
    try:
        return read(path, limits, more, columns=wanted(desk.rules.facts))
    except HeaderMissing as refused:
        raise HeaderMissing(refused.zh.replace(path.name, name), refused.en.replace(path.name, name), refused.headers) from None
    except FileRefused as refused:
        raise FileRefused(refused.zh.replace(path.name, name), refused.en.replace(path.name, name)) from None


def preview(desk: Desk, table: Table, now: datetime) -> Report:
    """What an import would do, for the page, as plain data: how the columns are understood, what is refused or there already, and the first rows
    as intake would decide them now. Writes nothing."""
    refused: list[dict[str, object]] = []
    first: list[dict[str, object]] = []
    counts = {"refused": 0, "repeated": 0}
    own: dict[str, int] = {}
    for row, appeal, wrong, standing in _weighed(desk, table):
        shown: dict[str, object] = {"line": row.line, "words": _words(appeal) if appeal is not None else ""}
        if appeal is None:
            counts["refused"] += 1
            told = {"line": row.line, "zh": wrong.zh[: imports.LONGEST_SAID], "en": wrong.en[: imports.LONGEST_SAID]}
            refused += [told] if len(refused) < TOLD else []
            shown |= {"state": REFUSED, **told}
        elif standing or appeal.source_id in own:
            counts["repeated"] += 1
            shown |= {"state": REPEATED, "ticket": standing, "same_as": own.get(appeal.source_id, 0)}
        elif len(first) < REHEARSED:
            shown |= _rehearsed(desk, appeal, now)
        if appeal is not None:
            own.setdefault(appeal.source_id, row.line)
        if len(first) < REHEARSED:
            first.append(shown)
    columns = {place: column for column, places in table.header.places.items() for place in places}
    return {
        "kind": table.kind,
        "sheet": table.sheet,
        "columns": [{"header": name, "column": columns.get(place, "")} for place, name in enumerate(table.header.names) if name],
        "notes": [{"zh": zh, "en": en} for zh, en in table.notes],
        "told": refused,
        "first": first,
        **counts,
    }


def kinds_of(desk: Desk) -> tuple[str, ...]:
    """The kinds an appeal may have."""
    kind = desk.rules.facts.get("kind")
    return kind.options if kind is not None else ()


def _weighed(desk: Desk, table: Table) -> Iterator[tuple[Row | BadRow, Appeal | None, BadRow, str]]:
    """Each row with its appeal, or with why it is refused, and the number of the ticket it is already."""
    kinds = kinds_of(desk)
    waiting: list[tuple[Row | BadRow, Appeal | None, BadRow]] = []
    for row in table.rows():
        waiting.append(read_row(row, table.digest, kinds))
        if len(waiting) == imports.AT_ONCE:
            yield from _looked_up(waiting)
            waiting = []
    yield from _looked_up(waiting)


def _looked_up(waiting: Sequence[tuple[Row | BadRow, Appeal | None, BadRow]]) -> Iterator[tuple[Row | BadRow, Appeal | None, BadRow, str]]:
    standing = imports.known(SOURCE, [appeal.source_id for _, appeal, _ in waiting if appeal is not None])
    for row, appeal, wrong in waiting:
        yield row, appeal, wrong, standing.get(appeal.source_id, "") if appeal is not None else ""


def read_row(row: Row | BadRow, digest: str, kinds: Sequence[str]) -> tuple[Row | BadRow, Appeal | None, BadRow]:
    """The row with its appeal, checked, or with why there is none."""
    if isinstance(row, BadRow):
        return row, None, row
    try:
        return row, appeal_of(row, digest, kinds).checked(), BadRow(row.number, row.line, "", "")
    except (RowRefused, AppealRefused) as wrong:
        said = _sentence(wrong)
        return row, None, BadRow(row.number, row.line, said.zh, said.en)


def _sentence(wrong: RowRefused | AppealRefused) -> RowRefused:
    """Its Chinese and its English: an AppealRefused holds both in one sentence."""
    if isinstance(wrong, RowRefused):
        return wrong
    zh, _, en = str(wrong).rpartition(" (")
    return RowRefused(zh or en, en.removesuffix(")"))


def _rehearsed(desk: Desk, appeal: Appeal, now: datetime) -> Report:
    found = rehearse(desk, appeal, now)
    to = found.route.to
    limits = [{"name": one.name, "due": one.due.isoformat() if one.due is not None else "", "within": one.within, "clock": one.clock} for one in found.limits]
    return {
        "state": MANUAL if to is None else TAKEN,
        "category": found.read.category,
        "urgency": found.urgency,
        "unit": to.unit.address if to is not None else "",
        "person": to.person.name if to is not None else "",
        "why": found.route.why,
        "limits": limits,
    }


def _words(appeal: Appeal) -> str:
    words = in_text(" ".join((appeal.title or appeal.text).split()))
    return words if len(words) <= LONGEST_WORDS else f"{words[:LONGEST_WORDS]}…"
