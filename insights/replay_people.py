"""What a replayed answer means for the people of today: which unit and person, which pace, which deadlines, and what would have been late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine import canonical
from engine.spans import Span
from insights.replay import Answered, Difference, Side
from tickets.actions.decide import Ruling
from tickets.actions.dispatch import Route, listed, route
from tickets.ports import Desk
from tickets.store.directory import whole_unit
from tickets.store.models import Ticket
from tickets.store.replay_cases import Ran

MANUAL = "人工派单席"
NO_CATEGORY = "诉求类别无法判断"
UNIT, PERSON, ASSIST, LEVEL, DEADLINE, CHAIN, OTHER = "unit", "person", "assist", "urgency", "deadline", "chain", "other"


@dataclass(frozen=True)
class Place:
    """Where an answer sends a ticket. `manual`: the manual desk decides, and `why` says the reason."""

    unit: str
    section: str
    post: str
    person: str
    manual: bool
    why: str = ""

    @property
    def words(self) -> str:
        return self.unit + (f" · {self.section}" if self.section else "")


@dataclass
class Seat:
    """One side's answers turned into people: the desk of today with that side's rules, names and roles."""

    side: Side
    desk: Desk
    _known: dict[tuple[object, ...], Place] = field(default_factory=dict)

    @classmethod
    def at(cls, side: Side, desk: Desk) -> Seat:
        return cls(side, replace(desk, rules=side.book, roles=side.loaded.roles, calendar=side.loaded.days()))

    def place(self, answered: Answered | None, ticket: Ticket, facts: Mapping[str, object], at: datetime) -> Place:
        """The unit and person this answer leads to, on the duty roster of that hour."""
        if answered is None:
            return Place(MANUAL, "", "", "", True, "没有派单规则")
        key = (answered.key, answered.winners, facts.get("category"), facts.get("area"), ticket.person_id, at.replace(minute=0, second=0, microsecond=0))
        if key not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[key] = self._found(answered, ticket, facts, at)
        return self._known[key]

    def _found(self, answered: Answered, ticket: Ticket, facts: Mapping[str, object], at: datetime) -> Place:
        as_it_was = _ticket_with(ticket, str(facts.get("category") or ""), str(facts.get("area") or ""))
        found: Route = route(self.desk, as_it_was, Ruling("dispatch", None, answered.actions, answered.clash), at, "" if facts.get("category") else NO_CATEGORY)
        if found.to is None:
            return Place(MANUAL, "", "", "", True, found.why)
        unit = found.to.unit
        whole = whole_unit(unit)
        return Place(whole.name, unit.name if whole.id != unit.id else "", found.to.post.name, found.to.person.name, False, found.to.reason)


@dataclass(frozen=True)
class Change:
    """What the draft changes for one ticket: the kinds, both sides as plain data, and the unit on either side ("" where it is not the question)."""

    kinds: tuple[str, ...]
    before: Mapping[str, object]
    after: Mapping[str, object]
    flow: tuple[str, str] | None = None
    shorter: bool = False
    late: bool = False


def change_of(differences: tuple[Difference, ...], seats: tuple[Seat, Seat], ticket: Ticket, ran: tuple[Ran, ...]) -> Change | None:
    """The differences of one ticket as its people would feel them; None when nothing they would notice changes."""
    kinds: list[str] = []
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    flow = None
    for one in differences:
        if one.ruleset == "dispatch":
            old = seats[0].place(one.before, ticket, one.moment.facts, one.moment.at)
            new = seats[1].place(one.after, ticket, one.facts_after, one.moment.at)
            told = _places(one, old, new, before, after)
            kinds += told
            if UNIT in told:
                flow = (old.words, new.words)
            continue
        for kind, name in (("urgency", LEVEL), ("deadline", DEADLINE), ("chain", CHAIN)):
            _actions(one, kind, name, kinds, before, after)
        _others(one, kinds, before, after)
    if not kinds:
        return None
    shorter, late = _clocks(before, after, ran, seats[1].desk)
    return Change(tuple(dict.fromkeys(kinds)), before, after, flow, shorter, late)


def _places(one: Difference, old: Place, new: Place, before: dict[str, object], after: dict[str, object]) -> list[str]:
    told = []
    if (old.unit, old.section) != (new.unit, new.section):
        told.append(UNIT)
    elif (old.post, old.person) != (new.post, new.person):
        told.append(PERSON)
    helpers = (_helpers(one.before), _helpers(one.after))
    if helpers[0] != helpers[1] and not (old.manual and new.manual):
        told.append(ASSIST)
    if not told:
        return []
    for box, place, answered, assist in ((before, old, one.before, helpers[0]), (after, new, one.after, helpers[1])):
        rule = answered.winners[0] if answered is not None and answered.winners else "else"
        box.update(unit=place.unit, section=place.section, post=place.post, person=place.person, manual=place.manual, rule=rule, why=place.why)
        if ASSIST in told:
            box["assist"] = assist
    return told


def _helpers(answered: Answered | None) -> list[str]:
    """Whom the dispatch rule asks to help, as the rule names them."""
    wanted = answered.of("dispatch") if answered is not None else ()
    return listed(wanted[0][1].args.get("assist")) if wanted else []


def _actions(one: Difference, kind: str, name: str, kinds: list[str], before: dict[str, object], after: dict[str, object]) -> None:
    sides = tuple(_of(answered, kind) for answered in (one.before, one.after))
    if sides[0] == sides[1]:
        return
    kinds.append(name)
    for box, values, answered in ((before, sides[0], one.before), (after, sides[1], one.after)):
        if kind == "urgency":
            box["urgency"] = values.get("", "")
        else:
            here = box.setdefault(name, {})
            assert isinstance(here, dict)
            here.update({f"{one.moment.about}{key}" if kind == "chain" else key: value for key, value in values.items()})
        if answered is not None:
            box[f"{one.ruleset}_rule"] = ",".join(answered.winners) or "else"


def _of(answered: Answered | None, kind: str) -> dict[str, object]:
    """What an answer asks for of one kind, as plain data: urgency by "", deadlines by name, chains by their own words."""
    found: dict[str, object] = {}
    for _, action in answered.of(kind) if answered is not None else ():
        if kind == "urgency":
            found[""] = str(action.args.get("value"))
        elif kind == "deadline":
            found[str(action.args.get("name"))] = {key: canonical.plain_data(value, _written) for key, value in action.args.items() if key != "name"}
        else:
            found[""] = canonical.plain_data(action.args, _written)
    return found


def _others(one: Difference, kinds: list[str], before: dict[str, object], after: dict[str, object]) -> None:
    seen = ("urgency", "deadline", "chain", "dispatch")
    sides = [
        [[action.kind, canonical.plain_data(action.args, _written)] for _, action in answered.actions if action.kind not in seen] if answered else []
        for answered in (one.before, one.after)
    ]
    if sides[0] != sides[1]:
        kinds.append(OTHER)
        before[one.ruleset], after[one.ruleset] = sides


def _clocks(before: Mapping[str, object], after: Mapping[str, object], ran: tuple[Ran, ...], desk: Desk) -> tuple[bool, bool]:
    """Whether a deadline gets shorter, and whether what really happened would then have been too late."""
    old, new = before.get(DEADLINE), after.get(DEADLINE)
    if not isinstance(new, Mapping):
        return False, False
    shorter = late = False
    for clock in ran:
        asked = new.get(clock.name)
        if not isinstance(asked, Mapping) or clock.started_at is None or (isinstance(old, Mapping) and old.get(clock.name) == asked):
            continue
        was = desk.calendar.add(clock.started_at, Span.parse(clock.within), clock.clock)
        would = desk.calendar.add(clock.started_at, Span.parse(asked["within"]), str(asked["clock"]))
        if would < was:
            shorter = True
            late = late or (would < (clock.met_at or desk.clock()) <= was)
    return shorter, late


def _written(value: object) -> object:
    """A value of an action's arguments as JSON takes it: a number with a fraction as text."""
    return value if isinstance(value, str | bool | int) or value is None else str(value)


def _ticket_with(ticket: Ticket, category: str, area: str) -> Ticket:
    """The row with the category and place that the rules knew then; never saved."""
    if (ticket.category, ticket.area) == (category, area):
        return ticket
    copy = Ticket(**ticket.__data__)
    copy.category, copy.area = category, area
    return copy
