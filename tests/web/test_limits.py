"""How often one may ask: counted by account, told with a time to come back, and never against a colleague behind the same address."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from redis import Connection, ConnectionPool
from redis.exceptions import ConnectionError as RedisAway

from tests.web.conftest import Site, make_site, token
from tests.web.district_rows import Rows
from tickets.store.models import database
from web.limits import RATES, group_of, limited

# What is counted, and where it must be.
COUNTED = {
    "files.send": "upload",
    "intake.suggest": "suggest",
    "reveal.show": "reveal",
    "learn.answer": "quiz",
    "log.export": "export",
    "units.export": "export",
}


def test_what_is_costly_or_personal_is_counted(site: Site) -> None:
    with site.app.test_request_context("/"):
        assert {endpoint: group_of(site.app, endpoint) for endpoint in COUNTED} == COUNTED
        assert group_of(site.app, "lists.tickets") is None
    with site.app.test_request_context("/tickets?q=水管"):
        assert group_of(site.app, "lists.tickets") == "search"


def test_every_limit_lets_a_busy_person_work() -> None:
    assert all(int(text.split()[0]) >= 20 for text in RATES.values())


def test_past_the_limit_one_is_told_when_to_come_back_in_page_and_json_and_a_colleague_goes_on(site: Site) -> None:
    client, colleague = site.signed_in("supervisor"), site.signed_in("policy")
    statuses = [client.get("/learn/board.xlsx").status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    page = client.get("/learn/board.xlsx")
    assert 1 <= int(page.headers["Retry-After"]) <= 60
    assert "秒再试" in page.get_data(as_text=True)
    answer = client.get("/learn/board.xlsx", headers={"Accept": "application/json"})
    assert answer.status_code == 429
    assert answer.get_json()["seconds"] >= 1
    assert colleague.get("/learn/board.xlsx").status_code == 200  # the same address, another account
    assert client.get("/learn/board").status_code == 200


def test_signing_in_too_often_says_when_to_come_back(site: Site) -> None:
    client = site.app.test_client()
    for number in range(6):
        answer = client.post("/signin", data={"username": "agent", "password": f"wrong {number}", "csrf_token": token(client)})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 3600


def test_a_group_that_does_not_exist_is_refused_when_the_page_is_written() -> None:
    with pytest.raises(KeyError):
        limited("everything")


def test_web_processes_on_one_redis_count_together_and_alone_while_it_is_away(tmp_path: Path, filled: tuple[Path, Rows], broker: str) -> None:
    sites = [make_site(tmp_path, filled, BROKER_URL=broker) for _ in range(2)]
    clients = [one.signed_in("supervisor") for one in sites]
    assert [clients[number % 2].get("/learn/board.xlsx").status_code for number in range(21)] == [200] * 20 + [429]
    guesses = [one.app.test_client() for one in sites]
    for number in range(6):
        client = guesses[number % 2]
        answer = client.post("/signin", data={"username": "agent", "password": f"wrong {number}", "csrf_token": token(client)})
    assert answer.status_code == 429
    with patch.object(Connection, "connect", side_effect=RedisAway("gone")), patch.object(ConnectionPool, "get_connection", side_effect=RedisAway("gone")):
        assert [clients[0].get("/learn/board.xlsx").status_code for _ in range(21)] == [200] * 20 + [429]
    database.close()
