"""网格地址: from which fixed addresses the officers of a node work (config.yaml: grid_ip says what happens elsewhere)."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from peewee import ModelSelect

from admin.office import OfficeView
from admin.office_forms import Mistake, OfficeForm, area_named, named, say, words
from admin.office_list import Column
from tickets.domain.roles import NODES
from tickets.store.desk_models import NodeAddress
from tickets.store.models import Area
from web.hall import hall

WIDEST = {4: 8, 6: 32}  # bits of a network; a wider one would let half the world in


class NodeForm(OfficeForm):
    """An address or network of a node, or of an area above it."""

    area = named("area")
    network = words(render_kw={"placeholder": "10.20.3.0/24", "autocapitalize": "none"})
    note = words()


class Nodes(OfficeView):
    """The addresses, each for an area and everything beneath it."""

    right = keep = NODES
    table = "node"
    form = NodeForm
    columns = (
        Column("area", lambda row, _: row.area.name, Area.name, "what"),
        Column("level", lambda row, _: row.area.level, Area.level),
        Column("network", lambda row, _: row.network, NodeAddress.network),
        Column("note", lambda row, _: row.note),
    )
    searched = (Area.name, NodeAddress.network, NodeAddress.note)
    usual = (Area.name,)

    def query(self) -> ModelSelect:
        return NodeAddress.select(NodeAddress, Area).join(Area)

    def title_of(self, row: Any) -> str:
        return f"{row.area.name} · {row.network}"

    def filled(self, row: Any) -> dict[str, Any]:
        return {"area": row.area.name, "network": row.network, "note": row.note}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        area = area_named(form, "area")
        network = _network(form.text("network", 50))
        same = NodeAddress.get_or_none((NodeAddress.area == area) & (NodeAddress.network == network))
        if same is not None and (row is None or same.id != row.id):
            raise Mistake("network", "node_twice", word=network)
        return {"area": area, "network": network, "note": form.text("note", 100, needed=False)}

    def warned(self, row: Any) -> list[str]:
        return [say("node_last", mode=say(f"grid_{hall().settings.grid_ip}"))]


def _network(typed: str) -> str:
    """The network as it is kept: 10.20.3.7/24 becomes 10.20.3.0/24, a single address /32 or /128."""
    try:
        found = ip_network(typed.replace("／", "/"), strict=False)
    except ValueError:
        raise Mistake("network", "node_shape", word=typed[:50]) from None
    if found.prefixlen < WIDEST[found.version]:
        raise Mistake("network", "node_wide", word=str(found))
    return str(found)
