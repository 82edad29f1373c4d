"""Signing in, staying in and getting out: cookies, replay, redirects, hosts, headers."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type

from tests.web.conftest import PASSWORD, Site, make_site, sign_in, token
from tests.web.district_rows import Rows
from tickets.store import accounts
from tickets.store.models import Account


def cookie_of(site: Site, username: str) -> tuple[object, str]:
    client = site.signed_in(username)
    cookie = client.get_cookie("suda_session")
    assert cookie is not None
    return client, cookie.value


def test_a_cookie_copied_before_signing_out_opens_nothing(site: Site) -> None:
    client, copied = cookie_of(site, "agent")
    client.post("/signout", data={"csrf_token": token(client, "/")})  # type: ignore[attr-defined]
    thief = site.app.test_client()
    thief.set_cookie("suda_session", copied)
    answer = thief.get("/")
    assert answer.status_code == 401
    assert "会话已失效" in answer.get_data(as_text=True)


def test_a_session_given_before_signing_in_is_not_kept(site: Site) -> None:
    client = site.app.test_client()
    planted = token(client)
    with client.session_transaction() as session:
        session["planted"] = "by the attacker"
    sign_in(client, "agent")
    with client.session_transaction() as session:
        assert "planted" not in session
    assert token(client, "/") != planted


def test_a_switched_off_account_is_out_at_once(site: Site) -> None:
    client = site.signed_in("agent")
    Account.update(active=False).where(Account.username == "agent").execute()
    assert client.get("/").status_code == 401


def test_a_session_ends_after_half_a_day_however_busy(site: Site) -> None:
    client = site.signed_in("agent")
    with client.session_transaction() as session:
        session["since"] = session["since"] - 12 * 3600 - 1
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("forged", ["1", "true", "999999", "-1", "[1]"])
def test_a_session_made_up_without_the_key_is_nobody(site: Site, forged: str) -> None:
    client = site.app.test_client()
    client.set_cookie("suda_session", forged)
    assert client.get("/").status_code == 401


def test_cookies_are_kept_from_scripts_and_other_sites(site: Site) -> None:
    client = site.app.test_client()
    answer = client.post("/signin", data={"username": "agent", "password": PASSWORD, "csrf_token": token(client)})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_cookies_are_secure(tmp_path: Path, filled: tuple[Path, Rows]) -> None:
    made = make_site(tmp_path, filled, SUDA_HTTPS="true")
    client = made.app.test_client()
    page = client.get("/signin", base_url="https://localhost")
    mark = page.get_data(as_text=True).split('name="csrf-token" content="', 1)[1].split('"', 1)[0]
    data = {"username": "agent", "password": PASSWORD, "csrf_token": mark}
    answer = client.post("/signin", data=data, base_url="https://localhost", headers={"Referer": "https://localhost/signin"})
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/ok\r\nX: y", "\t//evil.example"])
def test_sign_in_leads_to_our_own_pages_alone(site: Site, target: str) -> None:
    client = site.app.test_client()
    answer = client.post("/signin", data={"username": "agent", "password": PASSWORD, "next": target, "csrf_token": token(client)})
    assert answer.headers["Location"] == "/"


def test_sign_in_leads_on_to_the_page_that_was_asked_for(site: Site) -> None:
    client = site.app.test_client()
    asked = client.get("/tickets?status=open")
    assert asked.status_code == 401
    assert 'name="next" value="/tickets?status=open"' in asked.get_data(as_text=True)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "a b"])
def test_a_foreign_host_name_is_refused(site: Site, host: str) -> None:
    assert site.app.test_client().get("/signin", headers={"Host": host}).status_code == 400


def test_every_answer_carries_its_headers(site: Site) -> None:
    client = site.signed_in("agent")
    for address in ("/", "/signin", "/live/state", "/t/20261123-0007", "/nowhere", "/static/suda.css"):
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_the_nonce_is_new_each_time(site: Site) -> None:
    client = site.app.test_client()
    assert client.get("/signin").headers["Content-Security-Policy"] != client.get("/signin").headers["Content-Security-Policy"]


def test_pages_are_not_kept_by_a_shared_browser(site: Site) -> None:
    assert site.signed_in("agent").get("/t/20261123-0007").headers["Cache-Control"] == "no-store"


def test_an_unknown_name_is_checked_like_a_known_one(site: Site) -> None:
    assert accounts.check("nobody-of-that-name", PASSWORD) is None
    assert accounts.check("agent", "wrong") is None
    assert accounts.check("agent", PASSWORD) is not None


def test_a_short_password_is_refused_in_words() -> None:
    with pytest.raises(accounts.PasswordTooShort, match="至少 10"):
        accounts.hash_password("short")


def test_outside_of_tests_a_password_costs_its_thief_memory_and_time(slow_passwords: PasswordHasher) -> None:
    assert slow_passwords.type is Type.ID
    assert slow_passwords.memory_cost >= 64 * 1024  # KiB: what RFC 9106 recommends second
    assert slow_passwords.time_cost >= 3
