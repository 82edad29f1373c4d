"""The examples as tables: green and red, one row's own lines in the draft, drawn from a ticket without anybody's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from admin.rule_tests_draw import NOTHING_FOUND
from tests.admin.tryout_site import WORDS, Scene, fields_of, scene, text_of
from tests.admin.workbench_site import DISPATCH_A, A, Bench, put
from tests.web.conftest import token
from tests.web.district_rows import Rows
from tickets.store import drafts
from tickets.store.models import database


@pytest.fixture
def here(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Scene]:
    yield scene(tmp_path, filled)
    database.close()


def post(client: FlaskClient, path: str, **fields: str) -> str:
    """Sends a form, follows the redirect, answers the page as text."""
    sent = client.post(f"/admin/tests/{path}", data={"csrf_token": token(client, "/admin/tests/"), **fields}, follow_redirects=True)
    assert sent.status_code == 200, sent.get_data(as_text=True)[:600]
    return text_of(sent.get_data(as_text=True))


def lines(text: str) -> list[str]:
    return text.splitlines()


def test_the_table_is_green_and_a_wrong_example_is_red_with_its_reason(here: Scene) -> None:
    client = here.site.signed_in("policy")
    assert "4 / 4 通过" in text_of(client.get("/admin/tests/dispatch").get_data(as_text=True))
    bench = Bench(client)
    bench.start()
    bench.edit("D-050", put(["tests", 1, "expect"], "hit"))
    page = text_of(client.get(f"/admin/tests/dispatch?draft={bench.draft}&show=wrong").get_data(as_text=True))
    assert "3 / 4 通过" in page
    assert "应当命中，实际不命中" in page
    assert "D-070" not in page.split("覆盖", 1)[1]


def test_a_new_row_adds_its_own_lines_and_is_run(here: Scene) -> None:
    client = here.site.signed_in("policy")
    page = post(client, "dispatch/save", rule="D-050", f_text="暖气不热", f_category="供热", expect="hit", name="只说不热")
    assert "D-050 的样例已写入草稿" in page
    text = drafts.changed(1)[A] or ""
    assert [line for line in lines(DISPATCH_A) if line not in lines(text)] == []
    assert [line.strip() for line in lines(text) if line not in lines(DISPATCH_A)] == [
        "- {name: 只说不热, given: {text: 暖气不热, category: 供热}, expect: hit}"
    ]
    assert "5 / 5 通过" in text_of(client.get("/admin/tests/dispatch?draft=1").get_data(as_text=True))


def test_changing_a_row_touches_one_line_and_removing_it_takes_that_line(here: Scene) -> None:
    client = here.site.signed_in("policy")
    post(client, "dispatch/save", rule="D-050", place="0", f_text="家里停暖一天", f_category="供热", expect="hit", name="")
    text = drafts.changed(1)[A] or ""
    assert [line.strip() for line in lines(text) if line not in lines(DISPATCH_A)] == ["- {given: {category: 供热, text: 家里停暖一天}, expect: hit}"]
    post(client, "dispatch/remove", draft="1", rule="D-050", place="1")
    after = drafts.changed(1)[A] or ""
    assert [line.strip() for line in lines(text) if line not in lines(after)] == ["- {given: {category: 供热, text: 收费}, expect: miss}"]


def test_values_are_written_by_their_type_and_a_wrong_one_writes_nothing(here: Scene) -> None:
    client = here.site.signed_in("policy")
    post(client, "dispatch/save", rule="D-060", f_category="供水", more_fact="households", more_value="120", expect="hit")
    post(client, "dispatch/save", draft="1", rule="D-060", f_category="供水", more_fact="outage", more_value="是", expect="hit")
    text = drafts.changed(1)[A] or ""
    assert "households: 120}" in text
    assert "outage: true}" in text
    assert "应当是数字" in post(client, "dispatch/save", draft="1", rule="D-060", more_fact="households", more_value="许多", expect="hit")
    assert drafts.changed(1)[A] == text


def test_an_example_is_drawn_from_a_ticket_without_the_citizens_words(here: Scene) -> None:
    client = here.site.signed_in("policy")
    sent = client.get(f"/admin/tests/new?ticket={here.number}&set=dispatch").get_data(as_text=True)
    assert fields_of(sent) == {"f_text": "停暖", "f_category": "供热"}
    assert "孩子" not in sent
    assert "13912345678" not in sent
    miss = client.get(f"/admin/tests/new?ticket={here.number}&set=dispatch&rule=D-070").get_data(as_text=True)
    assert fields_of(miss) == {"f_text": NOTHING_FOUND, "f_category": "供热"}
    assert '<option value="miss" selected>' in miss


def test_an_example_is_drawn_from_what_was_typed(here: Scene) -> None:
    client = here.site.signed_in("policy")
    data = {"csrf_token": token(client, "/admin/tests/"), "f_text": WORDS + "，楼道不热", "f_category": "供热", "rule": "D-050", "set": "dispatch"}
    sent = client.post("/admin/tests/new", data=data).get_data(as_text=True)
    assert fields_of(sent)["f_text"] == "停暖，不热"


def test_a_row_being_typed_says_whether_it_would_hold(here: Scene) -> None:
    client = here.site.signed_in("agent")
    fields = {"csrf_token": token(client, "/admin/tests/"), "rule": "D-050", "f_category": "供热", "f_text": "停暖", "expect": "hit"}
    assert client.post("/admin/tests/dispatch/try", data=fields).get_json() == {"ok": True, "text": "D-050 命中"}
    assert client.post("/admin/tests/dispatch/try", data={**fields, "expect": "miss"}).get_json()["ok"] is False
    assert client.post("/admin/tests/dispatch/try", data={**fields, "rule": "12"}).get_json() == {"ok": None, "text": ""}


@pytest.mark.parametrize("role", ["agent", "approver", "auditor", "unit_leader", "admin"])
def test_who_may_not_draft_reads_the_table_and_changes_nothing(here: Scene, role: str) -> None:
    client = here.site.signed_in(role)
    page = client.get("/admin/tests/dispatch").get_data(as_text=True)
    assert "加一条样例" not in page
    carried = {"csrf_token": token(client, "/"), "rule": "D-050", "f_text": "停暖"}
    for address in ("dispatch/save", "dispatch/remove", "new"):
        assert client.post(f"/admin/tests/{address}", data=carried).status_code == 403
    assert client.get(f"/admin/tests/new?ticket={here.number}").status_code == 403
    assert drafts.drafts(everything=True) == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rule": "D-999"}, "没有规则「D-999」"),
        ({"rule": "D-050", "place": "77"}, "没有这一条样例"),
        ({"rule": "D-050", "place": "x"}, "没有这一条样例"),
        ({"rule": "D-050", "draft": "99"}, "没有 99 号草稿"),
        ({"rule": "D-050", "f_text": "停" * 6000}, "最多 5,000 字"),
    ],
)
def test_what_cannot_be_saved_is_said_in_one_sentence(here: Scene, fields: dict[str, str], said: str) -> None:
    assert said in post(here.site.signed_in("policy"), "dispatch/save", **fields)


def test_a_colleagues_change_of_the_same_rule_is_not_written_over(here: Scene) -> None:
    client = here.site.signed_in("policy")
    bench = Bench(client)
    bench.start()
    seen = bench.model("D-050")["rule"]["sha"]
    bench.edit("D-050", put(["title"], "同事的标题"))
    page = post(client, "dispatch/save", draft=str(bench.draft), rule="D-050", seen=seen, f_text="停暖", f_category="供热", expect="hit")
    assert "改过同一处" in page
    assert "同事的标题" in (drafts.changed(bench.draft)[A] or "")


def test_numbers_and_names_that_are_not_there_are_answered(here: Scene) -> None:
    client = here.site.signed_in("policy")
    assert client.get("/admin/tests/12").status_code == 404
    assert client.get("/admin/tests/dispatch?draft=1e3").status_code == 404
    assert client.get("/admin/tests/dispatch?page=-1&edit=:::&show=x&q=%00").status_code == 200


def test_coverage_counts_what_the_tickets_used(here: Scene) -> None:
    page = text_of(here.site.signed_in("policy").get("/admin/coverage/dispatch").get_data(as_text=True))
    assert "近 90 天" in page
    assert "命中过的规则 2 / 3" in page
    assert "D-070 路灯" in page.split("从未命中", 2)[2]
    progress = here.site.signed_in("agent").get("/admin/coverage/dispatch/progress").get_json()
    assert progress["finished"] is True
    assert progress["done"] == progress["total"]
    assert here.site.signed_in("policy").get("/admin/coverage/12").status_code == 404


def test_numbers_of_sample_tickets_are_for_those_who_see_every_ticket(here: Scene) -> None:
    here_page = text_of(here.site.signed_in("unit_leader").get("/admin/coverage/dispatch").get_data(as_text=True))
    assert "20261123-" not in here_page
