"""The filters of the evaluation log as the address bar holds them: read, checked, and written back for the links of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from tickets.domain.outcome import OUTCOMES
from tickets.domain.times import SHANGHAI, local, stored
from tickets.store.evaluation_log import Mark, Sought

NAMES = ("from", "to", "ticket", "rule", "set", "version", "unit", "person", "outcome", "split")
MARKS = ("below", "above")
ASIDE = ("all", "not")  # of the panel: every other rule, why not that unit
LONGEST = 80
QUICK = {"today": 0, "week": 6, "month": 29}  # days before today
_EPOCH = stored(datetime.fromtimestamp(0, UTC))


class FilterWrong(ValueError):
    """Something in the address cannot be read; the answer is 400."""

    permanent = True


@dataclass(frozen=True)
class Filters:
    """What is asked for. `given` holds the filters as written, without the empty ones."""

    given: Mapping[str, str]
    sought: Sought
    below: Mark | None = None
    above: Mark | None = None
    marks: Mapping[str, str] = field(default_factory=dict)

    def query(self, *without: str, marks: bool = False, also: Mapping[str, str] | None = None) -> str:
        """The filters as the query of a link, "" or with its question mark; `without` leaves some out."""
        kept = {name: value for name, value in {**self.given, **(self.marks if marks else {}), **(also or {})}.items() if name not in without and value}
        return f"?{urlencode(kept)}" if kept else ""


def untidy(args: Mapping[str, str]) -> bool:
    """True when the address holds empty or unknown parts: the page then answers with the short one, which can be cited."""
    return any(not value.strip() or name not in (*NAMES, *MARKS, *ASIDE) for name, value in args.items())


def read(args: Mapping[str, str]) -> Filters:
    """The filters of an address; FilterWrong for a date, a place in the list or a word that cannot be one."""
    given = {name: args[name].strip() for name in NAMES if args.get(name, "").strip()}
    if any(len(value) > LONGEST or not value.isprintable() for value in given.values()):
        raise FilterWrong("条件太长或有不可见的字符 (a filter is too long or holds invisible characters)")
    if given.get("outcome", "none") not in OUTCOMES:
        raise FilterWrong("没有这种结果 (no such outcome)")
    version = given.get("version", "")
    if set(version) - set("0123456789abcdef"):
        raise FilterWrong("版本是哈希的开头 (a version is the beginning of a hash)")
    since, until = _day(given.get("from")), _day(given.get("to"))
    sought = Sought(
        since=_start(since) if since else None,
        until=_start(until + timedelta(days=1)) if until else None,
        ticket=given.get("ticket", ""),
        ruleset=given.get("set", ""),
        rule=given.get("rule", ""),
        version=version,
        unit=given.get("unit", "").strip("/"),
        person=given.get("person", ""),
        outcome=given.get("outcome", ""),
        disagreed=given.get("split") == "1",
    )
    marks = {name: args[name] for name in MARKS if args.get(name)}
    below, above = (_mark(marks[name]) if name in marks else None for name in MARKS)
    return Filters(given, sought, below, above, marks)


def written(mark: Mark) -> str:
    """A place in the list as the address bar holds it: microseconds since 1970, and the id."""
    return f"{(mark.at - _EPOCH) // timedelta(microseconds=1)}-{mark.id}"


def quick_days(now: datetime) -> dict[str, tuple[str, str]]:
    """(from, to) of today, the last seven and the last thirty days, as the filter writes them."""
    today = local(now).date()
    return {name: ((today - timedelta(days=days)).isoformat(), today.isoformat()) for name, days in QUICK.items()}


def whole_number(text: str) -> int | None:
    """The id in an address, or None when it cannot be one: a page for it does not exist."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise FilterWrong("日期写成 2026-05-03 (write a date as 2026-05-03)") from None
    if not 1971 <= found.year <= 9000:
        raise FilterWrong("日期太早或太晚 (too early or too late a date)")
    return found


def _start(day: date) -> datetime:
    return stored(datetime.combine(day, time(), SHANGHAI))


def _mark(text: str) -> Mark:
    micros, _, key = text.partition("-")
    found = whole_number(micros), whole_number(key)
    if found[0] is None or found[1] is None or found[0] > 2 * 10**17:
        raise FilterWrong("这一页的地址不完整 (the address of this page is not whole)")
    return Mark(_EPOCH + timedelta(microseconds=found[0]), found[1])
