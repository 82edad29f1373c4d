"""Every route, GET and POST, with hostile words in each part of its address, each query argument and each field it reads: answered in words, never a fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import Rule

from admin import office_pages
from tests.web.district_rows import Rows
from tests.web.matrix_probe import MARK, Probe, probing, routes
from tests.web.test_matrix import records
from tickets.domain.roles import ROLES
from tickets.store.models import Ticket
from web.access import OPEN

XSS = '"><script>zxalert</script>'
# what is sent, percent-encoded where it must be
HOSTILE: dict[str, str] = {
    "quote": quote("' OR 1=1 --"),
    "script": quote(XSS),
    "nul": "%00",
    "long": "9" * 10_000,
    "path": quote("../../../../etc/passwd"),
    "negative": "-1",
    "huge": "99999999999999999999999",
    "wide": quote("１２"),
    "emoji": quote("👨‍👩‍👧‍👦🏳️‍🌈"),
    "surrogate": "%ED%A0%80",
    "crlf": "%0D%0ASet-Cookie:%20a=b",
    "list": quote("[{$ne:1}]"),
}
TABLES = [endpoint for _, _, endpoint in office_pages.TABLES]
ENDS_THE_SESSION = ("signin.", "me.password", "me.confirm")
READ: dict[str, set[str]] = defaultdict(set)  # endpoint -> names of arguments and fields its page has asked for


class _Noting(ImmutableMultiDict):  # type: ignore[type-arg]
    """Remembers which names a page asks for."""

    names: set[str]

    def get(self, key, default=None, type=None):  # type: ignore[no-untyped-def, override]
        self.names.add(key)
        return super().get(key, default, type) if type else super().get(key, default)

    def getlist(self, key, type=None):  # type: ignore[no-untyped-def]
        self.names.add(key)
        return super().getlist(key, type) if type else super().getlist(key)


class _NotingRequest(Request):
    """A request that remembers, by endpoint, what is read from it."""

    def _noting(self, given: MultiDict[str, str]) -> _Noting:
        found = _Noting(given)
        found.names = READ[self.endpoint or ""]
        return found

    @cached_property
    def args(self):  # type: ignore[no-untyped-def, override]
        return self._noting(super().args)

    @property
    def form(self):  # type: ignore[no-untyped-def, override]
        return self._noting(super().form)


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory, filled: tuple[Path, Rows]) -> Iterator[Probe]:
    with probing(tmp_path_factory, filled) as made:
        made.site.app.request_class = _NotingRequest
        fields = {field.id for form in made.site.app.extensions["suda"].desk.forms.all() for _, field in form.fields()}
        for rule, method, right in routes(made.site):
            if method == "POST" and rule.endpoint.startswith(("course.", "intake", "discover.", "kept.")):
                READ[rule.endpoint] |= fields
            if not rule.endpoint.startswith(ENDS_THE_SESSION):
                made.ask(allowed(right), method, records(made.scene, rule, "agent_a")[0][1])
        made.leaks.clear()
        yield made


def allowed(right: str) -> str:
    """The first who may open such a page, of the roles that see all where there is one."""
    if right == OPEN:
        return ""
    able = [f"{key}_a" for key, role in sorted(ROLES.items(), key=lambda one: one[1].sees != "all") if role.may(right)]
    return able[0]


def hostile(rule: Rule, method: str, turn: int, own: str) -> Iterator[tuple[str, str]]:
    """(address, body) of a route: at each of four turns another three of the words in its address, and another in every name that is read."""
    words = list(HOSTILE.values())
    for value in words[turn * 3 : turn * 3 + 3] if rule.arguments else ():
        text = str(rule)
        for part in rule.arguments:
            for written in (f"<{part}>", f"<path:{part}>"):
                text = text.replace(written, value[:2000])
        yield text, ""
    named = "&".join(f"{quote(name)}={words[(at * 5 + turn * 3) % len(words)]}" for at, name in enumerate(sorted(READ[rule.endpoint])))
    if named:
        yield (f"{own}?{named}", "") if method == "GET" else (own, named)


@pytest.mark.parametrize("turn", range(4))
def test_hostile_words_are_answered_in_words(probe: Probe, turn: int) -> None:
    wrong: list[object] = []
    for rule, method, right in routes(probe.site):
        if rule.endpoint.startswith(ENDS_THE_SESSION) and method == "POST":
            continue
        if rule.endpoint.partition(".")[0] in TABLES[(turn + 1) % 4 :: 4] + TABLES[(turn + 2) % 4 :: 4] + TABLES[(turn + 3) % 4 :: 4]:
            continue  # the tables of the directory are one page twelve times: each is asked at one of the turns
        who = allowed(right)
        for address, body in hostile(rule, method, turn, records(probe.scene, rule, "agent_a")[0][1]):
            client, carried = probe.client(who)
            next(iter(probe.site.app.extensions["limiter"])).reset()
            headers = {"X-CSRFToken": carried, **({"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {})}
            answer = client.open(address, method=method, data=body or None, headers=headers)
            probe.asked[method] += 1
            text = answer.get_data(as_text=True) if answer.mimetype in ("text/html", "application/json") else ""
            if answer.status_code >= 500 or "Traceback" in text or any("a=b" in cookie for cookie in answer.headers.getlist("Set-Cookie")):
                wrong.append((method, address[:90], answer.status_code, rule.endpoint))
            if answer.mimetype == "text/html" and "<script>zx" in text:
                wrong.append((method, address[:90], "not escaped"))
            if answer.status_code == 401 and who:
                probe.clients.pop(who)
    assert wrong == []


def test_hostile_words_at_the_door_sign_nobody_in(probe: Probe) -> None:
    for address in ("/signin", "/signin/code", "/language"):
        for value in HOSTILE.values():
            client, carried = probe.client("")
            next(iter(probe.site.app.extensions["limiter"])).reset()
            body = f"username={value}&password={value}&code={value}&next={value}&lang={value}&csrf_token={carried}"
            answer = client.post(address, data=body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code in (302, 303, 400, 401, 413, 422), (address, value[:20], answer.status_code)
            assert not answer.headers.get("Location", "/").startswith(("http:", "https:", "//"))
            probe.clients.pop("")
    assert probe.ask("", "GET", "/tickets").status_code == 401


def test_the_sweep_knows_what_the_pages_read() -> None:
    assert sum(len(names) for names in READ.values()) > 500
    assert {"q", "status", "page"} <= READ["lists.tickets"]
    assert {"result", "once"} <= READ["course.reply_send"]


def test_the_tickets_came_through_whole(probe: Probe) -> None:
    """Whatever was sent above: nobody else's words were lost."""
    for number in probe.scene.readers:
        ticket = Ticket.get(Ticket.number == number)
        assert MARK.search(ticket.text)
        assert ticket.caller_phone in probe.scene.marks
    assert [line[:300] for line in probe.lines if MARK.search(line)] == []
