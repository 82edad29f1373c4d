"""建议 while typing: the suggestion beside the form, as the server answers it, beside a page that does nothing. p50 / p95 in milliseconds,
by the clock and of the processor.

With SUDA_HOME naming an installation with a past (run.py seed --history 20181), a copy of it is measured; without one, a past of 2,000 tickets is made.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin.app import create_app
from bench.pages import p95, timed
from cli.seed_history import play_recent
from tickets.domain.roles import INTAKE
from tickets.files.district import read
from tickets.store.accounts import DEMONSTRATION_PASSWORD
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import Account, Ticket, database
from tickets.store.seeding import seed
from web.access import needs
from wiring.desk import open_parts, utc_now
from wiring.settings import Settings, load
from worker.demonstration import read_appeals

MEASURED = 250  # one account may ask 300 times a minute
MADE = 2_000
ENOUGH = 1_000  # tickets; an installation with fewer has no past worth measuring


def run() -> None:
    """Prints both lines; works on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        parts = open_parts(settings)
        try:
            if Ticket.select().count() < ENOUGH:
                with redirect_stdout(sys.stderr):
                    play_recent(parts, MADE, utc_now(), "zh")
            app = create_app(parts)
            app.add_url_rule("/nothing", "nothing", needs(INTAKE)(lambda: ""), methods=["POST"])
            client = app.test_client()
            token = _sign_in(client)
            texts = [(one.text, one.address, one.phone) for one in read_appeals(Path(settings.directory) / "appeals.csv")]

            def ask(path: str, number: int) -> TestResponse:
                text, address, phone = texts[number % len(texts)]
                cut = text[: 12 + number % max(len(text) - 11, 1)]  # as it grows under the keys
                return client.post(path, data={"csrf_token": token, "text": cut, "address": address, "caller_phone": phone})

            ask("/intake/suggest", 0)
            print(f"打字时的建议（服务器，{Ticket.select().count():,} 件以往工单） · suggestion while typing, on the server")
            print(f"{'':>24}{'p50 ms':>10}{'p95 ms':>10}{'CPU p50':>10}{'CPU p95':>10}")
            for name, path in (("nothing", "/nothing"), ("suggestion", "/intake/suggest")):
                spent, busy = _timed(lambda number, path=path: ask(path, number))  # type: ignore[misc]
                print(f"{name:>24}{median(spent):>10.1f}{p95(spent):>10.1f}{median(busy):>10.1f}{p95(busy):>10.1f}", flush=True)
        finally:
            parts.book.close()
            database.close()


def _settings(folder: Path) -> Settings:
    there = load()
    url = there.database_url
    file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None
    settings = load({"SUDA_HOME": str(folder)})
    if file is not None and file.is_file():
        shutil.copy(file, settings.database_url.removeprefix("sqlite:///"))
        if there.model_file.is_file():
            settings.model_file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(there.model_file, settings.model_file)
    open_database(settings.database_url)
    migrate()
    if not Account.select().where(Account.role == "agent").exists():
        seed(read(settings.directory), utc_now)
    return settings


def _sign_in(client: FlaskClient) -> str:
    """Signs an agent in; answers the token of the page after it."""
    agent = Account.get(Account.role == "agent").username
    client.post("/signin", data={"username": agent, "password": DEMONSTRATION_PASSWORD, "csrf_token": _token(client, "/signin")})
    return _token(client, "/intake")


def _token(client: FlaskClient, path: str) -> str:
    return client.get(path).text.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]


def _timed(ask: Callable[[int], TestResponse]) -> tuple[list[float], list[float]]:
    """Ascending milliseconds by the clock and of the processor."""
    spent, busy = [], []
    for number in range(MEASURED):
        wall, cpu = timed(lambda number=number: _fine(ask(number)))  # type: ignore[misc]
        spent.append(wall)
        busy.append(cpu)
    return sorted(spent), sorted(busy)


def _fine(answer: TestResponse) -> None:
    assert answer.status_code == 200, re.sub(r"<[^>]+>|\s+", " ", answer.text)[-300:]


if __name__ == "__main__":
    run()
