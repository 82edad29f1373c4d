"""Reads the figures of units from a file: a row a unit, a column a fact; every mistake is one sentence that names its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from engine.facts import Fact
from engine.given import declared
from engine.score import SAMPLE
from engine.suggest import nearest
from tickets.files.columns import plain
from tickets.files.read_table import Limits, Row, Table, read
from tickets.files.refused import BadRow, FileRefused, HeaderMissing, RowRefused

UNIT = ("unit", "单位", "单位名称", "承办单位", "姓名", "name")
LARGEST = Decimal(10) ** 12  # beyond it no figure of an office lies
Value = Decimal | str | bool
YES_NO = {"是": True, "有": True, "true": True, "yes": True, "1": True, "否": False, "无": False, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Figures:
    """One row: the unit as it was written, and its facts; a blank cell is a fact that is not known."""

    row: int
    unit: str
    facts: Mapping[str, Value]


def figures(path: Path, facts: Mapping[str, Fact], limits: Limits) -> list[Figures]:
    """Every row in its order. FileRefused for a file that is empty or no table, a column that is no fact, a value that cannot be, a unit twice."""
    columns = _columns(facts)
    try:
        table = read(path, limits, columns=columns, needed=("unit",))
    except HeaderMissing as missing:
        seen = "、".join(missing.headers[:12])
        zh = f"{path.name}: 找不到单位一列；表头是：{seen}；请把单位一列叫做 unit 或 单位"
        raise FileRefused(zh, f"{path.name}: no column of units; the headers are: {seen}; call it unit") from None
    _known(table, facts)
    found: list[Figures] = []
    names: dict[str, int] = {}
    for row in table.rows():
        try:
            one = _row(row, facts)
            if one.unit in names:
                raise RowRefused(
                    f"单位「{one.unit[:40]}」在第 {names[one.unit]} 行已经有了，请合并", f"{one.unit[:40]} stands in row {names[one.unit]} already"
                )
        except RowRefused as refused:
            where = f"{path.name}: 第 {row.number} 行：{refused.zh}"
            raise FileRefused(where, f"{path.name}: row {row.number}: {refused.en}") from None
        names[one.unit] = one.row
        found.append(one)
    return found


def _columns(facts: Mapping[str, Fact]) -> dict[str, tuple[str, ...]]:
    """Each fact by its name or its words; the number of cases of a number fact as <name>_n."""
    columns: dict[str, tuple[str, ...]] = {"unit": UNIT}
    for name, fact in facts.items():
        if fact.personal:
            continue
        columns[name] = tuple(dict.fromkeys(word for word in (name, fact.label.zh, fact.label.en) if word))
        if fact.type == "number":
            columns[name + SAMPLE] = (name + SAMPLE, f"{fact.label.zh}样本数")
    return columns


def _known(table: Table, facts: Mapping[str, Fact]) -> None:
    """Refuses a column that is no fact: a slip in a name would cost a unit its points without a word."""
    taken: dict[int, str] = {place: column for column, places in table.header.places.items() for place in places}
    for place, name in enumerate(table.header.names):
        if name and place not in taken:
            near = nearest(plain(name), [*facts, *(fact.label.zh for fact in facts.values())])
            zh, en = (
                (f"，是不是「{near}」？", f"; did you mean {near}?") if near else ("，请删去这一列，或先在 rules/facts.yaml 里声明", "; take the column out")
            )
            where = f"{table.path.name}: 第 {place + 1} 列「{name[:40]}」规则不认识"
            raise FileRefused(where + zh, f"{table.path.name}: column {place + 1}, {name[:40]}, is no fact the rules know{en}")
    for column, places in table.header.places.items():
        if len(places) > 1:
            both = "、".join(f"「{table.header.names[place][:40]}」" for place in places)
            raise FileRefused(f"{table.path.name}: {both} 是同一项，请只留一列", f"{table.path.name}: two columns mean {column}: keep one")


def _row(row: Row | BadRow, facts: Mapping[str, Fact]) -> Figures:
    if isinstance(row, BadRow):
        raise RowRefused(row.zh, row.en)
    unit = row["unit"]
    if not unit:
        raise RowRefused("没有单位名称", "no name of a unit")
    if _number(unit) is not None:
        raise RowRefused(f"单位写的是数字「{unit[:40]}」，应当是名称；请核对是否错了列", f"the unit is a number, {unit[:40]}: a name belongs there")
    read_facts = {name: _value(name, text, facts) for name, text in row.values.items() if name != "unit" and text}
    return Figures(row.number, unit, read_facts)


def _value(name: str, text: str, facts: Mapping[str, Fact]) -> Value:
    fact = declared(name, facts)
    assert fact is not None
    shown = text[:40]
    if fact.type == "number":
        number = _number(text)
        if number is None:
            raise RowRefused(f"{fact.label.zh}（{name}）应当是数字，写的是「{shown}」", f"{name} should be a number, not {shown}")
        low, high = fact.min, fact.max
        if (low is not None and number < low) or (high is not None and number > high):
            zh, en = f"{low if low is not None else '−∞'} 到 {high if high is not None else '∞'}", f"{low} to {high}"
            raise RowRefused(f"{fact.label.zh}（{name}）是 {shown}，应当在 {zh} 之间", f"{name} is {shown}, outside {en}")
        return number
    if fact.type == "yesno":
        if text.strip().lower() not in YES_NO:
            raise RowRefused(f"{fact.label.zh}（{name}）应当是 是 或 否，写的是「{shown}」", f"{name} should be yes or no, not {shown}")
        return YES_NO[text.strip().lower()]
    if fact.type == "choice" and text not in fact.options:
        near = nearest(text, list(fact.options))
        offer = (f"，是不是「{near}」？", f"; did you mean {near}?") if near else (f"，可用：{'、'.join(fact.options)}", "")
        raise RowRefused(f"{fact.label.zh}（{name}）没有「{shown}」{offer[0]}", f"{name} has no option {shown}{offer[1]}")
    return text


def _number(text: str) -> Decimal | None:
    """The number written there, full-width digits and a percent sign allowed; None when it is none."""
    plain_text = unicodedata.normalize("NFKC", text).strip().removesuffix("%").replace(",", "").strip()
    try:
        number = Decimal(plain_text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= LARGEST else None
