"""What is wrong with a rule file, one sentence each, with the place: FILE:LINE: RULE: sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.facts import FactValue

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing to put right. `rule` is a rule id, else the rule set's or the file's part (facts, library, yaml …); `line` counts from 1.

    The analysis (engine/analyse.py) adds its `kind` (空档 遮蔽 重叠 分歧 恒假 包含 总分 链序 无人问), the facts that show it (`witness`; None: none
    is needed) and, where the time matters, the moment `at` in ISO form, and the `others`: rule ids it involves besides `rule`.
    """

    file: str
    line: int
    rule: str
    zh: str
    en: str
    level: Level = "error"
    kind: str = ""
    witness: Mapping[str, FactValue] | None = field(default=None, compare=False)
    others: tuple[str, ...] = ()
    at: str = ""

    def text(self, lang: str = "zh") -> str:
        """The finding as `rules check` prints it; one line, whatever was in the file."""
        sentence = self.en if lang == "en" else self.zh
        return f"{self.file}:{self.line}: {one_line(self.rule)}: {one_line(sentence)}"


class RulesRefused(Exception):
    """A file or a rule set that cannot be used; `findings` says why, all of it."""

    permanent = True

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.text() for finding in self.findings))


@dataclass
class Report:
    """Collects the findings of one load, so that a clerk sees all of them at once."""

    findings: list[Finding] = field(default_factory=list)

    def error(self, file: str, line: int, rule: str, zh: str, en: str) -> None:
        self.findings.append(Finding(file, max(line, 1), rule, zh, en))

    def warning(self, file: str, line: int, rule: str, zh: str, en: str) -> None:
        self.findings.append(Finding(file, max(line, 1), rule, zh, en, "warning"))

    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.level == "error"]

    def has_errors(self) -> bool:
        return bool(self.errors())


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by file, line and rule."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda finding: (finding.file, finding.line, finding.rule)))


def one_line(text: str) -> str:
    """Line breaks and control characters become spaces: a file must not be able to fake a line of our output."""
    return "".join(ch if ch.isprintable() or ch == " " else " " for ch in text)


def shown(value: object, limit: int = 40) -> str:
    """A value from a file, fit for a sentence: cut when long."""
    words = {None: "null", True: "true", False: "false"}
    text = words[value] if value is None or isinstance(value, bool) else one_line(str(value))
    return text if len(text) <= limit else text[:limit] + "…"
