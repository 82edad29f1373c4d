"""The pages of the directory, in the order of their tabs."""

from __future__ import annotations

from flask_admin.base import BaseView
from peewee import Model

from admin.accounts import Accounts
from admin.areas import Aliases, Areas, Services
from admin.calendars import Calendars
from admin.catalogue import Catalogue
from admin.knowledge_base import KnowledgeBase
from admin.nodes import Nodes
from admin.office import OfficeView
from admin.people import Holdings, People
from admin.rosters import Absences, Shifts
from admin.units import Posts, Units
from tickets.store.desk_models import Knowledge, NodeAddress
from tickets.store.models import Absence, Account, Area, AreaAlias, AreaService, Holding, Person, Post, Shift, Unit

TABLES: tuple[tuple[type[OfficeView], type[Model], str], ...] = (
    (Units, Unit, "units"),
    (Posts, Post, "posts"),
    (People, Person, "people"),
    (Holdings, Holding, "holdings"),
    (Shifts, Shift, "shifts"),
    (Absences, Absence, "absences"),
    (Areas, Area, "areas"),
    (Aliases, AreaAlias, "aliases"),
    (Services, AreaService, "services"),
    (Accounts, Account, "accounts"),
    (Nodes, NodeAddress, "nodes"),
)


def office_pages() -> tuple[BaseView, ...]:
    """A page for each table of the directory at /admin/<endpoint>/, the catalogue and the calendar."""
    return (
        *(view(model, name=endpoint, endpoint=endpoint) for view, model, endpoint in TABLES),
        KnowledgeBase(Knowledge, name="knowledge_base", endpoint="knowledge_base"),
        Catalogue(),
        Calendars(),
    )
