"""What the pages that are opened all day cost the database: as many statements with forty more tickets as at first, and none that reads all tickets."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.databases import counted
from tests.web.conftest import Site, token
from tests.web.desk_site import open_desk
from tests.web.district_rows import make_ticket
from tests.web.inbox_site import OFFICER, add_officer
from tickets.domain.roles import Reach
from tickets.store.connect import transaction
from tickets.store.models import Person, Ticket, TicketCounter, database
from tickets.store.scope import Viewer, seen, visible
from tickets.store.statements import column

MOST = {"inbox": 18, "ticket": 45, "suggestion": 24, "leaders": 30, "unit": 20, "person": 20}  # a grid officer's inbox asks besides where he works from


def asked(ask: Callable[[], int]) -> list[str]:
    ask()  # the first time also fills what is kept for as long as the rules and the directory stay
    with counted() as said:
        assert ask() == 200
    return said


def pages(site: Site) -> dict[str, Callable[[], int]]:
    own = add_officer(site.rows)
    TicketCounter.delete().execute()  # the desk counts for itself
    open_desk(site)
    officer, agent = site.signed_in(OFFICER), site.signed_in("agent")
    form = {"csrf_token": token(agent, "/intake"), "text": "花园小区停水了，一天没有水", "address": "花园小区", "caller_phone": "19900000013"}

    def get(client: FlaskClient, path: str) -> Callable[[], int]:
        return lambda: client.get(path).status_code

    return {
        "inbox": get(officer, "/inbox"),
        "ticket": get(officer, f"/t/{own['well'].number}"),
        "leaders": get(site.signed_in("leader"), "/leaders"),
        "unit": get(site.signed_in("leader"), f"/units/{own['well'].unit_id}/overview"),
        "person": get(officer, f"/people/{own['well'].person_id}/overview"),
        "suggestion": lambda: agent.post("/intake/suggest", data=form).status_code,
    }


def test_inbox_ticket_and_suggestion_take_as_many_statements_however_many_tickets_there_are(site: Site) -> None:
    every = pages(site)
    first = {name: len(asked(ask)) for name, ask in every.items()}
    place = site.rows.places["officer"]
    with transaction():
        for number in range(40):
            make_ticket(site.rows, place, "村口路灯不亮", ago=300 + number * 60, signed=60 if number % 2 else None, area="北庄村第6网格")
    later = {name: asked(ask) for name, ask in every.items()}
    assert {name: len(said) for name, said in later.items()} == first
    assert all(first[name] <= most for name, most in MOST.items()), first
    for sql in (one for said in later.values() for one in said if one.startswith(("SELECT", "WITH"))):
        plan = [str(row[-1]) for row in database.execute_sql("EXPLAIN QUERY PLAN " + sql, [None] * sql.count("?")).fetchall()]
        whole = [line for line in plan if line in ("SCAN ticket", "SCAN t", "SCAN history", "SCAN h", "SCAN deadline", "SCAN chain_link", "SCAN outbox")]
        assert not whole, (sql, plan)


def test_who_may_see_what_is_the_same_in_both_wordings(site: Site) -> None:
    add_officer(site.rows)
    people = [None, *(row.id for row in Person.select())]
    units = [None, *{ticket.unit_id for ticket in Ticket.select() if ticket.unit_id is not None}]
    reaches: tuple[Reach, ...] = ("all", "unit", "own")
    for viewer in (Viewer(reach, person, unit) for reach in reaches for person in people for unit in units):
        sql, values = seen(viewer)
        built = {row.id for row in Ticket.select(Ticket.id).where(visible(viewer))}
        assert set(column(f"SELECT t.id FROM ticket t WHERE {sql}", values)) == built, viewer
