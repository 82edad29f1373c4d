"""Every rate equals what a plain statement, written anew here, counts in the tables; exclusions leave both sides."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest

from insights.rates import INDICATORS, Rates, measure
from tests.databases import counted
from tests.insights.rate_scene import NOW, OCTOBER, UNITS, a_month
from tickets.domain.period import PeriodRefused, month, month_of
from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.connect import transaction
from tickets.store.models import Ticket, Unit

S, U = stored(OCTOBER.since), stored(OCTOBER.until)
HOLDER = "COALESCE((SELECT v.handler_unit_id FROM visit v WHERE v.ticket = t.id AND v.done_at IS NULL), t.unit_id)"
OURS = "(d.why = '' AND (d.met_at IS NULL OR d.met_at >= t.dispatched_at))"
OVER = "(d.state = 'met' OR d.state = 'breached' OR (d.state = 'running' AND d.paused_at IS NULL AND d.due_at < ?))"
# The verdict that holds: the last line of the period that is no merged caller's.
VERDICT = """h.id = (SELECT x.id FROM history x WHERE x.ticket_id = t.id AND x.what IN ('核实', '改评价') AND x.at >= ? AND x.at < ?
    AND x.note NOT LIKE '%"number":%' ORDER BY x.seq DESC LIMIT 1)"""
VALID = "(h.note LIKE '%\"valid\":true%' OR h.what = '改评价')"
SOLVED, HAPPY = 'h.note LIKE \'%"solved":"已解决"%\'', 'h.note NOT LIKE \'%"satisfied":"不满意"%\' AND h.note NOT LIKE \'%"satisfied":"非常不满意"%\''
# Percent signs stand for themselves: no value is bound by them.


def ids(sql: str, *values: object) -> set[int]:
    return set(statements.column(sql, values))


def clocks(begins: str, when: str, state: str) -> set[int]:
    """Tickets with a clock that counts; `when` is the column that lies in the month, `state` a further condition."""
    sql = f"""SELECT t.id FROM ticket t WHERE EXISTS (SELECT 1 FROM deadline d WHERE d.ticket_id = t.id AND d.from_status = ? AND {OURS} AND {OVER}
        AND {when} >= ? AND {when} < ? AND {state})"""
    return ids(sql, begins, stored(NOW), S, U)


def verdicts(holds: str) -> set[int]:
    return ids(f"SELECT t.id FROM ticket t JOIN history h ON h.ticket_id = t.id WHERE {VERDICT} AND {holds}", S, U)


def sides() -> dict[str, tuple[set[int], set[int]]]:
    """Of each figure the tickets below its line and above it, each by a statement of its own."""
    signed, unsigned = clocks("待签收", "t.dispatched_at", "1 = 1"), clocks("待签收", "t.dispatched_at", "d.state <> 'met'")
    due, late = clocks("办理中", "d.due_at", "1 = 1"), clocks("办理中", "d.due_at", "d.state <> 'met'")
    line = "SELECT h.ticket_id FROM history h JOIN ticket t ON t.id = h.ticket_id WHERE h.what = ? AND h.at >= ? AND h.at < ? AND h.at >= t.dispatched_at"
    replied, back = ids(line, "回复", S, U), ids(line, "重办", S, U)
    valid, solved, happy = verdicts(VALID), verdicts(f"{VALID} AND {SOLVED}"), verdicts(f"{VALID} AND {HAPPY}")
    dispatched = ids("SELECT id FROM ticket WHERE dispatched_at IS NOT NULL")
    quick = {t for t in solved & dispatched if within_a_day(t)}
    return {
        "response_rate": (signed, signed - unsigned), "on_time_rate": (due, due - late), "overdue_count": (due, late), "mean_hours": (replied, replied),
        "rework_rate": (replied | back, back), "rework_count": (replied | back, back), "callback_rate": (verdicts("1 = 1"), valid), "solved_rate": (valid, solved),
        "satisfaction_rate": (valid, happy), "solved_24h_rate": (valid & dispatched, quick), "solved_24h_count": (valid & dispatched, quick),
        "dissatisfied_count": (valid, valid - happy),
    }  # fmt: skip


def within_a_day(ticket: int) -> bool:
    sql = f"""SELECT MAX(r.at) FROM ticket t JOIN history h ON h.ticket_id = t.id JOIN history r ON r.ticket_id = t.id AND r.what = '回复' AND r.seq < h.seq
        WHERE t.id = ? AND {VERDICT}"""
    replied = statements.moment(statements.scalar(sql, (ticket, S, U)))
    return replied is not None and (replied - Ticket.get_by_id(ticket).dispatched_at).total_seconds() <= 86_400


def percent(good: int, total: int) -> Decimal | None:
    return (Decimal(good) * 100 / Decimal(total)).quantize(Decimal("0.01"), ROUND_HALF_UP) if total else None


@pytest.fixture
def on_both(database: str) -> Rates:
    return made()


@pytest.fixture
def rates(sqlite_database: str) -> Rates:
    return made()


def made() -> Rates:
    with transaction():
        a_month(seed=7, count=150)
    return measure(OCTOBER, NOW)


def test_every_figure_is_what_a_plain_statement_counts(on_both: Rates) -> None:
    rates = on_both
    expected = sides()
    assert set(expected) == set(INDICATORS)
    for name, (below, above) in expected.items():
        figure = rates.figure(name)
        assert (set(figure.tickets), set(figure.above)) == (below, above), name
        assert (figure.total, figure.good, set(figure.between)) == (len(below), len(above), below - above), name
        assert len(below) > 10, f"{name}: the month tells nothing"
        assert above, f"{name}: the month tells nothing"
        if figure.indicator.form == "rate":
            assert figure.value == percent(len(above), len(below)), name
    times = statements.scalar(
        "SELECT COUNT(*) FROM history h JOIN ticket t ON t.id = h.ticket_id WHERE h.what = '重办' AND h.at >= ? AND h.at < ? AND h.at >= t.dispatched_at",
        (S, U),
    )
    assert rates.figure("rework_count").value == times
    took = "SELECT t.dispatched_at, MAX(h.at) FROM history h JOIN ticket t ON t.id = h.ticket_id WHERE h.what = '回复' AND h.at >= ? AND h.at < ? GROUP BY t.id"
    spans = [statements.moment(end) - statements.moment(begin) for begin, end in statements.execute(took, (S, U)).fetchall() if begin is not None]
    mean = rates.figure("mean_hours").value
    hours = sum(span.total_seconds() for span in spans) / 3600 / len(spans)
    assert mean is not None
    assert abs(mean - Decimal(str(hours))) <= Decimal("0.01")


def test_each_units_figures_are_those_of_its_tickets_and_add_up_to_the_whole(rates: Rates) -> None:
    by_unit = rates.by("unit")
    expected = sides()
    for address, _, parent in UNITS:
        unit = Unit.get(address=address)
        sections = [u.id for u in Unit.select() if u.id == unit.id or (u.address.startswith(f"{address}/") and u.kind == unit.kind)]
        if parent and unit.kind == Unit.get(address=parent).kind:
            assert unit.id not in by_unit, "a section counts for its unit"
            continue
        held = ids(f"SELECT t.id FROM ticket t WHERE {HOLDER} IN ({statements.marks(sections)})", *sections)
        for name, (below, above) in expected.items():
            figure = by_unit[unit.id].figure(name)
            assert (set(figure.tickets), set(figure.above)) == (below & held, above & held), (address, name)
    for name in INDICATORS:
        assert sum(part.figure(name).total for part in by_unit.values()) == rates.figure(name).total


@pytest.mark.parametrize(("key", "column"), [("area", "t.area"), ("category", "t.category")])
def test_figures_of_an_area_or_a_category_are_those_of_its_tickets(rates: Rates, key: str, column: str) -> None:
    parts = rates.by(key)
    assert "" not in parts
    assert len(parts) == 2
    for one, part in parts.items():
        held = ids(f"SELECT t.id FROM ticket t WHERE {column} = ?", one)
        for name, (below, above) in sides().items():
            assert (set(part.figure(name).tickets), set(part.figure(name).above)) == (below & held, above & held), (one, name)


def test_what_is_excluded_leaves_both_sides_of_the_rates_named_and_of_no_other(rates: Rates) -> None:
    unhappy = rates.figure("satisfaction_rate").between[:3]
    after = measure(OCTOBER, NOW, excluded={"satisfaction_rate": unhappy})
    before, now = rates.figure("satisfaction_rate"), after.figure("satisfaction_rate")
    assert (now.total, now.good) == (before.total - 3, before.good)
    assert after.figure("solved_rate") == rates.figure("solved_rate")
    gone = measure(OCTOBER, NOW, excluded={"all": unhappy})
    assert all(not set(unhappy) & set(figure.tickets) for figure in gone.figures().values())


def test_whether_basically_satisfied_counts_is_a_setting(rates: Rates) -> None:
    strict = measure(OCTOBER, NOW, basic=False).figure("satisfaction_rate")
    basic = verdicts(f'{VALID} AND h.note LIKE \'%"satisfied":"基本满意"%\'')
    assert set(strict.above) == set(rates.figure("satisfaction_rate").above) - basic
    assert basic
    assert strict.total == rates.figure("satisfaction_rate").total


def test_a_month_without_tickets_has_no_rates_and_no_overdue(sqlite_database: str) -> None:
    empty = measure(OCTOBER, NOW)
    assert {name: figure.value for name, figure in empty.figures().items() if figure.value is not None} == dict.fromkeys(
        ("overdue_count", "rework_count", "solved_24h_count", "dissatisfied_count"), Decimal(0)
    )
    assert empty.facts()["solved_rate_n"] == 0
    assert "solved_rate" not in empty.facts()


def test_however_many_tickets_it_takes_five_statements(rates: Rates) -> None:
    with counted() as said:
        measure(OCTOBER, NOW)
    assert len(said) == 5


def test_a_month_is_the_districts_own() -> None:
    assert (S.isoformat(), U.isoformat()) == ("2026-09-30T16:00:00", "2026-10-31T16:00:00")
    assert (OCTOBER.key, OCTOBER.before().key, OCTOBER.after().key, month("2026-12").after().key) == ("2026-10", "2026-09", "2026-11", "2027-01")
    assert month_of(OCTOBER.since) == OCTOBER
    assert month_of(OCTOBER.until).key == "2026-11"
    for wrong in ("2026-13", "2026-1", "26-10", "", "2026-10-01"):
        with pytest.raises(PeriodRefused):
            month(wrong)
