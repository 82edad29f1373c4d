"""What is wrong with a directory, line by line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """Something wrong in one line of one file, in both languages. `line` counts from 1, the header included."""

    file: str
    line: int
    zh: str
    en: str

    def text(self, lang: str = "zh") -> str:
        """FILE:LINE: sentence."""
        return f"{self.file}:{self.line}: {self.en if lang == 'en' else f'{self.zh} ({self.en})'}"


class DistrictRefused(Exception):
    """The directory cannot be used as it is; `faults` has a sentence for everything that is wrong with it."""

    permanent = True

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(fault.text() for fault in faults))
