"""Where a grid officer works: the name of his node as an address begins with it."""

from __future__ import annotations

from tickets.store.directory import post_of_person
from tickets.store.models import Area


def own_grid(person_id: int | None) -> str:
    """青禾镇北庄村第6网格: the node of the person's post with what it lies in, the district left out; empty when the post has none."""
    post = post_of_person(person_id) if person_id is not None else None
    area: Area | None = post.area if post is not None and post.area_id is not None else None
    words = ""
    while area is not None and area.level != "区":
        if not words.startswith(area.name):
            words = area.name + words
        area = area.parent
    return words
