"""What programs ask: does it live, can it work, how do things stand. Nothing of it names a person, an address of a page or a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from peewee import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from tests.tickets.chain_scene import NINE, make_scene
from tests.web.conftest import NOW, Site, make_site
from tests.web.district_rows import Rows
from tickets.actions.sweep import sweep
from tickets.domain.times import stored
from tickets.store.heartbeat import DELIVERY, WORKER, beat
from tickets.store.models import Deadline, Outbox, Ticket, database
from tickets.store.vital_signs import signs
from web import health, metrics

TOKEN = "t" * 20
AWAY = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, filled: tuple[Path, Rows]) -> Iterator[Site]:
    made = make_site(tmp_path_factory.mktemp("health"), filled, SUDA_MONITOR_TOKEN=TOKEN)
    with patch.object(metrics, "KEPT_SECONDS", 0.0), patch.object(health, "KEPT_SECONDS", 0.0):
        yield made
    database.close()


def figures(site: Site) -> dict[tuple[str, ...], float]:
    """(name, label values in the order of their names …) -> value."""
    text = site.app.test_client().get("/metrics").get_data(as_text=True)
    return {(one.name, *one.labels.values()): one.value for family in text_string_to_metric_families(text) for one in family.samples}


def test_it_is_ready_while_both_loops_live_and_says_what_is_wrong_when_not(watched: Site) -> None:
    client = watched.app.test_client()
    answer = client.get("/readyz")
    assert (answer.status_code, [one["what"] for one in answer.json["reasons"]]) == (503, ["sweeper", "delivery"])
    assert all("worker" in one["zh"] and "worker" in one["en"] for one in answer.json["reasons"])
    for name in (WORKER, DELIVERY):
        beat(NOW - timedelta(seconds=60), name)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True})
    beat(NOW - timedelta(seconds=121), DELIVERY)
    assert [one["what"] for one in client.get("/readyz").json["reasons"]] == ["delivery"]
    assert client.get("/readyz", environ_base=AWAY).json == {"ready": False}  # why is for the monitors alone
    beat(NOW, DELIVERY)
    with patch.object(health.shutil, "disk_usage", lambda _: SimpleNamespace(free=1)):
        assert [one["what"] for one in client.get("/readyz").json["reasons"]] == ["disk"]
    with patch.object(health, "pending", lambda: ("0099_later",)):
        assert [one["what"] for one in client.get("/readyz").json["reasons"]] == ["schema"]


def test_it_lives_and_says_so_while_the_database_is_away_also_to_somebody_signed_in(watched: Site) -> None:
    client = watched.signed_in("admin")

    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection to db.internal as secretuser failed")

    with patch.object(database.obj, "connect", away), patch.object(database.obj, "execute_sql", away):
        assert client.get("/healthz").json == {"alive": True}
        answer = client.get("/readyz")
        assert (answer.status_code, [one["what"] for one in answer.json["reasons"]]) == (503, ["database"])
        assert "secretuser" not in answer.get_data(as_text=True)
        assert figures(watched)[("suda_database_up",)] == 0
    assert figures(watched)[("suda_database_up",)] == 1


def test_the_figures_are_those_of_the_database_and_the_routes_are_templates(watched: Site) -> None:
    client = watched.signed_in("admin")
    client.get(f"/t/{Ticket.get().number}")
    client.get("/no/such/13800000000")
    found = figures(watched)
    now = signs(NOW)
    assert now.messages
    assert now.tickets
    assert {name: found[("suda_messages", name)] for name in now.messages} == now.messages
    assert {name: found[("suda_tickets", name)] for name in now.tickets} == now.tickets
    assert found[("suda_queue_age_seconds",)] == now.oldest_queued
    assert found[("suda_deadlines_late",)] == now.deadlines_late
    routes = {key[3] for key in found if key[0] == "suda_requests_total"}
    assert {"/t/<number>", "none"} <= routes
    assert not [route for route in routes if re.search(r"\d{6}", route)]
    assert all(key[2].endswith("127.0.0.1:8012") for key in found if key[0] == "suda_requests_total")


def test_the_figures_are_for_the_addresses_named_and_for_whoever_has_the_token(watched: Site) -> None:
    client = watched.app.test_client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base=AWAY).status_code == 403
    assert client.get("/metrics", environ_base=AWAY, headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert client.get("/metrics", environ_base=AWAY, headers={"Authorization": "Bearer "}).status_code == 403
    assert client.get("/metrics", environ_base=AWAY, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_a_burst_of_questions_asks_the_database_once() -> None:
    asked: list[object] = []
    with patch.object(metrics, "KEPT_SECONDS", 60.0), patch.object(metrics, "_asked", asked.append):
        fresh = metrics.Metrics("x", lambda: NOW)
        for _ in range(5):
            fresh.text()
    assert asked == [NOW]


def test_lateness_and_the_age_of_the_queue_are_counted_from_what_is_due(database: str) -> None:
    scene = make_scene()
    assert (signs(NINE).links_late, signs(NINE - timedelta(seconds=1)).links_late) == (1, 0)
    sweep(scene.desk, NINE)
    later = signs(NINE + timedelta(minutes=6))
    assert (later.oldest_queued, later.deadlines_late, later.latest_deadline, later.links_late) == (360.0, 1, 60.0, 1)
    assert later.messages == {"queued": 1}
    Outbox.update(state="delivered").execute()
    Deadline.update(paused_at=stored(NINE)).execute()
    assert (signs(NINE + timedelta(minutes=6)).oldest_queued, signs(NINE + timedelta(minutes=6)).deadlines_late) == (0.0, 0)
