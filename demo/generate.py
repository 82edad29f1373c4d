"""Makes the CSVs of the demonstration district 示范区 from units.csv and the words in name_parts.py, the same bytes every time.

Run by hand when something in it changes: `python -m demo.generate` (or `python -m demo.generate FOLDER` to look first).

Phone numbers are 154-0000-xxxx (officers) and 154-0001-xxxx (citizens). Network code 154 has not been given to any operator in
China's numbering plan, and libphonenumber holds no number of it for valid (`5[0-35-9]`), so nobody can own one of these.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from demo import name_parts as parts
from demo.appeal_sentences import SENTENCES
from demo.staff import Staff, Unit

SEED = 20261123
GRIDS = 845
COMMUNITY_GRIDS = 30
FOLDER = Path(__file__).resolve().parent
HEATING = {
    "花园社区": "热力公司",
    "锦绣社区": "热力公司",
    "铁路社区": "热力公司",
    "学府社区": "热力公司",
    "文苑社区": "城东供热公司",
    "青禾社区": "城东供热公司",
}
TOWN_HEATING = {"青禾镇": "城东供热公司", "临河镇": "临河供热公司", "柳湾镇": "柳湾供热公司"}
OWNERLESS = ("家属院", "宿舍", "住宅楼")  # old works' housing: looked after by the two companies that take what nobody else takes
ORDINARY = ("上游", "下游", "渡口", "双桥", "石桥", "芦苇", "红旗", "桃园", "杨家", "赵家", "马家", "孙家", "河东", "河西")  # words of every day
HEADERS = {
    "areas": "name,level,parent,aliases",
    "posts": "unit,post,role,receiving,area",
    "people": "code,name,phone",
    "holdings": "unit,post,person,rank",
    "shifts": "unit,post,person,weekdays,from,to",
    "absences": "person,from,to,reason",
    "services": "area,role,unit",
    "appeals": "title,text,address,phone,kind,source",
}
Line = tuple[object, ...]


def read_units() -> list[Unit]:
    """The units as rules/ and the catalogue know them; written by hand, not by this file."""
    with (FOLDER / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        return [Unit(row["address"], row["kind"], row["receiving_post"]) for row in csv.DictReader(file)]


def villages_of(units: Iterable[Unit]) -> dict[str, tuple[Unit, ...]]:
    """The villages and communities of each town, in the order of units.csv."""
    towns: dict[str, tuple[Unit, ...]] = {unit.address: () for unit in units if unit.kind == "镇街" and "/" not in unit.address}
    for unit in units:
        if unit.kind == "村居":
            town = unit.address.split("/")[0]
            towns[town] = (*towns[town], unit)
    return towns


def grid_counts(villages: Sequence[Unit]) -> dict[str, int]:
    """How many grid nodes each has: 30 a community, the rest shared by the villages, 845 together."""
    rural = [unit.name for unit in villages if unit.name.endswith("村")]
    left = GRIDS - COMMUNITY_GRIDS * (len(villages) - len(rural))
    each, more = divmod(left, len(rural))
    rural_counts = {name: each + (index < more) for index, name in enumerate(rural)}
    return {unit.name: rural_counts.get(unit.name, COMMUNITY_GRIDS) for unit in villages}


def estates_of(village: str) -> list[str]:
    """The estates of a village or community."""
    return parts.COMMUNITY_ESTATES[village].split() if village in parts.COMMUNITY_ESTATES else [parts.VILLAGE_ESTATES[village]]


def estate_aliases(name: str, rng: Random) -> list[str]:
    """As people write it: with 小区 behind it, a phase, the works' yard."""
    words: list[str] = []
    if name.endswith("小区") and len(name) > 4:
        words.append(name[:-2])
    if not name.endswith("小区"):
        words.append(name + "小区")
    if name.endswith(("家属院", "宿舍")):
        words += [name.replace("家属院", "老家属院").replace("宿舍", "老宿舍"), name.replace("家属院", "家属楼").replace("宿舍", "宿舍楼")]
    elif rng.random() < 0.45:
        words += [name + "一期", name + "二期"]
    if len(name) == 4 and name.endswith(("花园", "家园", "新村", "公寓", "花城")) and rng.random() < 0.5:
        words.append(name[:2] + {"花园": "花苑", "家园": "嘉园", "新村": "小区", "公寓": "公馆", "花城": "花都"}[name[2:]])
    return words


def village_aliases(name: str) -> list[str]:
    """The committee's names, the short name where it is no everyday word, and what stands there."""
    stem = name.removesuffix("社区").removesuffix("村")
    if name.endswith("社区"):
        return [f"{name}居委会", f"{stem}居委会", *parts.PLACES.get(name, "").split()]
    short = [] if stem in ORDINARY else [stem]
    return [f"{name}委会", f"{name}村委会", f"{stem}大队", *short, *parts.PLACES.get(name, "").split()]


def road_aliases(name: str, town: str) -> list[str]:
    """With its town in front, as addresses have it."""
    return [f"{town}{name}", *([name[:-1] + "大街"] if name.endswith("街") and not name.endswith("大街") and len(name) == 3 else [])]


def areas_and_services(towns: dict[str, tuple[Unit, ...]], rng: Random) -> tuple[list[Line], list[Line]]:
    """The area tree with its aliases, and who looks after each estate and each village."""
    areas: list[Line] = [("示范区", "区", "", "")]
    services: list[Line] = []
    grids = grid_counts([unit for villages in towns.values() for unit in villages])
    taken = {name for village in grids for name in estates_of(village)} | {road for roads in parts.ROADS.values() for road in roads.split()} | set(grids)
    for town, villages in towns.items():
        areas.append((town, "镇街", "示范区", f"{town}政府;{town}镇区;{town[:-1]}"))
        for unit in villages:
            village = unit.name
            areas.append((village, "村居", town, ";".join(word for word in village_aliases(village) if word not in taken)))
            services += [(village, role, company) for role, company in village_services(village, town).items()]
            for number in range(1, grids[village] + 1):
                areas.append((f"{village}第{number}网格", "网格", village, f"{village}{number}网格;{village}{number}号网格"))
            for index, estate in enumerate(estates_of(village)):
                grid = 1 + index * grids[village] // len(estates_of(village))
                aliases = [word for word in estate_aliases(estate, rng) if word not in taken]
                taken.update(aliases)
                areas.append((estate, "小区", f"{village}第{grid}网格", ";".join(aliases)))
                services.append((estate, "属地物业企业", property_company(estate, village, index)))
                services.append((estate, "属地供热企业", HEATING.get(village, TOWN_HEATING[town])))
        for road in parts.ROADS[town].split():
            areas.append((road, "道路", town, ";".join(word for word in road_aliases(road, town) if word not in taken)))
    return areas, services


def village_services(village: str, town: str) -> dict[str, str]:
    """Who brings water, power, gas and heat to a village or community."""
    return {
        "属地供水企业": "供水公司" if village.endswith("社区") else "村镇供水公司",
        "属地供电企业": "供电公司",
        "属地供气企业": "燃气公司",
        "属地供热企业": HEATING.get(village, TOWN_HEATING[town]),
    }


def property_company(estate: str, village: str, index: int) -> str:
    """Who manages an estate; old works' housing goes to the two companies that take what nobody else takes."""
    if village.endswith("村") or estate.endswith(OWNERLESS):
        return ("安居物业公司", "康宁物业公司")[index % 2 if village.endswith("社区") else len(village + estate) % 2]
    return village.removesuffix("社区") + "物业公司"


def appeals(towns: dict[str, tuple[Unit, ...]], rng: Random) -> list[Line]:
    """The project's own sentences with places of the district put in, for the trickle of the live page."""
    out: list[Line] = []
    for number, sentence in enumerate(SENTENCES, 1):
        kind, title, text = sentence.split("|")
        town = rng.choice(list(towns))
        village = rng.choice([unit.name for unit in towns[town] if unit.name.endswith("村")])
        community = rng.choice([unit.name for unit in towns[town] if unit.name.endswith("社区")])
        places = {"镇": town, "村": village, "社区": community, "小区": rng.choice(estates_of(community)), "路": rng.choice(parts.ROADS[town].split())}
        asked = [name for name in ("小区", "路", "村", "社区", "镇") if "{" + name + "}" in title + text]
        address = f"{town}{places[asked[0]]}" if asked and asked[0] != "镇" else (town if asked else "")
        if rng.random() < 0.25:  # many callers say it only in words
            address = ""
        source = rng.choice(("电话", "电话", "12345", "12345", "网页", "网格"))
        out.append((title.format(**places), text.format(**places), address, f"1540001{number:04d}", kind, source))
    return out


def write(folder: Path) -> dict[str, int]:
    """Writes every CSV but units.csv into `folder`; returns the number of lines of each."""
    rng = Random(SEED)
    units = read_units()
    towns = villages_of(units)
    areas, services = areas_and_services(towns, rng)
    staff = Staff(Random(SEED + 1), grid_counts([unit for villages in towns.values() for unit in villages]))
    staff.fill(units)
    tables: dict[str, list[Line]] = {
        "areas": areas,
        "posts": staff.posts,
        "people": staff.people,
        "holdings": staff.holdings,
        "shifts": staff.shifts,
        "absences": staff.absences(),
        "services": services,
        "appeals": appeals(towns, Random(SEED + 2)),
    }
    for name, lines in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADERS[name].split(","))
            writer.writerows(lines)
    return {name: len(lines) for name, lines in tables.items()}


if __name__ == "__main__":
    counted = write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    sys.stdout.write("".join(f"{name}.csv {count}\n" for name, count in counted.items()))
