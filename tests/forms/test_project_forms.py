"""The project's own forms: without a finding, their examples hold, and they ask what the rules want to know."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import folder
from engine.folder import Loaded
from engine.vocabulary import Vocabulary
from forms.book import FormBook
from forms.check import check_forms, questions
from forms.load import Forms, load_tree, read_folder
from tickets.domain.status import STATUSES
from tickets.files import district

ROOT = Path(__file__).parents[2]
NOT_ASKED = {"area", "source", "urgency"}  # the system finds the place, knows the channel, decides the urgency


@pytest.fixture(scope="module")
def rules() -> Loaded:
    return folder.load([ROOT / "rules"], base=Vocabulary(names=district.read(ROOT / "demo").names()), statuses=tuple(STATUSES))


@pytest.fixture(scope="module")
def forms(rules: Loaded) -> Forms:
    tree, unread = read_folder()
    assert unread == ()
    return load_tree(tree, rules.vocabulary, tuple(STATUSES))


def test_they_load_without_a_finding_and_their_examples_hold(rules: Loaded, forms: Forms) -> None:
    findings, results = check_forms(forms, rules.vocabulary)
    assert [one.text() for one in findings] == []
    assert len(results) >= 6
    assert all(result.ok for result in results)


def test_every_fact_that_a_rule_asks_is_asked_by_a_form_or_worked_out(rules: Loaded, forms: Forms) -> None:
    asked = {name for form in forms.forms.values() for name in form.asks()}
    wanted = {
        test.fact
        for ruleset in rules.sets.values()
        for rule in ruleset.rules
        for condition in (rule.when, rule.unless)
        if condition is not None
        for test in questions(condition)
    }
    assert {name for name in wanted if rules.facts[name].derived is None} - asked - NOT_ASKED == set()


def test_nothing_personal_reaches_a_condition(rules: Loaded) -> None:
    assert {name for name, fact in rules.facts.items() if fact.personal} == {"address", "caller_name", "caller_phone", "unhappy_why", "citizen_words"}


def test_the_book_swaps_all_forms_at_once_and_a_form_in_hand_stays(forms: Forms) -> None:
    book = FormBook(forms.forms)
    held = book.find("intake")
    assert [form.id for form in book.all()] == sorted(forms.forms)
    book.replace({})
    assert book.find("intake") is None
    assert held is not None
    assert held.version == forms.forms["intake"].version
