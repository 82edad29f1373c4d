"""Which names of a directory a rule may use, whether the directory comes from CSVs or from the database."""

from __future__ import annotations

from collections.abc import Iterable

from engine.load_library import Catalogue
from engine.names import Names
from engine.tree import Tree
from tickets.domain.district_rows import GRASSROOTS_ROLES
from tickets.domain.status import STATUSES


def names_of(units: Iterable[tuple[str, str]], posts: Iterable[tuple[str, str, str]], areas: Tree, catalogue: Catalogue | None = None) -> Names:
    """The addresses of units (address, kind) and posts (unit, post, role), the two trees, and what is grassroots.

    Villages, communities and their posts are grassroots, and so is every grid officer. Roles and deadlines come with
    the rules; without a catalogue so do the categories.
    """
    kinds = dict(units)
    addresses = set(kinds)
    grassroots = {address for address, kind in kinds.items() if kind == "村居"}
    for unit, post, role in posts:
        addresses.add(f"{unit}/{post}")
        if unit in grassroots or role in GRASSROOTS_ROLES:
            grassroots.add(f"{unit}/{post}")
    names = Names(units=frozenset(addresses), grassroots=frozenset(grassroots), areas=areas, statuses=tuple(STATUSES))
    return catalogue.names(names) if catalogue is not None else names
