"""Asks the warning rules about a forecast and speaks up ahead: who is told what last years showed and what helped; once per key and time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.compile_ruleset import questions
from engine.facts import FactValue
from engine.ruleset import Action
from engine.spans import Span
from notifications.masking import without_numbers
from tickets.actions.decide import decide, weigh
from tickets.actions.forecast_count import town
from tickets.actions.message_words import SAMPLE
from tickets.actions.resolve import Resolved, resolve
from tickets.domain.season import Foretold, PeakTold
from tickets.domain.times import local
from tickets.ports import Desk
from tickets.store import course, forecasts, outbox
from tickets.store.alarms import raise_alarm
from tickets.store.models import Ticket
from tickets.store.outbox import Owed

RULESET, EVENT, KIND, SMS = "warning", "forecast.made", "预警", "短信"
FOLLOW = Span(14, "d")
SHORT = 140  # characters of the reason in a message
YEARS_BACK = 3
PLANNED = 20  # weeks ahead for which it is told when the rules would warn
_LAST = re.compile(r"[。；;.!！\s]+$")


@dataclass(frozen=True)
class Warned:
    """A warning given: its id and how many messages were queued."""

    id: int
    messages: int


def ask(desk: Desk, one: Foretold, forecast: int, monday: date, at: datetime) -> tuple[Warned, ...]:
    """The rules' answer about one forecast, kept in the evaluation log, and the warnings it led to; inside the caller's transaction."""
    if not any(found.name == RULESET for found in desk.rules.rulesets()):
        return ()
    about = Ticket(category=one.category, area=one.area)  # never stored: it says to roles and words what this is about
    ruling = decide(desk, about, RULESET, EVENT, facts(desk, one, at), at)
    course.write(about)
    given = [_warn(desk, one, forecast, monday, at, about, rule, action) for rule, action in ruling.of("warn") if not ruling.trouble]
    return tuple(found for found in given if found is not None)


def planned(desk: Desk, one: Foretold, monday: date, at: datetime) -> tuple[str, str]:
    """The first Monday of the next weeks on which the rules would warn, were nothing to change, and the rule; two empty words for none."""
    if not any(found.name == RULESET for found in desk.rules.rulesets()):
        return "", ""
    for week in range(PLANNED):
        later = replace(one, peaks=tuple(replace(peak, first=peak.first - week) for peak in one.peaks))
        ruling, _ = weigh(desk, RULESET, EVENT, facts(desk, later, at + timedelta(weeks=week)), at)
        for rule, _action in ruling.of("warn") if not ruling.trouble else ():
            return (monday + timedelta(weeks=week)).isoformat(), rule
    return "", ""


def facts(desk: Desk, one: Foretold, at: datetime) -> dict[str, FactValue]:
    """What the rules may know: category, area, days to festivals and seasons, and of the next peak its distance and height."""
    known: dict[str, FactValue] = {"category": one.category, "history_years": Decimal(one.years)}
    if one.area:
        known["area"] = one.area
    for name, fact in desk.rules.facts.items():
        if isinstance(fact.derived, Mapping) and "days_to" in fact.derived:
            days = desk.calendar.days_to(str(fact.derived["days_to"]), local(at).date())
            if days is not None:
                known[name] = Decimal(days)
    peak = one.next_peak
    if peak is not None:
        known["peak_in_weeks"], known["peak_ratio"] = Decimal(peak.first), Decimal(str(round(peak.ratio, 2)))
    return known


def _warn(desk: Desk, one: Foretold, forecast: int, monday: date, at: datetime, about: Ticket, rule: str, action: Action) -> Warned | None:
    key, within = _once(desk, one, rule, action)
    if forecasts.warned_since(key, at - desk.calendar.length(within, "自然时")):
        return None
    peak = one.next_peak if _by_forecast(desk, rule) else None
    title = desk.rules.ruleset(RULESET).rule(rule).title.zh if rule != "else" else ""
    follow = desk.calendar.length(Span.parse(action.args.get("follow", FOLLOW)), "自然时")
    watch = (date.fromisoformat(peak.start), date.fromisoformat(peak.end)) if peak is not None else (monday, monday + follow - timedelta(days=1))
    words = _words(desk, one, peak, title)
    told = [_tell(desk, about, to, at, f"warn:{one.category}:{one.area}:{monday}", words, action) for to in _listed(action.args["to"])]
    more = {} if peak is None else {"low": peak.low, "high": peak.high, "end": peak.end}
    people = [name for name, _ in told]
    number = forecasts.warn(forecast, key, (rule, title), one, at, watch, peak, {**words, **more}, people)
    return Warned(number, sum(count for _, count in told))


def _by_forecast(desk: Desk, rule: str) -> bool:
    """Whether the rule looked at the forecast; one that asks the calendar alone warns without it."""
    return rule != "else" and any(test.fact in ("peak_in_weeks", "peak_ratio") for test in questions(desk.rules.ruleset(RULESET).rule(rule).when))


def _once(desk: Desk, one: Foretold, rule: str, action: Action) -> tuple[str, Span]:
    """The key of the action's `once`, and within what time it is one."""
    once = action.args["once"]
    given = once if isinstance(once, Mapping) else {"category": 9, "area": ""}
    names = desk.rules.names
    category = names.categories.at_depth(one.category, int(str(given["category"]))) if "category" in given and one.category in names.categories else ""
    area = (
        (names.areas.at_level(one.area, str(given["area"])) or one.area)
        if given.get("area") and one.area in names.areas
        else one.area
        if "area" in given
        else ""
    )
    return f"{rule}|{category}|{area}", Span.parse(given.get("within", "60d"))


def _listed(to: object) -> tuple[str, ...]:
    return (to,) if isinstance(to, str) else tuple(str(part) for part in to) if isinstance(to, Iterable) else ()


def _tell(desk: Desk, about: Ticket, to: str, at: datetime, once: str, words: Mapping[str, object], action: Action) -> tuple[dict[str, str], int]:
    """Queues one SMS to whom `to` means; (who, how many). Nobody found: the rule's `or`, the last resort, the manual desk, and an alarm."""
    ways = [to, *_listed(action.args.get("or", ())), desk.last_resort, desk.manual_desk]
    reasons: list[str] = []
    for way in dict.fromkeys(way for way in ways if way):
        found = resolve(desk, way, about, at)
        if isinstance(found, Resolved):
            if reasons:
                raise_alarm("无人可通知", f"季节预警：{reasons[0]}；改为通知{way} (told somebody else instead)", at)
            owed = Owed(f"{once}:{found.person.id}", SMS, KIND, None, found.person.id, found.person.phone, words)
            return {"asked": to, "unit": found.unit.address, "person": found.person.name}, int(outbox.queue(owed, at) is not None)
        reasons.append(found.reason)
    raise_alarm("无人可通知", f"季节预警：{'；'.join(reasons)} (nobody could be told)", at)
    return {"asked": to, "unit": "", "person": ""}, 0


def _words(desk: Desk, one: Foretold, peak: PeakTold | None, title: str) -> dict[str, object]:
    """What the message says: what is coming, what last years showed, what helped."""
    what = title
    why = "按日历预警" if one.years else "按日历预警，尚无历年数据"
    if peak is not None:
        what = f"{peak.start[5:]} 至 {peak.end[5:]} 预计 {peak.expected:.0f} 件（{peak.low:.0f}–{peak.high:.0f}），平常 {peak.usual:.0f} 件"
        why = peak.zh
    helped = what_helped(desk, one, peak)
    return {
        **dict.fromkeys(SAMPLE, ""),
        "time": 1,
        "times": 1,
        "category": one.category,
        "place": one.area,
        "title": what,
        "reason": _short(why, SHORT) + (f"；{helped}" if helped else ""),
        "due": peak.start[5:] if peak is not None else "",
    }


def what_helped(desk: Desk, one: Foretold, peak: PeakTold | None) -> str:
    """Who solved most of it in the same weeks of the last years, with the most frequent result, and what the knowledge base says; may be empty."""
    tree, areas = desk.rules.names.categories, desk.rules.names.areas
    if one.category not in tree:
        return ""
    leaves = tree.leaves(one.category)
    inside = None if not one.area else {name for name in areas.nodes if town(areas, name) == one.area}
    solved = forecasts.solved_before(leaves, inside, _spans(peak)) if peak is not None else []
    parts = []
    if solved:
        unit, count = Counter(unit for unit, _ in solved).most_common(1)[0]
        results = Counter(_short(result, 30) for by, result in solved if by == unit and result.strip())
        result = f"，多为“{results.most_common(1)[0][0]}”" if results else ""
        parts.append(f"往年由{unit}解决 {count} 件{result}")
    known = forecasts.knowledge_of(leaves)
    if known:
        parts.append(f"知识库有《{_short(known, 24)}》")
    return "；".join(parts)


def _spans(peak: PeakTold) -> list[tuple[date, date]]:
    length = timedelta(weeks=peak.weeks)
    starts = [date.fromisoformat(day) for day, _, _ in peak.past[-YEARS_BACK:]]
    return [(start, start + length - timedelta(days=1)) for start in starts]


def _short(text: str, most: int) -> str:
    plain = _LAST.sub("", without_numbers(" ".join(text.split())))
    return plain if len(plain) <= most else plain[: most - 1] + "…"
