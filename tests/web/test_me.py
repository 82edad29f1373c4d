"""One's own account: the password, the second factor, and the second step of signing in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from flask.testing import FlaskClient

from tests.web.conftest import PASSWORD, Site, make_site, sign_in, token
from tests.web.district_rows import NOW, Rows
from tickets.domain.roles import GUARDED, ROLES
from tickets.store import second_factor as store
from tickets.store.desk_models import SecondFactor
from tickets.store.models import Account, DirectoryChange
from web import second_factor

STEP = timedelta(seconds=30)
FRESH = "new words of mine 7"


def set_time(site: Site, moment: datetime) -> None:
    hall = site.app.extensions["suda"]
    object.__setattr__(hall, "desk", replace(hall.desk, clock=lambda: moment))


def post(client: FlaskClient, path: str, at: str = "/me", **values: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": token(client, at), **values})
    return answer.status_code, answer.get_data(as_text=True)


def code(username: str, site: Site, moment: datetime = NOW) -> str:
    factor = store.of(Account.get(Account.username == username).id)
    assert factor is not None
    return pyotp.TOTP(second_factor.opened(site.app.extensions["suda"], factor)).at(moment)


def enrol(site: Site, username: str, moment: datetime = NOW) -> tuple[FlaskClient, list[str]]:
    """A client with a second factor turned on, and its recovery codes."""
    client = site.signed_in(username)
    assert post(client, "/me/second-factor/begin")[0] == 302
    status, html = post(client, "/me/second-factor/confirm", code=code(username, site, moment))
    assert status == 200
    return client, re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", html)


def second_step(site: Site, username: str, typed: str) -> tuple[FlaskClient, int]:
    client = site.app.test_client()
    assert sign_in(client, username) == 302
    return client, post(client, "/signin/code", "/signin/code", code=typed)[0]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_everybody_has_a_page_of_his_own(site: Site, role: str) -> None:
    html = site.signed_in(role).get("/me").get_data(as_text=True)
    assert ROLES[role].zh in html
    assert "二次验证" in html


def test_a_new_password_ends_every_other_session_and_keeps_this_one(site: Site) -> None:
    client, other = site.signed_in("handler"), site.signed_in("handler")
    assert post(client, "/me/password", current=PASSWORD, fresh=FRESH, again=FRESH)[0] == 302
    assert "别处的登录已全部退出" in client.get("/me").get_data(as_text=True)
    assert other.get("/me").status_code == 401
    assert (sign_in(site.app.test_client(), "handler"), sign_in(site.app.test_client(), "handler", FRESH)) == (401, 302)
    assert DirectoryChange.select().where((DirectoryChange.table == "account") & (DirectoryChange.what == "重设密码")).count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"current": "not this one", "fresh": FRESH, "again": FRESH}, "现在的密码不对"),
        ({"current": PASSWORD, "fresh": FRESH, "again": FRESH + "x"}, "不一样"),
        ({"current": PASSWORD, "fresh": "ninechars", "again": "ninechars"}, "10 至 200"),
        ({"current": PASSWORD, "fresh": "x" * 201, "again": "x" * 201}, "10 至 200"),
        ({"current": PASSWORD, "fresh": PASSWORD, "again": PASSWORD}, "和现在的一样"),
        ({"current": PASSWORD, "fresh": "unit_leader", "again": "unit_leader"}, "太容易猜到"),
        ({"current": PASSWORD, "fresh": "Unit_Leader2026", "again": "Unit_Leader2026"}, "太容易猜到"),
        ({"current": PASSWORD, "fresh": "a" * 12, "again": "a" * 12}, "太容易猜到"),
        ({}, "现在的密码不对"),
    ],
)
def test_a_bad_password_is_refused_in_words_and_changes_nothing(site: Site, values: dict[str, str], said: str) -> None:
    client = site.signed_in("unit_leader")
    status, html = post(client, "/me/password", **values)
    assert status == 422
    assert said in html
    assert sign_in(site.app.test_client(), "unit_leader") == 302


def test_wrong_present_passwords_are_counted_and_then_refused_with_a_time_to_come_back(site: Site) -> None:
    client = site.signed_in("handler")
    statuses = [post(client, "/me/password", current="wrong", fresh=FRESH, again=FRESH)[0] for _ in range(5)]
    answer = client.post("/me/password", data={"csrf_token": token(client, "/me"), "current": PASSWORD, "fresh": FRESH, "again": FRESH})
    assert statuses == [422] * 5
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "秒再试" in answer.get_data(as_text=True)


def test_the_secret_is_sealed_shown_until_the_first_code_and_never_again(site: Site) -> None:
    client = site.signed_in("policy")
    assert client.get("/me/second-factor/qr.svg").status_code == 404
    post(client, "/me/second-factor/begin")
    page = client.get("/me/second-factor").get_data(as_text=True)
    picture = client.get("/me/second-factor/qr.svg")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert b"<script" not in picture.data
    shown = re.search(r'me-key">([A-Z2-7 ]+)<', page)
    assert shown is not None
    secret = shown[1].replace(" ", "")
    assert secret not in SecondFactor.get().secret
    assert post(client, "/me/second-factor/confirm", code="000000")[0] == 422
    assert not Account.get(Account.username == "policy").session_version > 1
    status, html = post(client, "/me/second-factor/confirm", code=pyotp.TOTP(secret).at(NOW))
    assert status == 200
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", html)
    assert len(set(codes)) == 8
    assert not any(one in SecondFactor.get().recovery for one in codes)
    assert client.get("/me/second-factor/qr.svg").status_code == 404
    assert secret not in client.get("/me/second-factor", follow_redirects=True).get_data(as_text=True)


def test_turning_it_on_ends_other_sessions(site: Site) -> None:
    other = site.signed_in("policy")
    client, _ = enrol(site, "policy")
    assert client.get("/me").status_code == 200
    assert other.get("/me").status_code == 401


def test_signing_in_takes_two_steps_and_the_first_alone_opens_nothing(site: Site) -> None:
    enrol(site, "policy")
    set_time(site, NOW + STEP)
    client = site.app.test_client()
    assert sign_in(client, "policy") == 302
    assert client.get("/").status_code == 401
    with client.session_transaction() as session:
        assert "account" not in session
    assert post(client, "/signin/code", "/signin/code", code=code("policy", site, NOW + STEP))[0] == 302
    assert client.get("/").status_code == 200
    with client.session_transaction() as session:
        assert "pending" not in session


def test_a_code_is_good_once_and_an_earlier_one_never_after_a_later(site: Site) -> None:
    enrol(site, "policy")
    assert second_step(site, "policy", code("policy", site))[1] == 401  # the code that turned it on is spent
    later = code("policy", site, NOW + STEP)
    assert second_step(site, "policy", later)[1] == 302  # a phone 30 seconds ahead
    assert second_step(site, "policy", later)[1] == 401
    set_time(site, NOW + STEP)
    assert second_step(site, "policy", code("policy", site, NOW))[1] == 401


def test_two_processes_take_the_same_step_once(site: Site) -> None:
    enrol(site, "policy")
    account = Account.get(Account.username == "policy").id
    step = int((NOW + STEP).timestamp()) // 30
    assert [store.take_step(account, step), store.take_step(account, step), store.take_step(account, step - 1)] == [True, False, False]


@pytest.mark.parametrize(("off", "status"), [(-2, 401), (-1, 302), (0, 302), (1, 302), (2, 401)])
def test_a_phones_clock_may_be_one_step_off(site: Site, off: int, status: int) -> None:
    enrol(site, "policy")
    moment = NOW + 10 * STEP
    set_time(site, moment)
    assert second_step(site, "policy", code("policy", site, moment + off * STEP))[1] == status


def test_a_recovery_code_opens_once_however_it_is_written(site: Site) -> None:
    _, codes = enrol(site, "policy")
    assert second_step(site, "policy", f" {codes[0].upper().replace('-', ' ')} ")[1] == 302
    assert second_step(site, "policy", codes[0])[1] == 401
    client, status = second_step(site, "policy", codes[1])
    assert status == 302
    assert "备用码还剩 6 个" in client.get("/me").get_data(as_text=True)


def test_codes_cannot_be_guessed_by_trying_not_even_from_many_addresses(site: Site) -> None:
    enrol(site, "policy")
    set_time(site, NOW + STEP)
    statuses = []
    for number in range(6):
        client = site.app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{number + 1}"
        sign_in(client, "policy")
        statuses.append(post(client, "/signin/code", "/signin/code", code=f"{number:06d}")[0])
    assert statuses == [401] * 5 + [429]
    assert second_step(site, "policy", code("policy", site, NOW + STEP))[1] == 429  # the right one too, until the minute is over


def test_the_state_between_the_steps_is_short_and_ends_with_the_session_version(site: Site) -> None:
    enrol(site, "policy")
    set_time(site, NOW + STEP)
    client = site.app.test_client()
    sign_in(client, "policy")
    with client.session_transaction() as session:
        session["pending"] = {**session["pending"], "since": session["pending"]["since"] - 301}
    assert client.get("/signin/code").status_code == 302
    late = site.app.test_client()
    sign_in(late, "policy")
    carried = token(late, "/signin/code")
    Account.update(session_version=Account.session_version + 1).where(Account.username == "policy").execute()
    assert late.post("/signin/code", data={"csrf_token": carried, "code": code("policy", site, NOW + STEP)}).status_code == 401


def test_what_was_planted_before_the_password_is_gone_after_each_step(site: Site) -> None:
    enrol(site, "policy")
    set_time(site, NOW + STEP)
    client = site.app.test_client()
    token(client)
    with client.session_transaction() as session:
        session["planted"] = "x"
    sign_in(client, "policy")
    with client.session_transaction() as session:
        assert "planted" not in session
        session["planted"] = "y"
    post(client, "/signin/code", "/signin/code", code=code("policy", site, NOW + STEP))
    with client.session_transaction() as session:
        assert "planted" not in session


def test_it_is_turned_off_with_password_and_code_alone(site: Site) -> None:
    client, codes = enrol(site, "policy")
    assert post(client, "/me/second-factor/off", current=PASSWORD, code="123456")[0] == 422
    assert post(client, "/me/second-factor/off", current="wrong", code=codes[0])[0] == 422
    assert post(client, "/me/second-factor/off", current=PASSWORD, code=codes[0])[0] == 302
    assert SecondFactor.select().count() == 0
    assert sign_in(site.app.test_client(), "policy") == 302
    assert site.signed_in("policy").get("/").status_code == 200
    said = [json.loads(row.after) for row in DirectoryChange.select().where(DirectoryChange.table == "account").order_by(DirectoryChange.id)]
    assert said == [{"second_factor": "启用"}, {"recovery_codes": "用去一个"}, {"second_factor": "停用"}]


def test_new_recovery_codes_end_the_old_ones(site: Site) -> None:
    client, codes = enrol(site, "policy")
    status, html = post(client, "/me/second-factor/codes", current=PASSWORD, code=codes[0])
    assert status == 200
    fresh = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", html)
    assert second_step(site, "policy", codes[1])[1] == 401
    assert second_step(site, "policy", fresh[0])[1] == 302


@pytest.mark.parametrize("role", sorted(ROLES))
def test_where_it_is_required_the_guarded_roles_see_nothing_before_they_have_it(tmp_path: Path, filled: tuple[Path, Rows], role: str) -> None:
    site = make_site(tmp_path, filled, SUDA_SECOND_FACTOR="require")
    client = site.signed_in(role)
    answer = client.get("/tickets")
    assert (answer.status_code, answer.headers.get("Location")) == ((302, "/me/second-factor") if role in GUARDED else (200, None))
    assert client.get("/live/state", headers={"Accept": "application/json"}).status_code == (403 if role in GUARDED else 200)
    assert client.get("/me/second-factor").status_code == 200
    if role in GUARDED:
        client, _ = enrol(site, role)
        assert client.get("/tickets").status_code == 200


def test_where_it_is_off_nothing_is_offered_or_asked(tmp_path: Path, filled: tuple[Path, Rows]) -> None:
    site = make_site(tmp_path, filled, SUDA_SECOND_FACTOR="off")
    client = site.signed_in("admin")
    assert "二次验证" not in client.get("/me").get_data(as_text=True)
    post(client, "/me/second-factor/begin")
    assert SecondFactor.select().count() == 0


def test_another_installation_key_opens_no_code(tmp_path: Path, filled: tuple[Path, Rows]) -> None:
    site = make_site(tmp_path, filled, SUDA_SECRET_KEY="k" * 40)
    enrol(site, "policy")
    kept = SecondFactor.get()
    other = make_site(tmp_path, filled, SUDA_SECRET_KEY="other" * 10)
    SecondFactor.insert(account=kept.account_id, secret=kept.secret, made_at=kept.made_at, confirmed_at=kept.confirmed_at).execute()
    assert second_step(other, "policy", "123456")[1] == 401


def test_an_administrator_turns_off_what_somebody_lost_but_not_his_own(site: Site) -> None:
    lost, _ = enrol(site, "policy")
    admin, _ = enrol(site, "admin")
    ids = {row.username: row.id for row in Account.select()}
    assert "停用二次验证" in admin.get(f"/admin/accounts/details/?id={ids['policy']}").get_data(as_text=True)
    assert post(admin, "/admin/accounts/second-factor/", id=str(ids["policy"]))[0] == 302
    assert post(admin, "/admin/accounts/second-factor/", id=str(ids["admin"]))[0] == 302
    assert [row.account_id for row in SecondFactor.select()] == [ids["admin"]]
    assert lost.get("/me").status_code == 401
    assert "停用" in admin.get(f"/admin/accounts/details/?id={ids['policy']}").get_data(as_text=True)
