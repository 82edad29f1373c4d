"""The citizen's page: opened by the right link alone, saying nothing of whose matter it is, answered once."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Site, token
from tests.web.survey_site import ADDRESS, NAME, NONCE, PHONE, Link, ask, days_ago, link, links, phone
from tickets.domain.survey import LEVELS
from tickets.store.models import History, Ticket
from tickets.store.survey_models import Survey, SurveyAnswer

__all__ = ["link", "phone"]

GOOD = {"satisfied": "满意", "solved": "已解决"}
BAD = {"satisfied": "非常不满意", "solved": "未解决", "why": ["没有解决", "瞎编的"], "words": "没人来过"}


def send(client: FlaskClient, path: str, given: Mapping[str, object]) -> int:
    return client.post(path, data={**given, "csrf_token": token(client, path)}).status_code


def test_the_page_says_which_matter_it_is_and_not_whose(phone: FlaskClient, link: Link) -> None:
    html = phone.get(link.path).get_data(as_text=True)
    for said in ("这件事办得怎么样", "阀门坏了停水", "水务局", "更换阀门", "非常不满意", "哪里不满意", "决定是否重新办理"):
        assert said in html
    for personal in (PHONE, NAME, ADDRESS, link.ticket.number, "老人在家", "管网科", "韩雨澄"):
        assert personal not in html
    assert " checked" not in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html


def test_the_page_is_private(phone: FlaskClient, link: Link) -> None:
    headers = phone.get(link.path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"].startswith("noindex")
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    cookies = [line.split("=")[0] for line in headers.getlist("Set-Cookie")]
    assert cookies in ([], ["suda_session"])  # it carries the token of the form alone


def test_an_answer_verifies_the_ticket_and_is_shown(phone: FlaskClient, link: Link) -> None:
    assert send(phone, link.path, BAD) == 303
    assert (Ticket.get_by_id(link.ticket.id).status, History.get(History.what == "核实").actor) == ("已核实", "citizen")
    html = phone.get(link.path).get_data(as_text=True)
    for said in ("谢谢，已收到", "非常不满意", "没有解决", "没人来过", "决定是否重新办理", "更改评价"):
        assert said in html
    assert "瞎编的" not in html
    assert PHONE not in html


def test_a_link_used_again_shows_the_answer_and_changes_it_within_a_day(phone: FlaskClient, site: Site, link: Link) -> None:
    send(phone, link.path, BAD)
    form = phone.get(f"{link.path}?change=1").get_data(as_text=True)
    assert 'value="非常不满意" checked' in form
    assert send(phone, f"{link.path}?change=1", GOOD) == 303
    assert [row.satisfied for row in SurveyAnswer.select().order_by(SurveyAnswer.id)] == ["非常不满意", "满意"]
    Survey.update(answered_at=days_ago(1.01).replace(tzinfo=None)).execute()
    html = phone.get(f"{link.path}?change=1").get_data(as_text=True)
    assert "不能再改" in html
    assert "<form" not in html
    other = site.app.test_client()
    assert other.post(link.path, data={**BAD, "csrf_token": token(other)}).status_code == 200
    assert SurveyAnswer.select().count() == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [({"solved": "已解决"}, "请选一个满意程度"), ({"satisfied": "满意"}, "问题解决了没有"), ({"satisfied": "极好", "solved": "已解决"}, "满意程度")],
)
def test_what_is_missing_is_said_and_what_is_chosen_stays(phone: FlaskClient, link: Link, given: dict[str, object], says: str) -> None:
    answer = phone.post(link.path, data={**given, "csrf_token": token(phone, link.path)})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in html
    chosen = given.get("satisfied")
    assert (f'value="{chosen}" checked' in html) == (chosen in LEVELS)
    assert SurveyAnswer.select().count() == 0


def test_words_come_back_as_text(phone: FlaskClient, link: Link) -> None:
    send(phone, link.path, {**BAD, "words": '<script>alert(1)</script>"'})
    for path in (link.path, f"{link.path}?change=1"):
        assert "<script>alert" not in phone.get(path).get_data(as_text=True)


def altered(path: str) -> list[str]:
    """The link with one character changed, at its head, in its middle, at its end."""
    head, token_ = path.rsplit("/", 1)
    swap = {True: "B", False: "A"}
    return [f"{head}/{token_[:at]}{swap[token_[at] == 'A']}{token_[at + 1 :]}" for at in (1, len(token_) // 2, len(token_) - 4)]


def test_an_altered_or_guessed_link_opens_nothing(phone: FlaskClient, link: Link) -> None:
    strange = [
        *altered(link.path),
        link.path[:-6],
        f"/s/{'A' * 60}",
        "/s/1",
        f"/s/{'x' * 5000}",
        f"/s/{NONCE}",
        f"/s/{link.links.key(NONCE)}",
        links(secret="t" * 40).address(NONCE, days_ago(0)).removeprefix("https://hotline.example"),  # another installation's
        links().address("cd" * 16, days_ago(0)).removeprefix("https://hotline.example"),  # signed, but nobody was ever asked
    ]
    for path in strange:
        answer = phone.get(path)
        assert answer.status_code == 404, path
        assert "链接打不开" in answer.get_data(as_text=True)
        assert "阀门" not in answer.get_data(as_text=True)
        assert phone.post(path, data={**GOOD, "csrf_token": token(phone)}).status_code == 404
    assert Ticket.get_by_id(link.ticket.id).status == "待回访"


def test_an_expired_link_says_so_and_offers_the_hotline(phone: FlaskClient, site: Site) -> None:
    old = ask(site.app, site.rows, at=days_ago(15.1))
    answer = phone.get(old.path)
    assert answer.status_code == 410
    html = answer.get_data(as_text=True)
    assert "链接已过期" in html
    assert 'href="tel:12345"' in html
    assert "阀门" not in html
    assert phone.post(old.path, data={**GOOD, "csrf_token": token(phone)}).status_code == 410
    assert Ticket.get_by_id(old.ticket.id).status == "待回访"


def test_a_shortened_survey_holds_though_the_signature_is_younger(phone: FlaskClient, link: Link) -> None:
    Survey.update(expires_at=days_ago(0).replace(tzinfo=None)).execute()
    assert phone.get(link.path).status_code == 410


@pytest.mark.parametrize(("status", "says"), [("办理中", "正在重新办理"), ("已结案", "已经通过其他方式回访过")])
def test_a_ticket_that_moved_on_keeps_the_answer_as_a_record_and_says_so(phone: FlaskClient, link: Link, status: str, says: str) -> None:
    Ticket.update(status=status, step_seq=Ticket.step_seq + 1).where(Ticket.id == link.ticket.id).execute()
    assert says in phone.get(link.path).get_data(as_text=True)
    assert send(phone, link.path, BAD) == 303
    assert "作为记录保存" in phone.get(link.path).get_data(as_text=True)
    assert Ticket.get_by_id(link.ticket.id).status == status
    assert not SurveyAnswer.get().counted


def test_an_answer_needs_its_token(phone: FlaskClient, link: Link) -> None:
    assert phone.post(link.path, data=GOOD).status_code == 400
    assert phone.post(link.path, data={**GOOD, "csrf_token": "guess"}).status_code == 400
    assert SurveyAnswer.select().count() == 0


def test_guessing_is_slowed_down(phone: FlaskClient, link: Link) -> None:
    answers = [phone.get(f"/s/guess-{number}").status_code for number in range(21)]
    assert answers == [404] * 20 + [429]


def test_right_links_are_not_counted_as_guesses(phone: FlaskClient, link: Link) -> None:
    assert {phone.get(link.path).status_code for _ in range(30)} == {200}


def test_without_links_configured_there_is_no_such_page(phone: FlaskClient, site: Site, link: Link) -> None:
    site.app.extensions["suda"].desk.links = None
    assert phone.get(link.path).status_code == 404


def test_the_log_knows_neither_link_nor_citizen(phone: FlaskClient, link: Link, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.INFO):
        send(phone, link.path, BAD)
        phone.get(altered(link.path)[0])
    written = caplog.text + "".join(capsys.readouterr())
    for secret in (link.path.rsplit("/", 1)[1], PHONE, NAME, ADDRESS, "没人来过"):
        assert secret not in written
