"""Puts people into the units of the demonstration district: posts, holders, deputies, rosters of the crews, absences."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from demo.name_parts import GIVEN_FIRST, GIVEN_LAST, SURNAMES

Line = tuple[object, ...]
HEADS = {"局": "局长", "院": "院长", "部": "部长", "委": "书记", "室": "主任", "心": "主任", "镇": "镇长", "司": "总经理"}
SECTION_HEADS = {"科": "科长", "队": "队长", "室": "主任", "心": "主任", "院": "院长", "部": "部长", "班": "车间主任", "席": "组长"}
# Crews that work round the clock: their receiving post is answered by whoever is on shift.
CREW_SECTIONS = (
    "人工派单席",
    "值班室",
    "管网科",
    "抢修班",
    "抢修一班",
    "抢修二班",
    "抢险队",
    "疏通班",
    "救援班",
    "应急抢险队",
    "执法一队",
    "执法二队",
    "交警大队",
)
CREW_DESKS = ("供水公司", "供电公司", "燃气公司", "热力公司", "城东供热公司", "临河供热公司", "柳湾供热公司")
CREW_SIZE = 4
SLOTS = (("00:00", "08:00"), ("08:00", "16:00"), ("16:00", "24:00"))
REASONS = ("年休假", "外出培训", "病假", "挂职学习", "探亲假")
SPANS = (("2026-11-16", "2027-01-31"), ("2026-11-20", "2026-12-20"), ("2026-12-01", "2026-12-15"), ("2027-01-04", "2027-02-28"), ("2027-03-01", "2027-03-20"))


@dataclass(frozen=True)
class Unit:
    """A line of units.csv."""

    address: str
    kind: str
    receiving: str

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.address.rsplit("/", 1)[-1]

    @property
    def top(self) -> str:
        """The unit that a section belongs to."""
        return self.address.split("/", 1)[0]

    @property
    def is_section(self) -> bool:
        """A section or crew, not a village."""
        return "/" in self.address and self.kind != "村居"


class Staff:
    """Collects the lines of posts, people, holdings and shifts while the units are walked through in order."""

    def __init__(self, rng: Random, grids: dict[str, int]) -> None:
        self.rng = rng
        self.grids = grids
        self.posts: list[Line] = []
        self.people: list[Line] = []
        self.holdings: list[Line] = []
        self.shifts: list[Line] = []
        self.leaders: dict[str, str] = {}  # unit -> its 分管领导
        self.offices: dict[str, str] = {}  # unit -> who heads its office
        self.heads: dict[str, list[tuple[str, str, str]]] = {}  # unit -> (section, post, person)
        self.handlers: dict[str, list[tuple[str, str, str]]] = {}
        self._names: dict[str, int] = {}

    def fill(self, units: list[Unit]) -> None:
        """Every post of every unit with its holder, then the deputies."""
        for unit in units:
            if unit.kind == "村居":
                continue
            self._section(unit) if unit.is_section else self._top(unit)
        for unit in units:
            if unit.kind == "村居":
                self._village(unit)
        for top in self.leaders:
            self._deputise(top)

    def hire(self) -> str:
        """A new person: code, invented name (nobody has the same), and a number that nobody can own."""
        code = f"P{len(self.people) + 1:04d}"
        while True:
            last = self.rng.choice(GIVEN_LAST)
            name = self.rng.choice(SURNAMES) + (self.rng.choice(GIVEN_FIRST) if self.rng.random() < 0.85 else "") + last
            if name not in self._names:
                break
        self._names[name] = 1
        self.people.append((code, name, f"1540000{len(self.people) + 1:04d}"))
        return code

    def post(self, unit: str, name: str, role: str, holders: list[str], *, receiving: bool = False, area: str = "") -> None:
        """Adds a post; the first of `holders` holds it, the others are its deputies in order."""
        self.posts.append((unit, name, role, "yes" if receiving else "", area))
        for rank, person in enumerate(dict.fromkeys(holders)):
            self.holdings.append((unit, name, person, rank))

    def _top(self, unit: Unit) -> None:
        head, leader, office, liaison = self.hire(), self.hire(), self.hire(), self.hire()
        self.leaders[unit.address], self.offices[unit.address] = leader, office
        self.post(unit.address, HEADS[unit.name[-1]], "主要负责人", [head, leader])
        self.post(unit.address, "分管领导", "分管领导", [leader, head])
        self.post(unit.address, "办公室主任", "科室负责人", [office, leader])
        self.post(unit.address, unit.receiving, "", [liaison, office], receiving=True)

    def _section(self, unit: Unit) -> None:
        head = self.hire()
        crew = unit.name in CREW_SECTIONS or (unit.name == "客服中心" and unit.top in CREW_DESKS)
        handlers = [self.hire() for _ in range(CREW_SIZE if crew else 1)]
        self.heads.setdefault(unit.top, []).append((unit.address, SECTION_HEADS[unit.name[-1]], head))
        self.handlers.setdefault(unit.top, []).append((unit.address, unit.receiving, handlers[0]))
        self.post(unit.address, SECTION_HEADS[unit.name[-1]], "科室负责人", [head])
        self.post(unit.address, unit.receiving, "", handlers, receiving=True)
        if crew:
            self._roster(unit, handlers)

    def _roster(self, unit: Unit, crew: list[str]) -> None:
        """Three shifts a day, four people: each day everyone moves on by one."""
        for slot, (start, end) in enumerate(SLOTS):
            for index, person in enumerate(crew):
                days = [str(day) for day in range(1, 8) if (day + slot) % len(crew) == index]
                self.shifts.append((unit.address, unit.receiving, person, ",".join(days), start, end))

    def _village(self, unit: Unit) -> None:
        """The secretary with the director as deputy, the town's officer and leader for the village, and its grid officers."""
        secretary, director = self.hire(), self.hire()
        town_heads = [person for _, _, person in self.heads[unit.top]]
        officer = town_heads[len(self.posts) % len(town_heads)]
        self.post(unit.address, unit.receiving, unit.receiving, [secretary, director], receiving=True, area=unit.name)
        self.post(unit.address, "主任", "村居主任", [director, secretary], area=unit.name)
        self.post(unit.address, "网格长", "网格长", [director, secretary], area=unit.name)
        self.post(unit.address, "包村干部", "科室负责人", [officer, self.offices[unit.top]])
        self.post(unit.address, "包村领导", "分管领导", [self.leaders[unit.top], self.offices[unit.top]])
        officers = [self.hire() for _ in range(self.grids[unit.name])]
        for index, person in enumerate(officers):
            deputies = [officers[(index + step) % len(officers)] for step in (1, 2)]
            area = f"{unit.name}第{index + 1}网格"
            self.post(unit.address, f"第{index + 1}网格员", "网格员", [person, *deputies], area=area)

    def _deputise(self, top: str) -> None:
        """Sections stand in for each other, head for head and handler for handler; a lone section's are the leader and the office."""
        taken = {(unit, post, person) for unit, post, person, _ in self.holdings}
        ranks: dict[tuple[object, object], int] = {}
        for unit, post, _, rank in self.holdings:
            ranks[unit, post] = max(ranks.get((unit, post), 0), int(str(rank)))
        for group, fallback in ((self.heads.get(top, []), self.leaders[top]), (self.handlers.get(top, []), self.offices[top])):
            for index, (unit, post, person) in enumerate(group):
                neighbour = group[(index + 1) % len(group)][2]
                for deputy in (neighbour, fallback):
                    if deputy != person and (unit, post, deputy) not in taken:
                        ranks[unit, post] += 1
                        taken.add((unit, post, deputy))
                        self.holdings.append((unit, post, deputy, ranks[unit, post]))

    def absences(self) -> list[Line]:
        """One leader, one head and some others away: the deputies must answer for them."""
        away = [self.leaders["城市管理局"], self.heads["人社局"][0][2]]
        rest = [str(code) for code, _, _ in self.people]
        away += self.rng.sample([code for code in rest if code not in away], 28)
        return [(code, *SPANS[index % len(SPANS)], REASONS[index % len(REASONS)]) for index, code in enumerate(away)]
