"""How long something lasts in a rule: 10m, 2h, 3d, and shares such as 70%."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

UNITS: dict[str, tuple[str, str]] = {"m": ("分钟", "minute"), "h": ("小时", "hour"), "d": ("天", "day")}
LONGEST = {"m": 3660 * 24 * 60, "h": 3660 * 24, "d": 3660}
_SPAN = re.compile(r"(\d{1,7})([mhd])", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%", re.ASCII)


class SpanRefused(ValueError):
    """A length of time that cannot be read; the sentence says how to write one."""

    permanent = True


@dataclass(frozen=True)
class Span:
    """A whole number of minutes, hours or days. What a day is depends on the clock: 24 hours, or one working day."""

    amount: int
    unit: str  # m h d

    @classmethod
    def parse(cls, text: object) -> Span:
        """Reads "10m", "2h" or "3d"; SpanRefused for anything else."""
        if isinstance(text, Span):
            return text
        found = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
        if found is None:
            raise SpanRefused(f"「{text}」不是时长；请写成 10m（分钟）、2h（小时）或 3d（天） (not a length of time)")
        span = cls(int(found[1]), found[2])
        if span.amount > LONGEST[span.unit]:
            raise SpanRefused(f"「{text}」太长；时长最多十年 (longer than ten years)")
        return span

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def say(self, lang: str, clock: str = "自然时") -> str:
        """In words: 3天 is 3个工作日 on a working clock; English gets its plural."""
        zh, en = UNITS[self.unit]
        if self.unit == "d" and clock != "自然时":
            zh, en = "个工作日", "working day"
        return f"{self.amount}{zh}" if lang == "zh" else f"{self.amount} {en}{'' if self.amount == 1 else 's'}"


def percent(text: object) -> Decimal:
    """Reads "70%" as 70, between 0 and 100; SpanRefused for anything else."""
    found = _PERCENT.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or Decimal(found[1]) > 100:
        raise SpanRefused(f"「{text}」不是比例；请写成 70% 这样，0% 到 100% 之间 (not a share)")
    return Decimal(found[1])
