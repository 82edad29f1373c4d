"""Role by route by somebody else's record, made from the app's own routes: who may not, reads nothing, and cannot tell another's record from none."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from flask import Response
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.district_rows import Rows
from tests.web.matrix_probe import MARK, Probe, probing, routes, same
from tests.web.matrix_scene import OPENING, UNKNOWN, Scene
from tickets.domain.roles import ROLES
from tickets.store.models import Account, Ticket
from tickets.store.scope import Viewer, visible
from web.access import OPEN

NO_KEY = "0" * 31 + "f"
Records = tuple[list[str], list[str], str]  # what the member may open, what is others', what there is not


def _ticket(scene: Scene, who: str) -> Records:
    own = [scene.own[who]] if who in scene.own else sorted(number for number, readers in scene.readers.items() if who in readers)[:1]
    return own, scene.foreign(who) if who else list(scene.readers)[:1], UNKNOWN


def _file(scene: Scene, who: str) -> Records:
    own = [key for key, readers in scene.files.items() if who in readers]
    other = [key for key, readers in scene.files.items() if who not in readers]
    return own[:1] + own[-1:], other[:1] + other[-1:], NO_KEY


def _unit(scene: Scene, who: str) -> Records:
    """Who sees a unit opens his own; who sees himself alone opens none."""
    one = scene.members.get(who)
    ids = {team: str(scene.rows.places[f"unit_leader_{team}"].unit.parent_id) for team in "ab"}
    return _reached(scene, who, ids, one is not None and ROLES[one.role].sees == "unit")


def _person(scene: Scene, who: str) -> Records:
    return _reached(scene, who, {team: str(scene.members[f"{scene.members[who].role if who else 'handler'}_{team}"].person) for team in "ab"}, True)


def _reached(scene: Scene, who: str, ids: dict[str, str], mine: bool) -> Records:
    """One's own team's, both for who sees the district."""
    if not who:
        return list(ids.values()), [], "99999"
    one = scene.members[who]
    if ROLES[one.role].sees == "all":
        return list(ids.values()), [], "99999"
    own = [ids[one.team]] if mine else []
    return own, [number for number in ids.values() if number not in own], "99999"


def _one(name: str, none: str) -> Callable[[Scene, str], Records]:
    return lambda scene, _: ([scene.ids.get(name, name)], [], none)


# (how the endpoint begins, the part of the address) -> the records there are. What is nobody's own has no foreign one: its right alone decides.
KINDS: tuple[tuple[str, str, Callable[[Scene, str], Records]], ...] = (
    ("hot.", "issue", _one("issue", "99999")),
    ("", "number", _ticket),
    ("files.", "key", _file),
    ("imports.", "key", _one("import", NO_KEY)),
    ("gate.", "key", _one("draft", "9999")),
    ("releases.", "key", _one("release", "9999")),
    ("log.", "key", _one("log", "99999")),
    ("intake_end.", "key", _one("answer", "none")),
    ("survey.", "token", lambda scene, _: (list(scene.links.values())[:1], [], "none.none.none")),
    ("learn.", "code", _one("L-1", "L-9")),
    ("lessons.", "code", _one("L-1", "L-9")),
    ("library.", "category", _one("供水", "没有这类")),
    ("", "ruleset", _one("dispatch", "none")),
    ("log.", "rule_id", _one("D-010", "D-999")),
    ("designer.", "form", _one("intake", "none")),
    ("", "export_type", _one("xlsx", "none")),
    ("templates.", "lang", _one("zh", "xx")),
    ("templates.", "stem", _one("dispatch.sms", "none")),
    ("messages.", "key", _one("1", "99999")),
    ("wishes.", "key", _one("1", "99999")),
    ("twilio.", "provider", _one("twilio", "none")),
    ("twilio.", "mark", _one("1-00000000000000000000", "none")),
    ("report.", "month", _one("2026-11", "2031-01")),
    ("record.", "unit", _unit),
    ("scores.unit", "key", _unit),
    ("scores.person", "key", _person),
    ("scores.export", "key", _one("2026-11", "2031-01")),
    ("score_claims.", "key", _one("1", "99999")),
    ("score_claims.", "unit", _unit),
    ("record.", "person", _person),
    ("workbench.", "path", _one("rules/facts.yaml", "rules/none.yaml")),
)
# addresses whose record is nobody's, and where one that does not exist is answered in words instead of 404
IN_WORDS = ("intake_end.", "library.", "coverage.", "workbench.", "designer.", "templates.", "rule_tests.", "log.rule", "survey.")


def records(scene: Scene, rule: Rule, who: str) -> list[tuple[str, str]]:
    """(own | foreign | none, address) of a route for this member; a LookupError for a part of the address the scene knows nothing of."""
    if not rule.arguments:
        return [("own", str(rule))]
    found: dict[str, Records] = {}
    for part in rule.arguments:
        kind = next((make for start, name, make in KINDS if name == part and rule.endpoint.startswith(start)), None)
        if kind is None:
            raise LookupError(f"{rule}：矩阵不认识地址里的「{part}」，请在 KINDS 里写明 (a part of an address the matrix does not know)")
        found[part] = kind(scene, who)
    firsts = {part: (own or [none])[0] for part, (own, _, none) in found.items()}

    def fill(**over: str) -> str:
        return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda part: {**firsts, **over}[part[1]], str(rule))

    made = [
        (what, fill(**{part: value}))
        for part, (own, other, none) in found.items()
        for what, values in (("own", own), ("foreign", other), ("none", [none]))
        for value in values
    ]
    return list(dict.fromkeys(made))


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory, filled: tuple[Path, Rows]) -> Iterator[Probe]:
    with probing(tmp_path_factory, filled) as made:
        yield made


def test_a_leak_would_be_seen(probe: Probe) -> None:
    """In a body, in a header, inside a workbook, and as an element of the page."""
    mark = next(mark for mark, readers in probe.scene.marks.items() if "handler_a" not in readers and mark.startswith("zx"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", mark)
    answers = (
        Response(mark),
        Response("", headers={"X-Said": mark}),
        Response(packed.getvalue()),
        Response(f'<p title="{OPENING}{mark}">', mimetype="text/html"),
    )
    for answer in answers:
        probe.look("handler_a", "GET /x", cast(TestResponse, answer))
        assert any(mark in line for line in probe.leaked())
    probe.look("handler_a", "GET /x", cast(TestResponse, Response("1399000" + "0010")))
    assert len(probe.leaked()) == 1


def test_every_part_of_every_address_is_known_to_the_matrix(probe: Probe) -> None:
    for rule, _, _ in routes(probe.site):
        assert records(probe.scene, rule, "handler_a")


def test_nobody_signed_in_reads_anything(probe: Probe) -> None:
    for rule, method, right in sorted(routes(probe.site), key=lambda one: one[2] == OPEN):  # the open ones end the session and its token
        for _, address in records(probe.scene, rule, "agent_a"):
            status = probe.ask("", method, address).status_code
            assert (status < 500) if right == OPEN else (status == 401), (method, address, status)
    assert probe.leaked() == []


@pytest.mark.parametrize("who", [f"{role}_{team}" for role in sorted(ROLES) for team in "ab"])
def test_each_route_for_each_role_with_its_own_anothers_and_no_record(probe: Probe, who: str) -> None:
    scene, role = probe.scene, ROLES[probe.scene.members[who].role]
    wrong: list[object] = []
    for rule, method, right in routes(probe.site):
        closed = right != OPEN and not role.may(right)
        same_again = who.endswith("_b") and (closed or str(rule).startswith("/admin/"))
        if method != "GET" or same_again:
            continue  # what the role may not open at all, and the back office, which knows no units: seen with the first of the two
        answers = [(what, address, probe.ask(who, method, address)) for what, address in records(scene, rule, who)]
        none = next((same(answer, address) for what, address, answer in answers if what == "none"), "")
        for what, address, answer in answers:
            status = answer.status_code
            if closed:
                fits = status == 403
            elif what == "own":
                fits = status in (200, 302, 304, 400, 403, 404, 409) if rule.endpoint.startswith("course.") or "." not in rule.endpoint else status < 500
            elif what == "foreign":
                fits = status == 404 and same(answer, address) == none
            else:
                fits = status == 404 or (rule.endpoint.startswith(IN_WORDS) and status < 500)
            if not fits:
                wrong.append((who, what, address, status))
    assert wrong == []
    assert probe.leaked() == []


@pytest.mark.parametrize("who", ["handler_a", "grid_officer_b", "reviewer_a", "unit_leader_b"])
@pytest.mark.parametrize("page", ["/tickets?q={}", "/tickets?when=today&q={}", "/knowledge/results?q={}", "/library/供水?q={}", "/messages?q={}"])
def test_a_search_finds_nobody_anothers_ticket(probe: Probe, who: str, page: str) -> None:
    scene = probe.scene
    number = scene.foreign(who)[-1]
    ticket = Ticket.get(Ticket.number == number)
    for words in (number, ticket.caller_phone, ticket.phone_tail, *(MARK.findall(ticket.text + ticket.title + ticket.address + ticket.caller_name))):
        answer = probe.ask(who, "GET", page.format(words))
        assert answer.status_code == 200, (page, words)
        assert f"/t/{number}" not in answer.get_data(as_text=True), (page, words)
    assert probe.leaked() == []


@pytest.mark.parametrize("who", ["agent_a", "agent_b"])
def test_what_is_suggested_while_typing_names_no_other_caller(probe: Probe, who: str) -> None:
    """Open appeals of the same place and of the same caller are offered to the agent, who sees all of them, but never a number."""
    for words in ("菜市场北门停水", "家里停水 菜市场北门 没有自来水"):
        for phone in ("13900000001", Ticket.get(Ticket.number == probe.scene.own["handler_b"]).caller_phone):
            answer = probe.ask(who, "POST", "/intake/suggest", {"text": words, "address": "菜市场北门", "caller_phone": phone})
            assert answer.status_code == 200
            said = set(MARK.findall(answer.get_data(as_text=True)))
            assert not {mark for mark in said if mark.startswith("1399") and mark != phone}
            assert not {mark for mark in said if mark.endswith(("name", "typed", "typedname", "drafttitle"))}
    assert probe.leaked() == []


def test_a_form_in_hand_is_its_own_accounts(probe: Probe) -> None:
    for who, other in (("agent_a", "agent_b"), ("agent_b", "agent_a")):
        assert probe.ask(who, "GET", f"/intake?draft={probe.scene.kept[who]}").status_code == 200
        assert probe.ask(who, "GET", f"/intake?draft={probe.scene.kept[other]}").status_code == 404
    assert probe.leaked() == []


def test_the_store_and_the_scene_agree_on_who_reads_what(probe: Probe) -> None:
    """The one place that narrows queries, against the readers as the scene says them in its own words."""
    for name, one in probe.scene.members.items():
        account = Account.get_by_id(one.account)
        found = visible(Viewer(ROLES[one.role].sees, one.person, account.unit_id))
        seen = {row.number for row in Ticket.select(Ticket.number).where(found & Ticket.number.in_(list(probe.scene.readers)))}
        assert seen == {number for number, readers in probe.scene.readers.items() if name in readers}, name


def test_nothing_that_was_asked_left_words_or_numbers_in_the_logs(probe: Probe) -> None:
    """After everything above: what a record holds is in no line that was written meanwhile."""
    assert [line[:300] for line in probe.lines if MARK.search(line)] == []
    assert probe.asked["GET"] > 0
