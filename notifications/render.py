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
    "回访": "survey",
    "审核": "review",
    "延期申请": "extension_ask",
    "延期结果": "extension_result",
    "延期": "extension",
    "指定": "designate",
    "调解": "visit",
    "撤回": "withdrawn",
    "并入": "joined",
    "并单": "merged",
    "培训": "lesson",
    "预警": "warning",
    "督办": "supervise",
    "片区提醒": "area",
}
TO_CITIZENS = (
    "回访",
    "延期",
    "并单",
)  # these go to the caller: no ticket number, place or unit's person in them
NO_TICKET = ("培训", "预警")  # about no ticket at all
NOT_CALLED = (*TO_CITIZENS, *NO_TICKET)  # nobody's telephone rings in the place of an SMS that failed
# A message on a screen reads like an SMS; a call has its own, spoken words.
FORMS: dict[str, str] = {"短信": "sms", "弹屏": "sms", "电话": "call"}


TREE = "templates/"  # where templates lie in a tree of texts


class TemplateBook:
    """The templates in force: those published, and those on disk where none was. `replace` swaps all of them at once."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._texts: Mapping[str, str] = {}
        self.replace(texts or {})

    def replace(self, texts: Mapping[str, str]) -> None:
        """Puts other templates in force: texts by path, `templates/zh/dispatch.sms.txt`; other paths are passed over."""
        self._texts = {path: text for path, text in texts.items() if path.startswith(TREE)}

    def source(self, kind: str, lang: str, channel: str) -> str:
        """The template of this kind, language and channel; TemplateRefused when there is none."""
        path = path_of(kind, lang, channel)
        return self._texts[path] if path in self._texts else _on_disk(path)


def read_folder() -> dict[str, str]:
    """The templates on disk as a tree of texts."""
    return {f"{TREE}{file.relative_to(FOLDER).as_posix()}": file.read_text(encoding="utf-8") for file in sorted(FOLDER.rglob("*.txt"))}


def path_of(kind: str, lang: str, channel: str) -> str:
    """Where the template of this kind, language and channel lies in a tree; TemplateRefused when there is no such kind or channel."""
    if kind not in KINDS or channel not in FORMS:
        raise TemplateRefused(
            f"没有「{kind}」经「{channel}」的消息模板；有：{'、'.join(KINDS)}；渠道：{'、'.join(FORMS)} (no template of this kind and channel)"
        )
    return f"{TREE}{lang if lang in LANGUAGES else LANGUAGES[0]}/{KINDS[kind]}.{FORMS[channel]}.txt"


@lru_cache(maxsize=128)
def _on_disk(path: str) -> str:
    return (FOLDER / path.removeprefix(TREE)).read_text(encoding="utf-8")


ON_DISK = TemplateBook()


def source(kind: str, lang: str, channel: str) -> str:
    """The template of this kind, language and channel as it stands on disk; TemplateRefused when there is none."""
    return ON_DISK.source(kind, lang, channel)


def render(kind: str, lang: str, context: Mapping[str, object], channel: str = "短信", book: TemplateBook = ON_DISK) -> str:
    """The words of one message: `kind` such as 派单 or 催办, `lang` zh or en, `channel` 短信, 电话 or 弹屏.

    `context` holds plain data (tickets/actions/message_words.py builds the words every template may use). At most 20 kB, on one line.
    Raises TemplateRefused, which is permanent: the same words would fail again.
    """
    return fill_in(book.source(kind, lang, channel), context, f"{kind}·{channel}·{lang}")
