"""What somebody has typed into a form and not sent yet: kept on the server, so that a lost line or session loses nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.domain.times import stored
from tickets.store.connect import transaction
from tickets.store.course_models import FormDraft
from tickets.store.tickets import canonical, earlier

MOST = 20  # of one account and form; the oldest give way
DAYS = 3  # what nobody came back to is forgotten: it holds a citizen's words and number
LONGEST = 100_000  # characters of all answers together


class DraftRefused(Exception):
    """It cannot be kept; the sentence says why."""

    permanent = True


@dataclass(frozen=True)
class Kept:
    """A form in hand. `once` is its page's number, `at` when it was kept (stored UTC)."""

    once: str
    title: str
    at: datetime
    answers: Mapping[str, Sequence[str]]


def keep(account: int, form: str, once: str, answers: Mapping[str, Sequence[str]], title: str, at: datetime, *, ticket: int | None = None) -> None:
    """Keeps what is typed now in place of what was kept of this page before. `at` is aware. DraftRefused when it is too long."""
    text = canonical({name: list(words) for name, words in answers.items()})
    if len(text) > LONGEST:
        raise DraftRefused(f"填写的内容有 {len(text)} 个字符，最多暂存 {LONGEST}；请核对是否贴错了文件 (too long to be kept)")
    clean = text.replace("\\u0000", "")
    with transaction():
        changed = {"at": stored(at), "answers": clean, "title": title[:80], "form": form, "ticket": ticket}
        FormDraft.insert(account=account, once=once, **changed).on_conflict(conflict_target=[FormDraft.account, FormDraft.once], update=changed).execute()
        FormDraft.delete().where(FormDraft.at < stored(at) - timedelta(days=DAYS)).execute()
        held = [one.id for one in FormDraft.select(FormDraft.id).where((FormDraft.account == account) & (FormDraft.form == form)).order_by(FormDraft.at.desc())]
        if len(held) > MOST:
            FormDraft.delete().where(FormDraft.id.in_(held[MOST:])).execute()


def own(account: int, form: str) -> tuple[Kept, ...]:
    """What this account has kept of that form, the newest first."""
    rows = FormDraft.select().where((FormDraft.account == account) & (FormDraft.form == form)).order_by(FormDraft.at.desc())
    return tuple(_kept(row) for row in rows)


def one(account: int, once: str) -> Kept | None:
    """The one of that page, if it is this account's."""
    row = FormDraft.get_or_none((FormDraft.account == account) & (FormDraft.once == once))
    return None if row is None else _kept(row)


def forget(account: int, once: str) -> bool:
    """Removes it: it was sent, or is not wanted any more. False when there was none."""
    return int(FormDraft.delete().where((FormDraft.account == account) & (FormDraft.once == once)).execute()) > 0


def sent_already(source: str, account: int, once: str) -> str:
    """The number of the ticket this page has become; empty when it has become none."""
    ticket = earlier(source, f"{account}-{once}")
    return "" if ticket is None else str(ticket.number)


def _kept(row: FormDraft) -> Kept:
    return Kept(row.once, row.title, row.at, {name: tuple(words) for name, words in json.loads(row.answers).items()})
