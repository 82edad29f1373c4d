"""A whole installation behind the gate's pages: the demonstration district, the project's own rules, a clock that is moved by hand, a jobs turn on demand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.installed import installed
from tests.web.conftest import sign_in, token
from tickets.actions import draft_edit
from tickets.actions.intake import open_ticket
from tickets.domain.appeal import Appeal
from tickets.store import drafts, releases, runs
from tickets.store.draft_models import CheckRun, ReplayRun
from tickets.store.models import Ticket, database
from wiring import draft_work, rulebook
from wiring.desk import Parts

START = datetime(2026, 11, 23, 1, tzinfo=UTC)  # Monday 09:00 in the district
UTILITIES = "rules/dispatch/utilities.yaml"
TO = "then: [{dispatch: {to: 水务局/管网科, assist: [属地供水企业]}}]"
ROLES = {"zhou": "policy", "li": "policy", "he": "approver", "chen": "approver", "shen": "auditor", "zuoxi": "agent", "guan": "admin"}
BURST = Appeal("12345", "w-1", "滨河社区三号楼停水一天了，家里没水用", category="停水爆管", address="滨河社区三号楼", phone="19900000021")


@dataclass
class GateSite:
    """The app, its parts and its clock."""

    app: Flask
    parts: Parts
    clock: list[datetime]

    def client(self, who: str) -> FlaskClient:
        client = self.app.test_client()
        assert sign_in(client, who) == 302
        return client

    def later(self, **by: float) -> datetime:
        self.clock[0] += timedelta(**by)
        return self.clock[0]

    def turn(self) -> int:
        """What the jobs process does at one turn."""
        return draft_work.turn(self.parts.settings, self.parts.desk)

    def tree(self) -> dict[str, str]:
        return rulebook.tree_in_force(self.parts.settings, self.clock[0])

    def draft(self, old: str = TO, new: str = TO.replace("管网科", "供水管理科"), who: str = "zhou", path: str = UTILITIES, title: str = "供水专项修订") -> int:
        """A draft of one changed file."""
        number = draft_edit.start(self.clock[0], who, who, title)
        self.write(number, old, new, who, path)
        return number

    def write(self, number: int, old: str, new: str, who: str = "zhou", path: str = UTILITIES) -> None:
        base = self.tree().get(path)
        now = drafts.changed(number).get(path, base)
        assert now is not None
        assert old in now
        draft_edit.save(number, path, now.replace(old, new, 1), seen=releases.sha_of(now), base=base, at=self.clock[0], who=who, who_name=who, what="改一处")

    def checked(self, number: int, errors: int = 0) -> None:
        """A check of the draft as it stands, as if the jobs process had done it."""
        info = drafts.draft(number)
        assert info is not None
        run = runs.ask_check(number, info.hash, releases.newest_mark(self.clock[0]), "zhou", self.clock[0])
        assert runs.claim(CheckRun, "t", self.clock[0]) == run
        finding = {"level": "error", "file": UTILITIES, "line": 3, "rule": "D-042", "zh": "有错", "en": "wrong", "kind": "", "witness": None}
        runs.finish_check(run, "t", self.clock[0], [finding] * errors, (3, 3))

    def replayed(self, number: int) -> None:
        """A replay of the draft as it stands in which nothing changes."""
        info = drafts.draft(number)
        assert info is not None
        now = self.clock[0]
        run = runs.ask_replay(number, info.hash, releases.tree_hash(self.tree()), (now - timedelta(days=90), now), "zhou", now)
        assert runs.claim(ReplayRun, "t", now) == run
        runs.finish_replay(run, "t", now, done=10, changed=0, summary={"flows": [], "load": [], "kinds": {}}, hash_=f"replay{run}")

    def ready(self, **given: str) -> int:
        """A draft that is checked, submitted and replayed: only the decision lacks."""
        number = self.draft(**given)
        self.checked(number)
        assert post(self.client("zhou"), f"/admin/drafts/{number}/submit").status_code == 302
        self.replayed(number)
        return number

    def appeal(self, source_id: str) -> Ticket:
        """The next appeal of a burst pipe, as any page's request would find the rules."""
        self.parts.renew()
        opened = open_ticket(self.parts.desk, replace(BURST, source_id=source_id))
        found: Ticket = Ticket.get_by_id(opened.ticket_id)
        return found


def gate_site(folder: Path, seeded: Path) -> GateSite:
    """An installation in `folder`, opened."""
    clock = [START]
    tick: Callable[[], datetime] = lambda: clock[0]  # noqa: E731
    made = installed(folder, seeded, ROLES, tick)
    return GateSite(made.app, made.parts, clock)


def shut_site(site: GateSite) -> None:
    site.parts.book.close()
    if not database.is_closed():
        database.close()


def post(client: FlaskClient, path: str, **data: str) -> TestResponse:
    """A form sent with its token."""
    return client.post(path, data={"csrf_token": token(client, "/admin/drafts/"), **data})


def approve(site: GateSite, number: int, who: str = "he", **more: str) -> TestResponse:
    """The approval of what the page shows now."""
    client = site.client(who)
    page = client.get(f"/admin/drafts/{number}").get_data(as_text=True)
    seen = {name: (re.findall(f'name="{name}" value="([^"]*)"', page) or [""])[0] for name in ("seen_hash", "seen_replay")}
    return post(client, f"/admin/drafts/{number}/approve", **{**seen, "opinion": "同意", **more})


def said(answer: TestResponse) -> str:
    """The words of a page."""
    html = answer.get_data(as_text=True)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.S))))
