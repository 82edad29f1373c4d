"""Which draft a page shows or writes into: the one named in the address or the form, where the caller may read it, or a new one at the first change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import request

from admin.asked import number
from admin.base import Refused
from tickets.actions import draft_edit
from tickets.actions.draft_edit import DraftRefused, EditedMeanwhile
from tickets.domain.roles import DRAFT, RELEASES
from tickets.domain.times import local
from tickets.store import drafts
from tickets.store.drafts import LIVING, DraftInfo
from web.access import Caller, caller
from web.hall import hall
from wiring import rulebook


def draft_of(word: str) -> DraftInfo | None:
    """The draft of that number, whoever may read it; None for a word that is no number and for one there is not."""
    key = number(word)
    return None if key is None else drafts.draft(key)


def may_see(info: DraftInfo, who: Caller) -> bool:
    """Drafts are private to those who draft until they are submitted; then they are open to whoever reads releases."""
    return who.may(DRAFT) or (who.may(RELEASES) and info.shared)


def open_drafts() -> list[DraftInfo]:
    """The drafts that may be written, one's own first, the last touched first among them."""
    return _own_first(one for one in drafts.drafts(everything=True) if one.editable)


def drafts_to_see() -> list[DraftInfo]:
    """The living drafts the caller may read: all for who drafts, the submitted ones for who reads releases, else none."""
    me = caller()
    if not (me.may(DRAFT) or me.may(RELEASES)):
        return []
    return _own_first(one for one in drafts.drafts(everything=me.may(DRAFT)) if one.state in LIVING)


def asked_draft() -> DraftInfo | None:
    """The draft named by `?draft=` or a form's field; None for none, Refused (404) for one there is not."""
    word = request.values.get("draft", "")
    info = draft_of(word)
    if word and info is None:
        raise Refused(f"没有 {word[:20]} 号草稿，请从草稿列表里选", f"there is no draft {word[:20]}: choose one from the list", 404)
    return info


def draft_to_see(word: str) -> DraftInfo | None:
    """The draft of that number, None for an empty word; Refused (404) for none and for one the caller may not read, which look the same."""
    info = draft_of(word)
    if word and (info is None or not may_see(info, caller())):
        raise Refused(f"没有 {word[:20]} 号草稿，或者它还没有送审", f"there is no draft {word[:20]}, or it was not submitted yet", 404)
    return info


def chosen_draft(asked: Mapping[str, object]) -> int:
    """The number of the draft a script writes into; Refused (400) when it names none."""
    key = asked.get("draft")
    if not isinstance(key, int) or isinstance(key, bool):
        raise Refused("请先选一份草稿", "choose a draft first", 400)
    return key


def tree_in_force() -> dict[str, str]:
    """Every file in force now."""
    return rulebook.tree_in_force(hall().settings, hall().now())


def tree_with(draft: DraftInfo | None) -> dict[str, str]:
    """Every file in force, with the draft's laid over it."""
    tree = tree_in_force()
    return tree if draft is None else rulebook.overlaid(tree, draft.id)


def save_all(draft_id: int | None, texts: Mapping[str, str | None], seen: Mapping[str, str], base: Mapping[str, str], *, what: str, title: str) -> int:
    """Saves files into the draft of that number, or into a new one called `title`; answers its number.

    `seen` are the marks of the files as they were read, `base` every file in force. Raises what draft_edit.save raises.
    """
    at, account = hall().now(), caller().account
    written = draft_edit.start(at, account.username, account.name, title) if draft_id is None else draft_id
    for path, text in texts.items():
        mark, under = seen.get(path, ""), base.get(path)
        draft_edit.save(written, path, text, seen=mark, base=under, at=at, who=account.username, who_name=account.name, what=what)
    return written


def write(draft: DraftInfo | None, path: str, text: str | None, *, seen: str, what: str, title: str) -> int:
    """Saves one file into the draft, or into a new one called `title` and the day; answers its number.

    Raises Refused: 409 with the newer text when somebody saved it since `seen`, 422 for what a draft cannot take.
    """
    draft_id, named = None if draft is None else draft.id, f"{title} {local(hall().now()):%m-%d %H:%M}"
    try:
        return save_all(draft_id, {path: text}, {path: seen}, tree_in_force(), what=what, title=named)
    except EditedMeanwhile as first:
        raise Refused(first.zh, first.en, 409, {"text": first.text, "sha": first.sha, "who": first.who_name}) from None
    except DraftRefused as no:
        raise Refused(no.zh, no.en) from None


def _own_first(found: Iterable[DraftInfo]) -> list[DraftInfo]:
    mine = caller().account.username
    return sorted(found, key=lambda one: one.author != mine)
