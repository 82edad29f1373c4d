"""A page of the back office: it names the right it needs, and looks like every other page of the house."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, g
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, BaseView, expose

from tickets.domain.roles import RIGHTS
from web.access import caller


class Page(BaseView):
    """A page outside the stock lists. `right` is what opening it needs; a method may ask for another with `@needs(...)`.

    Both are read by web.access.guard before the page is reached; this class asks once more, so that a page that is
    reached another way stays closed. Templates extend frame.html and get the names every template knows.
    """

    right: str = ""

    def __init_subclass__(cls, **more: object) -> None:
        super().__init_subclass__(**more)
        if cls.right and cls.right not in RIGHTS:
            raise ValueError(f"没有权限「{cls.right}」；可用：{'、'.join(RIGHTS)} (no such right)")

    def is_accessible(self) -> bool:
        """True when the caller's role has the right of this page."""
        return g.get("caller") is not None and bool(self.right) and caller().may(self.right)

    def is_visible(self) -> bool:
        """False: the navigation is the house's own (web/templates/nav.html)."""
        return False

    def inaccessible_callback(self, name: str, **parts: object) -> ResponseReturnValue:
        """401 for nobody, 403 for the wrong role."""
        abort(401 if g.get("caller") is None else 403)


class Refused(Exception):
    """What a JSON address answers instead of doing it: one sentence in both languages, and the status."""

    permanent = True

    def __init__(self, zh: str, en: str, status: int = 422, more: Mapping[str, object] | None = None) -> None:
        super().__init__(f"{zh} ({en})")
        self.zh, self.en, self.status, self.more = zh, en, status, dict(more or {})

    def answer(self) -> ResponseReturnValue:
        """{"error": {"zh", "en", …more}} with the status."""
        return {"error": {"zh": self.zh, "en": self.en, **self.more}}, self.status


class Home(AdminIndexView):
    """/admin: leads to the first page of the back office the caller may open."""

    right = "rules"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return first_page()


def first_page() -> ResponseReturnValue:
    """A redirect to what the caller works with most."""
    from_right = (("draft", "/admin/rules/"), ("approve", "/admin/drafts/"), ("audit", "/admin/log/"), ("directory", "/admin/units/"))
    for right, path in from_right:
        if caller().may(right):
            return "", 302, {"Location": path}
    return "", 302, {"Location": "/rules"}
