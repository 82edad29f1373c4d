"""The directory is closed to the wrong role in list, details, form, retirement, lookup, action and export; nothing posted beside a form counts."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from admin.office_pages import TABLES
from tests.admin.office_forms_filled import RIGHT
from tests.databases import counted
from tests.web.conftest import Site, token
from tickets.domain.roles import ACCOUNTS, DIRECTORY, DRAFT, KEEP_DIRECTORY, NODES, ROLES
from tickets.store.models import Account, DirectoryChange, Person, Unit

READ = ("", "details/?id=1", "export/csv/", "export/xlsx/")
KEEP = ("new/", "edit/?id=1", "retire/?id=1", "ajax/lookup/?name=person&query=P0")
POSTS = ("new/", "edit/?id=1", "retire/?id=1", "restore/?id=1", "delete/", "action/", "ajax/update/")
OWN_RIGHTS = {"accounts": (ACCOUNTS, ACCOUNTS), "nodes": (NODES, NODES)}
ENDPOINTS = [endpoint for _, _, endpoint in TABLES]


def post(client: FlaskClient, path: str, **values: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": token(client, "/"), **values})
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_address_asks_for_its_right(site: Site, role: str) -> None:
    client = site.signed_in(role)
    csrf = token(client, "/")
    before = (Unit.select().count(), Person.select().count(), DirectoryChange.select().count())
    for endpoint in ENDPOINTS:
        next(iter(site.app.extensions["limiter"])).reset()  # so many exports at once are no office's day
        read, keep = OWN_RIGHTS.get(endpoint, (DIRECTORY, KEEP_DIRECTORY))
        for path in READ:
            status = client.get(f"/admin/{endpoint}/{path}").status_code
            assert status in ((200, 404) if ROLES[role].may(read) else (403,)), (endpoint, path, status)
        for path in KEEP:
            status = client.get(f"/admin/{endpoint}/{path}").status_code
            assert status in ((200, 404) if ROLES[role].may(keep) else (403,)), (endpoint, path, status)
        if not ROLES[role].may(keep):
            for path in POSTS:
                assert client.post(f"/admin/{endpoint}/{path}", data={"csrf_token": csrf, **RIGHT[endpoint]}).status_code == 403, (endpoint, path)
    if not ROLES[role].may(KEEP_DIRECTORY):
        assert (Unit.select().count(), Person.select().count(), DirectoryChange.select().count()) == before


@pytest.mark.parametrize("role", ["admin", "policy", "agent"])
def test_the_catalogue_and_the_calendar_change_in_drafts_alone(site: Site, role: str) -> None:
    client = site.signed_in(role)
    for page in ("catalogue", "calendars"):
        assert client.get(f"/admin/{page}/").status_code == (200 if ROLES[role].may(DIRECTORY) else 403)
        status, _ = post(client, f"/admin/{page}/change/", name="停水爆管")
        assert (status == 403) == (not ROLES[role].may(DRAFT))


def test_a_policy_officer_sees_no_button_that_would_refuse_him(site: Site) -> None:
    client = site.signed_in("policy")
    pages = client.get("/admin/units/").get_data(as_text=True) + client.get("/admin/units/details/?id=1").get_data(as_text=True)
    assert "新增单位" not in pages
    assert "/admin/units/retire/" not in pages


def test_a_row_that_is_none_is_not_found(site: Site) -> None:
    client = site.signed_in("admin")
    csrf = token(client, "/")
    for endpoint in ENDPOINTS:
        for number in ("0", "-1", "x", "", "99999", "99999999999999999999999", "1 OR 1=1", "１"):
            for page in ("details", "edit", "retire"):
                assert client.get(f"/admin/{endpoint}/{page}/", query_string={"id": number}).status_code == 404, (endpoint, page, number)
            assert client.post(f"/admin/{endpoint}/restore/", data={"csrf_token": csrf, "id": number}).status_code == 404


def test_nonsense_in_the_address_bar_is_passed_over(site: Site) -> None:
    client = site.signed_in("admin")
    for query in (
        "page=99999999999999999999",
        "page=-3",
        "sort=password_hash&desc=1",
        "sort=7",
        "q=%25%27%22",
        "state=x",
        "kind=%00",
        "flt0_0=1",
        "page_size=1000000",
    ):
        for endpoint in ("units", "people", "shifts", "absences", "accounts"):
            assert client.get(f"/admin/{endpoint}/?{query}").status_code == 200, (endpoint, query)
    assert client.get("/admin/units/export/pdf/").status_code == 404
    assert client.get("/admin/units/ajax/lookup/?name=account&query=a").status_code == 404


def test_what_is_posted_beside_the_form_changes_nothing(site: Site) -> None:
    client = site.signed_in("admin")
    extra = {"id": "1", "active": "", "password_hash": "x", "session_version": "99", "demonstration": "y"}
    assert post(client, "/admin/people/new/", **RIGHT["people"], **extra)[0] == 302
    person = Person.get(Person.code == "P900")
    assert (person.active, person.id != 1) == (True, True)
    assert post(client, "/admin/accounts/new/", **RIGHT["accounts"], **extra)[0] == 302
    account = Account.get(Account.username == "newcomer")
    assert (account.session_version, account.demonstration, account.active) == (1, False, True)
    assert account.password_hash.startswith("$argon2id$")
    # fields for new rows alone are no fields of an edit
    post(client, f"/admin/people/edit/?id={person.id}", code="P000", name="新人乙", phone="", seen=str(_seen()))
    assert (Person.get_by_id(person.id).code, Person.get_by_id(person.id).name) == ("P900", "新人乙")
    assert post(client, f"/admin/accounts/edit/?id={account.id}", role="handler", person="P002", username="other", password="another long one", seen="0")
    assert Account.get_by_id(account.id).username == "newcomer"


def _seen() -> int:
    return int(DirectoryChange.select(DirectoryChange.id).where(DirectoryChange.table == "person").order_by(DirectoryChange.id.desc()).scalar())


def test_a_list_takes_six_queries_however_long(site: Site) -> None:
    client = site.signed_in("admin")
    for endpoint in ENDPOINTS:
        with counted() as said:
            assert client.get(f"/admin/{endpoint}/").status_code == 200
        asked = [sql for sql in said if sql.startswith("SELECT")]
        assert len(asked) <= 6, (endpoint, asked)


def test_no_hash_and_no_number_leaves_in_page_or_file(site: Site) -> None:
    client = site.signed_in("admin")
    phone, stored = Person.get_by_id(1).phone, Account.get_by_id(1).password_hash
    for path in (
        "people/",
        "people/details/?id=1",
        "people/edit/?id=1",
        "people/export/csv/",
        "people/?q=" + phone,
        "accounts/",
        "accounts/export/csv/",
        "accounts/details/?id=1",
    ):
        text = client.get(f"/admin/{path}").get_data(as_text=True).replace(f'value="{phone}"', "").replace(f"q={phone}", "")
        assert phone not in text, path
        assert stored not in text
        assert "argon2" not in text
    assert "没有符合条件的记录" in client.get(f"/admin/people/?q={phone}").get_data(as_text=True)
