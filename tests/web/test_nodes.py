"""A grid officer's fixed address: told and let in, or refused; by the proxies in front and by nobody else's word."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from waitress.server import BaseWSGIServer, create_server

from tests.web.conftest import Site, make_site, token
from tests.web.district_rows import Rows, make_ticket
from tickets.domain.roles import NODES, ROLES
from tickets.store import nodes
from tickets.store.desk_models import NodeAddress
from tickets.store.models import Account, Alarm, Area, Holding, Post

OFFICE, HOME = "10.20.3.7", "203.0.113.9"


def node(networks: tuple[str, ...] = ("10.20.3.0/24",), above: bool = False) -> None:
    """The grid officer holds the post of a node in a village; the addresses are the node's, or the village's."""
    village = Area.create(name="北庄村域", level="村居")
    own = Area.create(name="北庄村第1网格", level="网格", parent=village)
    person = Account.get(Account.username == "grid_officer").person
    post = Post.create(unit=Post.select().join(Holding).where(Holding.person == person).get().unit, name="第1网格员", role="网格员", area=own)
    Holding.create(post=post, person=person)
    for network in networks:
        NodeAddress.create(area=village if above else own, network=network)


def ask(client: FlaskClient, address: str, path: str = "/tickets", **headers: str) -> tuple[int, str]:
    answer = client.get(path, environ_base={"REMOTE_ADDR": address}, headers=headers)
    return answer.status_code, answer.get_data(as_text=True)


def made(tmp_path: Path, filled: tuple[Path, Rows], mode: str, **more: str) -> Site:
    return make_site(tmp_path, filled, SUDA_GRID_IP=mode, **more)


def test_from_elsewhere_he_is_told_and_one_alarm_a_day_is_raised(tmp_path: Path, filled: tuple[Path, Rows]) -> None:
    site = made(tmp_path, filled, "warn")
    node()
    client = site.signed_in("grid_officer")
    Alarm.delete().execute()
    assert "不是本网格登记的固定地址" not in ask(client, OFFICE)[1]
    assert Alarm.select().count() == 0
    for address in (HOME, HOME, "203.0.113.10"):
        status, html = ask(client, address)
        assert status == 200
        assert f"您现在的地址 {address} 不是" in html
    alarms = [row.text for row in Alarm.select().where(Alarm.kind == nodes.ALARM)]
    assert len(alarms) == 1
    assert "2026-11-23" in alarms[0]


def test_a_step_taken_from_elsewhere_says_so_on_its_ticket(tmp_path: Path, filled: tuple[Path, Rows]) -> None:
    site = made(tmp_path, filled, "warn")
    node()
    officer = Account.get(Account.username == "grid_officer").person
    place = next(one for one in site.rows.places.values() if one.person.id == officer.id)
    ticket, other = (make_ticket(site.rows, place) for _ in range(2))
    client = site.signed_in("grid_officer")
    for one, address in ((ticket, HOME), (other, OFFICE)):
        kept = token(client, f"/t/{one.number}")
        assert client.post(f"/t/{one.number}/sign", data={"csrf_token": kept}, environ_base={"REMOTE_ADDR": address}).status_code == 302
    auditor = site.signed_in("auditor")
    seen = [HOME in auditor.get(f"/t/{one.number}").get_data(as_text=True) for one in (ticket, other)]
    assert seen == [True, False]


def test_where_it_is_enforced_he_is_refused_in_a_sentence_that_names_whom_to_tell(tmp_path: Path, filled: tuple[Path, Rows]) -> None:
    site = made(tmp_path, filled, "enforce")
    node()
    client = site.signed_in("grid_officer")
    assert ask(client, OFFICE)[0] == 200
    status, html = ask(client, HOME)
    assert status == 403
    assert HOME in html
    assert "热线中心 · 值班室" in html
    assert "菜市场" not in html
    carried = html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    assert client.post("/signout", data={"csrf_token": carried}, environ_base={"REMOTE_ADDR": HOME}).status_code == 302
    assert ask(client, OFFICE)[0] == 401


@pytest.mark.parametrize(("mode", "status"), [("warn", 200), ("enforce", 403), ("off", 200)])
def test_a_node_without_addresses_is_let_in_silently_or_refused(tmp_path: Path, filled: tuple[Path, Rows], mode: str, status: int) -> None:
    site = made(tmp_path, filled, mode)
    node(networks=())
    answer, html = ask(site.signed_in("grid_officer"), HOME)
    assert answer == status
    assert "不是本网格登记的固定地址" not in html


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"grid_officer"}))
def test_nobody_else_is_bound_to_an_address(tmp_path: Path, filled: tuple[Path, Rows], role: str) -> None:
    site = made(tmp_path, filled, "enforce")
    node()
    assert ask(site.signed_in(role), HOME)[0] == 200


@pytest.mark.parametrize(
    ("networks", "address", "found"),
    [
        (("10.20.3.0/24",), "10.20.3.255", "inside"),
        (("10.20.3.0/24",), "10.20.4.0", "outside"),
        (("10.20.3.7/32",), "10.20.3.7", "inside"),
        (("10.20.3.7/32",), "10.20.3.8", "outside"),
        (("2001:db8:7::/48",), "2001:db8:7:ffff::1", "inside"),
        (("2001:db8:7::/48",), "2001:db8:8::1", "outside"),
        (("10.20.3.0/24",), "::ffff:10.20.3.9", "inside"),  # IPv4 as a dual-stack server sees it
        (("10.20.3.0/24",), "2001:db8::1", "outside"),
        (("0.0.0.0/0",), "2001:db8::1", "outside"),
        (("10.20.3.0/24",), "", "outside"),
        (("10.20.3.0/24",), "no address", "outside"),
        ((), "10.20.3.7", "none"),
    ],
)
def test_an_address_is_inside_its_network_alone(site: Site, networks: tuple[str, ...], address: str, found: str) -> None:
    node(networks)
    assert nodes.place_of(Account.get(Account.username == "grid_officer").person_id, address) == found


def test_a_villages_address_holds_for_its_nodes(site: Site) -> None:
    node(above=True)
    assert nodes.place_of(Account.get(Account.username == "grid_officer").person_id, OFFICE) == "inside"


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "status"),
    [
        ("0", HOME, OFFICE, 403),  # no proxy: what calls itself forwarded is ignored
        ("0", OFFICE, HOME, 200),
        ("1", "127.0.0.1", OFFICE, 200),
        ("1", "127.0.0.1", HOME, 403),
        ("1", "127.0.0.1", f"{OFFICE}, {HOME}", 403),  # the first was written by the client himself
        ("2", "127.0.0.1", f"{OFFICE}, 10.0.0.1", 200),
        ("2", "127.0.0.1", f"{OFFICE}, {HOME}, 10.0.0.1", 403),
        ("1", OFFICE, "", 200),
    ],
)
def test_the_address_is_what_the_counted_proxies_say(tmp_path: Path, filled: tuple[Path, Rows], proxies: str, remote: str, forwarded: str, status: int) -> None:
    site = made(tmp_path, filled, "enforce", SUDA_PROXIES=proxies)
    node()
    client = site.signed_in("grid_officer")
    assert ask(client, remote, **({"X-Forwarded-For": forwarded} if forwarded else {}))[0] == status


@pytest.mark.parametrize(("proxies", "status"), [("0", 403), ("1", 200)])
def test_through_the_real_server_as_well(tmp_path: Path, filled: tuple[Path, Rows], proxies: str, status: int) -> None:
    site = made(tmp_path, filled, "enforce", SUDA_PROXIES=proxies)
    node()
    cookie = site.signed_in("grid_officer").get_cookie("suda_session")
    assert cookie is not None
    server = create_server(site.app, host="127.0.0.1", port=0, clear_untrusted_proxy_headers=proxies == "0")
    loop = Thread(target=server.run, daemon=True)
    loop.start()
    asked = Request(f"http://127.0.0.1:{server.effective_port}/tickets", headers={"X-Forwarded-For": OFFICE, "Cookie": f"suda_session={cookie.value}"})
    try:
        got = urlopen(asked).status
    except OSError as refused:
        got = getattr(refused, "code", 0)
    finally:
        stop(server, loop)
    assert got == status


def stop(server: BaseWSGIServer, loop: Thread) -> None:
    """Ends the server's threads before its files are closed.

    A worker that has answered writes one byte into a pipe to wake the loop. With the pipe closed by then, its number may belong to the
    next test's database, whose first byte would be that one: "file is not a database".
    """
    server.task_dispatcher.shutdown()
    server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
    loop.join(10)
    assert not loop.is_alive()


@pytest.mark.parametrize(
    ("network", "kept"),
    [("10.20.3.7/24", "10.20.3.0/24"), ("10.20.3.7", "10.20.3.7/32"), ("2001:DB8:7::/48", "2001:db8:7::/48"), ("10.20.3.0／24", "10.20.3.0/24"),
     ("10.20.3", ""), ("10.20.3.0/33", ""), ("0.0.0.0/0", ""), ("::/0", ""), ("nonsense", ""), ("", "")],
)  # fmt: skip
def test_an_address_is_checked_when_it_is_registered(site: Site, network: str, kept: str) -> None:
    client = site.signed_in("admin")
    answer = client.post("/admin/nodes/new/", data={"csrf_token": token(client, "/"), "area": "临河镇", "network": network})
    assert answer.status_code == (302 if kept else 200)
    assert [row.network for row in NodeAddress.select()] == ([kept] if kept else [])


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_addresses_are_the_administrators(site: Site, role: str) -> None:
    node()
    client = site.signed_in(role)
    answer = client.get("/admin/nodes/")
    assert answer.status_code == (200 if ROLES[role].may(NODES) else 403)
    assert ("10.20.3.0/24" in answer.get_data(as_text=True)) == ROLES[role].may(NODES)
    removed = client.post("/admin/nodes/retire/?id=1", data={"csrf_token": token(client, "/")})
    assert removed.status_code == (302 if ROLES[role].may(NODES) else 403)
