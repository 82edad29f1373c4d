"""Each step of the schema goes up and comes down again to exactly what was before it, on both databases, data beside it untouched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playhouse.migrations import Runner

from tests.databases import without_tables
from tickets.store.migrate import FOLDER, down, migrate, pending, steps
from tickets.store.models import Unit
from tickets.store.models import database as proxy

SQLITE = "SELECT type, name, tbl_name, REPLACE(COALESCE(sql, ''), '\"', '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
POSTGRES = """SELECT 'column', table_name::text, column_name::text, concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
 FROM information_schema.columns WHERE table_schema = 'public'
 UNION ALL SELECT 'index', tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
 UNION ALL SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
 UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
 UNION ALL SELECT 'function', proname::text, '', '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2, 3"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table, open; its kind."""
    with without_tables(request, tmp_path):
        yield request.param


def shape(kind: str) -> list[tuple[object, ...]]:
    """Every table, column, index, constraint, trigger and function there is; a space more or less in SQLite's own text is none."""
    found = proxy.execute_sql(SQLITE if kind == "sqlite" else POSTGRES.replace("%", "%%")).fetchall()
    return [tuple("".join(str(part).split()) for part in row) for row in found if "schema_migration" not in row]


def test_every_step_comes_down_to_what_was_before_it_and_goes_up_again(empty: str) -> None:
    runner = Runner(proxy.obj, str(FOLDER), table_name="schema_migration")
    shapes = [shape(empty)]
    for name in steps():
        runner.up(name)
        shapes.append(shape(empty))
        if name.startswith("0001"):
            Unit.create(address="水务局", name="水务局", kind="区直部门")
    whole = shapes.pop()
    for name, before in zip(reversed(steps()), reversed(shapes), strict=True):
        if name.startswith("0001"):
            assert Unit.select().count() == 1
        assert down(1) == (name,)
        assert sorted(map(str, shape(empty))) == sorted(map(str, before)), f"{name} leaves something behind"
    assert pending() == steps()
    assert migrate() == steps()
    assert shape(empty) == whole


def test_several_steps_come_down_as_one_and_no_more_than_there_are(empty: str) -> None:
    migrate()
    assert down(2) == tuple(reversed(steps()))[:2]
    assert pending() == steps()[-2:]
    assert migrate() == steps()[-2:]
    assert down(99) == tuple(reversed(steps()))
