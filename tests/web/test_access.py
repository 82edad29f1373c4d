"""Role by route by somebody else's record: every page of the app, every role, nothing leaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import PASSWORD, Site, make_site, sign_in, token
from tests.web.district_rows import Rows, make_ticket
from tests.web.matrix_probe import SIGNED, plain_bytes
from tickets.domain.roles import RIGHTS, ROLES
from tickets.store.models import Ticket
from web.access import OPEN, right_of

# A concrete address for every route with a part to fill in.
PARTS = {
    "number": "20261123-0007",
    "category": "供水",
    "filename": "suda.css",
    "key": "1",
    "ruleset": "dispatch",
    "rule_id": "D-010",
    "export_type": "csv",
    "form": "intake",
}
NOTHING_DONE = (".delete_view", ".action_view", ".ajax_update")  # what Flask-Admin would do to rows, and nobody may do here
FOREIGN = "20261123-0005"  # held by 人社局
OWN = "20261123-0007"  # held by 水务局/管网科


def addresses(site: Site) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of every route, its parts filled in from PARTS, else with 1."""
    found = []
    for rule in site.app.url_map.iter_rules():
        built = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda part: PARTS.get(part[1], "1"), str(rule))
        found += [(rule.endpoint, method, built) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


def test_every_route_names_the_right_it_needs(site: Site) -> None:
    marked = {endpoint: right_of(site.app, endpoint) for endpoint, _, _ in addresses(site)}
    assert {endpoint: right for endpoint, right in marked.items() if right not in (*RIGHTS, OPEN)} == {}


def test_a_route_whose_author_forgot_is_refused(site: Site) -> None:
    site.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert site.signed_in("admin").get("/forgotten").status_code == 403


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_opens_what_its_rights_say_and_nothing_else(site: Site, role: str) -> None:
    client = site.signed_in(role)
    carried = token(client, "/")
    for endpoint, method, address in addresses(site):
        right = right_of(site.app, endpoint)
        if endpoint == "signin.sign_out" or (method == "POST" and right == OPEN):
            continue
        data = {"csrf_token": carried} if method == "POST" else None
        status = client.open(address, method=method, data=data).status_code
        if endpoint.endswith(NOTHING_DONE):
            assert status in (403, 404), (role, address, status)
        elif right != OPEN and not ROLES[role].may(str(right)):
            assert status == 403, (role, address, status)
        else:
            # Whose record it is decides beyond the role: 404 is what a stranger sees; an empty form is refused in words.
            allowed = (503,) if endpoint == "health.ready" else (200, 302, 304, 400, 404, 409, 422)  # no worker lives here, and that is what it says
            assert status in allowed, (role, address, status)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_signed_in_sees_only_the_open_pages(site: Site, method: str) -> None:
    client = site.app.test_client()
    carried = token(client)
    for endpoint, its_method, address in addresses(site):
        if its_method == method and right_of(site.app, endpoint) != OPEN:
            answer = client.open(address, method=method, data={"csrf_token": carried} if method == "POST" else None)
            assert answer.status_code == 401, address
            assert "菜市场" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", [key for key, role in ROLES.items() if role.sees != "all"])
def test_somebody_elses_ticket_is_as_unknown_as_none(site: Site, role: str) -> None:
    client = site.signed_in(role)
    foreign, none = client.get(f"/t/{FOREIGN}"), client.get("/t/20261123-9999")
    assert foreign.status_code == none.status_code == 404
    assert foreign.get_data(as_text=True).count("拖欠工资") == 0
    posted = client.post(f"/t/{FOREIGN}/sign", data={"csrf_token": token(client, "/")})
    assert posted.status_code == 404
    assert Ticket.get(Ticket.number == FOREIGN).status == "待签收"


@pytest.mark.parametrize("address", ["/", "/live/state", "/tickets", "/tickets?q=拖欠工资", "/tickets?clock=risk", "/library", "/library/供水", "/messages"])
def test_lists_show_a_handler_his_own_tickets_alone(site: Site, address: str) -> None:
    html = site.signed_in("handler").get(address).get_data(as_text=True)
    for foreign in ("拖欠工资", "油烟直排", FOREIGN, "顾行简"):
        assert foreign not in html.replace('value="拖欠工资"', ""), (address, foreign)


def test_a_unit_leader_sees_the_sections_below_him(site: Site) -> None:
    assert site.signed_in("unit_leader").get(f"/t/{OWN}").status_code == 200


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_citizens_number_is_masked_on_every_page_for_everybody(site: Site, role: str) -> None:
    ticket = make_ticket(site.rows, site.rows.places["管网科"], "请回电 13912345678，身份证 110101199003071234，水管漏水", caller_phone="13800000013")
    client = site.signed_in(role)
    pages = [f"/t/{ticket.number}", "/", "/live/state", "/tickets", "/messages", "/library/供水"]
    html = "".join(client.get(page).get_data(as_text=True) for page in pages)
    assert "13912345678" not in html
    assert "110101199003071234" not in html
    assert "13800000013" not in html
    assert ("138****0013" in html) == (role != "grid_officer")  # whose ticket it is not, and who sees nothing of it


def test_no_page_shows_a_staff_number(site: Site) -> None:
    client = site.signed_in("supervisor")
    for _, method, address in addresses(site):
        if method == "GET":
            assert b"19900000001" not in plain_bytes(client.get(address).data), address


def test_a_ticket_is_signed_by_its_holder_in_his_own_name(site: Site) -> None:
    client = site.signed_in("handler")
    assert client.post(f"/t/{OWN}/sign", data={"csrf_token": token(client, "/")}).status_code == 302
    ticket = Ticket.get(Ticket.number == OWN)
    assert (ticket.status, ticket.person.name) == ("办理中", "韩雨澄")
    page = client.get(f"/t/{OWN}").get_data(as_text=True)
    assert "已签收，办理时钟开始走。" in page
    assert 'id="sign"' not in page


def test_a_second_signature_is_refused_in_words(site: Site) -> None:
    client = site.signed_in("handler")
    for _ in range(2):
        client.post(f"/t/{OWN}/sign", data={"csrf_token": token(client, "/")})
    assert "已由韩雨澄于" in client.get(f"/t/{OWN}").get_data(as_text=True)


def test_a_supervisor_sees_the_ticket_but_may_not_sign_for_the_unit(site: Site) -> None:
    client = site.signed_in("supervisor")
    assert 'id="sign"' not in client.get(f"/t/{OWN}").get_data(as_text=True)
    client.post(f"/t/{OWN}/sign", data={"csrf_token": token(client, "/")})
    assert Ticket.get(Ticket.number == OWN).status == "待签收"


def test_posted_extra_fields_change_nothing(site: Site) -> None:
    client = site.signed_in("handler")
    extra = {"csrf_token": token(client, "/"), "person_id": "1", "actor": "system", "status": "已结案", "unit": "1"}
    client.post(f"/t/{OWN}/sign", data=extra)
    ticket = Ticket.get(Ticket.number == OWN)
    assert (ticket.status, ticket.person.name) == ("办理中", "韩雨澄")


def _client(site: Site) -> FlaskClient:
    return site.app.test_client()


def test_every_form_needs_its_token(site: Site) -> None:
    client = site.signed_in("handler")
    for endpoint, method, address in addresses(site):
        if method == "POST":
            refused = 403 if endpoint.startswith(SIGNED) else 400
            assert client.post(address).status_code == refused, address
            assert client.post(address, data={"csrf_token": "guess"}).status_code == refused, address
    assert Ticket.get(Ticket.number == OWN).status == "待签收"


def test_the_sixth_wrong_try_is_refused(site: Site) -> None:
    client = _client(site)
    answers = [sign_in(client, "agent", f"wrong {number}") for number in range(6)]
    assert answers == [401] * 5 + [429]
    assert sign_in(client, "agent") == 429  # the right one too, until the minute is over
    assert sign_in(client, " AGENT ", "wrong") == 429  # no other spelling of the same name
    assert sign_in(client, "auditor") == 302  # another name is another count


def test_right_passwords_are_not_counted(site: Site) -> None:
    assert [sign_in(_client(site), "agent") for _ in range(8)] == [302] * 8


def test_in_production_demonstration_accounts_are_not_listed(tmp_path: Path, filled: tuple[Path, Rows]) -> None:
    made = make_site(tmp_path, filled, SUDA_DEMONSTRATION="false", SUDA_SECRET_KEY="k" * 40, SUDA_HTTPS="true")
    page = made.app.test_client().get("/signin", base_url="https://localhost").get_data(as_text=True)
    assert PASSWORD not in page
    assert "grid_officer" not in page
