"""The directory in the database, as rules and the place finder read it."""

from __future__ import annotations

from engine.load_library import Catalogue
from engine.names import Names
from engine.tree import Tree, TreeNode
from tickets.store.directory_names import names_of
from tickets.store.models import Area, AreaAlias, Post, Unit


def names_from_database(catalogue: Catalogue | None = None) -> Names:
    """The units, posts and areas that are in force, with the categories of `catalogue`; what rules are checked against."""
    units = Unit.select(Unit.address, Unit.kind).where(Unit.active).order_by(Unit.id).tuples()
    posts = Post.select(Unit.address, Post.name, Post.role).join(Unit).where(Post.active & Unit.active).order_by(Post.id).tuples()
    return names_of(units, posts, areas_from_database(), catalogue)


def areas_from_database() -> Tree:
    """The area tree in force. An area beneath one that is no longer in force is left out with it."""
    rows = tuple(Area.select(Area.id, Area.name, Area.parent_id, Area.level).where(Area.active).order_by(Area.id).tuples())
    names = {number: name for number, name, _, _ in rows}
    nodes = {name: TreeNode(name, None if above is None else names.get(above, ""), level) for _, name, above, level in rows}
    standing: dict[str, bool] = {}

    def stands(name: str) -> bool:
        if name not in standing:
            node = nodes.get(name)
            standing[name] = False  # a loop cannot be seeded, but must not hang the reader either
            standing[name] = node is not None and (node.parent is None or stands(node.parent))
        return standing[name]

    return Tree(node for name, node in nodes.items() if stands(name))


def aliases_from_database() -> tuple[tuple[str, str], ...]:
    """(what people write, the area they mean) for every alias of an area in force."""
    rows = AreaAlias.select(AreaAlias.word, Area.name).join(Area).where(Area.active).order_by(AreaAlias.id).tuples()
    return tuple((word, name) for word, name in rows)
