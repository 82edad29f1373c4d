"""知识库: what people ask and what they may be told, found while one types; the same search answers the agent's desk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from insights.knowledge_search import Found, search
from insights.nearby import beneath
from tickets.domain.roles import KEEP_KNOWLEDGE, KNOWLEDGE
from tickets.store import knowledge
from tickets.store.knowledge import day_words
from web.access import caller, needs
from web.hall import hall
from web.limits import limited
from web.show.highlight import Piece, pieces

PAGES = Blueprint("knowledge", __name__)
SHOWN, OFFERED = 20, 5  # entries on the page; offered to the desk
LONGEST = 400  # characters of a question


@dataclass(frozen=True)
class Shown:
    """An entry on the page: its title and answer with the words that were found lit."""

    found: Found
    title: tuple[Piece, ...]
    answer: tuple[Piece, ...]
    until: str


@PAGES.get("/knowledge")
@needs(KNOWLEDGE)
@limited("suggest")
def page() -> ResponseReturnValue:
    """The search with its results; without a question the entries asked for most."""
    q, category = _asked()
    rows = _rows(q, category)
    keeps = caller().may(KEEP_KNOWLEDGE)
    return render_template("knowledge.html", q=q, category=category, rows=rows, branches=_branches(), keeps=keeps, total=len(knowledge.entries()))


@PAGES.get("/knowledge/results")
@needs(KNOWLEDGE)
@limited("suggest")
def results() -> ResponseReturnValue:
    """The results alone, as a piece of HTML, while one types."""
    q, category = _asked()
    return render_template("knowledge_results.html", q=q, category=category, rows=_rows(q, category), keeps=caller().may(KEEP_KNOWLEDGE))


@PAGES.get("/knowledge/search")
@needs(KNOWLEDGE)
@limited("suggest")
def found() -> ResponseReturnValue:
    """What may be answered at once, for the agent's desk: a list, best first, of entries in force alone."""
    q, category = _asked()
    return jsonify(
        [
            {
                "code": one.entry.code,
                "title": one.entry.title,
                "answer": one.entry.answer,
                "basis": one.entry.basis,
                "unit": one.entry.unit,
                "until": day_words(one.entry.valid_until),
                "edition": one.entry.edition,
                "score": one.score,
                "lit": list(one.lit),
            }
            for one in search(q, category, OFFERED, hall().now())
        ]
    )


def _asked() -> tuple[str, str]:
    return request.args.get("q", "").strip()[:LONGEST], request.args.get("category", "").strip()[:60]


def _rows(q: str, category: str) -> list[Shown]:
    tree = hall().desk.rules.names.categories
    within = {category, *(beneath(tree, category) if category in tree else ())} if category else None
    every = within if within is not None or q else {"", *tree.nodes}
    rows = search(q, "", SHOWN, hall().now(), within=every, expired=True)
    return [Shown(one, pieces(one.entry.title, one.lit), pieces(one.entry.answer, one.lit), day_words(one.entry.valid_until)) for one in rows]


def _branches() -> list[tuple[str, int]]:
    """The topmost categories that have entries, with how many, the fullest first."""
    tree = hall().desk.rules.names.categories
    counts = Counter(tree.path(one.category)[0] if one.category in tree else one.category for one in knowledge.entries() if one.category)
    return counts.most_common()
