"""Words that a page chooses: one language of a refusal, and who found a ticket's category."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from web.show.refusal import one_language
from web.ticket_page import _category_by

BOTH = "协办单位还没有回复，请催办 (a helper has not answered)"


@pytest.mark.parametrize(
    ("refusal", "lang", "shown"),
    [
        (BOTH, "zh", "协办单位还没有回复，请催办"),
        (BOTH, "en", "A helper has not answered"),
        ("没有这个单位 (not known: 水务局)", "zh", "没有这个单位 (not known: 水务局)"),
        ("已过期限", "en", "已过期限"),
        ("", "zh", ""),
    ],
)
def test_a_refusal_is_shown_in_one_language(refusal: str, lang: str, shown: str) -> None:
    assert one_language(refusal, lang) == shown


def line(what: str, **note: str) -> SimpleNamespace:
    return SimpleNamespace(what=what, note=note)


@pytest.mark.parametrize(
    ("by", "source", "history", "words"),
    [
        ("given", "12345", [line("登记")], "given"),
        ("given", "电话", [line("登记", category_by="chosen")], "chosen_agent"),
        ("given", "网格", [line("登记", category_by="chosen")], "chosen"),
        ("given", "电话", [line("登记", category_by="adopted"), line("受理")], "adopted"),
        ("given", "电话", [line("登记", category_by="chosen"), line("更正类别")], "put_right"),
        ("keywords", "12345", [line("登记")], "keywords"),
        ("", "12345", [line("登记")], "none"),
    ],
)
def test_the_ticket_says_who_found_its_category(by: str, source: str, history: list[Any], words: str) -> None:
    ticket: Any = SimpleNamespace(category_by=by, source=source, history=history)
    assert _category_by(ticket) == words
