"""The invented district with something on every page, and every page of it: for tests that look at all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from tests.admin import log_scene
from tests.served import Served
from tests.web import intake_form
from tests.web.conftest import Site, served_district, token
from tests.web.course_site import add_people, at_status, put_in_force
from tests.web.district_rows import NOW, Rows
from tests.web.survey_site import ask
from tickets.store import releases
from tickets.store.connect import transaction
from wiring import rulebook

# What a route with arguments is filled with; the keys are its endpoint.
FILLED = {
    "coverage.of_set": {"ruleset": "dispatch"},
    "designer.design": {"form": "intake"},
    "library.category": {"category": "供水"},
    "log.rule": {"ruleset": "dispatch", "rule_id": "D-010"},
    "record.person": {"person": 1},
    "record.unit": {"unit": 1},
    "report.pdf": {"month": "2026-11"},
    "report.report": {"month": "2026-11"},
    "rule_tests.table": {"ruleset": "dispatch"},
    "templates.one": {"lang": "zh", "stem": "dispatch.sms"},
    "workbench.family": {"ruleset": "dispatch"},
    "workbench.other": {"path": "rules/facts.yaml"},
}
# No page for anybody here: they lead on to another one, or ask for what the district does not hold (an absence, a shift, a service, an alias; a replay's changes).
ELSEWHERE = re.compile(
    r"^/admin/((absences|aliases|services|shifts)/(details|edit|retire)/.*|catalogue/leaf/|coverage/|tests/new|releases/compare|drafts/\d+/changes)?$|^/signin|^/record$"
)
STOCK = re.compile(r"^/admin/(?:\w+)/(details|edit|new|retire)/")
OF_A_ROW = re.compile(r"/(details|edit|retire|password)/$")  # asked about one row of a stock list
NO_PAGE = re.compile(r"/ajax/lookup/|/export/|static/|/(model|state|progress|schema|look|yaml|changes\.xlsx|qr\.svg|readyz|village)$")
# Where a ticket stands, and who takes which step of it.
STEPS = {
    "reply": ("办理中", "handler"),
    "return": ("待签收", "handler"),
    "transfer": ("待签收", "handler"),
    "review": ("待审核", "chief"),
    "verify": ("待回访", "agent"),
}


@dataclass
class Walk:
    """The app with something on every page, the pages' paths, who may open them, and the kinds of elements that paths like each have already shown."""

    served: Served[Site]
    paths: list[str]
    opened: set[str] = field(default_factory=set)
    shown: dict[str, set[str]] = field(default_factory=dict)

    def of(self, username: str) -> list[str]:
        """The paths at which this user is shown an element of a kind nobody before him was shown there or at one like it.

        The back office shows a page to whoever may open it, so nobody after the first is asked about it.
        """
        client = self.served.site.signed_in(username)
        found = []
        for path in self.paths:
            if path.startswith("/admin/") and path in self.opened:
                continue
            answer = client.get(path)
            if answer.status_code == 200 and answer.mimetype != "text/html":
                self.shown.setdefault(like(path), set())  # for a machine: a script, figures, a manifest
            elif answer.status_code == 200:
                self.opened.add(path)
                if self._new(path, answer.text) and "<html" in answer.text:  # a piece of a page is looked at in its page
                    found.append(path)
        return found

    def unseen(self) -> list[str]:
        """The paths nobody may open and that are not like one somebody may, of those that are pages."""
        return [path for path in self.paths if like(path) not in self.shown and not ELSEWHERE.search(path)]

    def _new(self, path: str, html: str) -> bool:
        """True when the page's own part holds a kind of element (name, class, role, type) that is not yet known there."""
        main = html.partition("<main")[2] or html
        kinds = {tag + "".join(re.findall(r' (?:class|role|type)="[^"]*"', rest)) for tag, rest in re.findall(r"<(\w+)([^>]*)>", main)}
        known = self.shown.setdefault(like(path), set())
        new = not kinds <= known
        known |= kinds
        return new


def like(path: str) -> str:
    """The path without its numbers, and without the name of the stock list whose row or form it shows: those look alike."""
    return re.sub(r"\d+", "#", STOCK.sub(r"/admin/*/\1/", path))


def paths_of(app: Flask) -> list[str]:
    """Every GET address of the app that can be a page, filled with what the district holds; what has arguments and is not in FILLED is in `walk`."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not NO_PAGE.search(rule.rule) and rule.arguments <= set(FILLED.get(rule.endpoint, {})):
                path = app.url_for(rule.endpoint, **FILLED.get(rule.endpoint, {}))
                found.append(path + "?id=1" if OF_A_ROW.search(path) else path)
    return sorted(found)


@contextmanager
def district_with_everything(folder: Path, filled: tuple[Path, Rows]) -> Iterator[Walk]:
    """The invented district served with two releases, a draft, a decided ticket, a survey and a ticket at every step."""
    with served_district(folder, filled) as served:
        site = served.site
        intake_form.put_in_force(site.app)
        intake = site.app.extensions["suda"].desk.forms.all()
        put_in_force(site.app)
        forms = site.app.extensions["suda"].desk.forms
        forms.replace({form.id: form for form in (*intake, *forms.all())})
        add_people(site.rows)
        settings = site.app.extensions["suda"].settings
        tree = rulebook.tree_in_force(settings, NOW)
        for title in ("第一次发布", "第二次发布"):
            with transaction():
                releases.write(tree, {}, at=NOW, effective_at=NOW, title=title, author=("policy", "政策"), approver=("approver", "审批"), opinion="同意")
        decided = log_scene.decide(site.rows.tickets[6], log_scene.PIPES)
        survey = ask(site.app, site.rows)
        policy = site.signed_in("policy")
        answer = policy.post("/admin/rules/start", json={"draft": 0, "what": "诉求登记"}, headers={"X-CSRFToken": token(policy, "/admin/rules/")})
        draft = f"/admin/drafts/{answer.get_json()['draft']}"
        paths = paths_of(site.app) + [f"/t/{one.number}" for one in site.rows.tickets] + [f"/t/{site.rows.tickets[0].number}/print"]
        paths += [f"/t/{at_status(site.rows, status).number}/do/{step}" for step, (status, _) in STEPS.items()]
        paths += [
            survey.path,
            draft,
            f"{draft}/lines",
            f"{draft}/changes",
            "/admin/releases/1/back",
            "/admin/releases/compare?a=1&b=2",
            f"/admin/log/{decided.id}",
            f"/admin/tests/new?ticket={site.rows.tickets[6].number}",
        ]
        yield Walk(served, paths)
