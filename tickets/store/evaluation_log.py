"""The evaluation log as a list: searched by index, a page at a time by key and not by offset, so that the last page is as quick as the first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import JOIN, Expression, Field, ModelSelect, Select, fn

from tickets.store.log_models import EvaluationHit
from tickets.store.models import Evaluation, Person, RuleSetVersion, Ticket, Unit, database

PAGE = 25
COUNTED = 10_000  # a count goes no further: nobody needs to know whether it is 80,000 or 90,000, and counting costs
ELSE = "else"  # the rule of a hit, and of a filter, where no rule applied and `else` answered


@dataclass(frozen=True)
class Sought:
    """What the list is to show; empty means everything. Times are stored (naive UTC), `until` is not included any more.

    `ticket` is a number or its beginning, `version` the beginning of a version's hash, `unit` an address (its sections belong to it),
    `person` a whole name, `outcome` a word of tickets/domain/outcome.py.
    """

    since: datetime | None = None
    until: datetime | None = None
    ticket: str = ""
    ruleset: str = ""
    rule: str = ""
    version: str = ""
    unit: str = ""
    person: str = ""
    outcome: str = ""
    disagreed: bool = False


@dataclass(frozen=True)
class Mark:
    """A place in the list: the time and id of one evaluation."""

    at: datetime
    id: int


@dataclass(frozen=True)
class Entry:
    """One line of the log. `rules` are those that decided, empty when `else` answered or nothing could be decided."""

    id: int
    at: datetime
    number: str
    ruleset: str
    version: str
    context_hash: str
    rules: tuple[str, ...]
    by_else: bool
    agreed: bool
    micros: int
    outcome: str
    unit: str
    person: str

    @property
    def mark(self) -> Mark:
        return Mark(self.at, self.id)


@dataclass(frozen=True)
class LogPage:
    """One page, newest first; `older` and `newer` say whether there is more on either side."""

    entries: tuple[Entry, ...]
    older: bool
    newer: bool


def page(sought: Sought, *, below: Mark | None = None, above: Mark | None = None, size: int = PAGE) -> LogPage:
    """The newest entries that fit; those older than `below`, or the nearest ones newer than `above`."""
    where = _where(sought)
    if above is not None:
        rows = list(_rows(sought, [*where, _beyond(sought, above, newer=True)], newest_first=False).limit(size + 1))
        return LogPage(_entries(rows[:size][::-1]), older=True, newer=len(rows) > size)
    condition = [*where] if below is None else [*where, _beyond(sought, below, newer=False)]
    rows = list(_rows(sought, condition).limit(size + 1))
    return LogPage(_entries(rows[:size]), older=len(rows) > size, newer=below is not None)


def each(sought: Sought, most: int) -> tuple[Entry, ...]:
    """The newest `most` entries that fit, for an export."""
    found: list[Entry] = []
    below: Mark | None = None
    while len(found) < most:
        part = page(sought, below=below, size=min(500, most - len(found)))
        found += part.entries
        if not part.older:
            break
        below = part.entries[-1].mark
    return tuple(found)


def counted(sought: Sought) -> tuple[int, bool]:
    """(how many fit, whether there are more than that): counting stops at 10,000."""
    where = _where(sought)
    if not sought.rule:
        found = _filtered(Evaluation.select(Evaluation.id), where)
    elif _only_hits(sought):
        found = EvaluationHit.select(EvaluationHit.id).where(*where)
    else:
        found = _hits().where(*where).select(EvaluationHit.id)
    count = int(Select([found.limit(COUNTED + 1).alias("found")], [fn.COUNT(1)]).bind(database).scalar())
    return min(count, COUNTED), count > COUNTED


def disagreements(sought: Sought) -> tuple[int, Entry | None]:
    """How many of those that fit show the engine and its recomputation apart, and the newest of them.

    With a rule there are none: where the two differ no rule has decided.
    """
    if sought.rule:
        return 0, None
    only = replace(sought, disagreed=True)
    count, _ = counted(only)
    return count, next(iter(page(only, size=1).entries), None) if count else None


def _only_hits(sought: Sought) -> bool:
    """True when the table of hits alone can tell what fits."""
    return not (sought.ticket or sought.version or sought.unit or sought.person or sought.outcome or sought.disagreed)


def _hits() -> ModelSelect:
    return EvaluationHit.select().join(Evaluation, on=(Evaluation.id == EvaluationHit.evaluation))


def _rows(sought: Sought, where: list[Expression], *, newest_first: bool = True) -> ModelSelect:
    at, key = _order(sought)
    columns = (
        Evaluation.id, Evaluation.at, Ticket.number, Evaluation.ruleset, Evaluation.version, Evaluation.context_hash, Evaluation.by_else, Evaluation.agreed,
        Evaluation.micros, Evaluation.outcome, Unit.address, Person.name,
    )  # fmt: skip
    joined = (
        (_hits() if sought.rule else Evaluation.select())
        .join_from(Evaluation, Ticket, JOIN.LEFT_OUTER, on=(Evaluation.ticket == Ticket.id))
        .join_from(Evaluation, Unit, JOIN.LEFT_OUTER, on=(Evaluation.unit == Unit.id))
        .join_from(Evaluation, Person, JOIN.LEFT_OUTER, on=(Evaluation.person == Person.id))
    )
    order = (at.desc(), key.desc()) if newest_first else (at.asc(), key.asc())
    return _filtered(joined, where).select(*columns).order_by(*order).tuples()


def _filtered(query: ModelSelect, where: list[Expression]) -> ModelSelect:
    return query.where(*where) if where else query


def _beyond(sought: Sought, mark: Mark, *, newer: bool) -> Expression:
    at, key = _order(sought)
    # The outer condition on the time alone is what an index can begin at; the inner one tells entries of the same instant apart.
    if newer:
        return (at >= mark.at) & ((at > mark.at) | (key > mark.id))
    return (at <= mark.at) & ((at < mark.at) | (key < mark.id))


def _where(sought: Sought) -> list[Expression]:
    return list(_conditions(sought))


def _conditions(sought: Sought) -> Iterator[Expression]:
    at, _ = _order(sought)
    if sought.rule:
        yield EvaluationHit.rule == sought.rule
    if sought.since is not None:
        yield at >= sought.since
    if sought.until is not None:
        yield at < sought.until
    if sought.ticket:
        yield Evaluation.ticket.in_(Ticket.select(Ticket.id).where((Ticket.number >= sought.ticket) & (Ticket.number < sought.ticket + "\uffff")))
    if sought.unit:
        sections = Unit.select(Unit.id).where((Unit.address == sought.unit) | Unit.address.startswith(f"{sought.unit}/"))
        yield _one_of(Evaluation.unit, [unit.id for unit in sections])
    if sought.person:
        yield _one_of(Evaluation.person, [person.id for person in Person.select(Person.id).where(Person.name == sought.person)])
    yield from _broad(sought)


def _broad(sought: Sought) -> Iterator[Expression]:
    """Conditions that many entries meet. Beside a narrow one their own index is kept out of it: SQLite, which has no statistics, might begin there."""
    narrow = bool(sought.rule or sought.ticket or sought.unit or sought.person)

    def column(field: Field) -> Expression:
        return field.concat("") if narrow else field

    if sought.ruleset:
        yield (EvaluationHit.ruleset if sought.rule else column(Evaluation.ruleset)) == sought.ruleset
    if sought.version:
        whole = RuleSetVersion.select(RuleSetVersion.version).where(RuleSetVersion.version.startswith(sought.version)).distinct().limit(9).tuples()
        yield _one_of(column(Evaluation.version), [row[0] for row in whole])
    if sought.outcome:
        yield column(Evaluation.outcome) == sought.outcome
    if sought.disagreed:
        yield Evaluation.agreed == False  # noqa: E712


def _one_of(column: Field | Expression, values: list[object]) -> Expression:
    """An equation where there is one value: an index then gives the rows in order of time."""
    return column == values[0] if len(values) == 1 else column.in_(values)


def _order(sought: Sought) -> tuple[Field, Field]:
    return (EvaluationHit.at, EvaluationHit.evaluation) if sought.rule else (Evaluation.at, Evaluation.id)


def _entries(rows: list[tuple[Any, ...]]) -> tuple[Entry, ...]:
    rules: defaultdict[object, list[str]] = defaultdict(list)
    hits = EvaluationHit.select(EvaluationHit.evaluation, EvaluationHit.rule).where(EvaluationHit.evaluation.in_([row[0] for row in rows]))
    for evaluation, rule in hits.order_by(EvaluationHit.id).tuples() if rows else ():
        rules[evaluation].append(rule)
    return tuple(
        Entry(
            key,
            at,
            number or "",  # a forecast has no ticket
            ruleset,
            version,
            context,
            tuple(rule for rule in rules[key] if rule != ELSE),
            by_else,
            agreed,
            micros,
            outcome,
            unit or "",
            person or "",
        )
        for key, at, number, ruleset, version, context, by_else, agreed, micros, outcome, unit, person in rows
    )
