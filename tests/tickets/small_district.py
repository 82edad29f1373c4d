"""A district of one town, written as CSVs, for tests to spoil."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "areas.csv": "name,level,parent,aliases\n试点区,区,,\n河口镇,镇街,试点区,河口\n山前村,村居,河口镇,山前大队\n山前村第1网格,网格,山前村,\n晨光小区,小区,山前村第1网格,晨光;晨光花园\n河口路,道路,河口镇,\n",
    "units.csv": "address,kind,superior,receiving_post\n督查室,督查,,专员\n水务局,区直部门,督查室,联络员\n水务局/管网科,区直部门,水务局,值班员\n河口镇,镇街,督查室,联络员\n"
    "河口镇/山前村,村居,河口镇,村书记\n晨光物业,企业,河口镇,客服\n",
    "posts.csv": "unit,post,role,receiving,area\n督查室,专员,,yes,\n水务局,联络员,,yes,\n水务局/管网科,值班员,,yes,\n水务局/管网科,科长,科室负责人,,\n河口镇,联络员,,yes,\n"
    "河口镇/山前村,村书记,村书记,yes,山前村\n河口镇/山前村,第1网格员,网格员,,山前村第1网格\n晨光物业,客服,,yes,\n",
    "people.csv": "code,name,phone\nA1,甲一山,15400000001\nA2,乙二水,15400000002\nA3,丙三木,0312-1234567\n",
    "holdings.csv": "unit,post,person,rank\n督查室,专员,A1,0\n水务局,联络员,A1,0\n水务局/管网科,值班员,A2,0\n水务局/管网科,值班员,A3,1\n水务局/管网科,科长,A1,0\n河口镇,联络员,A3,0\n"
    "河口镇/山前村,村书记,A3,0\n河口镇/山前村,第1网格员,A2,0\n晨光物业,客服,A3,0\n",
    "shifts.csv": "unit,post,person,weekdays,from,to\n水务局/管网科,值班员,A2,1-5,08:00,20:00\n水务局/管网科,值班员,A3,日,20:00,08:00\n",
    "absences.csv": "person,from,to,reason\nA1,2026-12-01,2026-12-03,年休假\n",
    "services.csv": "area,role,unit\n晨光小区,属地物业企业,晨光物业\n",
}


def write_district(folder: Path, encoding: str = "utf-8", **changed: str | None) -> Path:
    """The files in `folder`; `areas="…"` replaces areas.csv, None leaves it out."""
    for file, text in FILES.items():
        content = changed.get(file.removesuffix(".csv"), text)
        if content is not None:
            (folder / file).write_bytes(content.encode(encoding))
    return folder


def spoilt(file: str, old: str, new: str) -> dict[str, str | None]:
    """The change of one file in which `old` (there exactly once) reads `new`."""
    text = FILES[f"{file}.csv"]
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}.csv"
    return {file: text.replace(old, new)}
