"""When something goes wrong, a page in words: what happened and what to try. Never a trace, never a blank."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import structlog
from flask import Flask, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Forbidden, HTTPException

from web.limits import retry_after

log = structlog.get_logger("web")
IN_WORDS = (400, 403, 404, 405, 413, 429, 500)


class NotAllowed(Forbidden):
    """A refusal with a sentence of its own: `error.title_<key>` and `error.say_<key>` of the words, filled with `parts`."""

    def __init__(self, key: str, **parts: object) -> None:
        super().__init__()
        self.key, self.parts = key, parts


def register(app: Flask) -> None:
    """Hands every error of the app to one of the pages below."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(401, _sign_in_first)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Exception, _unknown)


def _answer(status: int, key: str, number: str = "", parts: Mapping[str, object] | None = None) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=key, number=number, **(parts or {})), status
    return render_template("error.html", status=status, key=key, number=number, parts=parts or {}), status


def _known(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    if isinstance(error, NotAllowed):
        return _answer(403, error.key, parts=error.parts)
    if error.code == 429:
        seconds = retry_after(error)
        answer = make_response(_answer(429, "429", parts={"seconds": seconds}))
        answer.headers["Retry-After"] = str(seconds)
        return answer
    return _answer(error.code, str(error.code) if error.code in IN_WORDS else "400")


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    return _answer(400, "csrf")


def _sign_in_first(_error: HTTPException) -> ResponseReturnValue:
    """401 with the sign-in form itself, so that one sign-in leads on to the page that was asked for."""
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error="401", number=""), 401
    from_here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return render_template("signin.html", next=from_here, wrong=False, ended=g.get("session_ended", False), username=""), 401


def _unknown(error: Exception) -> ResponseReturnValue:
    number = secrets.token_hex(4)
    log.error("page failed", number=number, endpoint=request.endpoint, kind=type(error).__name__, exc_info=error)
    return _answer(500, "500", number)
