"""What comes in and what comes of it: an appeal as handed over, and the ticket as opened. Plain data."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tickets.domain.mask import phone as masked

LONGEST_TEXT = 20_000  # characters; the longest real appeal is some hundreds
_LENGTHS = {"source": ("来源", 20), "source_id": ("工单编号", 120), "kind": ("诉求性质", 10), "caller_name": ("姓名", 40)}  # what each is called, characters


class AppealRefused(Exception):
    """The appeal cannot become a ticket; one sentence says which part and what to try."""

    permanent = True


@dataclass(frozen=True)
class Appeal:
    """One appeal as it arrived, from a file, a form or an interface.

    `source` says where from (12345 电话 网格 网页 演示), `source_id` is its number there: both together are one ticket for ever.
    `category` is what the source says it is; it counts when the catalogue knows it. `appealed_at` is aware. `answers` are further
    facts by name (rules/facts.yaml), e.g. {"outage": True, "households": 12}; names no rule knows are kept but never asked.
    `by` is who took it down (account:ID), `form` what form asked (id@version), `hidden` its fields that were answered and then went out
    of sight: the ticket's history names them, their answers are not kept.
    """

    source: str
    source_id: str
    text: str
    title: str = ""
    kind: str = ""
    category: str = ""
    address: str = ""
    phone: str = ""
    caller_name: str = ""
    appealed_at: datetime | None = None
    answers: Mapping[str, object] = field(default_factory=dict)
    by: str = ""
    form: str = ""
    hidden: tuple[str, ...] = ()

    def checked(self) -> Appeal:
        """The same with outer white space gone, the phone as plain digits and lengths the tables can hold.

        Raises AppealRefused when there is no text or no source number, when the text is longer than 20,000 characters, or when
        a character cannot be stored (NUL, half of a surrogate pair).
        """
        text = _clean(self.text)
        title = _clean(self.title)
        if not text and not title:
            raise AppealRefused("没有诉求内容；请填写内容，或标题和详情 (no request text)")
        if len(text) > LONGEST_TEXT:
            raise AppealRefused(f"诉求内容有 {len(text)} 个字符，最多 {LONGEST_TEXT}；请核对是否贴错了文件 (request text too long)")
        if not self.source.strip() or not self.source_id.strip():
            raise AppealRefused("没有来源或来源编号；同一编号只成一张工单，所以必须有 (no source or source_id)")
        for name, (called, most) in _LENGTHS.items():
            if len(getattr(self, name).strip()) > most:
                raise AppealRefused(f"{called}超过 {most} 个字符，请核对是否对错了列 ({name} is longer than {most} characters: check the columns)")
        return Appeal(
            source=_clean(self.source),
            source_id=_clean(self.source_id),
            text=text or title,
            title=title[:200],
            kind=_clean(self.kind),
            category=_clean(self.category),
            address=_clean(self.address)[:300],
            phone=plain_phone(self.phone),
            caller_name=_clean(self.caller_name),
            appealed_at=self.appealed_at,
            answers=dict(self.answers),
            by=self.by,
            form=self.form,
            hidden=self.hidden,
        )


def _clean(text: str) -> str:
    if "\x00" in text or any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise AppealRefused("含有无法保存的字符；请另存为 UTF-8 后再导入 (a character that cannot be stored)")
    return text.strip()


def plain_phone(number: str) -> str:
    """Digits only, full-width ones too, without 86 before a mobile number: two ways of writing it are one caller. At most 40."""
    digits = "".join(char for char in unicodedata.normalize("NFKC", number) if char.isascii() and char.isdigit())
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    return digits[:40]


@dataclass(frozen=True)
class Clock:
    """A deadline of the ticket. `due` is aware UTC; None while it waits for its step. `state`: planned running met breached cancelled."""

    name: str
    due: datetime | None
    state: str
    within: str
    clock: str


@dataclass(frozen=True)
class Told:
    """A message owed to somebody, his number masked."""

    channel: str
    to_masked: str
    kind: str
    person: str = ""


@dataclass(frozen=True)
class Opened:
    """A ticket as it stands after intake; every field that `dispatch --out` prints. `ms` is text to commit, wall time.

    When the appeal had been received before, `duplicate_of` is the earlier ticket's number and the rest describes that ticket.
    `ruleset` and `rule` name what chose the terminal; `unit` is the whole unit, `section` its part (or empty).
    """

    ticket_id: int
    ticket: str
    source_id: str
    category: str
    confidence: float
    area: str
    urgency: str
    unit: str
    section: str
    post: str
    person: str
    manual: bool
    assist: tuple[str, ...]
    ruleset: str
    rule: str
    deadlines: tuple[Clock, ...]
    messages: tuple[Told, ...]
    status: str
    ms: float
    reason: str
    duplicate_of: str = ""


def told(channel: str, phone: str, kind: str, person: str) -> Told:
    """A Told with the number masked in the one way there is."""
    return Told(channel, masked(phone), kind, person)


def whole_text(title: str, text: str) -> str:
    """What rules, library and places read: the title as a line of its own before the text, unless they are the same."""
    return text if not title or title == text else f"{title}。\n{text}"
