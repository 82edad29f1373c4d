"""Puts changed files into a draft: a new one, or one of those still open; never over what somebody else saved meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from admin.asked import number
from admin.office_forms import say
from tickets.actions import draft_edit
from tickets.domain.times import local
from tickets.store.releases import sha_of
from web.access import caller
from web.hall import hall
from wiring import rulebook

Make = Callable[[dict[str, str]], Mapping[str, str]]


def tree_in_force() -> dict[str, str]:
    """The files in force now."""
    house = hall()
    return rulebook.tree_in_force(house.settings, house.now())


def into_draft(chosen: str, make: Make, what: str) -> int:
    """Applies `make` (the draft's tree -> the texts that change) to the draft of that number, else to a new one; answers its number.

    DraftRefused when that draft cannot be written. Nothing is begun when nothing changes: then 0.
    """
    at, account = hall().now(), caller().account
    base = tree_in_force()
    draft_id = number(chosen)
    tree = base if draft_id is None else rulebook.overlaid(dict(base), draft_id)
    texts = make(tree)
    if not texts:
        return 0
    if draft_id is None:
        title = say("draft_title", what=what, day=f"{local(at):%m-%d %H:%M}")
        draft_id = draft_edit.start(at, account.username, account.name, title)
    for path, text in texts.items():
        seen = sha_of(tree[path]) if path in tree else ""
        draft_edit.save(draft_id, path, text, seen=seen, base=base.get(path), at=at, who=account.username, who_name=account.name, what=what)
    return draft_id
