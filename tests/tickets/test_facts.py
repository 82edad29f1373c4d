"""What becomes a fact, and what can become a ticket at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.tickets.conftest import MONDAY_NINE, make_appeal
from tests.tickets.fakes import FixedClock
from tickets.actions.intake import open_ticket
from tickets.domain.appeal import AppealRefused, Opened
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store.models import Evaluation, Ticket

Make = Callable[..., Opened]


def facts_of_last() -> dict[str, object]:
    row = Evaluation.select().where(Evaluation.ruleset == "dispatch").order_by(Evaluation.id.desc()).first()
    return dict(json.loads(row.decision, parse_float=Decimal)["facts"])


def test_answers_become_facts_of_their_type_and_what_does_not_fit_stays_unknown(desk: Desk, make_ticket: Make) -> None:
    make_ticket(kind="求助", answers={"outage": "是", "households": "12", "unheard_of": "x"})
    facts = facts_of_last()
    assert (facts["kind"], facts["outage"], facts["households"]) == ("求助", True, 12)
    assert "unheard_of" not in facts
    make_ticket(kind="闲聊", answers={"outage": "也许", "households": "-3"})
    assert not {"kind", "outage", "households"} & set(facts_of_last())
    assert json.loads(Ticket.select().order_by(Ticket.id.desc()).first().extra)["answers"]["outage"] == "也许"


def test_repeats_are_counted_by_estate_kind_and_caller_within_their_window(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    make_ticket("花园小区停水", phone="00000000001")
    make_ticket("花园小区停水", phone="00000000001")
    make_ticket("花园小区路灯不亮", phone="00000000002")  # another category of level 2
    make_ticket("柳岸小区停水", phone="00000000001")  # another estate
    make_ticket("花园小区停水", phone="00000000003")
    facts = facts_of_last()
    assert (facts["appeals_3d"], facts["callers_3d"], facts["own_repeats_30d"]) == (3, 2, 1)
    clock.on(days=4)
    make_ticket("花园小区停水", phone="00000000001")
    facts = facts_of_last()
    assert (facts["appeals_3d"], facts["callers_3d"], facts["own_repeats_30d"]) == (1, 1, 4)


def test_without_estate_or_phone_the_counts_are_unknown_not_nought(desk: Desk, make_ticket: Make) -> None:
    make_ticket("停水了")
    assert not {"appeals_3d", "callers_3d", "own_repeats_30d"} & set(facts_of_last())


# ---- what comes in --------------------------------------------------------------------------------------------------
REFUSED = (
    ({"text": " "}, "没有诉求内容"),
    ({"text": "水" * 20_001}, "20001 个字符"),
    ({"text": "a\x00b"}, "无法保存"),
    ({"text": "a\ud800b"}, "无法保存"),
    ({"source_id": " "}, "来源编号"),
    ({"source_id": "9" * 121}, "120"),
)


@pytest.mark.parametrize(("changes", "why"), REFUSED)
def test_an_appeal_that_cannot_be_a_ticket_is_refused_in_one_sentence(desk: Desk, changes: dict[str, str], why: str) -> None:
    with pytest.raises(AppealRefused, match=why):
        open_ticket(desk, replace(make_appeal(), **changes))
    assert Ticket.select().count() == 0


def test_long_or_strange_but_readable_words_are_taken_in(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket(
        "停水" * 9_999, title="题" * 500, address="址" * 900, phone="＋86 139-0000-0000 转 " + "1" * 90, caller_name="'; DROP TABLE ticket; --"
    )
    assert opened.person == "班长甲"
    assert len(Ticket.get().title) == 200


def test_a_title_alone_is_a_text(desk: Desk, make_ticket: Make) -> None:
    assert make_ticket("", title="花园小区停水").category == "供水"


def test_times_are_kept_in_utc(desk: Desk, make_ticket: Make) -> None:
    make_ticket(appealed_at=MONDAY_NINE - timedelta(hours=1))
    row = Ticket.get()
    assert (row.appealed_at, row.registered_at) == (stored(MONDAY_NINE - timedelta(hours=1)), stored(MONDAY_NINE))
