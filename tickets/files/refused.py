"""What is wrong with an imported file, or with one row of it, in a sentence that says where and what to try."""

from __future__ import annotations

from dataclasses import dataclass


def both(zh: str, en: str, lang: str = "") -> str:
    """The sentence in one language, or (without `lang`) Chinese with English beside it."""
    return zh if lang == "zh" else en if lang == "en" else f"{zh} ({en})"


class FileRefused(Exception):
    """The whole file cannot be used; one sentence in Chinese and in English."""

    permanent = True

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(both(zh, en))

    def text(self, lang: str = "") -> str:
        """The sentence in the language of the command."""
        return both(self.zh, self.en, lang)


class HeaderMissing(FileRefused):
    """No row of the file has the columns that are needed. `headers` are what seems to be its header: somebody may say which of them is meant."""

    def __init__(self, zh: str, en: str, headers: tuple[str, ...] = ()) -> None:
        super().__init__(zh, en)
        self.headers = headers


class RowRefused(Exception):
    """One row cannot be used; the others go on."""

    permanent = True

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(both(zh, en))


@dataclass(frozen=True)
class BadRow:
    """A row that was refused. `number` counts data rows from 1, `line` is its place in the file (a line, or a row of the sheet), from 1."""

    number: int
    line: int
    zh: str
    en: str

    def text(self, lang: str = "") -> str:
        """The sentence, without its place."""
        return both(self.zh, self.en, lang)
