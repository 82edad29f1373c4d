"""Message templates: edited into a draft, tried on a real ticket, and harmless whatever an office writes."""

from __future__ import annotations

import pytest

from tests.web.conftest import Site, token
from tickets.domain.roles import DRAFT, ROLES
from tickets.store import drafts
from tickets.store.releases import sha_of

PATH = "templates/zh/dispatch.sms.txt"
PAGE = "/admin/templates/zh/dispatch.sms"
# SECURITY's corpus: what a template must never do.
HOSTILE = (
    "{{ 'a' * 10**9 }}", "{{ [1] * 999999999 }}", "{% for a in range(10**9) %}{% for b in range(10**9) %}x{% endfor %}{% endfor %}", "{{ number.__class__ }}",
    "{{ number.__class__.__mro__[1].__subclasses__() }}", "{{ self }}", "{{ config }}", "{{ request.environ }}", "{{ cycler.__init__.__globals__ }}",
    "{% include '/etc/passwd' %}", "{% import 'os' as os %}", "{% extends 'frame.html' %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% set x = 1 %}{{ x }}",
    "{{ number | attr('upper') }}", "{{ number.upper() }}", "{{ (number ~ number) }}", "{{ lipsum(n=99999) }}", "{{ 2 ** 9999999 }}", "{{ number | format('x') }}",
    "{% call x() %}{% endcall %}", "{% filter upper %}x{% endfilter %}", "{{ {}.update }}", "{{ number | replace('2', '22222222222222') }}", "{{ '%s' % number }}",
)  # fmt: skip


def saved(site: Site, text: str, seen: str, draft: str = "") -> tuple[int, str, str]:
    client = site.signed_in("policy")
    answer = client.post(PAGE, data={"csrf_token": token(client, "/"), "text": text, "seen": seen, "draft": draft})
    return answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location", "")


def shown(site: Site, text: str, ticket: str = "") -> dict[str, object]:
    client = site.signed_in("policy")
    answer = client.post("/admin/templates/preview", json={"path": PATH, "text": text, "ticket": ticket}, headers={"X-CSRFToken": token(client, "/")})
    assert answer.status_code == 200
    found: dict[str, object] = answer.get_json()
    return found


def live(site: Site) -> str:
    client = site.signed_in("policy")
    html = client.get(PAGE).get_data(as_text=True)
    return html.split('name="seen" value="', 1)[1].split('"', 1)[0]


def test_a_change_goes_into_a_draft_and_not_into_force(site: Site) -> None:
    status, _, where = saved(site, "请签收 {{ number }}", live(site))
    assert status == 302
    (draft,) = drafts.drafts(everything=True)
    assert where.startswith(f"{PAGE}?draft={draft.id}")
    assert drafts.changed(draft.id) == {PATH: "请签收 {{ number }}"}
    client = site.signed_in("policy")
    assert "请签收 20261123-0067" in client.get(f"/admin/templates/?draft={draft.id}").get_data(as_text=True)
    assert "请签收 20261123-0067" not in client.get("/admin/templates/").get_data(as_text=True)


def test_the_second_editor_is_told_and_keeps_what_was_typed(site: Site) -> None:
    seen = live(site)
    saved(site, "第一个人写的 {{ number }}", seen)
    (draft,) = drafts.drafts(everything=True)
    status, html, _ = saved(site, "第二个人写的 {{ number }}", seen, str(draft.id))
    assert status == 409
    assert "刚刚改过这个文件" in html
    assert "第二个人写的" in html
    assert drafts.changed(draft.id) == {PATH: "第一个人写的 {{ number }}"}
    assert sha_of("第一个人写的 {{ number }}") in html


def test_the_preview_is_of_a_real_ticket_and_hides_the_callers_number(site: Site) -> None:
    found = shown(site, "{{ number }} {{ title }} {{ place }}", "20261123-0007")
    assert str(found["body"]).startswith("20261123-0007 ")
    assert (found["refused"], found["segments"], found["alphabet"]) == ("", 1, "UCS-2")
    assert "13800000013" not in str(found)


def test_a_word_there_is_not_is_said(site: Site) -> None:
    found = shown(site, "{{ numbr }}")
    assert "numbr" in str(found["refused"])
    assert found["body"] == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_template_is_refused_in_one_sentence_and_still_kept(site: Site, text: str) -> None:
    found = shown(site, text)
    assert found["refused"]
    assert "\n" not in str(found["refused"])
    assert found["body"] == ""


def test_what_a_template_writes_is_escaped_on_the_page(site: Site) -> None:
    saved(site, "<script>alert(1)</script>{{ number }}", live(site))
    (draft,) = drafts.drafts(everything=True)
    client = site.signed_in("policy")
    for page in (f"{PAGE}?draft={draft.id}", f"/admin/templates/?draft={draft.id}"):
        assert "<script>alert" not in client.get(page).get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    ["/admin/templates/zh/nothing.sms", "/admin/templates/fr/dispatch.sms", "/admin/templates/zh/..%2f..%2fx", f"{PAGE}?draft=99", "/admin/templates/?draft=²"],
)
def test_what_is_not_there_is_a_404(site: Site, path: str) -> None:
    assert site.signed_in("policy").get(path).status_code == 404


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_those_who_draft_open_them(site: Site, role: str) -> None:
    assert site.signed_in(role).get(PAGE).status_code == (200 if ROLES[role].may(DRAFT) else 403)
