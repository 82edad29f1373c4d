"""What a person puts right: kept once, suggested the next time for the same words, and followed by the ticket."""

from __future__ import annotations

import pytest

from tests.tickets.conftest import make_appeal
from tests.tickets.fakes import FixedClock
from tickets.actions.correct import correct, suggest
from tickets.actions.intake import open_ticket
from tickets.actions.steps import StepRefused
from tickets.ports import Desk
from tickets.store import corrections
from tickets.store.course_models import Correction
from tickets.store.models import History, Ticket

ACCOUNT = 7


def waiting(desk: Desk, text: str = "说不清的一件事，楼道里总有声音") -> Ticket:
    ticket = Ticket.get_by_id(open_ticket(desk, make_appeal(text)).ticket_id)
    assert ticket.manual
    return ticket  # type: ignore[no-any-return]


def test_the_manual_desk_puts_a_category_right_and_the_ticket_follows(desk: Desk) -> None:
    ticket = correct(desk, waiting(desk).id, "供水", ACCOUNT)
    assert (ticket.category, ticket.category_by) == ("供水", "given")
    assert [(row.ticket, row.chosen, row.account) for row in Correction.select()] == [(ticket.id, "供水", ACCOUNT)]
    assert History.select().where((History.ticket == ticket.id) & (History.what == "更正类别")).count() == 1
    correct(desk, ticket.id, "供水", ACCOUNT)
    assert Correction.select().count() == 1


# the words asked about, and whether they are near enough to what was put right
@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("说不清的一件事，楼道里总有声音", True),
        ("说不清的一件事,楼道里 总有声音", True),  # widths and spaces
        ("说不清的一件事，楼道里面总有声音", True),  # one slip
        ("说不清的另一些事，家里没有声音", False),
        ("", False),
    ],
)
def test_the_same_words_are_suggested_what_was_chosen(desk: Desk, words: str, same: bool) -> None:
    correct(desk, waiting(desk).id, "供水", ACCOUNT)
    found = suggest(desk, words)
    assert (found.by == "corrected") == same
    if same:
        assert found.category == "供水"
        assert found.confidence >= 0.95
        assert not found.unsure


def test_the_newest_word_counts_and_each_ticket_teaches_once(desk: Desk) -> None:
    ticket = waiting(desk)
    correct(desk, ticket.id, "供水", ACCOUNT)
    correct(desk, ticket.id, "照明", ACCOUNT)
    assert suggest(desk, ticket.text).category == "照明"
    learnt = corrections.to_learn()
    assert [one.chosen for one in learnt] == ["照明"]
    corrections.mark_learned([one.key for one in learnt])
    assert Correction.get_by_id(learnt[0].key).learned


def test_what_no_longer_waits_or_is_in_no_catalogue_is_refused(desk: Desk, clock: FixedClock) -> None:
    sent = Ticket.get_by_id(open_ticket(desk, make_appeal("花园小区停水")).ticket_id)
    for ticket, category in ((sent, "照明"), (waiting(desk), "没有这一类")):
        with pytest.raises(StepRefused):
            correct(desk, ticket.id, category, ACCOUNT)
    assert Correction.select().count() == 0
