"""An app whose rules in force are the workbench's small files, with a real ticket that they judged."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient

from engine.book import RuleBook
from engine.facts import FactValue
from tests.admin.log_scene import decide
from tests.admin.workbench_site import bench_site
from tests.web.conftest import Site, token
from tests.web.district_rows import NOW, Rows, make_ticket
from tickets.ports import Desk
from tickets.store.models import Ticket
from tickets.store.names import names_from_database
from web.hall import Hall
from wiring import rulebook

WORDS = "我家停暖三天了，孩子发烧，请回电 13912345678"
FACTS: dict[str, FactValue] = {"category": "供热", "text": WORDS, "area": "菜市场北门"}


@dataclass
class Scene:
    """The site, its desk, and one ticket about heating that D-050 sends to the heating company."""

    site: Site
    desk: Desk
    ticket: Ticket

    @property
    def number(self) -> str:
        return str(self.ticket.number)


def scene(folder: Path, filled: tuple[Path, Rows]) -> Scene:
    """Everything in place."""
    site = bench_site(folder, filled)
    hall: Hall = site.app.extensions["suda"]
    loaded = rulebook.load_tree(rulebook.tree_in_force(hall.settings, NOW), names_from_database())
    assert not loaded.errors, loaded.errors
    hall.desk.rules = RuleBook(loaded.sets, loaded.facts, loaded.names)
    ticket = make_ticket(site.rows, site.rows.places["管网科"], WORDS, category="供热", area="菜市场北门")
    decide(ticket, FACTS, hall.desk)
    return Scene(site, hall.desk, ticket)


def text_of(answer: str) -> str:
    """A page as a reader sees it: no markup, single spaces."""
    body = re.sub(r"<(script|style|datalist)\b.*?</\1>", " ", answer, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def try_it(client: FlaskClient, **fields: str) -> str:
    """The page for a form as sent, as HTML."""
    sent = client.post("/admin/tryout/", data={"csrf_token": token(client, "/admin/tryout/"), **fields})
    assert sent.status_code == 200, sent.get_data(as_text=True)[:800]
    return sent.get_data(as_text=True)


def fields_of(page: str) -> dict[str, str]:
    """The facts of a page's form as a browser would send them back."""
    found = dict(re.findall(r'name="(f_\w+)" value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea name="(f_\w+)"[^>]*>(.*?)</textarea>', page, flags=re.DOTALL))
    for name, options in re.findall(r'<select id="[^"]*" name="(f_\w+)"[^>]*>(.*?)</select>', page, flags=re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        found[name] = "" if chosen is None else chosen[1] or chosen[2]
    return {name: html.unescape(value) for name, value in found.items()}
