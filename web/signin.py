"""Signing in and out, and switching the language."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from tickets.store import accounts
from web.access import begin_session, open_to_all
from web.words import LANGUAGES

PAGES = Blueprint("signin", __name__)
PER_HOUR = 4  # times the tries of a minute: a slower limit behind the quick one
LANGUAGE_COOKIE = "suda_lang"
A_YEAR = 31_536_000  # seconds


def local_path(given: str | None) -> str:
    """The path to go on to, when it is one of ours; the live page for everything else (an open redirect otherwise)."""
    path = given or "/"
    parts = urlsplit(path)
    if not path.startswith("/") or path.startswith(("//", "/\\")) or parts.scheme or parts.netloc or any(ord(c) < 32 for c in path):
        return "/"
    return path


def _who_tries() -> str:
    """Wrong tries are counted per address and name, so that nobody can lock out another from elsewhere."""
    name = unicodedata.normalize("NFKC", request.form.get("username", "")).strip().casefold()[:40]
    return f"{get_remote_address()} {name}"


def limit_tries(limiter: Limiter, tries: int) -> None:
    """Lets an address try `tries` wrong passwords a name in a minute, four times that in an hour (ten times over all names); then 429."""

    def wrong(answer: Response) -> bool:
        return answer.status_code == 401

    for limit, key in (
        (f"{tries} per minute; {tries * PER_HOUR} per hour", _who_tries),
        (f"{tries * PER_HOUR * 10} per hour", get_remote_address),
    ):
        limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=wrong)(PAGES)


@PAGES.get("/signin")
@open_to_all
def form() -> ResponseReturnValue:
    if g.caller is not None:
        return redirect(local_path(request.args.get("next")))
    return render_template("signin.html", next=local_path(request.args.get("next")), wrong=False, ended=False, username="")


@PAGES.post("/signin")
@open_to_all
def sign_in() -> ResponseReturnValue:
    username = request.form.get("username", "").strip()[:40]
    account = accounts.check(username, request.form.get("password", "")[:200])
    onward = local_path(request.form.get("next"))
    if account is None:
        return render_template("signin.html", next=onward, wrong=True, ended=False, username=username), 401
    begin_session(account)
    return redirect(onward)


@PAGES.post("/signout")
@open_to_all
def sign_out() -> ResponseReturnValue:
    """Ends every session of the account, so that a copied cookie is worth nothing afterwards."""
    if g.caller is not None:
        accounts.end_sessions(g.caller.account.id)
    session.clear()
    return redirect("/signin")


@PAGES.post("/language")
@open_to_all
def language() -> ResponseReturnValue:
    answer = redirect(local_path(request.form.get("next")))
    wanted = request.form.get("lang", "")
    if wanted in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, wanted, max_age=A_YEAR, httponly=True, samesite="Lax", secure=bool(current_app.config["SESSION_COOKIE_SECURE"]))
    return answer
