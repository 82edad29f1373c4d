"""The whole web application: the pages of web/ and the back office of Flask-Admin at /admin."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, g
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_admin.base import BaseView
from flask_admin.theme import Bootstrap4Theme

from admin.base import Home, Refused
from admin.designer import Designer
from admin.drafts import Drafts
from admin.gate import GatePage
from admin.lessons import Lessons
from admin.log import LogPage
from admin.office_pages import office_pages
from admin.releases import Releases
from admin.templates_page import Templates
from admin.tryout_pages import tryout_pages
from admin.workbench import Workbench
from web import access
from web.app import STATIC, Parts, static_version
from web.app import create_app as create_web

HERE = Path(__file__).parent


def create_app(parts: Parts) -> Flask:
    """Everything that is served, on the parts given. Templates and scripts of admin/ lie beside those of web/."""
    app = create_web(parts)
    office = Blueprint("office", __name__, template_folder="templates", static_folder="static", static_url_path="/static/admin")
    app.register_blueprint(office)
    app.jinja_env.globals["v"] = static_version(STATIC, HERE / "static")
    admin = Admin(
        app,
        name="Suda",
        index_view=Home(url="/admin", endpoint="admin"),
        theme=Bootstrap4Theme(base_template="office_frame.html"),
        csp_nonce_generator=lambda: g.get("nonce", ""),
    )
    for page in pages():
        admin.add_view(page)
    for endpoint in [name for name in app.view_functions if name.endswith(".static") or name == "static"]:
        app.view_functions[endpoint].__dict__["right"] = access.OPEN
    app.register_error_handler(Refused, _refused)
    return app


def pages() -> tuple[BaseView, ...]:
    """Every page of the back office, in no particular order: the navigation is web/templates/nav.html."""
    return (*office_pages(), *tryout_pages(), LogPage(), Workbench(), Templates(), Drafts(), GatePage(), Releases(), Designer(), Lessons())


def _refused(refused: Refused) -> ResponseReturnValue:
    return refused.answer()
