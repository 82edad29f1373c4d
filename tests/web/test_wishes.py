"""接收偏好 and the banner that says the worker is silent."""

from __future__ import annotations

from datetime import timedelta

from tests.web.conftest import Site, token
from tests.web.district_rows import NOW
from tickets.store import preferences
from tickets.store.heartbeat import DELIVERY, WORKER, beat
from tickets.store.models import Account, Alarm

WISH = {"quiet_from": "22:00", "quiet_until": "06:30", "channel": "弹屏", "lang": "en"}


def test_everybody_says_how_he_wishes_to_be_told_and_the_office_for_others(site: Site) -> None:
    handler, admin = site.signed_in("handler"), site.signed_in("admin")
    person = Account.get(Account.username == "handler").person_id
    carried = {"csrf_token": token(handler, "/me")}
    answer = handler.post("/me/wishes", data={**carried, **WISH, "person": "1"}, follow_redirects=True).get_data(as_text=True)
    assert "接收偏好已保存" in answer
    assert 'value="06:30"' in answer
    assert preferences.written(preferences.of(person)) == WISH
    wrong = handler.post("/me/wishes", data={**carried, "quiet_from": "22:00"})
    assert (wrong.status_code, "须同时填写" in wrong.get_data(as_text=True)) == (422, True)
    assert handler.get(f"/people/{person}/wishes").status_code == 403
    assert handler.post(f"/people/{person}/wishes", data=carried).status_code == 403
    assert "06:30" in admin.get(f"/people/{person}/wishes").get_data(as_text=True)
    answer = admin.post(f"/people/{person}/wishes", data={"csrf_token": token(admin, "/me"), "quiet_from": "", "quiet_until": ""}, follow_redirects=True)
    assert (answer.status_code, "接收偏好已保存" in answer.get_data(as_text=True)) == (200, True)
    assert set(preferences.written(preferences.of(person)).values()) == {""}
    assert admin.get("/people/99999/wishes").status_code == 404


def test_when_the_worker_or_its_delivery_stops_overseers_are_told_on_every_page_and_one_alarm_is_raised(site: Site) -> None:
    supervisor, handler = site.signed_in("supervisor"), site.signed_in("handler")
    beat(NOW, WORKER)
    beat(NOW - timedelta(minutes=10), DELIVERY)
    page = supervisor.get("/messages").get_data(as_text=True)
    assert "没有动静" in page
    assert "没有动静" in supervisor.get("/tickets").get_data(as_text=True)
    assert "没有动静" not in handler.get("/messages").get_data(as_text=True)
    assert [alarm.kind for alarm in Alarm.select().where(Alarm.text.contains("没有动静"))] == ["后台停顿"]


def test_while_both_live_nothing_is_said(site: Site) -> None:
    for name in (WORKER, DELIVERY):
        beat(NOW, name)
    assert "没有动静" not in site.signed_in("supervisor").get("/messages").get_data(as_text=True)
