"""直接答复 that rests on the knowledge base: counted once and kept in the history, or refused with nothing half done."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.tickets.conftest import MONDAY_NINE, make_appeal
from tickets.actions.endings import answering
from tickets.actions.intake import open_ticket
from tickets.actions.steps import StepRefused
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import knowledge
from tickets.store.desk_models import Knowledge
from tickets.store.knowledge import Wanted
from tickets.store.models import History, Outbox, Ticket

PIPE = Wanted("水管爆了找谁", "先关总阀，再登记。", "供水", "爆管", "规定第三条", "水务局", code="K0001")
PAST = replace(PIPE, title="旧的办法", code="K0002", valid_until=stored(MONDAY_NINE))
GONE = replace(PIPE, title="停用的", code="K0003")


@pytest.fixture
def counter(desk: Desk) -> Desk:
    knowledge.put((PIPE, PAST, GONE), MONDAY_NINE)
    Knowledge.update(active=False).where(Knowledge.code == GONE.code).execute()
    return desk


def answered_lines() -> list[dict[str, object]]:
    return [json.loads(row.note) for row in History.select().where(History.what == "直接答复")]


def test_an_answer_from_an_entry_is_counted_once_and_says_its_edition(counter: Desk) -> None:
    appeal = make_appeal()
    for _ in range(2):  # the same page pressed twice is one ticket and one use
        open_ticket(counter, appeal, answering("system", "先关总阀，师傅一小时内到。", "", "", knowledge="K0001"))
    (line,) = answered_lines()
    assert (line["knowledge"], line["edition"], line["title"], line["answer"]) == ("K0001", 1, "水管爆了找谁", "先关总阀，师傅一小时内到。")
    assert Knowledge.get(Knowledge.code == "K0001").used == 1


def test_an_answer_from_nothing_names_no_entry(counter: Desk) -> None:
    open_ticket(counter, make_appeal(), answering("system", "先关总阀。", "", ""))
    assert "knowledge" not in answered_lines()[0]
    assert sum(row.used for row in Knowledge.select()) == 0


@pytest.mark.parametrize("code", ["K0002", "K0003", "K9999", "K0001\x00", "水" * 300])
def test_an_entry_that_no_longer_holds_is_refused_in_words_and_nothing_is_half_done(counter: Desk, code: str) -> None:
    before = [model.select().count() for model in (Ticket, History, Outbox)]
    with pytest.raises(StepRefused, match="不存在、已停用或已过期"):
        open_ticket(counter, make_appeal(), answering("system", "先关总阀。", "已解决", "满意", knowledge=code))
    assert [model.select().count() for model in (Ticket, History, Outbox)] == before
    assert sum(row.used for row in Knowledge.select()) == 0


def test_a_step_that_fails_after_the_entry_was_counted_takes_the_count_back(counter: Desk) -> None:
    ending = answering("system", "先关总阀。", "", "", knowledge="K0001")

    def breaks(taken: object) -> str:
        ending(taken)  # type: ignore[arg-type]
        raise StepRefused("后面一步没有做成")

    with pytest.raises(StepRefused, match="没有做成"):
        open_ticket(counter, make_appeal(), breaks)
    assert Knowledge.get(Knowledge.code == "K0001").used == 0
    assert Ticket.select().count() == 0
