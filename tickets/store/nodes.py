"""From where a grid officer works: the fixed addresses of his node, and whether the one he uses now is among them."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

from tickets.domain.times import local, stored
from tickets.store.alarms import raise_alarm
from tickets.store.connect import transaction
from tickets.store.desk_models import NodeAddress
from tickets.store.models import Alarm, Area, Holding, Post

Found = Literal["inside", "outside", "none"]
ALARM = "网格地址"
DEEPEST = 8  # levels of the area tree; a loop in bad data must not hang a page


def place_of(person_id: int | None, address: str) -> Found:
    """inside: the address is one of the node's; outside: it is none of them; none: nothing is registered for the node.

    The node is the area of the posts the person holds, else of those where he stands in; an address of a parent area counts as well.
    """
    networks = [ip_network(text) for text in _networks(_nodes(person_id))]
    if not networks:
        return "none"
    here = _read(address)
    return "inside" if here is not None and any(here.version == one.version and here in one for one in networks) else "outside"


def _nodes(person_id: int | None) -> set[int]:
    rows = (
        Holding.select(Holding.rank, Post.area)
        .join(Post)
        .where((Holding.person == person_id) & Post.active & Post.area.is_null(False))
        .order_by(Holding.rank)
        .tuples()
    )
    held = [(rank, area) for rank, area in rows]
    own = {area for rank, area in held if rank == 0}
    return own or {area for _, area in held}


def _networks(areas: set[int]) -> list[str]:
    every, fresh = set(areas), set(areas)
    for _ in range(DEEPEST):
        rows = Area.select(Area.parent).where(Area.id.in_(fresh) & Area.parent.is_null(False)).tuples() if fresh else ()
        fresh = {parent for (parent,) in rows} - every
        every |= fresh
    return [text for (text,) in NodeAddress.select(NodeAddress.network).where(NodeAddress.area.in_(every)).tuples()] if every else []


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """The address; one of IPv4 written in IPv6 (::ffff:10.0.0.1) as itself; None for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def tell(account_id: int, address: str, at: datetime) -> None:
    """One alarm an account and day, whether or not somebody has cleared it meanwhile. `at` is aware."""
    said = f"账号 {account_id} 于 {local(stored(at)).date()} 从登记地址以外工作"
    same = (Alarm.kind == ALARM) & Alarm.text.startswith(said)
    if Alarm.select().where(same).exists():
        return
    with transaction():
        if not Alarm.select().where(same).exists():
            raise_alarm(ALARM, f"{said}（{address[:45]}）", at)
