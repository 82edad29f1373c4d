"""Turns a message's kind and facts into the words that are sent or read aloud, Chinese or English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from notifications.sandbox import TemplateRefused, fill_in

FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("zh", "en")
# The kind of a message -> the name of its template; a new kind is one line here and a file per language and form.
KINDS: dict[str, str] = {
    "派单": "dispatch",
    "催签": "sign_call",
    "催办": "reminder",
    "升级": "superior",
    "协办": "assist",
    "临期": "nearly_due",
    "超期": "overdue",
    "人工派单": "manual_desk",
    "告知": "notice",
}
# A message on a screen reads like an SMS; a call has its own, spoken words.
FORMS: dict[str, str] = {"短信": "sms", "弹屏": "sms", "电话": "call"}


@lru_cache(maxsize=128)
def source(kind: str, lang: str, channel: str) -> str:
    """The template of this kind, language and channel as it stands in templates/; TemplateRefused when there is none."""
    if kind not in KINDS or channel not in FORMS:
        raise TemplateRefused(
            f"没有「{kind}」经「{channel}」的消息模板；有：{'、'.join(KINDS)}；渠道：{'、'.join(FORMS)} (no template of this kind and channel)"
        )
    file = FOLDER / (lang if lang in LANGUAGES else LANGUAGES[0]) / f"{KINDS[kind]}.{FORMS[channel]}.txt"
    return file.read_text(encoding="utf-8")


def render(kind: str, lang: str, context: Mapping[str, object], channel: str = "短信") -> str:
    """The words of one message: `kind` such as 派单 or 催办, `lang` zh or en, `channel` 短信, 电话 or 弹屏.

    `context` holds plain data (tickets/actions/message_words.py builds the words every template may use). At most 20 kB, on one line.
    Raises TemplateRefused, which is permanent: the same words would fail again.
    """
    return fill_in(source(kind, lang, channel), context, f"{kind}·{channel}·{lang}")
