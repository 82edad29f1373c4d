"""Signs of life for programs: /healthz (the process lives), /readyz (it can do its work, 503 with the reasons) and /metrics (Prometheus)."""

from __future__ import annotations

import hmac
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address, ip_network
from time import monotonic

import structlog
from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from tickets.store.heartbeat import DELIVERY, WORKER, last_beat
from tickets.store.migrate import pending
from tickets.store.models import database
from tickets.store.vital_signs import answers
from web.access import open_to_all
from web.hall import Hall, hall
from web.metrics import CONTENT_TYPE, Metrics

PAGES = Blueprint("health", __name__)
ROOM = 256 * 1024 * 1024  # bytes the disk must have left
KEPT_SECONDS = 2.0  # an answer of /readyz holds so long: whoever asks often costs nothing
_log = structlog.get_logger("health")
Reason = tuple[str, dict[str, object]]  # (key in web/words/health.yaml, its parts)


@dataclass
class _Kept:
    """What this process has counted, and its last answer of /readyz."""

    metrics: Metrics
    at: float = 0.0
    reasons: list[Reason] = field(default_factory=list)


def measure(app: Flask, here: Hall) -> None:
    """Counts every request of the app from now on; call it before anything else is asked before a request."""
    app.extensions["suda_health"] = _Kept(Metrics(f"{here.settings.host}:{here.settings.port}", here.now))
    app.before_request(_begin)
    app.after_request(_end)


def _kept() -> _Kept:
    found: _Kept = current_app.extensions["suda_health"]
    return found


def _begin() -> None:
    g.began = monotonic()


def _end(answer: Response) -> Response:
    route = request.url_rule.rule if request.url_rule is not None else "none"
    method = request.method if request.method in ("GET", "POST", "HEAD", "OPTIONS") else "other"
    _kept().metrics.answered(route, method, answer.status_code, monotonic() - g.get("began", monotonic()))
    return answer


@PAGES.get("/healthz")
@open_to_all
def alive() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(alive=True)


@PAGES.get("/readyz")
@open_to_all
def ready() -> ResponseReturnValue:
    """200 when this process can do its work, else 503; whoever may see the metrics is told why."""
    kept = _kept()
    if kept.at == 0 or monotonic() - kept.at >= KEPT_SECONDS:
        kept.reasons, kept.at = _reasons(), monotonic()
    if not kept.reasons:
        return jsonify(ready=True)
    say = hall().words.say
    told = [{"what": what, **{lang: say(f"health.{what}", lang, **parts) for lang in ("zh", "en")}} for what, parts in kept.reasons]
    return jsonify(ready=False, **({"reasons": told} if _may_see() else {})), 503


@PAGES.get("/metrics")
@open_to_all
def metrics() -> ResponseReturnValue:
    """Figures for Prometheus, to the addresses of `monitors` or to whoever has the token."""
    if not _may_see():
        abort(403)
    return Response(_kept().metrics.text(), content_type=CONTENT_TYPE)


def _may_see() -> bool:
    settings = hall().settings
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.monitor_token and hmac.compare_digest(given.encode(), settings.monitor_token.encode()):
        return True
    try:
        asking = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(asking in ip_network(one, strict=False) for one in settings.monitors)


def _reasons() -> list[Reason]:
    """Why this process cannot do its work; empty when it can."""
    found: list[Reason] = []
    settings, now = hall().settings, hall().now()
    try:
        database.connect(reuse_if_open=True)
        answers()
        if pending():
            found.append(("schema", {}))
        limit = timedelta(seconds=settings.worker_alarm_seconds)
        for name, what in ((WORKER, "sweeper"), (DELIVERY, "delivery")):
            seen = last_beat(name)
            if seen is None or now - seen > limit:
                found.append((what, {"limit": settings.worker_alarm_seconds}))
    except Exception as failed:  # whatever it is, the answer is 503 and not an error page; what it says may name hosts and users
        _log.warning("database away", kind=type(failed).__name__)
        found.append(("database", {}))
    if shutil.disk_usage(settings.home).free < ROOM:
        found.append(("disk", {"room": ROOM >> 20}))
    return found
