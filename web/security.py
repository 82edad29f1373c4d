"""What every answer carries: a content policy with a nonce, and headers that keep a browser from guessing, framing or leaking."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HERE = "camera=(), microphone=(), geolocation=(self)"  # of a form that keeps where its photos were taken
A_YEAR = 31_536_000  # seconds


def harden(app: Flask) -> None:
    """Gives each request a nonce and each answer its headers."""
    app.before_request(_new_nonce)
    app.after_request(_headers)


def _new_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _headers(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=g.get("nonce", "")))
    if g.get("asks_place"):
        answer.headers.setdefault("Permissions-Policy", HERE)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.is_secure:
        answer.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    if request.endpoint != "static" and not answer.headers.get("Cache-Control", "").startswith("private"):
        answer.headers["Cache-Control"] = "no-store"  # pages hold citizens' matters: nothing stays in a shared browser
    return answer
