"""What a right form of each table holds, on the invented district of the pages' tests."""

from __future__ import annotations

RIGHT: dict[str, dict[str, str]] = {
    "units": {"address": "园林局", "kind": "区直部门", "superior": ""},
    "posts": {"unit": "水务局/管网科", "name": "二班班长", "role": "", "area": "临河镇"},
    "people": {"code": "P900", "name": "新人甲", "phone": "15500000900"},
    "holdings": {"post": "水务局/管网科/值班员", "person": "P000", "rank": "1"},
    "shifts": {"post": "水务局/管网科/值班员", "person": "P001", "weekday": "0", "start": "08:00", "end": "17:30"},
    "absences": {"person": "P001 韩雨澄", "start": "2026-12-01T08:00", "end": "2026-12-03T18:00", "reason": "年休假"},
    "areas": {"name": "上河村", "level": "村居", "parent": "临河镇"},
    "aliases": {"area": "菜市场北门", "word": "菜市场"},
    "services": {"area": "临河镇", "role": "属地供热企业", "unit": "热力公司"},
    "accounts": {"username": "newcomer", "role": "handler", "person": "P002", "unit": "", "password": "a long password"},
    "nodes": {"area": "临河镇", "network": "10.20.3.0/24", "note": "网格站"},
}
