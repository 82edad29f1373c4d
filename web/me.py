"""我的账号: one's own name, role and place, one's password, and the second factor."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from tickets.domain.roles import GUARDED, ME
from tickets.domain.times import stored
from tickets.store import accounts, directory_log, preferences
from tickets.store import second_factor as store
from tickets.store.connect import transaction
from web import fresh_code, second_factor
from web.access import begin_session, caller, needs
from web.hall import hall
from web.limits import count_try, forgive
from web.wishes import usual
from wiring.secret import SealBroken

PAGES = Blueprint("me", __name__)
LONGEST = 200  # characters of a password


def _t(key: str, **parts: object) -> str:
    return hall().words.say(f"me.{key}", g.lang, **parts)


def _page(wrong: str = "", sentence: str = "", status: int = 200) -> ResponseReturnValue:
    """The page; `wrong` names the form that was refused."""
    factor = store.of(caller().account.id)
    person_id = caller().account.person_id
    more = {"wish": preferences.written(preferences.of(person_id)) if person_id is not None else None, **usual()}
    page = render_template(
        "me.html", factor=factor if factor and factor.confirmed else None, wrong=wrong, sentence=sentence, mode=_mode(), must=_must(), **more
    )
    return page, status


def _mode() -> str:
    return hall().settings.asks_second_factor


def _must() -> bool:
    """True where the role may not be without."""
    return _mode() == "require" and caller().role.key in GUARDED


@PAGES.get("/me")
@needs(ME)
def page() -> ResponseReturnValue:
    return _page()


@PAGES.post("/me/password")
@needs(ME)
def password() -> ResponseReturnValue:
    """A new password; every other session of the account ends, this one goes on."""
    account = caller().account
    given, fresh, again = (request.form.get(name, "")[: LONGEST + 1] for name in ("current", "fresh", "again"))
    if not _is_me(given):
        return _page("password", _t("wrong_current"), 422)
    refused = _unfit(fresh, again, given)
    if refused:
        return _page("password", refused, 422)
    with transaction():
        accounts.change(account.username, password=fresh)
        directory_log.record(stored(hall().now()), account.id, directory_log.ACCOUNTS, account.id, directory_log.PASSWORD, {}, {})
    _go_on()
    flash(_t("password_changed"), "good")
    return redirect("/me")


def _unfit(fresh: str, again: str, current: str) -> str:
    """Why the new password cannot be taken, or an empty text."""
    least, name = accounts.SHORTEST_PASSWORD, caller().account.username.casefold()
    if fresh != again:
        return _t("differs")
    if not least <= len(fresh) <= LONGEST:
        return _t("length", least=least, most=LONGEST)
    if fresh == current:
        return _t("same")
    too_plain = fresh.casefold().replace(name, "").strip("0123456789 ") == "" or len(set(fresh)) < 4
    demonstration = fresh == accounts.DEMONSTRATION_PASSWORD and not hall().settings.demonstration
    return _t("guessed") if too_plain or demonstration else ""


def _is_me(given: str) -> bool:
    """The caller's own password, its tries counted."""
    who = f"account {caller().account.id}"
    count_try("password", who)
    if accounts.check(caller().account.username, given) is None:
        return False
    forgive("password", who)
    return True


def _proved() -> bool:
    """Both his password and a code: what changes the second factor itself."""
    return _is_me(request.form.get("current", "")[:LONGEST]) and fresh_code.is_mine(request.form.get("code", ""))


def _go_on() -> None:
    """This session goes on under the account's new version."""
    account = accounts.load(caller().account.id)
    if account is not None:
        begin_session(account)


@PAGES.get("/me/second-factor")
@needs(ME)
def setting_up() -> ResponseReturnValue:
    return _setting_up()


def _setting_up(wrong: str = "", status: int = 200) -> ResponseReturnValue:
    """What to scan and the first code; before that, what it is and a button."""
    factor = store.of(caller().account.id)
    if _mode() == "off" or (factor is not None and factor.confirmed):
        return redirect("/me")
    try:
        secret = second_factor.opened(hall(), factor) if factor is not None else ""
    except SealBroken:
        secret = ""  # begun under another key: begin anew
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render_template("me_second_factor.html", begun=bool(secret), secret=groups, wrong=wrong, must=_must()), status


@PAGES.post("/me/second-factor/begin")
@needs(ME)
def begin() -> ResponseReturnValue:
    """Makes a secret; nothing is asked at sign-in before a first code was right."""
    if _mode() != "off":
        store.begin(caller().account.id, second_factor.fresh_secret(hall()), hall().now())
    return redirect("/me/second-factor")


@PAGES.get("/me/second-factor/qr.svg")
@needs(ME)
def qr() -> ResponseReturnValue:
    """The QR code of a secret that is not confirmed yet; afterwards it is never shown again."""
    factor = store.of(caller().account.id)
    if factor is None or factor.confirmed:
        return Response(status=404)
    try:
        text = second_factor.address(hall(), second_factor.opened(hall(), factor), caller().account.username)
    except SealBroken:
        return Response(status=404)
    return Response(second_factor.picture(text), mimetype="image/svg+xml")


@PAGES.post("/me/second-factor/confirm")
@needs(ME)
def confirm() -> ResponseReturnValue:
    """The first code: right, it turns the second factor on and shows the recovery codes, this once."""
    here, now = caller(), hall().now()
    factor = store.of(here.account.id)
    if factor is None or factor.confirmed:
        return redirect("/me/second-factor")
    count_try("code", str(here.account.id))
    try:
        step = second_factor.step_of(second_factor.opened(hall(), factor), second_factor.plain(request.form.get("code", "")), now)
    except SealBroken:
        return redirect("/me/second-factor")
    if step is None:
        return _setting_up(_t("wrong_code"), 422)
    codes = second_factor.recovery_codes()
    if not store.confirm(here.account.id, factor.sealed, step, [second_factor.hashed(hall(), here.account.id, code) for code in codes], now):
        return redirect("/me/second-factor")
    forgive("code", str(here.account.id))
    _go_on()
    return render_template("me_codes.html", codes=codes, fresh=True)


@PAGES.post("/me/second-factor/codes")
@needs(ME)
def codes() -> ResponseReturnValue:
    """New recovery codes in the place of the old ones, for the password and a code."""
    if not _proved():
        return _page("codes", _t("wrong_both"), 422)
    made, account_id = second_factor.recovery_codes(), caller().account.id
    store.renew_recovery(account_id, [second_factor.hashed(hall(), account_id, code) for code in made])
    return render_template("me_codes.html", codes=made, fresh=False)


@PAGES.post("/me/second-factor/off")
@needs(ME)
def turn_off() -> ResponseReturnValue:
    """Off again, for the password and a code; where the role must have one, it is asked for anew at once."""
    if not _proved():
        return _page("off", _t("wrong_both"), 422)
    store.remove(caller().account.id, caller().account.id, hall().now())
    _go_on()
    flash(_t("turned_off"), "good")
    return redirect("/me")
