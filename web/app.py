"""Puts the web pages together: `create_app(parts)` answers a Flask app; importing this starts nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Protocol

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from tickets.domain.roles import ROLES
from tickets.ports import Desk
from tickets.store import accounts
from tickets.store.connect import is_sqlite
from tickets.store.models import database
from web import (
    access,
    area,
    course,
    desk,
    discover,
    errors,
    files,
    health,
    hot,
    imports,
    inbox,
    inbox_kept,
    intake,
    intake_end,
    knowledge,
    leaders,
    learn,
    library_pages,
    limits,
    lists,
    live,
    me,
    messages,
    pwa,
    record,
    report,
    reveal,
    rules_pages,
    score_claims,
    scores,
    seasons,
    security,
    signin,
    silence,
    survey,
    survey_mine,
    suspended,
    ticket_page,
    twilio_calls,
    wishes,
)
from web.addresses import LazyRule
from web.hall import Hall
from web.rulings import Rulings
from web.show import clock
from web.words import LANGUAGES, load
from wiring.providers import twilio_accounts
from wiring.secret import secret_key
from wiring.settings import Settings

MEGABYTE = 1024 * 1024
A_DAY = 86_400  # seconds
RENEW_SECONDS = 1.0
STATIC = Path(__file__).parent / "static"
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


class Parts(Protocol):
    """What wiring hands over."""

    @property
    def desk(self) -> Desk: ...

    @property
    def settings(self) -> Settings: ...

    def renew(self) -> bool: ...


def create_app(parts: Parts) -> Flask:
    """The whole web application on the parts given; the database is opened by wiring, each request takes its own connection."""
    app = Flask(__name__)
    app.url_rule_class = LazyRule
    settings = parts.settings
    hall = Hall(parts.desk, settings, load(), Rulings())
    app.extensions["suda"] = hall
    if settings.proxies:  # without a proxy in front, what calls itself forwarded is somebody's invention
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]
    app.config.update(
        SECRET_KEY=secret_key(settings.secret_key, settings.home),
        SESSION_COOKIE_NAME="suda_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=settings.session_minutes),
        MAX_CONTENT_LENGTH=MEGABYTE,
        TRUSTED_HOSTS=[*(settings.trusted_hosts or THIS_MACHINE), settings.host],
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as its session
        WTF_CSRF_SSL_STRICT=True,
        SEND_FILE_MAX_AGE_DEFAULT=A_DAY,  # the address of a file changes with its content
        RATELIMIT_STORAGE_URI=settings.limits_uri,
        RATELIMIT_STORAGE_OPTIONS=limits.STORAGE if settings.limits_uri != "memory://" else {},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,  # a Redis that is away must not close the hotline: this process counts for itself meanwhile
    )
    app.jinja_env.globals["v"] = static_version(STATIC)  # macros see globals alone
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    health.measure(app, hall)
    app.before_request(_connect)
    app.before_request(_renewing(parts))
    app.after_request(_renew_after_fault)
    app.teardown_request(_disconnect)
    security.harden(app)
    app.before_request(_language(settings.language))
    app.before_request(files.widen)
    CSRFProtect(app).exempt(twilio_calls.PAGES)  # its requests are signed by the provider
    app.extensions[twilio_calls.ACCOUNTS] = twilio_accounts(settings)
    app.before_request(access.guard)
    app.before_request(limits.count)
    limiter = Limiter(get_remote_address, app=app)
    signin.limit_tries(limiter, settings.sign_in_tries)
    survey.limit_guesses(limiter)
    survey_mine.limit_guesses(limiter)
    errors.register(app)
    for pages in (
        signin,
        live,
        intake,
        intake_end,
        desk,
        ticket_page,
        area,
        course,
        discover,
        files,
        health,
        hot,
        imports,
        inbox,
        inbox_kept,
        knowledge,
        leaders,
        lists,
        library_pages,
        me,
        messages,
        pwa,
        record,
        report,
        reveal,
        rules_pages,
        score_claims,
        scores,
        seasons,
        survey,
        survey_mine,
        suspended,
        learn,
        twilio_calls,
        wishes,
    ):
        app.register_blueprint(pages.PAGES)
    app.view_functions["static"].__dict__["right"] = access.OPEN
    app.context_processor(_for_templates(hall))
    app.context_processor(silence.for_templates(hall))
    return app


def _connect() -> None:
    if request.endpoint != "static" and request.blueprint != health.PAGES.name:
        database.connect(reuse_if_open=True)


def _disconnect(_error: BaseException | None) -> None:
    """PostgreSQL's connection goes back to the pool. SQLite's stays with its thread: opened anew, it reads the whole schema before the first row."""
    if not database.is_closed() and (not is_sqlite() or database.in_transaction()):
        database.close()


def _renew_after_fault(answer: Response) -> Response:
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR and not database.is_closed():
        database.close()
    return answer


def _renewing(parts: Parts) -> Callable[[], None]:
    """Once a second at most, what has been published or changed in the directory is taken into this process."""
    next_look = [0.0]

    def look() -> None:
        if request.endpoint != "static" and request.blueprint != health.PAGES.name and monotonic() >= next_look[0]:
            next_look[0] = monotonic() + RENEW_SECONDS
            parts.renew()

    return look


def _language(default: str) -> Callable[[], None]:
    def choose() -> None:
        wanted = request.cookies.get(signin.LANGUAGE_COOKIE, default)
        g.lang = wanted if wanted in LANGUAGES else default

    return choose


def _for_templates(hall: Hall) -> Callable[[], dict[str, object]]:
    """The names that every template knows: the words, the caller and the time."""

    def names() -> dict[str, object]:
        lang = g.get("lang", hall.settings.language)

        def t(key: str, **parts: object) -> str:
            return hall.words.say(key, lang, **parts)

        def term(group: str, word: str) -> str:
            """A word of the business (a status, an urgency) in the reader's language; itself where the catalogue has none."""
            key = f"{group}.{word}"
            return hall.words.say(key, lang) if hall.words.known(key) else word

        return {
            "t": t,
            "term": term,
            "lang": lang,
            "roles": ROLES,
            "me": g.get("caller"),
            "elsewhere": g.get("elsewhere", ""),
            "nonce": g.get("nonce", ""),
            "district": hall.settings.district,
            "demonstration": hall.settings.demonstration,
            "now": hall.now(),
            "clock": clock,
            "demo_accounts": lambda: accounts.demonstration_accounts() if hall.settings.demonstration else (),
            "demo_password": accounts.DEMONSTRATION_PASSWORD,
        }

    return names


def static_version(*folders: Path) -> str:
    """A mark of all static files together; browsers fetch them anew when it changes."""
    found = sha256()
    for file in sorted(file for folder in folders for file in folder.rglob("*.*")):
        found.update(file.read_bytes())
    return found.hexdigest()[:8]
