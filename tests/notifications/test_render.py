from __future__ import annotations

import pytest

from notifications.render import FOLDER, FORMS, KINDS, LANGUAGES, NO_TICKET, TO_CITIZENS, render, source
from notifications.sandbox import TemplateRefused, check

WORDS: dict[str, object] = {
    "number": "20261123-0067",
    "urgency": "特急",
    "place": "河西社区菜市场北门",
    "category": "供水",
    "title": "北门水管裂了",
    "clock": "签收",
    "due": "11月23日 14:35",
    "sign_by": "11月23日 14:35",
    "due_by": "11月23日 16:30",
    "todo": "尽快联系来电人处理",
    "action": "签收",
    "holder": "水务局/管网科",
    "time": 2,
    "times": 3,
    "reason": "没有规则可用",
    "day": "11 月 23 日",
    "days": 15,
    "link": "https://12345.example/s/abc",
    "into": "20261123-0011",
    "listed": "20261123-0067、20261120-0011 等",
}
STAFF = [kind for kind in KINDS if kind not in (*TO_CITIZENS, *NO_TICKET)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("channel", FORMS)
@pytest.mark.parametrize("kind", STAFF)
def test_every_kind_has_words_for_every_channel_and_language_naming_ticket_urgency_and_place(kind: str, channel: str, lang: str) -> None:
    body = render(kind, lang, WORDS, channel)
    for word in ("number", "urgency", "place"):
        assert str(WORDS[word]) in body
    assert "{" not in body
    assert "12345" in body
    assert len(body) < 300


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", TO_CITIZENS)
def test_a_citizen_is_told_which_matter_it_is_and_no_number_or_place(kind: str, lang: str) -> None:
    body = render(kind, lang, WORDS)
    for word in ("title", "day", *(("link", "days") if kind == "回访" else ())):
        assert str(WORDS[word]) in body
    for word in ("number", "place", "urgency"):
        assert str(WORDS[word]) not in body


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("channel", FORMS)
@pytest.mark.parametrize("kind", NO_TICKET)
def test_what_is_about_no_ticket_names_its_matter_and_its_day(kind: str, channel: str, lang: str) -> None:
    body = render(kind, lang, {**dict.fromkeys(WORDS, ""), "title": "现场拍照", "due": "11-17"}, channel)
    assert "现场拍照" in body
    assert "11-17" in body
    assert "12345" in body
    assert len(body) < 300


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_to_do_even_without_a_deadline(kind: str) -> None:
    body = render(kind, "zh", {**WORDS, "due": "", "sign_by": "", "due_by": ""})
    assert "请" in body


def test_no_template_lies_unused_and_every_one_passes_the_check() -> None:
    files = sorted(FOLDER.glob("*/*.txt"))
    assert {file.relative_to(FOLDER).as_posix() for file in files} == {
        f"{lang}/{name}.{form}.txt" for lang in LANGUAGES for name in KINDS.values() for form in FORMS.values()
    }
    for file in files:
        check(file.read_text(encoding="utf-8"), file.name)


def test_no_template_asks_for_the_caller() -> None:
    for kind in KINDS:
        for channel in FORMS:
            for lang in LANGUAGES:
                assert "caller" not in source(kind, lang, channel)
                assert "phone" not in source(kind, lang, channel)


def test_a_kind_or_channel_without_a_template_is_refused_with_what_there_is() -> None:
    with pytest.raises(TemplateRefused, match="派单"):
        render("贺信", "zh", WORDS)
    with pytest.raises(TemplateRefused, match="短信"):
        render("派单", "zh", WORDS, "信鸽")
