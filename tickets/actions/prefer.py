"""A person says how he wishes to be told what can wait; an office that keeps the directory may say it for him."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from tickets.domain.quiet import ends
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import directory_log, preferences
from tickets.store.connect import transaction
from tickets.store.models import Outbox

CHANNELS, LANGUAGES = ("短信", "弹屏"), ("zh", "en")


class BadWish(Exception):
    """What was sent is not among what can be chosen; `field` names it."""

    permanent = True

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def prefer(desk: Desk, person_id: int, sent: Mapping[str, str], account_id: int) -> dict[str, str]:
    """Keeps the person's wishes and logs who set them; what was kept. Fields: quiet_from and quiet_until (22:00; both or none), channel, lang."""
    wish = {name: sent.get(name, "").strip()[:10] for name in preferences.FIELDS}
    for name in ("quiet_from", "quiet_until"):
        wish[name] = _hour(name, wish[name])
    if bool(wish["quiet_from"]) != bool(wish["quiet_until"]):
        raise BadWish("quiet_until", "免打扰须同时填写起止时间 (both times, or neither)")
    if wish["channel"] not in ("", *CHANNELS) or wish["lang"] not in ("", *LANGUAGES):
        raise BadWish("channel", "请从列表中选择 (choose from the list)")
    now = desk.clock()
    with transaction():
        before = preferences.written(preferences.of(person_id))
        if wish != before:
            preferences.keep(person_id, wish, now)
            directory_log.record(stored(now), account_id, directory_log.PREFERENCE, person_id, directory_log.CHANGED, before, wish)
    return wish


def _hour(name: str, typed: str) -> str:
    if not typed:
        return ""
    try:
        return time.fromisoformat(typed).strftime("%H:%M")
    except ValueError:
        raise BadWish(name, "时间写成 22:00 (write a time as 22:00)") from None


def waits_until(desk: Desk, row: Outbox, at: datetime) -> datetime | None:
    """Until when a message that can wait is kept back: the person's quiet hours, else the installation's. None for one that may leave, and for every call."""
    if row.kind not in desk.quiet.kinds or row.channel == "电话":
        return None
    wish = preferences.of(row.person_id)
    if wish is not None and wish.quiet_from:
        return ends(at, wish.quiet_from, wish.quiet_until)
    return ends(at, desk.quiet.start, desk.quiet.until)


def wished_channel(desk: Desk, kind: str, channel: str, person_id: int) -> str:
    """By what a person is told what can wait: SMS and screen are exchanged as he wishes, a call stays a call."""
    if kind not in desk.quiet.kinds or channel not in CHANNELS:
        return channel
    wish = preferences.of(person_id)
    return wish.channel if wish is not None and wish.channel else channel


def language_of(row: Outbox, usual: str) -> str:
    """In which language a person is told: as he wishes, else as the installation does."""
    wish = preferences.of(row.person_id)
    return wish.lang if wish is not None and wish.lang else usual
