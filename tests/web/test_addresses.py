"""Routes whose address writer is compiled late write the same addresses as werkzeug's own, and a thread keeps its SQLite connection."""

from __future__ import annotations

import sqlite3

import pytest
from werkzeug.routing import Map, Rule
from werkzeug.routing.exceptions import BuildError

from tests.web.conftest import Site
from tickets.store.connect import is_sqlite
from tickets.store.models import database
from web.addresses import LazyRule


def test_every_address_is_written_as_werkzeug_writes_it(site: Site) -> None:
    late = [rule for rule in site.app.url_map.iter_rules() if isinstance(rule, LazyRule)]
    assert len(late) > 200
    for rule in late:
        values = dict.fromkeys(rule.arguments, 7 if "int:" in rule.rule else "词 a/b")
        eager, lazy = (Map([kind(rule.rule, endpoint="e", defaults=rule.defaults)]).bind("h") for kind in (Rule, LazyRule))
        assert lazy.build("e", {**values, "more": "x y"}) == eager.build("e", {**values, "more": "x y"})
        if values:
            with pytest.raises(BuildError):
                lazy.build("e", {})


def test_the_thread_keeps_its_connection_unless_something_went_wrong(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_sqlite():
        pytest.skip("PostgreSQL's connections go back to their pool")
    client = site.app.test_client()
    assert client.get("/signin").status_code == 200
    kept = database.connection()
    assert client.get("/signin").status_code == 200
    assert database.connection() is kept
    assert not database.in_transaction()

    def fail(*_: object, **__: object) -> None:
        raise sqlite3.DatabaseError("disk I/O error")

    monkeypatch.setattr("web.signin.render_template", fail)
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.get("/signin").status_code == 500
    assert database.is_closed()
