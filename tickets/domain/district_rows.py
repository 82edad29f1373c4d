"""One line of each file of a district. `line` is its number in the file, from 1, the header included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LEVELS = ("区", "镇街", "村居", "网格", "小区", "道路")
UNIT_KINDS = ("热线中心", "督查", "区直部门", "镇街", "村居", "企业")
GRASSROOTS_ROLES = ("网格员", "网格长", "村书记", "社区书记")


@dataclass(frozen=True)
class AreaRow:
    """A place. `parent` is "" for the district itself; `aliases` are other ways people write it."""

    line: int
    name: str
    level: str
    parent: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class UnitRow:
    """A unit or one of its sections. `superior` is "" at the top; `receiving_post` may be left to posts.csv ("")."""

    line: int
    address: str
    kind: str
    superior: str
    receiving_post: str

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.address.rsplit("/", 1)[-1]

    @property
    def parent(self) -> str:
        """The unit that a section belongs to, "" for a unit."""
        return self.address.rsplit("/", 1)[0] if "/" in self.address else ""


@dataclass(frozen=True)
class PostRow:
    """A job in a unit; `area` is "" unless the job is tied to a place."""

    line: int
    unit: str
    name: str
    role: str
    receiving: bool
    area: str

    @property
    def address(self) -> str:
        """单位/岗位 or 单位/科室/岗位."""
        return f"{self.unit}/{self.name}"


@dataclass(frozen=True)
class PersonRow:
    """Someone with a number; `code` is unique, names need not be."""

    line: int
    code: str
    name: str
    phone: str


@dataclass(frozen=True)
class HoldingRow:
    """Rank 0 holds the post, 1 and up are the deputies in order."""

    line: int
    unit: str
    post: str
    person: str
    rank: int


@dataclass(frozen=True)
class ShiftRow:
    """One stretch of one weekday (0 = Monday), in minutes of the local day, half-open; past midnight is a second row."""

    line: int
    unit: str
    post: str
    person: str
    weekday: int
    start: int
    end: int


@dataclass(frozen=True)
class AbsenceRow:
    """Away in [start, end), aware UTC."""

    line: int
    person: str
    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True)
class ServiceRow:
    """Who serves an area (and what lies beneath it) in one respect."""

    line: int
    area: str
    role: str
    unit: str
