"""Signing in, with a one-time code where the account has one, signing out, and switching the language."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from tickets.domain.roles import INBOX, ROLES
from tickets.store import accounts
from web import second_factor
from web.access import begin_pending, begin_session, open_to_all, pending
from web.hall import hall
from web.limits import count_try, forgive
from web.words import LANGUAGES

PAGES = Blueprint("signin", __name__)
LEADER = "leader"  # the role whose first page is the month
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


def landing(account: accounts.SignedIn, onward: str) -> str:
    """Where a sign-in leads when no page was asked for: to what waits for those who handle and judge, to the month for leaders, else to the live page."""
    if onward != "/":
        return onward
    return "/leaders" if account.role == LEADER else "/inbox" if ROLES[account.role].may(INBOX) else onward


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
    if account.second_factor and hall().settings.asks_second_factor != "off":
        begin_pending(account, onward)
        return redirect("/signin/code")
    begin_session(account)
    return redirect(landing(account, onward))


@PAGES.get("/signin/code")
@open_to_all
def code_form() -> ResponseReturnValue:
    """The second step, only after the right password."""
    return redirect("/signin") if pending() is None else render_template("signin_code.html", wrong=False)


@PAGES.post("/signin/code")
@open_to_all
def check_code() -> ResponseReturnValue:
    """The code of now, or a recovery code: each is good once. Wrong ones are counted by account, whoever tries."""
    waiting = pending()
    if waiting is None:
        session.clear()
        return render_template("signin.html", next="/", wrong=False, ended=True, username=""), 401
    account, onward = waiting
    count_try("code", str(account.id))
    if not second_factor.take(hall(), account.id, request.form.get("code", "")):
        return render_template("signin_code.html", wrong=True), 401
    forgive("code", str(account.id))
    begin_session(account)
    return redirect(landing(account, local_path(onward)))


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
