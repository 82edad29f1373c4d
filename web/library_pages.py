"""民生诉求分类资料库: a page per category with its past appeals, where they went and how they were handled."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from engine.tree import Tree
from tickets.domain.roles import LIBRARY
from tickets.domain.times import stored
from tickets.store.category_view import counts, view
from tickets.store.ticket_list import Wanted, page
from web.access import caller, needs
from web.hall import hall
from web.lists import kept_query, page_number
from web.show.clock import day_start

PAGES = Blueprint("library", __name__)


@dataclass(frozen=True)
class Branch:
    """A level-1 category with its leaves; counts are of everything beneath."""

    name: str
    count: int
    leaves: tuple[tuple[str, int], ...]


@PAGES.get("/library")
@needs(LIBRARY)
def library() -> ResponseReturnValue:
    tree, many = hall().desk.rules.names.categories, counts(caller().viewer)
    branches = []
    for root in tree.roots():
        leaves = sorted(((leaf, many.get(leaf, 0)) for leaf in tree.leaves(root)), key=lambda one: -one[1])
        branches.append(Branch(root, sum(many.get(name, 0) for name in beneath(tree, root)), tuple(leaves)))
    return render_template("library.html", branches=branches, undecided=many.get("", 0), total=sum(many.values()))


@PAGES.get("/library/<category>")
@needs(LIBRARY)
def category(category: str) -> ResponseReturnValue:
    names = hall().desk.rules.names
    if category not in names.categories:
        abort(404)
    inside = beneath(names.categories, category)
    moment, area = hall().now(), request.args.get("area", "")[:60]
    found = page(caller().viewer, Wanted(stored(moment), day_start(moment), categories=inside, area=area), page_number())
    path = names.categories.path(category)
    section = next((names.section_of[name] for name in reversed(path) if name in names.section_of), "")
    return render_template(
        "category.html",
        name=category,
        path=path[:-1],
        children=names.categories.children(category),
        section=section.replace("/", " · "),
        reserved=any(name in names.reserved for name in path),
        view=view(caller().viewer, inside),
        page=found,
        area=area,
        moment=stored(moment),
        query=kept_query(("area",)),
    )


def beneath(tree: Tree, name: str) -> tuple[str, ...]:
    """The node and everything under it."""
    return (name, *(below for child in tree.children(name) for below in beneath(tree, child)))
