"""单位 and 岗位: who there is to send an appeal to."""

from __future__ import annotations

from typing import Any

from peewee import JOIN, ModelSelect

from admin.office import OfficeView
from admin.office_forms import Mistake, OfficeForm, area_named, known_words, named, pick, say, tick, unit_named, words
from admin.office_list import Beside, Choice, Column
from admin.office_taken import listed, named_sentences, open_tickets
from admin.office_words import state, state_choice
from tickets.domain.district_rows import UNIT_KINDS
from tickets.store.directory_log import CHANGED
from tickets.store.models import Area, AreaService, Holding, Person, Post, Shift, Ticket, Unit

ROLES = ("科室负责人", "分管领导", "主要负责人", "村书记", "社区书记", "网格员", "网格长")  # of posts, as rules/roles.yaml finds them


class UnitForm(OfficeForm):
    """A unit or a section of one."""

    address = words()
    kind = pick(lambda: [(kind, kind) for kind in UNIT_KINDS])
    superior = named("unit")


class Units(OfficeView):
    """Units and their sections; their address is what rules call them."""

    table = "unit"
    form = UnitForm
    columns = (
        Column("address", lambda row, _: row.address, Unit.address, "what"),
        Column("kind", lambda row, _: row.kind, Unit.kind),
        Column("superior", lambda row, _: row.superior.address if row.superior_id else "", None),
        Column("receiving", lambda row, beside: beside.get(row.id, ""), logged=False),
        Column("state", lambda row, _: state(row.active), None, "state"),
    )
    choices = (
        Choice("kind", lambda: [(kind, kind) for kind in UNIT_KINDS], lambda value: (Unit.kind == value) if value else None),
        Choice(
            "part",
            lambda: [("top", say("part_top")), ("section", say("part_section"))],
            {"top": Unit.parent.is_null(), "section": Unit.parent.is_null(False)}.get,
        ),
        state_choice(Unit),
    )
    searched = (Unit.address,)
    usual = (Unit.address,)

    def query(self) -> ModelSelect:
        above = Unit.alias()
        return Unit.select(Unit, above).join(above, JOIN.LEFT_OUTER, on=(Unit.superior == above.id), attr="superior")

    def beside(self, rows: Any) -> Beside:
        """The post that receives what is addressed to the unit."""
        posts = Post.select(Post.unit_id, Post.name).where(Post.unit.in_([row.id for row in rows]) & Post.receiving & Post.active).tuples()
        return dict(posts)

    def filled(self, row: Any) -> dict[str, Any]:
        return {"address": row.address, "kind": row.kind, "superior": row.superior.address if row.superior_id else ""}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        address = form.text("address", 120)
        parts = address.split("/")
        if len(parts) > 2 or any(not part or part != part.strip() for part in parts):
            raise Mistake("address", "address_shape")
        if row is not None and address != row.address:
            self._may_be_renamed(row)
        twin = Unit.get_or_none(Unit.address == address)
        if twin is not None and (row is None or twin.id != row.id):
            raise Mistake("address", "address_taken" if twin.active else "address_retired", word=address)
        parent = None
        if len(parts) == 2:
            parent = Unit.get_or_none((Unit.address == parts[0]) & Unit.active)
            if parent is None:
                raise Mistake("address", "no_parent", word=parts[0])
            if Post.select().where((Post.unit == parent) & (Post.name == parts[1]) & Post.active).exists():
                raise Mistake("address", "post_has_name", word=address)
        superior = unit_named(form, "superior", needed=False) or parent
        if row is not None and superior is not None:
            self._no_loop(row, superior)
        return {"address": address, "name": parts[-1], "kind": form.one_of("kind", UNIT_KINDS), "parent": parent, "superior": superior}

    def _may_be_renamed(self, row: Any) -> None:
        sentences = named_sentences(row.address)
        if sentences:
            raise Mistake("address", "rename_named", why=sentences[0])
        if Unit.select().where(Unit.parent == row.id).exists():
            raise Mistake("address", "rename_sections")

    def _no_loop(self, row: Any, superior: Unit) -> None:
        above = dict(Unit.select(Unit.id, Unit.superior_id).tuples())
        here: int | None = superior.id
        for _ in range(len(above) + 1):
            if here is None:
                return
            if here == row.id:
                raise Mistake("superior", "superior_loop", word=superior.address)
            here = above.get(here)
        raise Mistake("superior", "superior_loop", word=superior.address)

    def remarks(self, row: Any) -> list[str]:
        if row.active and not self.beside([row]):
            return [say("no_receiving", word=row.address)]
        return []

    def blocked(self, row: Any) -> list[str]:
        out = named_sentences(row.address)
        sections = [address for (address,) in Unit.select(Unit.address).where((Unit.parent == row.id) & Unit.active).tuples()]
        posts = [name for (name,) in Post.select(Post.name).where((Post.unit == row.id) & Post.active).tuples()]
        below = [address for (address,) in Unit.select(Unit.address).where((Unit.superior == row.id) & (Unit.parent != row.id) & Unit.active).tuples()]
        serves = [f"{area} {role}" for area, role in AreaService.select(Area.name, AreaService.role).join(Area).where(AreaService.unit == row.id).tuples()]
        for key, found in (("has_sections", sections), ("has_posts", posts), ("has_below", below), ("has_services", serves)):
            if found:
                out.append(say(key, count=len(found), names=listed(found)))
        return out

    def warned(self, row: Any) -> list[str]:
        return open_tickets(Ticket.unit == row.id)

    def more(self, row: Any) -> list[tuple[str, str, list[tuple[str, str]]]]:
        posts = Post.select(Post.id, Post.name, Post.role).where((Post.unit == row.id) & Post.active).order_by(Post.id).limit(20).tuples()
        sections = Unit.select(Unit.id, Unit.name).where((Unit.parent == row.id) & Unit.active).order_by(Unit.id).limit(20).tuples()
        return [
            (
                say("tab_posts"),
                f"/admin/posts/?unit={row.address}",
                [(f"{name} · {role}" if role else name, f"/admin/posts/details/?id={key}") for key, name, role in posts],
            ),
            (say("sections"), f"/admin/units/?q={row.address}/", [(name, f"/admin/units/details/?id={key}") for key, name in sections]),
        ]


class PostForm(OfficeForm):
    """A post of a unit."""

    fixed = ("unit",)
    unit = named("unit")
    name = words()
    role = known_words(ROLES)
    receiving = tick()
    area = named("area")


class Posts(OfficeView):
    """The posts of units; people hold them."""

    table = "post"
    form = PostForm
    columns = (
        Column("post", lambda row, _: f"{row.unit.address}/{row.name}", Unit.address, "what"),
        Column("role", lambda row, _: row.role, Post.role),
        Column("receiving_here", lambda row, _: say("is_so") if row.receiving else ""),
        Column("area", lambda row, _: row.area.name if row.area_id else "", Area.name),
        Column("holder", lambda row, beside: beside.get(row.id, ""), logged=False),
        Column("state", lambda row, _: state(row.active), None, "state"),
    )
    choices = (
        Choice("role", lambda: [(role, role) for role in ROLES], lambda value: (Post.role == value) if value else None),
        Choice(
            "unit",
            lambda: [],
            lambda value: ((Unit.address == value) | Unit.address.startswith(f"{value}/")) if value else None,
        ),
        state_choice(Post),
    )
    searched = (Unit.address, Post.name, Area.name)
    usual = (Unit.address,)

    def query(self) -> ModelSelect:
        return Post.select(Post, Unit, Area).join(Unit).switch(Post).join(Area, JOIN.LEFT_OUTER)

    def beside(self, rows: Any) -> Beside:
        """Holder, then deputies."""
        held = (
            Holding.select(Holding.post_id, Person.name, Holding.rank)
            .join(Person)
            .where(Holding.post.in_([row.id for row in rows]) & Person.active)
            .order_by(Holding.rank, Holding.id)
        )
        found: dict[int, str] = {}
        for post, name, rank in held.tuples():
            word = name if rank == 0 else say("deputy_short", name=name)
            found[post] = f"{found[post]}、{word}" if post in found else word
        return found

    def title_of(self, row: Any) -> str:
        return f"{row.unit.address}/{row.name}"

    def filled(self, row: Any) -> dict[str, Any]:
        return {"name": row.name, "role": row.role, "receiving": row.receiving, "area": row.area.name if row.area_id else ""}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        unit = row.unit if row is not None else unit_named(form, "unit")
        assert unit is not None
        name = form.text("name", 40)
        if "/" in name:
            raise Mistake("name", "slash")
        if row is not None and name != row.name and (sentences := named_sentences(f"{unit.address}/{row.name}")):
            raise Mistake("name", "rename_named", why=sentences[0])
        twin = Post.get_or_none((Post.unit == unit) & (Post.name == name))
        if twin is not None and (row is None or twin.id != row.id):
            raise Mistake("name", "address_taken" if twin.active else "address_retired", word=f"{unit.address}/{name}")
        if Unit.select().where(Unit.address == f"{unit.address}/{name}").exists():
            raise Mistake("name", "section_has_name", word=f"{unit.address}/{name}")
        receiving = bool(form["receiving"].data)
        if row is not None and row.receiving and not receiving:
            raise Mistake("receiving", "receiving_needed", word=unit.address)
        return {
            "unit": unit,
            "name": name,
            "role": form.text("role", 20, needed=False),
            "receiving": receiving,
            "area": area_named(form, "area", needed=False),
        }

    def also(self, row: Any, form: OfficeForm, created: bool) -> dict[str, str]:
        """A unit has one post that receives: the one before it gives way, and the log says so."""
        if form["receiving"].data:
            unit = row.unit_id
            for other in Post.select().where((Post.unit == unit) & Post.receiving & (Post.id != row.id)):
                before = self.said(other.id)
                Post.update(receiving=False).where(Post.id == other.id).execute()
                self.log(CHANGED, other.id, before, self.said(other.id))
        return {}

    def remarks(self, row: Any) -> list[str]:
        if not row.active:
            return []
        held = Holding.select().join(Person).where((Holding.post == row.id) & (Holding.rank == 0) & Person.active).exists()
        return [] if held or Shift.select().where(Shift.post == row.id).exists() else [say("nobody_holds", word=self.title_of(row))]

    def blocked(self, row: Any) -> list[str]:
        out = named_sentences(self.title_of(row))
        others = Post.select().where((Post.unit == row.unit_id) & Post.active & (Post.id != row.id)).exists()
        if row.receiving and row.unit.active and others:  # the last post of a unit may go before the unit does
            out.append(say("is_receiving", word=row.unit.address))
        return out

    def warned(self, row: Any) -> list[str]:
        return open_tickets(Ticket.post == row.id)
