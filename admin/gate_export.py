"""What leaves the gate as a file: a replay's changed tickets as a workbook, the files of a draft or release as a zip."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import Response, g

from admin.gate_replay import Row, rows_of
from admin.office_export import as_xlsx
from tickets.domain.times import local
from tickets.store import runs
from tickets.store.drafts import DraftInfo
from tickets.store.runs import ReplayInfo
from web.hall import hall

AT_ONCE = 500
MOST = 20_000  # rows of a workbook that is still read


def changed_workbook(info: DraftInfo, run: ReplayInfo, who: str, at: datetime) -> Response:
    """Every changed ticket, one line each; whose export it is and of which replay stands in the last columns of the first line."""
    lang = g.lang
    titles = [hall().words.say(f"gate.head_{key}", lang) for key in ("ticket", "words", "kinds", "before", "after", "why", "then")]
    mark = hall().words.say("gate.exported", lang, who=who, at=local(at).strftime("%Y-%m-%d %H:%M"), title=info.title, hash=run.hash[:16])
    return as_xlsx(f"replay-{info.id}", [*titles, mark], (_line(row, lang) for row in _rows(run, lang)), at)


def sent_zip(files: Mapping[str, str], name: str, at: datetime) -> Response:
    """The files in one zip, each as it is written; dated on the district's clock."""
    out = io.BytesIO()
    stamp = local(at).timetuple()[:6]
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for path, text in sorted(files.items()):
            packed.writestr(ZipInfo(path, stamp), text.encode("utf-8"), ZIP_DEFLATED)
    answer = Response(out.getvalue(), content_type="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.zip")
    return answer


def _rows(run: ReplayInfo, lang: str) -> Iterator[Row]:
    for start in range(0, min(run.changed, MOST), AT_ONCE):
        yield from rows_of(runs.changed_tickets(run.id, offset=start, limit=AT_ONCE), lang)


def _line(row: Row, lang: str) -> list[object]:
    kinds = "、".join(hall().words.say(f"gate.kind_{kind}", lang) for kind in row.kinds)
    return [
        row.number,
        row.words,
        kinds,
        "；".join(one for _, one, _ in row.changes),
        "；".join(one for _, _, one in row.changes),
        row.reason,
        row.aftermath,
        "",
    ]
