"""Who reads which draft, and what an address may name one by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from admin.asked import LARGEST_ID, number
from admin.draft_choice import may_see
from tickets.actions import draft_edit
from tickets.domain.roles import DRAFT, RELEASES
from tickets.store import drafts
from tickets.store.draft_models import Draft
from web.access import Caller

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
STATES = ("draft", "submitted", "returned", "approved", "published", "dropped")
OPEN = ("submitted", "returned", "approved", "published")


def with_rights(*rights: str) -> Caller:
    return cast(Caller, SimpleNamespace(may=rights.__contains__))


@pytest.mark.parametrize(("word", "meant"), [("7", 7), ("007", 7), (str(LARGEST_ID), LARGEST_ID), (str(LARGEST_ID + 1), None)])
def test_a_number_is_one_a_row_can_have(word: str, meant: int | None) -> None:
    assert number(word) == meant


@pytest.mark.parametrize("word", [None, "", "0", "-1", "+1", "1.0", " 1", "²", "٣", "1e3", "9" * 400])
def test_what_is_no_number_names_nothing(word: str | None) -> None:
    assert number(word) is None


def test_before_it_is_submitted_a_draft_is_for_those_who_draft(sqlite_database: str) -> None:
    begun = drafts.draft(draft_edit.start(NOW, "zhou", "周敏", "供水"))
    assert begun is not None
    for state in STATES:
        info = replace(begun, state=state, submitted_at=None if state == "draft" else NOW)
        assert may_see(info, with_rights(DRAFT)), state
        assert may_see(info, with_rights(RELEASES)) == (state in OPEN), state
        assert not may_see(info, with_rights()), state
    assert not may_see(replace(begun, state="returned"), with_rights(RELEASES)), "called off before it was ever submitted"


def test_the_list_shows_what_may_be_seen_one_by_one(sqlite_database: str) -> None:
    for state in STATES:
        made = draft_edit.start(NOW, "zhou", "周敏", state)
        Draft.update(state=state, submitted_at=None if state == "draft" else NOW.replace(tzinfo=None)).where(Draft.id == made).execute()
    every = drafts.drafts(everything=True)
    assert {one.title for one in every if one.shared} == set(OPEN)
    assert {one.title for one in drafts.drafts(everything=False)} == set(OPEN)
