"""Every line of a ticket's course in words: what was done, by whom, and what was written and answered with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.facts import Fact
from forms.render import FileView
from tickets.domain.course import Course, Stepped

WRITTEN = ("task", "did", "result", "answer", "visit_result", "visit_words", "opinion", "reason", "basis", "plan", "words", "note", "why")
ANSWERED = ("solved", "satisfied", "until", "to", "into", "number", "how")  # short facts of the step itself

ELSEWHERE = {"zh": "办理地址不是本网格登记的固定地址", "en": "Done from an address that is not registered for the node"}
GROUND = {"zh": "依据知识库", "en": "From the knowledge base"}


@dataclass(frozen=True)
class Line:
    """One line. `said` are the words that were written, `answers` (question, answer) what else the form asked, `files` what was sent along."""

    at: datetime
    what: str
    status: str
    who: str
    said: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    files: tuple[FileView, ...]


def told(course: Course, facts: Mapping[str, Fact], files: Mapping[str, FileView], lang: str) -> tuple[Line, ...]:
    """The whole course, the oldest first. `files` are the ticket's by key; citizens' numbers have been masked where it was read."""
    return tuple(_line(step, facts, files, lang) for step in course.steps)


def _line(step: Stepped, facts: Mapping[str, Fact], files: Mapping[str, FileView], lang: str) -> Line:
    note = step.note or {}
    said = [str(note[key]) for key in (*ANSWERED, *WRITTEN) if isinstance(note.get(key), str) and note[key]]
    given = note.get("answers")
    answers, sent = [], []
    for name, value in given.items() if isinstance(given, Mapping) else ():
        keys = [key.strip() for key in str(value).split(",")]
        found = [files[key] for key in keys if key in files]
        sent += found
        if not found and str(name) in facts:
            answers.append((facts[str(name)].label.say(lang), _words(value, lang)))
    if note.get("knowledge"):
        answers.append((GROUND[lang], f"{note['knowledge']} · {note.get('title', '')}"))
    if note.get("elsewhere"):
        answers.append((ELSEWHERE[lang], str(note["elsewhere"])))
    who = step.who or str(note.get("person") or "")
    return Line(step.at, step.what, step.to_status, who, tuple(dict.fromkeys(said)), tuple(answers), tuple(sent))


def _words(value: object, lang: str) -> str:
    if isinstance(value, bool):
        return {("zh", True): "是", ("zh", False): "否", ("en", True): "yes"}.get((lang, value), "no")
    return str(value)
