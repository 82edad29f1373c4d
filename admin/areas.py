"""区域, 别名 and 服务: the tree of places, what people call them, and who serves them."""

from __future__ import annotations

from typing import Any

from peewee import JOIN, ModelSelect

from admin.office import OfficeView
from admin.office_forms import Mistake, OfficeForm, area_named, known_words, named, pick, say, unit_named, words
from admin.office_list import Beside, Choice, Column
from admin.office_taken import listed, named_sentences, open_tickets
from admin.office_words import state, state_choice
from tickets.domain.district_rows import LEVELS
from tickets.store.models import Area, AreaAlias, AreaService, Post, Ticket, Unit

SERVICES = ("属地物业企业", "属地供水企业", "属地供电企业", "属地供气企业", "属地供热企业")
SHORTEST_ALIAS = 2


class AreaForm(OfficeForm):
    """A place in the tree."""

    name = words()
    level = pick(lambda: [(level, level) for level in LEVELS])
    parent = named("area")


class Areas(OfficeView):
    """区 > 镇街 > 村居 > 网格 > 小区; roads lie beneath a town. Names are unique: tickets keep them."""

    table = "area"
    form = AreaForm
    columns = (
        Column("name", lambda row, _: row.name, Area.name, "what"),
        Column("level", lambda row, _: row.level, Area.level),
        Column("within", lambda row, _: _within(row), None),
        Column("called", lambda row, beside: beside.get(row.id, ""), logged=False),
        Column("state", lambda row, _: state(row.active), None, "state"),
    )
    choices = (
        Choice("level", lambda: [(level, level) for level in LEVELS], lambda value: (Area.level == value) if value else None),
        Choice("within", lambda: [], lambda value: _beneath(value) if value else None),
        state_choice(Area),
    )
    searched = (Area.name,)
    usual = (Area.id,)

    def query(self) -> ModelSelect:
        above, top = Area.alias(), Area.alias()
        return (
            Area.select(Area, above, top)
            .join(above, JOIN.LEFT_OUTER, on=(Area.parent == above.id), attr="parent")
            .join(top, JOIN.LEFT_OUTER, on=(above.parent == top.id), attr="parent")
        )

    def beside(self, rows: Any) -> Beside:
        """What people call them."""
        found: dict[int, list[str]] = {}
        for area, word in (
            AreaAlias.select(AreaAlias.area_id, AreaAlias.word).where(AreaAlias.area.in_([row.id for row in rows])).order_by(AreaAlias.id).tuples()
        ):
            found.setdefault(area, []).append(word)
        return {area: listed(said) for area, said in found.items()}

    def filled(self, row: Any) -> dict[str, Any]:
        return {"name": row.name, "level": row.level, "parent": row.parent.name if row.parent_id else ""}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        name = form.text("name", 60)
        if row is not None and name != row.name:
            self._may_be_renamed(row)
        twin = Area.get_or_none(Area.name == name)
        if twin is not None and (row is None or twin.id != row.id):
            raise Mistake("name", "address_taken" if twin.active else "address_retired", word=name)
        level = form.one_of("level", LEVELS)
        parent = area_named(form, "parent", needed=False)
        if parent is None:
            top = Area.get_or_none(Area.parent.is_null() & Area.active)
            if top is not None and (row is None or top.id != row.id):
                raise Mistake("parent", "one_top", word=top.name)
        elif LEVELS.index(parent.level) >= LEVELS.index(level) or parent.level == "小区" or (row is not None and parent.id == row.id):
            raise Mistake("parent", "level_order", word=name, level=level, above=parent.name, above_level=parent.level)
        if row is not None and level != row.level:
            below = Area.select(Area.name, Area.level).where((Area.parent == row.id) & Area.active).tuples()
            wrong = [child for child, its in below if LEVELS.index(its) <= LEVELS.index(level)]
            if wrong:
                raise Mistake("level", "level_children", names=listed(wrong))
        return {"name": name, "level": level, "parent": parent}

    def _may_be_renamed(self, row: Any) -> None:
        sentences = named_sentences(row.name)
        if sentences:
            raise Mistake("name", "rename_named", why=sentences[0])
        if count := Ticket.select().where(Ticket.area == row.name).count():
            raise Mistake("name", "rename_tickets", count=count)

    def blocked(self, row: Any) -> list[str]:
        out = named_sentences(row.name)
        children = [name for (name,) in Area.select(Area.name).where((Area.parent == row.id) & Area.active).tuples()]
        posts = [f"{unit}/{name}" for unit, name in Post.select(Unit.address, Post.name).join(Unit).where((Post.area == row.id) & Post.active).tuples()]
        for key, found in (("has_children", children), ("has_area_posts", posts)):
            if found:
                out.append(say(key, count=len(found), names=listed(found)))
        return out

    def warned(self, row: Any) -> list[str]:
        return open_tickets(Ticket.area == row.name)

    def more(self, row: Any) -> list[tuple[str, str, list[tuple[str, str]]]]:
        below = Area.select(Area.id, Area.name, Area.level).where((Area.parent == row.id) & Area.active).order_by(Area.id).limit(20).tuples()
        called = AreaAlias.select(AreaAlias.id, AreaAlias.word).where(AreaAlias.area == row.id).order_by(AreaAlias.id).limit(20).tuples()
        serve = (
            AreaService.select(AreaService.id, AreaService.role, Unit.address).join(Unit).where(AreaService.area == row.id).order_by(AreaService.id).tuples()
        )
        return [
            (say("beneath"), f"/admin/areas/?within={row.name}", [(f"{name} · {level}", f"/admin/areas/details/?id={key}") for key, name, level in below]),
            (say("tab_aliases"), f"/admin/aliases/?q={row.name}", [(word, f"/admin/aliases/details/?id={key}") for key, word in called]),
            (say("tab_services"), f"/admin/services/?q={row.name}", [(f"{role} · {unit}", f"/admin/services/details/?id={key}") for key, role, unit in serve]),
        ]


def _within(row: Any) -> str:
    names: list[str] = []
    while row.parent_id is not None and len(names) < 2:
        row = row.parent
        names.append(row.name)
    return " › ".join(reversed(names))


def _beneath(name: str) -> Any:
    above = Area.alias()
    return Area.parent.in_(above.select(above.id).where(above.name == name))


class AliasForm(OfficeForm):
    """Another way people write a place."""

    area = named("area")
    word = words()


class Aliases(OfficeView):
    """What citizens call a place; the place finder reads them."""

    table = "alias"
    form = AliasForm
    columns = (
        Column("word", lambda row, _: row.word, AreaAlias.word, "what"),
        Column("area", lambda row, _: row.area.name, Area.name),
        Column("level", lambda row, _: row.area.level, Area.level, logged=False),
    )
    choices = (Choice("level", lambda: [(level, level) for level in LEVELS], lambda value: (Area.level == value) if value else None),)
    searched = (AreaAlias.word, Area.name)
    usual = (Area.id,)

    def query(self) -> ModelSelect:
        return AreaAlias.select(AreaAlias, Area).join(Area).where(Area.active)

    def filled(self, row: Any) -> dict[str, Any]:
        return {"area": row.area.name, "word": row.word}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        area = area_named(form, "area")
        assert area is not None
        word = form.text("word", 60)
        if len(word) < SHORTEST_ALIAS or word.isdigit():
            raise Mistake("word", "alias_short", word=word)
        if Area.select().where((Area.name == word) & Area.active).exists():
            raise Mistake("word", "alias_is_area", word=word)
        other = AreaAlias.select(AreaAlias, Area).join(Area).where((AreaAlias.word == word) & Area.active & (AreaAlias.id != (row.id if row else 0))).first()
        if other is not None:
            raise Mistake("word", "alias_taken", word=word, name=other.area.name)
        return {"area": area, "word": word}


class ServiceForm(OfficeForm):
    """Who serves a place in one respect."""

    area = named("area")
    role = known_words(SERVICES)
    unit = named("unit")


class Services(OfficeView):
    """Companies that serve an area and what lies beneath it."""

    table = "service"
    form = ServiceForm
    columns = (
        Column("area", lambda row, _: row.area.name, Area.name, "what"),
        Column("serves_as", lambda row, _: row.role, AreaService.role),
        Column("unit", lambda row, _: row.unit.address, Unit.address),
    )
    choices = (Choice("serves_as", lambda: [(role, role) for role in SERVICES], lambda value: (AreaService.role == value) if value else None),)
    searched = (Area.name, Unit.address)
    usual = (Area.id, AreaService.role)

    def query(self) -> ModelSelect:
        return AreaService.select(AreaService, Area, Unit).join(Area).switch(AreaService).join(Unit).where(Area.active)

    def title_of(self, row: Any) -> str:
        return f"{row.area.name} · {row.role}"

    def filled(self, row: Any) -> dict[str, Any]:
        return {"area": row.area.name, "role": row.role, "unit": row.unit.address}

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        area, unit = area_named(form, "area"), unit_named(form, "unit")
        assert area is not None
        assert unit is not None
        role = form.text("role", 20)
        other = AreaService.get_or_none((AreaService.area == area) & (AreaService.role == role) & (AreaService.id != (row.id if row else 0)))
        if other is not None:
            raise Mistake("role", "service_taken", word=area.name, role=role, name=other.unit.address)
        return {"area": area, "role": role, "unit": unit}

    def warned(self, row: Any) -> list[str]:
        return [say("service_ends", word=row.area.name, role=row.role)]
