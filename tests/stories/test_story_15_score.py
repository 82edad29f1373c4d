"""Story 15, to its end: after the visit and the second survey an auditor reproduces the month's score byte for byte."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from peewee import IntegrityError

from tests.stories.conftest import LOCAL, Installation
from tests.stories.handled import handle
from tickets.actions.close import close
from tickets.actions.mediate import visited
from tickets.actions.score_exclude import decide_exclusion, propose
from tickets.actions.score_month import appeal, decide_appeal
from tickets.actions.steps import StepRefused
from tickets.actions.verify import verify
from tickets.domain.period import month
from tickets.domain.score_sheet import UNIT, Sheet, read
from tickets.store import score_months, statements
from tickets.store.connect import transaction
from tickets.store.models import Evaluation, Person, Ticket
from tickets.store.models import Unit as UnitRow
from tickets.store.score_models import ScoreMonth
from wiring.scores import MonthScores, month_scores

NOVEMBER = month("2026-11")
TEXTS = ("我们小区停水三天了，没人管",) * 7
VERDICTS = (("已解决", "满意"), ("已解决", "基本满意"), ("已解决", "非常满意"), ("部分解决", "基本满意"), ("", ""), ("已解决", "满意"), ("未解决", "不满意"))
PROPOSER, APPROVER = "account:11", "account:12"


@pytest.fixture
def month_played(installation: Installation) -> MonthScores:
    """Seven appeals of November: one is dissatisfied, is visited, and is satisfied in the end; one is not reached; the clock stands in December."""
    desk = installation.parts.desk
    for n, (text, (solved, satisfied)) in enumerate(zip(TEXTS, VERDICTS, strict=True)):
        installation.clock.begin(datetime(2026, 11, 9 + n, 9, 0, tzinfo=LOCAL))
        opened = installation.appeal(text, "北庄新居3号楼", phone=f"1380000002{n}")
        installation.clock.at(2 if n != 3 else 30)  # the fourth is signed too late
        handle(desk, opened.ticket_id)
        installation.clock.at(120)
        verify(desk, opened.ticket_id, "account:1", solved, satisfied)
        if satisfied == "不满意":
            installation.clock.at(24 * 60)
            visited(desk, opened.ticket_id, "system", "已谅解", "上门查看，水压正常，已当面说明")
            verify(desk, opened.ticket_id, "account:1", "已解决", "满意")
        close(desk, opened.ticket_id, "system")
    installation.clock.begin(datetime(2026, 12, 1, 9, 0, tzinfo=LOCAL))
    return month_scores(desk, installation.parts.settings)


def water(sheet: Sheet) -> int:
    """The unit that had most of these tickets."""
    found = max(sheet.of(UNIT), key=lambda one: one.counts["response_rate"][1])
    return found.id


def plain_rate(unit: int, good: str) -> tuple[int, int]:
    """Satisfied or solved of the unit's tickets, and valid callbacks, counted by a plain statement over the newest verdicts."""
    sql = f"""SELECT SUM(CASE WHEN {good} THEN 1 ELSE 0 END), COUNT(*) FROM history h JOIN ticket t ON t.id = h.ticket_id JOIN unit u ON u.id = t.unit_id
        WHERE h.what = '核实' AND h.note LIKE '%"valid":true%' AND (u.id = ? OR u.parent_id = ?)
        AND h.seq = (SELECT MAX(x.seq) FROM history x WHERE x.ticket_id = t.id AND x.what = '核实')"""
    return statements.execute(sql, (unit, unit)).fetchone()  # type: ignore[no-any-return]


def test_an_auditor_reproduces_the_months_score_byte_for_byte(month_played: MonthScores) -> None:
    kept = month_played.freeze(NOVEMBER, PROPOSER)
    again = month_played.again(kept)
    assert (again.facts, again.result, again.digest) == (kept.facts, kept.result, kept.sha256)
    assert Evaluation.select().where(Evaluation.ruleset == "exclusion").count() == Ticket.select().count()
    sheet = read(kept.result)
    key = water(sheet)
    one = sheet.one(UNIT, key)
    assert one is not None
    assert one.counts["solved_rate"] == plain_rate(key, 'h.note LIKE \'%"solved":"已解决"%\'')
    assert one.counts["satisfaction_rate"] == plain_rate(key, "h.note NOT LIKE '%不满意%'")
    for name in ("solved_rate", "satisfaction_rate", "response_rate", "on_time_rate"):
        good, total = one.counts[name]
        assert one.facts[name] == (Decimal(good) * 100 / Decimal(total)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert one.total == sum(one.points.values())
    for statement in ("UPDATE score_month SET result = '{}'", "DELETE FROM score_month"):
        with pytest.raises(IntegrityError, match="never changed"), transaction():
            statements.execute(statement)


def test_what_happens_later_changes_nothing_of_a_frozen_month(month_played: MonthScores) -> None:
    kept = month_played.freeze(NOVEMBER, PROPOSER)
    Ticket.update(unit=UnitRow.get(UnitRow.address == "住建局")).execute()
    assert month_played.same(kept)
    assert month_played.draw(NOVEMBER).result != kept.result
    with pytest.raises(StepRefused, match="已于 12-01 09:00 冻结"):
        month_played.freeze(NOVEMBER, PROPOSER)


def test_a_ticket_is_left_out_only_once_another_person_of_the_office_has_approved(month_played: MonthScores) -> None:
    desk, unhappy = month_played.desk, Ticket.select().order_by(Ticket.id)[3]
    before = month_played.rates(NOVEMBER)
    ground = {"beyond_policy": "是", "outside_power": "否", "evidence": "供水管理办法第三十条"}
    with pytest.raises(StepRefused, match="没有这样的情形"):
        propose(desk, unhappy.id, NOVEMBER, {**ground, "evidence": ""}, PROPOSER, None)
    found = propose(desk, unhappy.id, NOVEMBER, ground, PROPOSER, unhappy.person_id)
    assert (found.rule, found.state, found.approve, json.loads(found.facts)["beyond_policy"]) == ("X-020", "asked", "热线中心/考核科", True)
    assert unhappy.id in month_played.rates(NOVEMBER).figure("response_rate").tickets
    with pytest.raises(StepRefused, match="另一人"):
        decide_exclusion(desk, found.id, True, "", PROPOSER, None)
    with pytest.raises(StepRefused, match="另一人"):
        decide_exclusion(desk, found.id, True, "", APPROVER, unhappy.person_id)
    outsider = Person.select().where(Person.id != unhappy.person_id).order_by(Person.id.desc()).get()
    with pytest.raises(StepRefused, match="由热线中心 · 考核科批准"):
        decide_exclusion(desk, found.id, True, "", APPROVER, outsider.id)
    assert decide_exclusion(desk, found.id, True, "属实", APPROVER, None).state == "granted"
    with pytest.raises(StepRefused, match="已有人决定"):
        decide_exclusion(desk, found.id, False, "不属实", APPROVER, None)
    after = month_played.rates(NOVEMBER)
    for name, figure in before.figures().items():
        assert set(after.figure(name).tickets) == set(figure.tickets) - {unhappy.id}, name
        assert set(after.figure(name).above) == set(figure.above) - {unhappy.id}, name


def test_a_granted_appeal_makes_a_new_edition_and_keeps_the_old(month_played: MonthScores, installation: Installation) -> None:
    desk = month_played.desk
    kept = month_played.freeze(NOVEMBER, PROPOSER)
    key, late = water(read(kept.result)), Ticket.select().order_by(Ticket.id)[3]
    mine = month_played.kept_rates(kept).by("unit")[key]
    counted = {case.who.ticket for cases in mine.cases.values() for case in cases}
    words = ("小区水泵断电，产权属物业", "物业证明")
    with pytest.raises(StepRefused, match="没有计入"):
        appeal(desk, kept, key, 10_000, *words, PROPOSER, None, "5d", counted)
    asked = appeal(desk, kept, key, late.id, *words, PROPOSER, late.person_id, "5d", counted)
    with pytest.raises(StepRefused, match="申诉过"):
        appeal(desk, kept, key, late.id, *words, PROPOSER, late.person_id, "5d", counted)
    with pytest.raises(StepRefused, match="另一人"):
        decide_appeal(desk, asked.id, True, "", APPROVER, late.person_id, month_played.without)
    settled = decide_appeal(desk, asked.id, True, "属实", APPROVER, None, month_played.without)
    assert (settled.state, settled.new_edition) == ("granted", 2)
    newest = score_months.frozen(NOVEMBER.key)
    assert newest is not None
    old, new = read(kept.result).one(UNIT, key), read(newest.result).one(UNIT, key)
    assert old is not None
    assert new is not None
    good, total = old.counts["response_rate"]
    assert new.counts["response_rate"] == (good, total - 1)
    assert new.total > old.total
    assert ScoreMonth.get_by_id(kept.id).result == kept.result
    assert all(month_played.same(one) for one in ScoreMonth.select())
    installation.clock.begin(datetime(2026, 12, 1, 9, 0, tzinfo=LOCAL) + timedelta(days=8))
    with pytest.raises(StepRefused, match="申诉须在冻结后 5 个工作日内提出"):
        appeal(desk, kept, key, 1, *words, PROPOSER, None, "5d", counted)


def test_a_month_that_still_runs_is_on_trial_and_cannot_be_frozen(month_played: MonthScores, installation: Installation) -> None:
    installation.clock.begin(datetime(2026, 11, 20, 9, 0, tzinfo=LOCAL))
    assert month_played.draw(NOVEMBER).sheet.of(UNIT)
    with pytest.raises(StepRefused, match="还没有过完"):
        month_played.freeze(NOVEMBER, PROPOSER)
    assert score_months.editions(NOVEMBER.key) == []
