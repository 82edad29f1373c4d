"""The words people read, in Chinese and English: YAML files of `group: {name: {zh, en}}`, one flat catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")
# These files are ours, come with the program and are small: the parser written in C may read them, ten times as fast as the one in Python.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class WordsMissing(Exception):
    """A word lacks one of its languages, or is not in the catalogue; says which."""

    permanent = True


class Words:
    """`say("live.title", "zh")` -> 运行总览; `{name}` parts are filled by keyword."""

    def __init__(self, entries: Mapping[str, Mapping[str, str]]) -> None:
        self.entries = entries

    def say(self, key: str, lang: str, **parts: object) -> str:
        """The words of `key`; WordsMissing when there are none, so that a slip shows in a test and not as an empty page."""
        entry = self.entries.get(key)
        if entry is None:
            raise WordsMissing(f"{key}：词条不存在，请加到 web/words/ (no such words; add them in web/words/)")
        text = entry[lang if lang in LANGUAGES else "zh"]
        return text.format(**parts) if parts else text

    def known(self, key: str) -> bool:
        return key in self.entries


@cache
def load(folder: Path = FOLDER) -> Words:
    """Read every *.yaml of `folder`, once in a process; WordsMissing names the first entry without both languages."""
    entries: dict[str, dict[str, str]] = {}
    for file in sorted(folder.glob("*.yaml")):
        groups = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
        for group, names in groups.items():
            for name, words in names.items():
                key = f"{group}.{name}"
                if not isinstance(words, dict) or set(words) != set(LANGUAGES) or not all(isinstance(text, str) for text in words.values()):
                    raise WordsMissing(f"{file.name}: {key}：中文和英文都要有 (needs both zh and en)")
                if key in entries:
                    raise WordsMissing(f"{file.name}: {key}：写了两次 (written twice)")
                entries[key] = words
    return Words(entries)
