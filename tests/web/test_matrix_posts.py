"""What is sent for somebody else's record changes nothing, no form goes without its token, and what is sent beside a form is not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web import course_site
from tests.web.district_rows import Rows
from tests.web.matrix_probe import SIGNED, Probe, Watch, probing, routes, same
from tests.web.matrix_scene import UNKNOWN, WORKERS
from tests.web.test_matrix import records
from tickets.domain.roles import ROLES
from tickets.domain.status import taken_at
from tickets.store.models import Account, History, Ticket
from web.access import OPEN
from web.course_steps import STEPS

WORKING = [f"{role}_{team}" for role in WORKERS for team in "ab"]
BESIDE = {
    "status": "已结案",
    "person": "1",
    "person_id": "1",
    "role": "admin",
    "unit": "1",
    "unit_id": "1",
    "account": "1",
    "actor": "system",
    "holder": "1",
    "active": "1",
}
# names under which a form may name a record of its own accord
NAMED = ("number", "ticket", "into", "id", "key", "once", "draft", "rowid", "list_form_pk")


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory, filled: tuple[Path, Rows]) -> Iterator[Probe]:
    with probing(tmp_path_factory, filled) as made:
        yield made


@pytest.fixture(scope="module")
def watch(probe: Probe) -> Iterator[Watch]:
    made = Watch(Path(str(probe.site.app.extensions["suda"].settings.home)) / "web.sqlite3")
    yield made
    made.close()


def good(probe: Probe, key: str) -> dict[str, object]:
    """What the step's form would be sent with."""
    form = probe.site.app.extensions["suda"].desk.forms.find(key)
    return {**course_site.ANSWERS[key], "go": "send", "once": "f" * 32, "seq": "-1", "version": form.version}


@pytest.mark.parametrize("who", WORKING)
def test_no_step_of_the_course_is_taken_on_anothers_ticket(probe: Probe, watch: Watch, who: str) -> None:
    """At every status at which the step could be taken, by everybody whose role may take it."""
    scene, other = probe.scene, "b" if who.endswith("_a") else "a"
    watch.changed()
    tried = 0
    for key, step in STEPS.items():
        for number in [scene.at[other, status] for status in taken_at(step.move)] + scene.foreign(who)[:1]:
            if who in scene.readers[number]:
                continue
            for last in ("", "/state"):
                expected = 404 if ROLES[scene.members[who].role].may(step.right) else 403
                assert probe.ask(who, "POST", f"/t/{number}/do/{key}{last}", good(probe, key)).status_code == expected, (who, key, number)
                tried += 1
        assert probe.ask(who, "POST", f"/t/{UNKNOWN}/do/{key}", good(probe, key)).status_code == expected, (who, key)
    assert watch.changed() == set()
    assert probe.leaked() == []
    assert tried > len(STEPS)


@pytest.mark.parametrize("who", [f"{role}_a" for role in WORKERS])
def test_whatever_is_sent_for_anothers_record_changes_nothing(probe: Probe, watch: Watch, who: str) -> None:
    """Every address of every POST route, and every name under which a form could carry a number or a key."""
    scene, role = probe.scene, ROLES[probe.scene.members[who].role]
    number = scene.foreign(who)[-1]
    key = next(key for key, readers in scene.files.items() if who not in readers)
    watch.changed()
    for rule, method, right in routes(probe.site):
        if method != "POST" or right == OPEN or not role.may(right) or rule.endpoint == "me.password":
            continue  # that a role without the right is refused, test_access.py sees for every route
        for what, address in records(scene, rule, who):
            if what == "own" and rule.arguments:
                continue
            named = {name: number if name in ("number", "ticket", "into") else key for name in NAMED} if what != "none" else {}
            answer = probe.ask(who, "POST", address, {**named, "once": key, "reason": "核对是否同一人投诉", "to": "水务局/甲科", "seq": "3", "level": "1"})
            if what == "foreign":
                none = probe.ask(who, "POST", address.replace(number, UNKNOWN), {"once": key, "seq": "3"})
                assert answer.status_code in (400, 404, 409, 302), (who, address, answer.status_code)
                assert answer.status_code == none.status_code, (who, address)
    assert not watch.changed() & {
        "ticket",
        "history",
        "assist",
        "assistanswer",
        "reviewstep",
        "extension",
        "outbox",
        "attachment",
        "formdraft",
        "knowledge",
        "lesson",
        "account",
    }
    assert probe.leaked() == []


def test_no_form_goes_without_its_token(probe: Probe, watch: Watch) -> None:
    watch.changed()
    for who in ("agent_a", "admin_a", ""):
        for rule, method, _ in routes(probe.site):
            if method == "POST":
                address = records(probe.scene, rule, who or "agent_a")[0][1]
                refused = 403 if rule.endpoint.startswith(SIGNED) else 400
                assert probe.ask(who, "POST", address, {"number": "1"}, csrf=False).status_code == refused, (who, address)
                if who == "agent_a":
                    assert probe.ask(who, "POST", address, {"csrf_token": "guessed"}, csrf=False).status_code == refused, address
    assert watch.changed() == set()


@pytest.mark.parametrize("who", ["handler_a", "grid_officer_b"])
def test_what_is_sent_beside_a_form_is_not_read(probe: Probe, who: str) -> None:
    scene = probe.scene
    number = scene.own[who]
    before = Ticket.get(Ticket.number == number)
    answer = probe.ask(who, "POST", f"/t/{number}/do/return", {**good(probe, "return"), "seq": str(before.step_seq), "once": "e" * 32, **BESIDE})
    after = Ticket.get(Ticket.number == number)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert after.status == "争议"
    assert (after.unit_id, after.number, after.caller_phone, after.text) == (before.unit_id, before.number, before.caller_phone, before.text)
    line = History.select().where(History.ticket == after).order_by(History.seq.desc()).first()
    assert line.actor == f"account:{scene.members[who].account}"
    account = Account.get_by_id(scene.members[who].account)
    assert (account.role, account.person_id, account.active) == (scene.members[who].role, scene.members[who].person, True)


@pytest.mark.parametrize("who", ["agent_a", "handler_a"])
def test_nobody_writes_himself_another_role(probe: Probe, who: str) -> None:
    """One's own account is changed by its own forms alone, whatever they are sent with."""
    before = Account.get_by_id(probe.scene.members[who].account)
    for address in ("/me/password", "/me/second-factor/begin", "/me/second-factor/confirm", "/language"):
        probe.ask(who, "POST", address, {**BESIDE, "current": "wrong", "fresh": "a long new password", "again": "a long new password", "code": "000000"})
    after = Account.get_by_id(before.id)
    assert {**before.__data__} == {**after.__data__}


def test_same_words_for_anothers_and_none_in_the_inbox(probe: Probe) -> None:
    number, data = probe.scene.foreign("handler_a")[-1], {"once": "d" * 32, "seq": "2"}
    other = probe.ask("handler_a", "POST", f"/inbox/sign/{number}", data, Accept="application/json")
    none = probe.ask("handler_a", "POST", f"/inbox/sign/{UNKNOWN}", data, Accept="application/json")
    assert same(other, number).replace(number, "") == same(none, UNKNOWN).replace(UNKNOWN, "")
