"""Story 13: N reports within a window become one supervision item, none twice, also with two workers at once, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.stories.conftest import Clock, Installation
from tickets.actions import issue_hand
from tickets.actions.intake import open_ticket
from tickets.actions.steps import StepRefused
from tickets.domain.appeal import Appeal
from tickets.files.district import read
from tickets.ports import Desk
from tickets.store import issues
from tickets.store.issue_models import Issue, IssueMember, SupervisionItem, SupervisionStep
from tickets.store.models import Evaluation, History, Outbox
from tickets.store.models import database as proxy
from tickets.store.seeding import seed
from wiring.desk import Parts
from wiring.issue_work import IssueWork
from wiring.settings import load

PLACE = "青禾镇谷雨苑"


@pytest.fixture
def clock(installation: Installation) -> Clock:
    return installation.clock


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return installation.parts.desk


@pytest.fixture
def on_both(database: str, shared: Parts) -> Desk:
    """A district on SQLite, then one on PostgreSQL."""
    clock = Clock()
    seed(read(load({}).directory), clock)
    return replace(shared.desk, clock=clock)


def appeal(desk: Desk, number: int, phone: int, text: str = "谷雨苑三号楼暖气一直不热，家里只有十三度") -> int:
    return open_ticket(desk, Appeal("12345", f"S-{number}", f"{text}，第{number}天", address=PLACE, phone=f"1380000{phone:04d}")).ticket_id


def items() -> list[SupervisionItem]:
    return list(SupervisionItem.select().order_by(SupervisionItem.id))


def drain(work: IssueWork) -> None:
    while work.turn():
        pass


def test_five_reports_of_three_people_are_one_item_and_the_sixth_makes_no_other(desk: Desk, clock: Clock) -> None:
    work = IssueWork(desk)
    for number in range(1, 5):
        appeal(desk, number, number % 3)
    drain(work)
    assert items() == []
    for number in (5, 6, 7):
        clock.at(number)
        appeal(desk, number, number % 3)
        drain(work)
    (item,) = items()
    assert (item.level, item.rule, item.unit, item.listed) == ("重点督办", "S-010", "热线中心/督办科", True)
    assert {step.what: step.every_days for step in SupervisionStep.select()} == {"调度": 7, "会商": 0}
    assert Outbox.select().where(Outbox.kind == "督办").count() == 1
    assert History.select().where(History.what == "督办").count() == 1
    asked = Evaluation.select().where(Evaluation.ruleset == "supervision")
    assert {row.event for row in asked} == {"ticket.accepted", "issue.changed"}
    assert asked.where(Evaluation.event == "ticket.accepted").count() == 7


def test_two_workers_at_once_make_one_item_and_each_ticket_has_one_issue(on_both: Desk) -> None:
    for number in range(1, 13):
        appeal(on_both, number, number)
    works = [IssueWork(on_both), IssueWork(on_both)]

    def alone(work: IssueWork) -> None:
        with proxy.connection_context():
            drain(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(alone, works))
    assert IssueMember.select().count() == 12
    assert IssueMember.select().where(~IssueMember.asked).count() == 0
    assert len(items()) == 1
    assert Outbox.select().where(Outbox.kind == "督办").count() == 1
    assert Evaluation.select().where((Evaluation.ruleset == "supervision") & (Evaluation.event == "ticket.accepted")).count() == 12


def test_what_was_interrupted_is_found_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 7):
        appeal(desk, number, number)
    work = IssueWork(desk)
    with monkeypatch.context() as broken:
        broken.setattr("tickets.actions.supervise.heard", lambda *_: (_ for _ in ()).throw(OSError("gone")))
        broken.setattr("tickets.actions.supervise.changed", lambda *_: (_ for _ in ()).throw(OSError("gone")))
        with pytest.raises(OSError, match="gone"):
            work.turn()
    assert items() == []
    drain(IssueWork(desk))
    assert len(items()) == 1


def test_the_level_only_rises_and_the_list_goes_on_each_week_until_done(desk: Desk, clock: Clock) -> None:
    work = IssueWork(desk)
    for number in range(1, 8):
        appeal(desk, number, number)
    drain(work)
    for number in range(8, 26):
        appeal(desk, number, number)
    drain(work)
    (item,) = items()
    assert (item.level, item.rule) == ("提级督办", "S-050")  # risen in place, by the people of its issue
    first = SupervisionStep.get((SupervisionStep.what == "调度") & (SupervisionStep.item == item.id))
    clock.at(8 * 24 * 60)
    issue_hand.held(desk, first.id, "供热公司已换泵，三日内调平", "account:1")
    with pytest.raises(StepRefused, match="已经记过"):
        issue_hand.held(desk, first.id, "再记一次", "account:1")
    following = SupervisionStep.get((SupervisionStep.what == "调度") & SupervisionStep.done_at.is_null())
    assert following.due_at == first.due_at + timedelta(days=7)
    issue_hand.plan(desk, item.id, "专班", clock() + timedelta(days=2), "住建局牵头", "account:1")
    issue_hand.done(desk, item.id, "全部住户测温达标", "account:1")
    with pytest.raises(StepRefused, match="销账"):
        issue_hand.done(desk, item.id, "再销一次", "account:1")
    for number in range(30, 36):
        appeal(desk, number, number)
    drain(work)
    assert [one.closed for one in items()] == [item.id, 0]  # reports of later are a new item


def test_a_person_splits_joins_and_renames_and_later_arrivals_obey(desk: Desk) -> None:
    tell = lambda number, said: {"size": len(said), "people": len(said), "title": f"{number}"}  # noqa: E731
    heat = [appeal(desk, number, number) for number in range(1, 7)]
    noise = [appeal(desk, number, number, "谷雨苑东门烧烤摊夜里吵闹，油烟呛人") for number in range(11, 17)]
    drain(IssueWork(desk))
    home, other = issues.issue_of(heat[0]), issues.issue_of(noise[0])
    assert home is not None
    assert other is not None
    if home != other:
        whole = issue_hand.join(desk, home, other, "account:1", tell)
        assert {issues.issue_of(one) for one in heat + noise} == {whole}
    else:
        whole = home
    drain(IssueWork(desk))
    apart = issue_hand.split(desk, whole, noise, "account:1", tell)
    issue_hand.rename(desk, apart, "东门烧烤摊", "account:1")
    late = appeal(desk, 21, 21, "谷雨苑东门烧烤摊夜里吵闹，油烟呛人")
    cold = appeal(desk, 22, 22)
    drain(IssueWork(desk))
    assert (issues.issue_of(late), issues.issue_of(cold)) == (apart, whole)
    assert Issue.get_by_id(apart).name == "东门烧烤摊"
    with pytest.raises(StepRefused, match="至少留下一件"):
        issue_hand.split(desk, apart, [*noise, late], "account:1", tell)
