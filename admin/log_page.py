"""What the pages of the evaluation log show, gathered: the list with titles and version numbers, the panel of one entry, the lines of an export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from flask import g, request

from admin import log_after, log_editions, log_proof, log_show, log_today
from admin.log_export import local_millis
from admin.log_filters import Filters, quick_days, written
from engine import say_actions, words
from engine.ruleset import Rule
from tickets.domain.outcome import OUTCOMES
from tickets.domain.times import local, stored
from tickets.store import looks
from tickets.store.evaluation_log import Entry, LogPage, counted, disagreements, page
from tickets.store.evaluation_log_one import One
from tickets.store.evaluation_log_rules import newest_versions, published
from tickets.store.ticket_view import find
from web.access import caller
from web.hall import hall

HEADS = ("time", "ticket", "set", "version", "rule", "to", "person", "micros", "outcome", "split")
MOST_PROPOSED = 400  # rules a filter proposes; others are typed


@dataclass(frozen=True)
class Row:
    """An entry with the words beside it: V37 or "", the first rule's title, unit and section."""

    entry: Entry
    number: int | None
    title: str
    to: str


@dataclass(frozen=True)
class Listed:
    """The list: rows, the address of the neighbouring pages ("" for none), counts, and how long the decisions on this page took."""

    rows: tuple[Row, ...]
    older: str
    newer: str
    count: int
    more: bool
    split: int
    newest_split: Entry | None
    micros: int
    slowest: int

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(row.entry for row in self.rows)


@dataclass(frozen=True)
class Panel:
    """One evaluation with everything around it; `shown` and `today` are None when the stored text is no decision."""

    one: One
    set_title: str
    number: int | None
    title: str
    shown: log_show.Shown | None
    proof: log_proof.Proof
    recomputed: bool
    after: log_after.After
    today: log_today.Today | None
    looks: tuple[looks.LookedAt, ...]
    not_to: str
    whole: bool


def t(key: str, **parts: object) -> str:
    """A word of the page in the reader's language."""
    return hall().words.say(key, g.lang, **parts)


def term(group: str, word: str) -> str:
    """A word of the business in the reader's language, itself where the catalogue has none."""
    key = f"{group}.{word}"
    return t(key) if hall().words.known(key) else word


def set_title(name: str) -> str:
    """派单 for dispatch: the catalogue's short word, else the title of the set in force, else its name."""
    known = hall().words.known(f"log.set_{name}")
    return t(f"log.set_{name}") if known else next((one.title.say(g.lang) for one in hall().desk.rules.rulesets() if one.name == name), name)


def page_of(filters: Filters) -> Listed:
    """The page of the list that the address names, the newest by default."""
    return _listed(filters, page(filters.sought, below=filters.below, above=filters.above))


def page_around(filters: Filters, found: One) -> Listed:
    """The page of the list the entry was opened from; opened by its own address, the page that begins with it."""
    shown = page(filters.sought, below=filters.below, above=filters.above)
    if not filters.marks and all(entry.id != found.id for entry in shown.entries):
        just_above = type(found.mark)(found.mark.at, found.mark.id + 1)
        shown = page(filters.sought, below=just_above)
    return _listed(filters, shown)


def _listed(filters: Filters, shown: LogPage) -> Listed:
    count, more = counted(filters.sought)
    split, newest = disagreements(filters.sought)
    numbers = published({(entry.ruleset, entry.version) for entry in shown.entries})
    rows = tuple(_row(entry, numbers[key].number if (key := (entry.ruleset, entry.version)) in numbers else None) for entry in shown.entries)
    micros = [entry.micros for entry in shown.entries] or [0]
    return Listed(
        rows=rows,
        older=_beside(filters, "below", shown.entries[-1]) if shown.older and shown.entries else "",
        newer=_beside(filters, "above", shown.entries[0]) if shown.newer and shown.entries else "",
        count=count,
        more=more,
        split=split,
        newest_split=newest,
        micros=round(median(micros)),
        slowest=max(micros),
    )


def _beside(filters: Filters, side: str, entry: Entry) -> str:
    return f"/admin/log/{filters.query(also={side: written(entry.mark)})}"


def _row(entry: Entry, number: int | None) -> Row:
    return Row(entry, number, _title(entry), entry.unit.replace("/", " · "))


def _title(entry: Entry) -> str:
    first = entry.rules[0] if entry.rules else ""
    return log_editions.title_of(entry.ruleset, entry.version, entry.context_hash, first, g.lang) if first else ""


def panel_of(found: One, fresh: log_proof.Proof | None) -> Panel:
    """Everything the panel shows of one evaluation; a decision that is not what its rules give raises an alarm."""
    here, desk = hall(), hall().desk
    ruling = found.ruling
    decision, proof = log_proof.seen(ruling, here.rulings)
    now = here.now()
    log_proof.tell(proof, found.id, found.number, found.ticket_id, now)
    not_to, whole = request.args.get("not", "")[:60], request.args.get("all") == "1"
    edition = log_editions.edition(ruling.ruleset, ruling.version, ruling.context_hash)
    ticket = find(caller().viewer, found.number) if found.number else None
    key = (ruling.ruleset, ruling.version)
    numbers = published({key})
    return Panel(
        one=found,
        set_title=set_title(ruling.ruleset),
        number=numbers[key].number if key in numbers else None,
        title=ticket.title or ticket.text[:40] if ticket is not None else "",
        shown=log_show.show(decision, edition, desk.rules.facts, desk.rules.names, g.lang, not_to=not_to, whole=whole) if decision is not None else None,
        proof=fresh or proof,
        recomputed=fresh is not None,
        after=log_after.after(ticket, ruling.at, stored(now), g.lang, t, term) if ticket is not None else log_after.After((), 0),
        today=log_today.today(desk, decision, now, g.lang) if decision is not None else None,
        looks=looks.of_ticket(found.number) if found.number else (),
        not_to=not_to,
        whole=whole,
    )


def choices() -> Mapping[str, object]:
    """What the filters offer, and the words the templates need."""
    sets = hall().desk.rules.rulesets()
    known = {one.name: set_title(one.name) for one in sets}
    seen = newest_versions()
    numbers = published({(one.name, one.version) for one in seen})
    return {
        "sets": {**{one.name: set_title(one.name) for one in seen}, **known},
        "rules": [(rule.id, rule.title.say(g.lang)) for one in sets for rule in one.rules][:MOST_PROPOSED],
        "versions": [(one, set_title(one.name), numbers[key].number if (key := (one.name, one.version)) in numbers else None) for one in seen],
        "outcomes": OUTCOMES,
        "quick": quick_days(hall().now()),
        "moment": stored(hall().now()),
        "set_title": set_title,
        "local": local,
    }


def rule_in_words(rule: Rule | None) -> Mapping[str, object]:
    """A rule's condition, exception and actions as sentences; empty for none."""
    if rule is None:
        return {}
    factbook = hall().desk.rules.facts
    known = log_show.with_unknown(factbook, rule)
    return {
        "when": words.condition(rule.when, known, g.lang),
        "unless": words.condition(rule.unless, known, g.lang) if rule.unless is not None else "",
        "then": [say_actions.action(action, g.lang) for action in rule.then],
    }


def export_marks(filters: Filters, who: str, now: datetime, count: int, more: bool) -> list[str]:
    """The lines above an export's table: who and when, which filters, and whether something was left out."""
    said = "；".join(f"{t('log.filter_' + name)} {value}" for name, value in filters.given.items()) or t("log.export_all")
    first = t("log.export_mark", who=who, time=local(now).strftime("%Y-%m-%d %H:%M:%S"), role=caller().role.title(g.lang))
    last = t("log.export_cut", count=count) if more else t("log.export_whole", count=count)
    return [first, t("log.export_filters", filters=said), last]


def export_heads() -> Sequence[str]:
    """The names of the columns."""
    return [t(f"log.head_{name}") for name in HEADS]


def export_row(entries: Iterable[Entry]) -> Callable[[Entry], Sequence[object]]:
    """Makes the cells of one entry; version numbers are read once for all."""
    numbers = published({(entry.ruleset, entry.version) for entry in entries})

    def cells(entry: Entry) -> Sequence[object]:
        known = numbers.get((entry.ruleset, entry.version))
        version = f"V{known.number} {entry.version[:7]}" if known is not None else entry.version[:7]
        rule = f"{'、'.join(entry.rules)} {_title(entry)}".strip() if entry.rules else t("log.else") if entry.by_else else ""
        split = "" if entry.agreed else t("log.split")
        return [
            local_millis(entry), entry.number, set_title(entry.ruleset), version, rule, entry.unit.replace("/", " · "), entry.person, entry.micros,
            t(f"log.outcome_{entry.outcome or 'none'}"), split,
        ]  # fmt: skip

    return cells
