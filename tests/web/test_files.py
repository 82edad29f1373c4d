"""Photos and files over the wire: what is taken, what is refused and how, who sees them, and how they become a ticket's."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from werkzeug.test import TestResponse

from tests.tickets import pictures
from tests.web.conftest import Site, token
from tests.web.course_site import ANSWERS, add_people, at_status, put_in_force, send
from tests.web.district_rows import NOW
from tickets.domain.roles import ROLES
from tickets.domain.times import stored
from tickets.store.course_models import Attachment
from tickets.store.models import History, Ticket

PHOTO = pictures.picture(exif=pictures.camera_exif())


@pytest.fixture
def course(site: Site) -> Site:
    put_in_force(site.app)
    add_people(site.rows)
    return site


def post(client: FlaskClient, data: bytes, name: str = "现场.jpg", *, csrf: str = "", **more: str) -> TestResponse:
    form: dict[str, Any] = {"form": "reply", "field": "photos_after", **more, "file": (io.BytesIO(data), name)}
    return client.post("/files", data=form, headers={"X-CSRFToken": csrf or token(client, "/tickets"), "Accept": "application/json"})


def sent(client: FlaskClient, data: bytes = PHOTO, **more: str) -> str:
    answer = post(client, data, **more)
    assert answer.status_code == 201, answer.get_json()
    return str(answer.get_json()["key"])


def grid_ticket(course: Site) -> Ticket:
    """A matter from the grid, whose reply needs a photo."""
    ticket = at_status(course.rows, "办理中")
    Ticket.update(source="网格").where(Ticket.id == ticket.id).execute()
    return ticket


def test_a_photo_is_answered_with_its_key_and_shown_without_what_the_camera_wrote(course: Site) -> None:
    client = course.signed_in("handler")
    told = post(client, PHOTO, taken_at="2026-11-23T06:06:00Z").get_json()
    assert (told["width"], told["height"], told["kind"], told["words"], told["note"]) == (800, 600, "photo", "处理后 14:06", "")
    shown, thumb = client.get(f"/files/{told['key']}"), client.get(told["thumb"])
    assert dict(Image.open(io.BytesIO(shown.data)).getexif()) == {}
    assert b"SecretMaker" not in shown.data
    assert Image.open(io.BytesIO(thumb.data)).size == (320, 240)


@pytest.mark.parametrize(("form", "given_place", "kept"), [
    ("reply", "", "34.80167,117.32500"), ("reply", "34.9,117.1", "34.90000,117.10000"), ("reply", "999,1", "34.80167,117.32500"), ("reply", "<script>", "34.80167,117.32500"),
])  # fmt: skip
def test_the_place_is_kept_where_the_form_asks_for_it(course: Site, form: str, given_place: str, kept: str) -> None:
    key = sent(course.signed_in("handler"), form=form, place=given_place)
    assert Attachment.get(Attachment.key == key).place == kept


def test_the_place_is_thrown_away_where_it_does_not(course: Site) -> None:
    key = sent(course.signed_in("handler"), field="files", place="34.9,117.1")
    assert Attachment.get(Attachment.key == key).place == ""
    assert "geolocation=()" in course.signed_in("handler").get("/tickets").headers["Permissions-Policy"]


@pytest.mark.parametrize("days", [-1, 1])
def test_a_phones_clock_a_day_off_is_shown_beside_the_servers(course: Site, days: int) -> None:
    wrong = (NOW + timedelta(days=days)).isoformat()
    told = post(course.signed_in("handler"), pictures.picture(), taken_at=wrong).get_json()
    assert re.fullmatch(r"手机时间 11-2[24] \d\d:\d\d，收到 11-23 \d\d:\d\d", told["note"])
    row = Attachment.get(Attachment.key == told["key"])
    assert (row.at, row.taken_at) == (stored(NOW), stored(NOW + timedelta(days=days)))


@pytest.mark.parametrize("words", ["", "yesterday", "2026-11-23T06:06:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00"])
def test_a_time_that_is_none_leaves_the_cameras_or_the_servers(course: Site, words: str) -> None:
    told = post(course.signed_in("handler"), pictures.picture(), taken_at=words).get_json()
    assert Attachment.get(Attachment.key == told["key"]).taken_at is None


@pytest.mark.parametrize(("field", "data", "words"), [
    ("photos_after", pictures.SVG, "SVG"), ("photos_after", pictures.PDF, "不是照片"), ("photos_after", PHOTO[:3000], "不完整"), ("photos_after", pictures.png_bomb(40_000), "像素"),
    ("photos_after", b"", "空的"), ("files", pictures.HTML, "网页"), ("files", pictures.PDF + pictures.office(), "另一种格式"), ("files", b"", "空的"),
    ("files", b"\xff\xd8\xff" + b"\x00" * 16 * 1024 * 1024, "最多 15 MB"), ("files", b"%PDF-" + b"\x00" * (20 * 1024 * 1024 + 9), "最多 20 MB"), ("result", PHOTO, "没有这一项"),
])  # fmt: skip
def test_what_cannot_be_kept_is_refused_in_words_and_nothing_stays(course: Site, field: str, data: bytes, words: str) -> None:
    answer = post(course.signed_in("handler"), data, field=field)
    assert answer.status_code == 422
    assert words in answer.get_json()["error"]["zh"]
    assert answer.get_json()["error"]["en"]
    assert Attachment.select().count() == 0
    assert not [path for path in course.app.extensions["suda"].settings.uploads.rglob("*") if path.is_file()]


def test_forty_megabytes_are_not_even_taken_in(course: Site) -> None:
    client = course.signed_in("handler")
    assert post(client, b"\xff\xd8\xff" + b"\x00" * 40 * 1024 * 1024).status_code == 413
    nobody = course.app.test_client()
    assert post(nobody, b"\x00" * 2 * 1024 * 1024, csrf="guess").status_code == 413  # who is not signed in sends no more than a page


def test_a_file_is_offered_for_saving_under_a_clean_name_and_runs_nothing(course: Site) -> None:
    client = course.signed_in("handler")
    told = post(client, pictures.PDF, "../../<b>报告</b>.exe", field="files").get_json()
    answer = client.get(f"/files/{told['key']}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "exe" not in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert client.get(f"/files/{told['key']}/thumb").status_code == 404


def test_a_photo_seen_before_is_not_sent_again_but_asked_for_each_time(course: Site) -> None:
    client = course.signed_in("handler")
    key = sent(client)
    tag = client.get(f"/files/{key}").headers["ETag"]
    assert client.get(f"/files/{key}", headers={"If-None-Match": tag}).status_code == 304
    assert course.signed_in("mate").get(f"/files/{key}", headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize("address", ["/files/..%2f..%2fsuda.sqlite3", "/files/" + "0" * 32, "/files/" + "A" * 32, "/files/x/thumb", "/files/%00"])
def test_what_is_no_key_finds_nothing(course: Site, address: str) -> None:
    assert course.signed_in("supervisor").get(address).status_code == 404


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_photo_is_its_senders_until_a_ticket_has_it_then_who_sees_the_ticket_sees_it(course: Site, role: str) -> None:
    ticket = grid_ticket(course)
    mate = course.signed_in("mate")
    key = sent(mate)
    client = course.signed_in(role)
    assert client.get(f"/files/{key}").status_code == client.get(f"/files/{key}/thumb").status_code == 404
    assert send(mate, ticket, "reply", photos_after=key).status_code == 302
    wanted = client.get(f"/t/{ticket.number}").status_code
    assert client.get(f"/files/{key}").status_code == client.get(f"/files/{key}/thumb").status_code == wanted
    assert post(client, PHOTO).status_code == (201 if ROLES[role].may("files") else 403)


def test_a_reply_from_the_grid_needs_its_photo_and_the_reviewer_sees_it(course: Site) -> None:
    ticket, client = grid_ticket(course), course.signed_in("handler")
    missing = send(client, ticket, "reply")
    assert (missing.status_code, "还没有照片，请拍照" in missing.get_data(as_text=True)) == (422, True)
    before, after = sent(client, field="photos_before"), sent(client)
    check = send(client, ticket, "reply", go="check", photos_before=before, photos_after=after).get_data(as_text=True)
    assert f'src="/files/{after}/thumb"' in check
    assert send(client, ticket, "reply", photos_before=before, photos_after=after).status_code == 302
    line = History.get((History.ticket == ticket) & (History.what == "回复"))
    assert (json.loads(line.note)["answers"]["photos_before"], json.loads(line.note)["answers"]["photos_after"]) == (before, after)
    assert {row.key: (row.ticket, row.field) for row in Attachment.select()} == {before: (ticket.id, "photos_before"), after: (ticket.id, "photos_after")}
    chief = course.signed_in("chief")
    for page in (f"/t/{ticket.number}", f"/t/{ticket.number}/do/rework"):
        html = chief.get(page).get_data(as_text=True)
        assert f'src="/files/{after}/thumb" alt="处理后' in html
        assert f'src="/files/{before}/thumb" alt="处理前' in html


@pytest.mark.parametrize("case", ["another's", "unknown", "of another ticket", "twice", "too many", "nonsense"])
def test_a_key_that_is_not_free_and_his_own_refuses_the_step_in_words(course: Site, case: str) -> None:
    ticket, client = grid_ticket(course), course.signed_in("handler")
    key, other = sent(client), {}
    if case == "another's":
        key = sent(course.signed_in("mate"))
    elif case == "unknown":
        key = "0" * 32
    elif case == "of another ticket":
        assert send(client, grid_ticket(course), "reply", photos_after=key).status_code == 302
    elif case == "twice":
        other = {"photos_before": key}
    elif case == "too many":
        key = ",".join(f"{number:032x}" for number in range(10))
    else:
        key = "../../etc/passwd"
    answer = send(client, ticket, "reply", photos_after=key, **other)
    assert answer.status_code == 422
    assert re.search("已不能用|最多 9 个|没有传上来", answer.get_data(as_text=True))
    assert Ticket.get_by_id(ticket.id).status == "办理中"


def test_a_department_replies_without_a_photo(course: Site) -> None:
    assert send(course.signed_in("handler"), at_status(course.rows, "办理中"), "reply").status_code == 302


def plain(client: FlaskClient, ticket: Ticket, files: list[tuple[str, bytes, str]], **over: str) -> TestResponse:
    """The whole form with its files, as a browser without JavaScript sends it."""
    page = client.get(f"/t/{ticket.number}/do/reply").get_data(as_text=True)
    carried = {name: found[1] for name in ("once", "seq", "version") if (found := re.search(rf'name="{name}" value="([^"]*)"', page))}
    data: dict[str, Any] = {**carried, **ANSWERS["reply"], "go": "send", "csrf_token": token(client, "/tickets"), **over}
    for field in {field for field, _, _ in files}:
        data[field] = [*([over[field]] if field in over else []), *((io.BytesIO(content), name) for its, content, name in files if its == field)]
    return client.post(f"/t/{ticket.number}/do/reply", data=data, content_type="multipart/form-data")


def test_without_javascript_the_form_carries_its_photos_and_keeps_them_when_it_is_refused(course: Site) -> None:
    ticket, client = grid_ticket(course), course.signed_in("handler")
    refused = plain(client, ticket, [("photos_after", PHOTO, "a.jpg"), ("photos_after", pictures.SVG, "b.svg"), ("photos_before", b"", "")], result="")
    html = refused.get_data(as_text=True)
    assert (refused.status_code, "「b.svg」这是SVG 图形" in html) == (422, True)
    (key,) = re.findall(r'name="photos_after" value="([0-9a-f]{32})" checked', html)
    taken = plain(client, ticket, [("photos_after", pictures.picture(), "c.jpg")], photos_after=key)
    assert taken.status_code == 302
    assert Attachment.select().where(Attachment.ticket == ticket.id).count() == 2


def test_more_than_nine_are_not_kept(course: Site) -> None:
    ticket, client = grid_ticket(course), course.signed_in("handler")
    small = pictures.picture(40, 40)
    answer = plain(client, ticket, [("photos_after", small, f"{number}.jpg") for number in range(11)])
    assert (answer.status_code, "最多 9 个" in answer.get_data(as_text=True)) == (422, True)
    assert Attachment.select().count() == 9


def test_nobody_fills_the_disk_with_what_no_step_takes(course: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.sent_files.MOST_WAITING", 2)
    client, small = course.signed_in("handler"), pictures.picture(40, 40)
    answers = [post(client, small).status_code for _ in range(3)]
    assert answers == [201, 201, 422]


def test_a_full_disk_is_said_in_words(course: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tickets.store.uploads.os.fsync", full)
    answer = post(course.signed_in("handler"), PHOTO)
    assert (answer.status_code, answer.get_json()["error"]["zh"]) == (422, "服务器现在存不了文件，请稍后再传")
    assert Attachment.select().count() == 0


@given(st.binary(max_size=300), st.sampled_from(["photos_after", "files", "", "result"]), st.text(max_size=20), st.text(max_size=40), st.text(max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_and_words_never_break_the_server(course: Site, data: bytes, field: str, name: str, taken_at: str, place: str) -> None:
    client = course.app.test_client()
    with client.session_transaction() as session:
        session.update(course_session(course))
    answer = post(client, data, name or "x", field=field, taken_at=taken_at, place=place)
    assert answer.status_code in (201, 400, 422, 429)


def course_session(course: Site) -> dict[str, Any]:
    """The session of the handler, signed in once for all examples."""
    kept: dict[str, Any] = course.__dict__.get("handler_session", {})
    if not kept:
        with course.signed_in("handler").session_transaction() as session:
            kept = dict(session)
        course.__dict__["handler_session"] = kept
    return kept
