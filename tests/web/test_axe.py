"""Every page as each kind of user meets it: nothing against WCAG 2.2 A and AA wide and on a phone, whole at 200 % zoom, and used by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.served import open_context, open_page
from tests.web.district_rows import Rows
from tests.web.page_checks import look
from tests.web.page_walk import Walk, district_with_everything
from tickets.domain.roles import ROLES

# Who may open most of the back office comes first: nobody after them is asked about those pages.
WHO = sorted(ROLES, key=lambda role: role not in ("policy", "admin", "approver", "auditor"))


@pytest.fixture
def walk(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Walk]:
    with district_with_everything(tmp_path, filled) as walk:
        yield walk


def test_every_page_of_every_user_is_open_to_all(browser: Browser, walk: Walk) -> None:
    found: list[str] = []
    tabbed: set[str] = set()
    for username in (*WHO, "chief"):
        paths = walk.of(username)
        if paths:
            page, _ = open_page(browser, walk.served, "desktop", username, reduced_motion="reduce")
            for path in paths:
                found += look(page, path, tabbed)
            page.context.close()
    page = open_context(browser, walk.served, reduced_motion="reduce").new_page()
    for path in ("/signin", "/mine", "/s/guess", "/nowhere", *(path for path in walk.paths if path.startswith("/s/"))):
        found += look(page, path, tabbed)
    assert not found, "\n".join(found)
    assert walk.unseen() == [], "no user may open these, so nobody looked"
