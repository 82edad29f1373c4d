"""Puts changed files into a draft: a new one, or one of those still open; never over what somebody else saved meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from admin.asked import number
from admin.draft_choice import save_all, tree_in_force
from admin.office_forms import say
from tickets.domain.times import local
from tickets.store.releases import sha_in
from web.hall import hall
from wiring import rulebook

Make = Callable[[dict[str, str]], Mapping[str, str]]


def into_draft(chosen: str, make: Make, what: str) -> int:
    """Applies `make` (the draft's tree -> the texts that change) to the draft of that number, else to a new one; answers its number.

    DraftRefused when that draft cannot be written. Nothing is begun when nothing changes: then 0.
    """
    base, draft_id = tree_in_force(), number(chosen)
    tree = base if draft_id is None else rulebook.overlaid(base, draft_id)
    texts = make(tree)
    if not texts:
        return 0
    title = say("draft_title", what=what, day=f"{local(hall().now()):%m-%d %H:%M}")
    return save_all(draft_id, texts, {path: sha_in(tree, path) for path in texts}, base, what=what, title=title)
