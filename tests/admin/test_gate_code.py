"""Publishing is confirmed with a fresh one-time code by an approver who has the second factor on; one code publishes once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from flask.testing import FlaskClient

from tests.admin.gate_site import GateSite, gate_site, post, said, shut_site
from tests.cli.installation import seeded
from tickets.store import drafts, releases
from tickets.store import second_factor as store
from tickets.store.models import Account
from web import second_factor

__all__ = ["seeded"]
WRONG = "验证码不对，或已经用过"


@pytest.fixture
def site(tmp_path: Path, seeded: Path) -> Iterator[GateSite]:
    made = gate_site(tmp_path, seeded)
    yield made
    shut_site(made)


def enrolled(site: GateSite) -> tuple[FlaskClient, pyotp.TOTP]:
    """The approver past both steps of signing in, and what his phone shows."""
    hall, account = site.app.extensions["suda"], Account.get(Account.username == "he")
    sealed = second_factor.fresh_secret(hall)
    assert store.begin(account.id, sealed, site.clock[0])
    assert store.confirm(account.id, sealed, 0, [], site.clock[0])
    factor = store.of(account.id)
    assert factor is not None
    client = site.app.test_client()
    with client.session_transaction() as session:
        session.update({"account": account.id, "version": account.session_version + 1, "since": datetime.now(UTC).timestamp()})
    return client, pyotp.TOTP(second_factor.opened(hall, factor))


def published(client: FlaskClient, number: int, code: str, seen: str = "") -> tuple[int, bool]:
    """The status, and whether the page says that the code was wrong."""
    info = drafts.draft(number)
    assert info is not None
    answer = post(client, f"/admin/drafts/{number}/approve", code=code, seen_hash=seen or info.hash, seen_replay=f"replay{number}", opinion="同意")
    return answer.status_code, WRONG in said(answer)


def test_publishing_and_rolling_back_each_take_a_code_of_their_own(site: GateSite) -> None:
    first = site.ready()
    assert 'id="code"' not in site.client("he").get(f"/admin/drafts/{first}").get_data(as_text=True)  # without the second factor: none is asked
    client, phone = enrolled(site)
    assert client.get(f"/admin/drafts/{first}").get_data(as_text=True).count('id="code"') == 1
    now = phone.at(site.clock[0])
    for typed in ("", "000000" if now != "000000" else "111111", phone.at(int(site.clock[0].timestamp()) - 600)):
        assert published(client, first, typed) == (409, True)
    assert published(client, first, now, seen="another") == (409, False)
    assert releases.listed() == ()
    assert published(client, first, now) == (302, False)  # refused for something else a moment ago, the code was not spent
    again = "/admin/releases/1/back"
    spent = post(client, again, why="试一试", code=now)
    assert (spent.status_code, WRONG in said(spent), "试一试" in said(spent)) == (409, True, True)
    site.later(seconds=30)
    assert 'id="code"' in client.get(again).get_data(as_text=True)
    assert post(client, again, why="还是旧的好", code=phone.at(site.clock[0])).status_code == 302
    assert [one.number for one in releases.listed()] == [3, 2, 1]
