"""What makes the pages an app on a phone: the manifest, the service worker, the page without network, and a line that says who is signed in."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from tickets.domain.roles import ME
from web.access import caller, needs, open_to_all
from web.hall import hall
from web.show.clock import millis

PAGES = Blueprint("pwa", __name__)
FOR_SCRIPTS = "kept."  # the group of words that the scripts say
THEME = "#1c2631"  # of the side bar
SIZES = (192, 512)
DEVICE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z\Z", re.ASCII)


def device_time() -> dict[str, str]:
    """What the sender's own clock showed when something was kept on the device, to stand beside the server's time; empty when it was not kept."""
    given = request.form.get("device_at", "")
    return {"device_at": given} if DEVICE_TIME.match(given) else {}


def sent_from() -> dict[str, str]:
    """What a step's line says of how it was sent: the device's own time, and the address when it is none of the officer's node (web/access.py)."""
    return {**device_time(), **({"elsewhere": g.elsewhere} if g.get("elsewhere") else {})}


def wants_json() -> bool:
    """The script asks, not a page."""
    return request.accept_mimetypes.best == "application/json"


@PAGES.app_context_processor
def _for_templates() -> dict[str, Callable[[], dict[str, str]]]:
    def offline_words() -> dict[str, str]:
        words, sprite = hall().words, f"/static/vendor/tabler-icons/sprite.svg?v={current_app.jinja_env.globals['v']}"
        said = {key.removeprefix(FOR_SCRIPTS): words.say(key, g.lang) for key in words.entries if key.startswith(FOR_SCRIPTS)}
        return {**said, "icon": f"{sprite}#wifi-off", "icon_done": f"{sprite}#circle-check"}

    return {"offline_words": offline_words}


@PAGES.after_app_request
def _whose(answer: Response) -> Response:
    """Names the account a page was made for, so that the device keeps it for nobody else."""
    here = g.get("caller")
    if here is not None:
        answer.headers["X-Suda-Account"] = str(here.account.id)
    return answer


@PAGES.get("/manifest.webmanifest")
@open_to_all
def manifest() -> ResponseReturnValue:
    """What a phone needs to put the app on its first screen."""
    version = current_app.jinja_env.globals["v"]
    icons = [{"src": f"/static/icons/mark-{size}.png?v={version}", "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"} for size in SIZES]
    icons.append({"src": f"/static/icons/mark-maskable-512.png?v={version}", "sizes": "512x512", "type": "image/png", "purpose": "maskable"})
    answer = jsonify(
        id="/inbox",
        name=hall().words.say("offline.app_name", "zh"),
        short_name=hall().words.say("brand.name", "zh"),
        lang="zh-CN",
        start_url="/inbox",
        scope="/",
        display="standalone",
        background_color="#f3f5f8",
        theme_color=THEME,
        icons=icons,
    )
    answer.mimetype = "application/manifest+json"
    return answer


@PAGES.get("/sw.js")
@open_to_all
def worker() -> ResponseReturnValue:
    """The service worker, at the root so that it serves every page; its text changes with the static files."""
    file = current_app.static_folder
    with open(f"{file}/sw.js", encoding="utf-8") as text:
        script = text.read().replace("__VERSION__", str(current_app.jinja_env.globals["v"]))
    return Response(script, mimetype="text/javascript")


@PAGES.get("/offline")
@open_to_all
def offline() -> ResponseReturnValue:
    """Shown without network where nothing was kept: nothing in it is anybody's."""
    return render_template("offline.html")


@PAGES.get("/session.json")
@needs(ME)
def session_line() -> ResponseReturnValue:
    """Who is signed in, a fresh token to send with, and the server's time in milliseconds."""
    return jsonify(account=caller().account.id, csrf=generate_csrf(), now=millis(hall().now()))
