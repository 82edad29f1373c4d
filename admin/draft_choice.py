"""Which draft a page writes into: one of those still open, named in the address, or a new one at the first change."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from admin.base import Refused
from tickets.actions import draft_edit
from tickets.actions.draft_edit import DraftRefused, EditedMeanwhile, Saved
from tickets.domain.times import local
from tickets.store import drafts
from tickets.store.drafts import DraftInfo
from tickets.store.releases import sha_of
from web.access import caller
from web.hall import hall
from wiring import rulebook


def open_drafts() -> list[DraftInfo]:
    """The drafts that may be written, one's own first, the last touched first among them."""
    mine = caller().account.username
    return sorted((one for one in drafts.drafts(everything=True) if one.editable), key=lambda one: one.author != mine)


def asked_draft() -> DraftInfo | None:
    """The draft named by `?draft=` or a form's field; None for none, Refused (404) for one there is not."""
    word = request.values.get("draft", "")
    if not word:
        return None
    info = drafts.draft(int(word)) if word.isdecimal() and len(word) < 10 else None
    if info is None:
        raise Refused(f"没有 {word[:20]} 号草稿，请从草稿列表里选", f"there is no draft {word[:20]}: choose one from the list", 404)
    return info


def tree_with(draft: DraftInfo | None) -> dict[str, str]:
    """Every file in force, with the draft's laid over it."""
    tree = rulebook.tree_in_force(hall().settings, hall().now())
    return tree if draft is None else rulebook.overlaid(tree, draft.id)


def write(draft: DraftInfo | None, path: str, text: str | None, *, seen: str, what: str, title: str) -> tuple[int, Saved]:
    """Saves one file into the draft, or into a new one called `title` and the day; answers its id and what was saved.

    Raises Refused: 409 with the newer text when somebody saved it since `seen`, 422 for what a draft cannot take.
    """
    at, account = hall().now(), caller().account
    in_force: Mapping[str, str] = rulebook.tree_in_force(hall().settings, at)
    try:
        draft_id = draft.id if draft is not None else draft_edit.start(at, account.username, account.name, f"{title} {local(at):%m-%d %H:%M}")
        saved = draft_edit.save(draft_id, path, text, seen=seen, base=in_force.get(path), at=at, who=account.username, who_name=account.name, what=what)
    except EditedMeanwhile as first:
        raise Refused(first.zh, first.en, 409, {"text": first.text, "sha": first.sha, "who": first.who_name}) from None
    except DraftRefused as no:
        raise Refused(no.zh, no.en) from None
    return draft_id, saved


def seen_of(tree: Mapping[str, str], path: str) -> str:
    """The mark of a file as the page shows it, to be sent back with a change of it."""
    return sha_of(tree[path]) if path in tree else ""
