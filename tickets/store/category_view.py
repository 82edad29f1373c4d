"""The library of appeals by category: how many came, where they went, how they were handled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from peewee import fn

from tickets.domain.status import SIGNED
from tickets.store.models import Deadline, History, Ticket, Unit
from tickets.store.scope import Viewer, visible

MOST = 8
SAMPLE = 2000  # the newest tickets of a category that its times are taken from


@dataclass(frozen=True)
class CategoryView:
    """Counts of the viewer's tickets in some categories; times in seconds, None where there is none to tell."""

    total: int
    went: tuple[tuple[str, int], ...]  # unit address, count; most first
    statuses: tuple[tuple[str, int], ...]
    places: tuple[tuple[str, int], ...]
    by_hand: int
    to_sign: float | None
    to_reply: float | None
    due: int
    in_time: int


def counts(viewer: Viewer) -> dict[str, int]:
    """Tickets per category name, over everything the viewer may see."""
    return dict(Ticket.select(Ticket.category, fn.COUNT(Ticket.id)).where(visible(viewer)).group_by(Ticket.category).tuples())


def view(viewer: Viewer, categories: Sequence[str]) -> CategoryView:
    """What became of the tickets of these categories (a node and all beneath it). Seven queries."""
    where = visible(viewer) & Ticket.category.in_(list(categories))
    many = fn.COUNT(Ticket.id)
    went = Ticket.select(Unit.address, many).join(Unit).where(where).group_by(Unit.address).order_by(many.desc(), Unit.address).limit(MOST)
    statuses = Ticket.select(Ticket.status, many).where(where).group_by(Ticket.status).order_by(many.desc())
    places = Ticket.select(Ticket.area, many).where(where & (Ticket.area != "")).group_by(Ticket.area).order_by(many.desc(), Ticket.area).limit(MOST)
    newest = where & Ticket.signed_at.is_null(False)
    signed = list(Ticket.select(Ticket.id, Ticket.dispatched_at, Ticket.signed_at).where(newest).order_by(Ticket.id.desc()).limit(SAMPLE).tuples())
    spans = [(at - since).total_seconds() for _, since, at in signed if since is not None]
    ended = Deadline.state.in_(("met", "breached")) & (Deadline.from_status == SIGNED) & Deadline.ticket.in_([key for key, _, _ in signed])
    outcome = dict(Deadline.select(Deadline.state, fn.COUNT(Deadline.id)).where(ended).group_by(Deadline.state).tuples())
    return CategoryView(
        total=Ticket.select().where(where).count(),
        went=tuple(went.tuples()),
        statuses=tuple(statuses.tuples()),
        places=tuple(places.tuples()),
        by_hand=Ticket.select().where(where & (Ticket.manual == True)).count(),  # noqa: E712
        to_sign=median(spans) if spans else None,
        to_reply=_to_reply([key for key, _, _ in signed]),
        due=sum(outcome.values()),
        in_time=outcome.get("met", 0),
    )


def _to_reply(ids: Sequence[int]) -> float | None:
    """The median from dispatch to the unit's reply."""
    rows = (
        History.select(Ticket.dispatched_at, History.at)
        .join(Ticket)
        .where(History.ticket.in_(list(ids)) & (History.what == "回复") & Ticket.dispatched_at.is_null(False))
        .tuples()
    )
    spans = [(at - since).total_seconds() for since, at in rows]
    return median(spans) if spans else None
