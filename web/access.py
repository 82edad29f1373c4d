"""Who is asking, and whether the page is theirs: every route names the right it needs, and a route that names none is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, session
from flask.typing import ResponseReturnValue

from tickets.domain.roles import GUARDED, ME, RIGHTS, ROLES, Role
from tickets.store import accounts, nodes
from tickets.store.scope import Viewer
from web.errors import NotAllowed
from web.hall import hall

GRID = "grid_officer"  # whose place of work is checked
KEEP = "keep"  # the attribute of a page's class that names the right its changes need
OPEN = "open"  # a page for everybody: sign-in, style sheets, a sign of life
LONGEST_SESSION = 12 * 3600  # seconds from sign-in, however busy
LONGEST_PENDING = 300  # seconds between the password and the one-time code
Page = TypeVar("Page", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Caller:
    """The person signed in, for one request."""

    account: accounts.SignedIn
    role: Role

    @property
    def viewer(self) -> Viewer:
        """What the queries need to know of them."""
        return Viewer(reach=self.role.sees, person_id=self.account.person_id, unit_id=self.account.unit_id)

    def may(self, right: str) -> bool:
        return self.role.may(right)


def needs(right: str) -> Callable[[Page], Page]:
    """Marks a route with the right it needs; a ValueError for a right the table of roles does not know."""
    if right not in RIGHTS:
        raise ValueError(f"没有权限「{right}」；可用：{'、'.join(RIGHTS)} (no such right)")

    def mark(page: Page) -> Page:
        page.__dict__["right"] = right
        return page

    return mark


def keeping(page: Page) -> Page:
    """Marks a route that changes what its page shows: it needs the right the page's class names as `keep`."""
    page.__dict__["right"] = KEEP
    return page


def open_to_all(page: Page) -> Page:
    """Marks a route that needs no sign-in."""
    page.__dict__["right"] = OPEN
    return page


def right_of(app: Flask, endpoint: str) -> str | None:
    """The right an endpoint was marked with, itself or by the class of its page, or None when its author forgot."""
    page = app.view_functions.get(endpoint)
    own, its_class = getattr(page, "right", None), getattr(page, "__self__", None)
    if own == KEEP:
        return getattr(its_class, KEEP, None)
    return own if own is not None else getattr(its_class, "right", None)


def caller() -> Caller:
    """The person signed in; only on routes that need a right."""
    return cast(Caller, g.caller)


def guard() -> ResponseReturnValue | None:
    """Before each request: load the caller, then let in, send to sign-in (401) or refuse (403)."""
    g.caller = _signed_in()
    if request.endpoint is None:
        return None  # an unknown address: 404 follows
    right = right_of(current_app, request.endpoint)
    if right == OPEN:
        return None
    if g.caller is None:
        abort(401)
    if right is None or not g.caller.may(right):
        abort(403)
    _check_place()
    return _enrol_first() if right != ME else None


def _check_place() -> None:
    """A grid officer works from his node's registered addresses: elsewhere he is told and an alarm is raised, or he is refused."""
    here, settings = caller(), hall().settings
    if here.role.key != GRID or settings.grid_ip == "off":
        return
    address = request.remote_addr or ""
    found = nodes.place_of(here.account.person_id, address)
    if settings.grid_ip == "enforce" and found != "inside":
        raise NotAllowed("node", address=address or "—", whom=settings.last_resort.replace("/", " · "))
    if found == "outside":
        g.elsewhere = address
        nodes.tell(here.account.id, address, hall().now())


def _enrol_first() -> ResponseReturnValue | None:
    """Where codes are required, a role that must have a second factor sees no page but its own account until it has one."""
    here = caller()
    if here.role.key not in GUARDED or here.account.second_factor or hall().settings.asks_second_factor != "require":
        return None
    if request.method == "GET" and request.accept_mimetypes.best != "application/json":
        return redirect("/me/second-factor")
    raise NotAllowed("enrol")


def _signed_in() -> Caller | None:
    """The caller of a live session: the account is active, its version unchanged, and the sign-in not too long ago."""
    account_id = session.get("account")
    if not isinstance(account_id, int) or request.endpoint == "static" or request.blueprint == "health":  # signs of life ask no database
        return None
    account = accounts.load(account_id)
    age = datetime.now(UTC).timestamp() - float(session.get("since", 0))
    if account is None or account.session_version != session.get("version") or age > LONGEST_SESSION or account.role not in ROLES:
        session.clear()
        g.session_ended = True
        return None
    return Caller(account, ROLES[account.role])


def begin_session(account: accounts.SignedIn) -> None:
    """A fresh session for the account: nothing of the one before sign-in survives (fixation)."""
    session.clear()
    session.permanent = True
    session["account"] = account.id
    session["version"] = account.session_version
    session["since"] = datetime.now(UTC).timestamp()


def begin_pending(account: accounts.SignedIn, onward: str) -> None:
    """The password was right, the code is still to come: nobody is signed in yet, and nothing of an earlier session is kept."""
    session.clear()
    session["pending"] = {"account": account.id, "version": account.session_version, "since": datetime.now(UTC).timestamp(), "next": onward}


def pending() -> tuple[accounts.SignedIn, str] | None:
    """Who has given the right password within the last five minutes, and where to go on to; None when that no longer holds."""
    kept = session.get("pending")
    if not isinstance(kept, dict) or datetime.now(UTC).timestamp() - float(kept.get("since", 0)) > LONGEST_PENDING:
        return None
    account = accounts.load(int(kept["account"]))
    if account is None or account.session_version != kept.get("version") or account.role not in ROLES:
        return None
    return account, str(kept.get("next", "/"))
