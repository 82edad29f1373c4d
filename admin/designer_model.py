"""What the designer's page is told: one form as written, where each field stands in its file, what is wrong, and its samples, as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping

from admin.designer_preview import expected_json
from admin.designer_tree import FACTS, Sheet, Sheets, stem_of, title_of
from admin.workbench_model import Json, draft_json, finding_json, plain_json
from admin.workbench_schema import facts_json
from engine.findings import Finding
from engine.source import EditRefused, Path, Source
from forms import editor_schema
from forms.check import questions
from tickets.store.releases import last_number, sha_of

FIELD = re.compile(r"^(字段「|the field )(\w+)(」| )")


def sheet_json(sheet: Sheet, lang: str) -> Json:
    """The form in full. `data` is None for a text that is no YAML; `lines` are [first, last] by path written as JSON list."""
    sheets, findings = sheet.sheets, sheet.findings()
    version = last_number(f"forms/{sheet.form.id}" if sheet.form is not None else stem_of(sheet.path))
    base = sheets.base.get(sheet.path)
    return {
        "draft": draft_json(sheets.draft),
        "path": sheet.path,
        "stem": stem_of(sheet.path),
        "title": title_of(sheet.data, lang, stem_of(sheet.path)),
        "text": sheet.text,
        "sha": sha_of(sheet.text),
        "shas": {path: sha_of(text) for path, text in sheets.tree.items() if path in (sheet.path, FACTS)},
        "data": plain_json(sheet.data),
        "sound": sheet.form is not None,
        "lines": _lines(sheet),
        "findings": [_finding(one, sheet, lang) for one in dict.fromkeys(findings)],
        "errors": sum(one.level == "error" for one in findings),
        "tests": _tests(sheet, lang),
        "version": 1 if version is None and base is not None else version,
        "changed": base != sheet.text,
    }


def _finding(one: Finding, sheet: Sheet, lang: str) -> Json:
    """A finding with the field in the words the page uses: 影响户数 for households."""
    told = finding_json(one, lang)
    facts = sheet.sheets.vocabulary.facts

    def named(found: re.Match[str]) -> str:
        fact = facts.get(found[2])
        return f"{found[1]}{fact.label.say(lang)}{found[3]}" if fact is not None else found[0]

    return {**told, "text": FIELD.sub(named, str(told["text"]))}


def _tests(sheet: Sheet, lang: str) -> list[Json]:
    """Each sample's verdict; a failing one with the fields that are in sight and required instead (`came`)."""
    made: list[Json] = []
    for test, one in zip(sheet.form.tests if sheet.form is not None else (), sheet.results(), strict=True):
        made.append({"ok": one.ok, "line": one.line, "text": one.en if lang == "en" else one.zh, "came": None if one.ok else expected_json(sheet, test.given)})
    return made


def _lines(sheet: Sheet) -> list[Json]:
    """The lines of every page, and of every field of it; from 1."""
    if sheet.data is None:
        return []
    source = Source(sheet.text)

    def of(path: Path) -> list[int]:
        try:
            return list(source.lines(path))
        except EditRefused:
            return [1, 1]

    made: list[Json] = []
    for number, page in enumerate(_listed(sheet.data.get("pages"))):
        asked = _listed(page.get("ask")) if isinstance(page, Mapping) else []
        made.append({"lines": of(("pages", number)), "ask": [of(("pages", number, "ask", place)) for place in range(len(asked))]})
    return made


def schema_json(sheets: Sheets, lang: str) -> Json:
    """What the page draws itself from: kinds, properties, roles and steps, every fact that may be asked, and which rules use it."""
    told = editor_schema.schema(sheets.vocabulary)
    known = {str(one["name"]): one for one in facts_json(sheets.vocabulary, lang)}
    used = uses(sheets)
    facts: list[Json] = []
    for one in editor_schema.facts(sheets.vocabulary):
        name = str(one["name"])
        fact = sheets.vocabulary.facts[name]
        facts.append({**one, **known.get(name, {}), "label": fact.label.say(lang), "kinds": one["kinds"], "asks": one["asks"], "uses": used.get(name, [])})
    derived = [{**fact, "asks": True, "derived": True} for name, fact in known.items() if sheets.vocabulary.facts[name].derived is not None]
    return {**{key: _worded(told[key], lang) for key in ("form", "page", "properties", "kinds")}, "facts": facts, "derived": derived}


def uses(sheets: Sheets) -> dict[str, list[Json]]:
    """By fact, the rules whose conditions ask about it."""
    found: dict[str, list[Json]] = {}
    for ruleset in sheets.loaded.sets.values():
        for rule in ruleset.rules:
            tests = (*questions(rule.when), *(questions(rule.unless) if rule.unless is not None else ()))
            for name in sorted({test.fact for test in tests}):
                found.setdefault(name, []).append({"set": ruleset.name, "id": rule.id, "title": rule.title.zh})
    return found


def _worded(data: object, lang: str) -> object:
    """The same with each {zh, en} as the reader's words."""
    if isinstance(data, Mapping):
        return str(data[lang if lang in data else "zh"]) if set(data) == {"zh", "en"} else {key: _worded(value, lang) for key, value in data.items()}
    return [_worded(item, lang) for item in data] if isinstance(data, list) else data


def _listed(data: object) -> list[object]:
    return data if isinstance(data, list) else []
