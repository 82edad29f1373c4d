"""Statements whose text is made once read and change the same as the query builder does, on both databases."""

from __future__ import annotations

from datetime import datetime

from tickets.store import statements
from tickets.store.models import Area, Person, Ticket

AT = datetime(2026, 11, 23, 1, 2, 3, 450_000)  # noqa: DTZ001 - as the database keeps it


def person(number: int, **more: object) -> Person:
    values = {"code": f"P{number}", "name": f"某人{number}", "phone": f"0000000{number:04d}"}
    return Person.create(**{**values, **more})  # type: ignore[no-any-return]


def ticket(**more: object) -> Ticket:
    values = {"number": "20261123-0001", "source": "12345", "source_id": "A", "status": "已登记", "text": "一半%？的'字", "registered_at": AT}
    return Ticket.create(**{**values, **more})  # type: ignore[no-any-return]


def test_a_row_is_read_as_the_query_builder_reads_it(database: str) -> None:
    made = ticket(person=person(1), manual=True, dispatched_at=AT.replace(microsecond=0))
    found = statements.rows(Ticket, "number = ? ORDER BY id", (made.number,))
    assert [row.__data__ for row in found] == [Ticket.get_by_id(made.id).__data__]
    assert (found[0].manual, found[0].registered_at, found[0].signed_at, found[0].person.name) == (True, AT, None, "某人1")
    assert not found[0].dirty_fields


def test_yes_and_no_are_read_in_a_condition(database: str) -> None:
    person(1)
    person(2, active=False)
    assert [row.code for row in statements.rows(Person, "active ORDER BY id")] == ["P1"]
    assert statements.first(Person, "code = ? AND active", ("P2",)) is None


def test_a_change_touches_only_what_the_condition_names(database: str) -> None:
    first, second = ticket(), ticket(number="20261123-0002", source_id="B")
    holder = person(1)
    assert statements.update(Ticket, {"status": "已受理", "person": holder, "signed_at": AT}, "id = ? AND status = ?", (first.id, "已登记")) == 1
    assert statements.update(Ticket, {"status": "已受理"}, "id = ? AND status = ?", (first.id, "已登记")) == 0
    changed = Ticket.get_by_id(first.id)
    assert (changed.status, changed.person_id, changed.signed_at) == ("已受理", holder.id, AT)
    assert Ticket.get_by_id(second.id).status == "已登记"


def test_an_empty_list_names_nobody_and_a_percent_sign_is_a_letter(database: str) -> None:
    Area.create(name="百分之五%", level="村居")
    assert statements.rows(Person, f"id IN ({statements.marks(())})") == []
    assert statements.scalar("SELECT COUNT(*) FROM area WHERE name LIKE '%五%' AND name = ?", ("百分之五%",)) == 1
    assert statements.scalar("SELECT id FROM area WHERE name = ?", ("没有",)) is None
    assert statements.column("SELECT name FROM area WHERE level = ?", ("村居",)) == ["百分之五%"]
