"""Past appeals of the same kind near the same place are found by a few keys, and found as if every one had been looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.names import Names
from engine.tree import Tree, TreeNode
from insights.similar import Question, ranked, search, similar
from insights.similar_words import shared_words
from tickets.store import similar as index
from tickets.store import similar_build
from tickets.store.models import Ticket, Unit
from tickets.store.scope import Viewer
from tickets.store.similar_models import SimilarKey, SimilarRow

NOW = datetime(2026, 11, 23, 1, 0)  # noqa: DTZ001  # stored times are naive UTC
NAMES = Names(
    categories=Tree([TreeNode("城建", None), TreeNode("供水", "城建"), TreeNode("停水", "供水"), TreeNode("水压", "供水"), TreeNode("路灯", "城建")]),
    areas=Tree(
        [
            TreeNode("区", None, "区"),
            TreeNode("东镇", "区", "镇街"),
            TreeNode("北庄村", "东镇", "村居"),
            TreeNode("花园", "北庄村", "小区"),
            TreeNode("柳苑", "北庄村", "小区"),
            TreeNode("南庄村", "东镇", "村居"),
            TreeNode("西镇", "区", "镇街"),
        ]
    ),
)
ALL = Viewer("all")
numbers = count(1)


def make(text: str, category: str = "停水", area: str = "花园", days: float = 1, **more: object) -> Ticket:
    number = next(numbers)
    made = {"number": f"T-{number}", "source": "12345", "source_id": str(number), "status": "办理中", "registered_at": NOW - timedelta(days=days)}
    ticket: Ticket = Ticket.create(**{**made, "text": text, "category": category, "area": area, **more})
    index.keep(ticket, NAMES)
    return ticket


def asked(text: str, category: str = "停水", area: str = "花园", ticket: int = 0) -> Question:
    return Question("", text, category, area, NOW, ticket)


@pytest.mark.usefixtures("database")
def test_the_nearest_comes_first_and_every_part_is_told() -> None:
    mine = make("花园三号楼水管爆裂漏水", days=0)
    near = make("花园五号楼水管爆裂，淹了地下室，请打13800000000", days=30)
    other = make("柳苑停水两天", "水压", "柳苑", 2)
    far = make("西镇广场路灯不亮", "路灯", "西镇", 2)
    found = similar(ALL, NAMES, asked(mine.text, ticket=mine.id))
    assert [one.one.number for one in found] == [near.number, other.number]
    assert far.number not in {one.one.number for one in found}
    first = found[0]
    assert (first.parts.matter, first.parts.place, first.days) == ("同一类别", "同在花园", 30)
    assert first.words == ("号楼水管爆裂", "花园")
    assert "13800000000" not in first.one.text
    assert (found[1].parts.matter, found[1].parts.place) == ("同属供水", "同在北庄村")


@pytest.mark.usefixtures("database")
def test_somebody_elses_tickets_are_never_found() -> None:
    ours, theirs = (Unit.create(address=name, name=name, kind="区直部门") for name in ("水务局", "城管局"))
    make("花园水管爆裂", unit=theirs)
    mine = make("花园水管爆裂", unit=ours)
    assert [one.one.number for one in similar(Viewer("unit", unit_id=ours.id), NAMES, asked("花园水管爆裂"))] == [mine.number]
    assert similar(Viewer("own", person_id=7), NAMES, asked("花园水管爆裂")) == ()
    assert similar(Viewer("own"), NAMES, asked("花园水管爆裂")) == ()


WORDS = ("水管", "爆裂", "停水", "花园", "三号楼", "路灯", "不亮", "垃圾", "没人管", "夜里", "施工", "噪声")
APPEAL = st.tuples(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("".join),
    st.sampled_from(("", "停水", "水压", "路灯")),
    st.sampled_from(("", "花园", "柳苑", "北庄村", "南庄村", "西镇")),
    st.integers(0, 700),
)


@pytest.mark.usefixtures("sqlite_database")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(past=st.lists(APPEAL, min_size=1, max_size=25), question=APPEAL, weighed=st.booleans())
def test_the_index_finds_what_looking_at_every_ticket_would(past: list[tuple[str, str, str, int]], question: tuple[str, str, str, int], weighed: bool) -> None:
    for model in (SimilarKey, SimilarRow, Ticket):
        model.delete().execute()
    for text, category, area, days in past:
        make(text, category, area, days)
    if weighed:
        similar_build.weigh(NOW.astimezone())
        while similar_build.rewrite_next(NAMES):
            pass
    text, category, area, _ = question
    whole = asked(text, category, area)
    every = ranked(index.newest_weights(), NAMES, whole, index.terms_of("", text), index.kept([row.id for row in Ticket.select(Ticket.id)]), 10)
    assert search(ALL, NAMES, whole, most=10) == every


@pytest.mark.usefixtures("database")
def test_a_corrected_category_is_found_under_the_new_one_alone() -> None:
    ticket = make("花园水管爆裂", "路灯")
    before = {row.key for row in SimilarKey.select()}
    ticket.category = "停水"
    ticket.save()
    index.keep_again(ticket, NAMES)
    after = {row.key for row in SimilarKey.select()}
    assert after != before
    ticket.category = "路灯"
    ticket.save()
    index.keep_again(ticket, NAMES)
    assert {row.key for row in SimilarKey.select()} == before


@pytest.mark.usefixtures("database")
def test_old_tickets_get_their_keys_a_few_at_a_time_and_new_weights_leave_no_old_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar_build, "NEXT", 3)
    for number in range(7):
        make(f"花园{number}号楼水管爆裂", days=number)
    SimilarKey.delete().execute()
    SimilarRow.update(version=index.UNREAD, terms=b"").execute()
    assert similar_build.progress().done == 0
    assert [similar_build.rewrite_next(NAMES) for _ in range(4)] == [3, 3, 1, 0]
    assert similar_build.progress().done == 7
    keys = {(row.key, row.ticket) for row in SimilarKey.select()}
    similar_build.weigh(NOW.astimezone())
    assert similar_build.rewrite_next(NAMES) == 3
    assert {weights.version for weights in index.editions()} == {0, 1}
    assert len(search(ALL, NAMES, asked("花园水管爆裂"), most=9)) == 7  # found while half have old keys
    while similar_build.rewrite_next(NAMES):
        pass
    assert [weights.version for weights in index.editions()] == [1]
    assert not keys & {(row.key, row.ticket) for row in SimilarKey.select()}


def test_the_words_shared_are_the_longest_stretches_of_both() -> None:
    assert shared_words(index.OLDEST, "花园三号楼水管爆裂，没人管", "昨晚水管爆裂了，一直没人管，花园物业不接电话") == ("水管爆裂", "没人管", "花园")
