"""The designer's preview shows any form with given answers as a phone would, one page at a time, and says when nothing is asked."""

from __future__ import annotations

import re

from flask import g

from engine.facts import Facts
from engine.vocabulary import Vocabulary
from forms.form import Form
from forms.load import load_text
from forms.render import preview
from tests.forms.words import FACTS, HEAD, NAMES, TESTED, WORDS, ask
from tests.web.conftest import Site

PAGES = (
    ask("text: {as: textarea, required: true}", "category", title="诉求")
    + ask("outage: {required: true}", "households: {show_if: {outage: true}, unit: 户, max: 500}", show_if="{category: 供水}", title="影响")
    + ask(
        "flags: {as: choices, label: {zh: 情况, en: Circumstances}, of: [danger, vulnerable]}",
        "due_in: {as: date}", "began: {as: datetime}", "caller_id: {as: photo}", title="其他",
    )
)  # fmt: skip


def form(words: Vocabulary = WORDS) -> Form:
    made, findings = load_text(f"{HEAD}pages:\n{PAGES}{TESTED}", "forms/intake.yaml", words)
    assert made is not None, findings
    return made


def shown(site: Site, answers: Facts, page: int = 0, lang: str = "zh") -> str:
    with site.app.test_request_context():
        g.lang = lang
        return str(preview(form(), answers, FACTS, NAMES, lang, page=page))


def test_all_pages_in_sight_with_the_answers_filled_in(site: Site) -> None:
    html = shown(site, {"category": "停水", "outage": True, "households": 60, "danger": True})
    assert re.findall(r'data-field="(\w+)"', html) == ["text", "category", "outage", "households", "flags", "due_in", "began", "caller_id"]
    assert 'id="preview-households" name="households" value="60"' in html
    assert '<option value="停水" data-path="公用事业 › 供水 › 停水" selected>供水 › 停水</option>' in html
    assert 'value="danger" id="preview-flags" checked' in html
    assert "0 到 500" in html
    for kind in ('type="date"', 'type="datetime-local"', 'type="file"', 'type="checkbox"'):
        assert kind in html


def test_one_page_with_its_place_among_those_in_sight(site: Site) -> None:
    html = shown(site, {"category": "停水", "outage": True}, page=2)
    assert re.findall(r'data-field="(\w+)"', html) == ["outage", "households"]
    assert "第 2 页，共 3 页" in html
    assert "因为诉求类别「停水」属于 供水" in html
    assert html.count("f-revealed") == 1  # households, by its own condition
    assert 'data-preview-page="1"' in html
    assert 'data-preview-page="3"' in html


def test_a_page_out_of_sight_gives_way_to_the_first_in_sight(site: Site) -> None:
    html = shown(site, {}, page=2)
    assert re.findall(r'data-field="(\w+)"', html) == ["text", "category"]
    assert "第 1 页，共 2 页" in html


def test_the_preview_speaks_english(site: Site) -> None:
    html = shown(site, {"category": "停水"}, lang="en")
    assert "Service is out" in html
    assert "Circumstances" in html
    assert "None of these" in html
