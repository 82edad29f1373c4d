"""Numbers, moves of the schema, searches: on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from peewee import Database

from tickets.domain.times import stored
from tickets.store import counts
from tickets.store.connect import DatabaseAddressWrong, open_database, transaction
from tickets.store.migrate import FOLDER, migrate, pending
from tickets.store.models import MODELS, History, Setting, Ticket, TicketCounter
from tickets.store.models import database as proxy
from tickets.store.tickets import NoSuchTicket, append_history, by_number, next_number, search

LATE = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # 23:59 in the district
NEXT_DAY = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # midnight there


def ticket(number: str = "20261123-0001", **more: object) -> Ticket:
    values = {"number": number, "source": "12345", "source_id": number, "status": "已登记", "text": "路灯不亮", "registered_at": stored(LATE)}
    return Ticket.create(**{**values, **more})  # type: ignore[no-any-return]


def test_the_tables_of_the_migrations_are_those_of_the_models(database: str) -> None:
    assert pending() == ()
    for model in MODELS:
        columns = {column.name: column.null for column in proxy.get_columns(model._meta.table_name)}
        assert columns == {field.column_name: field.null for field in model._meta.sorted_fields}, model.__name__
        wanted = {tuple(index) for index, _ in model._meta.indexes}
        there = {tuple(index.columns) for index in proxy.get_indexes(model._meta.table_name)}
        columns_of = {tuple(model._meta.fields[name].column_name for name in index) for index in wanted}
        assert columns_of <= there, model.__name__


def test_migrating_again_does_nothing(database: str) -> None:
    assert migrate() == ()


def test_two_that_start_at_once_migrate_once(postgres: str, tmp_path: object) -> None:
    open_database(f"sqlite:///{tmp_path}/fresh.sqlite3")
    done: list[tuple[str, ...]] = []

    def start() -> None:
        done.append(migrate())
        proxy.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, done)) == [0, 0, 0, len(list(FOLDER.glob("0*.py")))]


def test_numbers_count_the_day_on_the_wall_from_one(database: str) -> None:
    with transaction():
        assert [next_number(LATE), next_number(LATE), next_number(NEXT_DAY)] == ["20261123-0001", "20261123-0002", "20261124-0001"]


def test_a_number_that_was_rolled_back_is_given_again(database: str) -> None:
    with transaction():
        next_number(LATE)
    with transaction() as undone:
        assert next_number(LATE) == "20261123-0002"
        undone.rollback()
    with transaction():
        assert next_number(LATE) == "20261123-0002"


def test_sixteen_threads_get_every_number_once_and_none_is_missing(database: str) -> None:
    numbers: list[str] = []

    def take() -> None:
        for _ in range(10):
            with transaction():
                numbers.append(next_number(LATE))
        proxy.close()

    threads = [threading.Thread(target=take) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"20261123-{n:04d}" for n in range(1, 161)]
    assert TicketCounter.get_by_id("20261123").last == 160


def test_a_read_and_a_write_in_one_transaction_lose_nothing(database: str) -> None:
    Setting.create(name="n", value="0")

    def add() -> None:
        for _ in range(20):
            with transaction():
                query = Setting.select().where(Setting.name == "n")
                row = query.get() if "sqlite" in database else query.for_update().get()
                Setting.update(value=str(int(row.value) + 1)).where(Setting.name == "n").execute()
        proxy.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Setting.get_by_id("n").value == "160"


def test_history_is_numbered_from_one(database: str) -> None:
    one = ticket()
    for what in ("登记", "受理"):
        append_history(one.id, at=LATE, actor="system", what=what, note={"b": 1, "a": "甲"})
    assert [(row.seq, row.what, row.note) for row in History.select().order_by(History.id)] == [
        (1, "登记", '{"a":"甲","b":1}'),
        (2, "受理", '{"a":"甲","b":1}'),
    ]


SEARCHES = (
    ("20261123-0001", ["20261123-0001"]),  # the whole number
    ("20261123", ["20261123-0002", "20261123-0001"]),  # its beginning, newest first
    ("4321", ["20261123-0002"]),  # the tail of a phone
    ("00000004321", ["20261123-0002"]),  # the whole phone
    ("南门", ["20261123-0001"]),  # a word of the address
    ("不亮", ["20261123-0002", "20261123-0001"]),  # of the text
    ("%", []),  # a sign of the query language is a plain sign
    ("  ", []),
)


@pytest.mark.parametrize(("words", "found"), SEARCHES)
def test_a_ticket_is_found_by(database: str, words: str, found: list[str]) -> None:
    ticket(address="花园小区南门")
    ticket("20261123-0002", caller_phone="00000004321", phone_tail="4321")
    assert [one.number for one in search(words)] == found


def test_an_unknown_number_is_answered_with_how_numbers_look(database: str) -> None:
    with pytest.raises(NoSuchTicket, match="20261123-0067"):
        by_number("7")


@pytest.mark.sqlite_itself
def test_counts_read_an_index_and_stop(sqlite_database: str) -> None:
    since = LATE - timedelta(days=3)
    asked = (
        counts._where(since, ("供水",), ("花园小区",), None),
        counts._where(since, ("供水", "供电"), None, None),
        counts._where(since, ("供水",), None, "00000004321"),
    )
    for condition, values in asked:
        plan = proxy.execute_sql("EXPLAIN QUERY PLAN SELECT id FROM ticket WHERE " + condition, values)
        words = " ".join(str(row[-1]) for row in plan.fetchall())
        assert "SEARCH" in words, words
        assert "SCAN" not in words, words


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://user:secret@host/x", "", "suda.db"])
@pytest.mark.sqlite_itself
def test_an_address_that_cannot_be_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseAddressWrong) as refused:
        open_database(url)
    assert "sqlite:///var/suda.db" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.sqlite_itself
def test_sqlite_waits_keeps_every_commit_and_checks_references(sqlite_database: str) -> None:
    opened: Database = proxy.obj
    assert opened.pragma("journal_mode") == "wal"
    assert opened.pragma("synchronous") == 2
    assert opened.pragma("foreign_keys") == 1
    assert opened.pragma("busy_timeout") >= 8000
