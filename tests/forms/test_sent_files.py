"""Fields that ask for photos and files: the answer is the keys of what was sent, each once, and never too many."""

from __future__ import annotations

import pytest

from forms.answers import Answers, read
from forms.form import Form
from forms.kinds import KINDS
from forms.render import view
from forms.values import MOST_FILES
from tests.forms.words import FACTS, NAMES, NOW, ask, made
from tests.forms.words import read as load

FORM = made(ask("text: {as: photo, required: true, place: true}"))
KEYS = [f"{number:032x}" for number in range(12)]


def answered(*typed: str, form: Form = FORM) -> Answers:
    return read(form, {"text": list(typed)}, FACTS, NAMES, NOW)


@pytest.mark.parametrize(("typed", "value"), [
    ((KEYS[1],), KEYS[1]), ((KEYS[1], KEYS[2]), f"{KEYS[1]},{KEYS[2]}"), ((f"{KEYS[1]},{KEYS[2]}",), f"{KEYS[1]},{KEYS[2]}"), ((KEYS[1], KEYS[1]), KEYS[1]),
    ((f" {KEYS[1]} ,",), KEYS[1]),
])  # fmt: skip
def test_the_answer_is_the_keys_in_their_order_each_once(typed: tuple[str, ...], value: str) -> None:
    assert answered(*typed).facts == {"text": value}


@pytest.mark.parametrize(("typed", "words"), [
    (("../../etc/passwd",), "没有传上来"), (("[object File]",), "没有传上来"), ((KEYS[1], "A" * 32), "没有传上来"), (tuple(KEYS[:10]), f"最多 {MOST_FILES} 个"),
    ((), "还没有照片"), (("",), "还没有照片"),
])  # fmt: skip
def test_anything_else_is_refused_in_words(typed: tuple[str, ...], words: str) -> None:
    assert words in answered(*typed).errors["text"].zh


def test_a_file_that_is_missing_is_asked_for_as_a_file() -> None:
    assert "还没有文件" in answered(form=made(ask("text: {as: file, required: true}"))).errors["text"].zh


def test_the_page_has_what_was_sent_and_knows_that_files_travel_with_it() -> None:
    seen = view(FORM, answered(KEYS[1], "nonsense").shown, {"text": [KEYS[1], "nonsense"]}, FACTS, NAMES, "zh")
    field = seen.pages[0].fields[0]
    assert ([one.key for one in field.files], field.place, seen.uploads) == ([KEYS[1]], True, True)
    assert not view(made(ask("text")), answered().shown, {}, FACTS, NAMES, "zh").uploads


def test_only_photos_have_a_place_to_keep() -> None:
    assert [kind.name for kind in KINDS.values() if "place" in kind.own] == ["photo"]
    _, findings = load(ask("text: {as: file, place: true}"))
    assert any("place" in one for one in findings)
