"""How often one may ask: by account where somebody is signed in, else by address; past it the answer is 429 and says when to come back."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from time import time
from typing import TypeVar

import structlog
from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.exceptions import HTTPException, TooManyRequests

Page = TypeVar("Page", bound=Callable[..., ResponseReturnValue])

# Generous for a person, and for an office behind one address, since each account is counted by itself.
RATES: dict[str, str] = {
    "search": "120 per minute",
    "suggest": "300 per minute",  # asked at every pause in typing
    "export": "20 per minute; 120 per hour",
    "reveal": "30 per minute; 300 per hour",
    "upload": "60 per minute; 600 per hour",
    "quiz": "30 per minute; 300 per hour",
}
# Tries at a secret: a right one clears the count.
TRIES: dict[str, str] = {"code": "5 per minute; 20 per hour", "password": "5 per minute; 20 per hour"}
_PARSED: dict[str, tuple[RateLimitItem, ...]] = {name: tuple(parse_many(text)) for name, text in (RATES | TRIES).items()}
_ALONE = FixedWindowRateLimiter(MemoryStorage())  # counts while the shared storage is away: the hotline stays open, and guessing stays slow
_log = structlog.get_logger("limits")
# Of a shared storage: its faults by one name, and no page waits long for it.
STORAGE: dict[str, object] = {"wrap_exceptions": True, "socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 1)}
SEARCHES = ("q",)  # a list asked with one of these is a search


def limited(group: str) -> Callable[[Page], Page]:
    """Marks a route with the group of RATES it is counted in; a KeyError for a group that does not exist."""
    if group not in RATES:
        raise KeyError(group)

    def mark(page: Page) -> Page:
        page.__dict__["rate"] = group
        return page

    return mark


def group_of(app: Flask, endpoint: str | None) -> str | None:
    """The group a request to this endpoint is counted in: as marked, an export by its name, any page with a search word in its address."""
    if endpoint is None or endpoint.endswith("static"):
        return None
    marked = getattr(app.view_functions.get(endpoint), "rate", None)
    if isinstance(marked, str):
        return marked
    if endpoint.endswith(".export"):
        return "export"
    return "search" if any(request.args.get(name) for name in SEARCHES) else None


def count() -> None:
    """Before each request, after the guard: raises TooManyRequests past the limit of its group."""
    group = group_of(current_app, request.endpoint)
    if group is not None:
        here = g.get("caller")
        _hit(group, f"account {here.account.id}" if here is not None else f"address {get_remote_address()}")


def count_try(kind: str, who: str) -> None:
    """Counts one try at a secret before it is looked at, so that many at once are no more than one after the other."""
    _hit(kind, who)


def forgive(kind: str, who: str) -> None:
    """The secret was right: what was counted so far no longer counts."""
    for limit in _PARSED[kind]:
        try:
            _limiter().limiter.clear(limit, kind, who)
        except StorageError:
            _ALONE.clear(limit, kind, who)


def _limiter() -> Limiter:
    found: Limiter = next(iter(current_app.extensions["limiter"]))
    return found


def _hit(group: str, who: str) -> None:
    try:
        _count(_limiter().limiter, group, who)
    except StorageError as away:
        _log.warning("limits counted in this process alone", kind=type(away.storage_error).__name__)
        _count(_ALONE, group, who)


def _count(strategy: RateLimiter, group: str, who: str) -> None:
    for limit in _PARSED[group]:
        if not strategy.hit(limit, group, who):
            raise TooManyRequests(retry_after=_seconds(strategy.get_window_stats(limit, group, who).reset_time))


def _seconds(until: float) -> int:
    return max(1, ceil(until - time()))


def retry_after(error: HTTPException) -> int:
    """In how many seconds to come back."""
    if isinstance(error, RateLimitExceeded):
        standing = _limiter().current_limit
        return _seconds(standing.reset_at) if standing is not None else 60
    told = getattr(error, "retry_after", None)
    return told if isinstance(told, int) else 60
