"""Adding, changing, retiring: each is logged before and after, refused with a sentence where something hangs on it, never over another's."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from admin.office_pages import TABLES
from tests.admin.office_forms_filled import RIGHT
from tests.web.conftest import PASSWORD, Site, sign_in, token
from tickets.store import directory_log, stamp
from tickets.store.models import Absence, Account, Area, DirectoryChange, Holding, Person, Post, Shift, Unit


class Desk:
    """The administrator at work."""

    def __init__(self, site: Site, who: str = "admin") -> None:
        self.client: FlaskClient = site.signed_in(who)
        self.csrf = token(self.client, "/")

    def post(self, path: str, **values: str) -> tuple[int, str]:
        """Status, and the page it leads to."""
        answer = self.client.post(f"/admin/{path}", data={"csrf_token": self.csrf, **values})
        page = self.client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
        return answer.status_code, page.get_data(as_text=True)

    def edit(self, path: str, **values: str) -> tuple[int, str]:
        """Opens the form, then sends it as a browser does."""
        html = self.client.get(f"/admin/{path}").get_data(as_text=True)
        seen = re.search(r'name="seen" value="(\d+)"', html)
        assert seen is not None
        return self.post(path, seen=seen[1], **values)


def test_a_right_form_of_every_table_is_taken_and_logged(site: Site) -> None:
    desk = Desk(site)
    for _, model, endpoint in TABLES:
        before = stamp.stamp(stamp.DIRECTORY)
        status, html = desk.post(f"{endpoint}/new/", **RIGHT[endpoint])
        assert status == 302, (endpoint, re.findall(r'role="alert">(.*?)</span>', html))
        assert "已新增" in html
        change = DirectoryChange.select().order_by(DirectoryChange.id.desc()).get()
        assert (change.what, change.row) == ("新增", model.select(model.id).order_by(model.id.desc()).scalar()), endpoint  # type: ignore[attr-defined]
        assert (stamp.stamp(stamp.DIRECTORY) > before) == (endpoint != "accounts")  # accounts are nothing that rules read
    assert "15500000900" not in "".join(row.after for row in DirectoryChange.select())


def test_an_empty_form_says_what_is_missing_in_place(site: Site) -> None:
    desk = Desk(site)
    for _, model, endpoint in TABLES:
        count = model.select().count()
        status, html = desk.post(f"{endpoint}/new/")
        assert status == 200
        assert 'role="alert"' in html
        assert model.select().count() == count
    assert DirectoryChange.select().count() == 0


WRONG = (
    ("units", {"address": "水务局/管网科/三班"}, "地址应是“单位”或“单位/科室”"),
    ("units", {"address": "水务局"}, "已经有了"),
    ("units", {"address": "园林处/一科"}, "还没有，请先新增它"),
    ("units", {"address": "园林局", "superior": "水务句"}, "最接近的是“水务局”"),
    ("units", {"address": "水务局/管网科二\u200b"}, "看不见的字符"),
    ("posts", {"name": "甲/乙"}, "不能有“/”"),
    ("people", {"phone": "12345"}, "11 位手机号"),
    ("people", {"code": "P000"}, "已经有人用了"),
    ("holdings", {"rank": "0"}, "请换一个次序"),
    ("holdings", {"person": "P001"}, "已是这个岗位的本人"),
    ("holdings", {"post": "水务局/管网科/值班元"}, "最接近的是“水务局/管网科/值班员”"),
    ("shifts", {"start": "25:00"}, "最晚 24:00"),
    ("shifts", {"end": "08:00"}, "没有时间值班"),
    ("absences", {"end": "2026-11-30T08:00"}, "结束要晚于开始"),
    ("absences", {"start": "明天"}, "2026-12-01 08:00"),
    ("areas", {"parent": "菜市场北门"}, "不能在小区“菜市场北门”之下"),
    ("areas", {"parent": ""}, "顶层只能有一个“示范区”"),
    ("aliases", {"word": "菜"}, "会到处误认"),
    ("aliases", {"word": "临河镇"}, "本身就是一个区域"),
    ("services", {"unit": "热力公司二"}, "最接近的是“热力公司”"),
    ("accounts", {"password": "short"}, "密码要 10 到 200 个字符"),
    ("accounts", {"role": "emperor"}, "没有“emperor”这一项"),
    ("accounts", {"person": ""}, "要写人员或单位"),
    ("accounts", {"username": "admin"}, "已经有了"),
)


def test_what_is_wrong_is_said_beside_its_field(site: Site) -> None:
    desk = Desk(site)
    for endpoint, changed, sentence in WRONG:
        status, html = desk.post(f"{endpoint}/new/", **{**RIGHT[endpoint], **changed})
        assert status == 200, (endpoint, changed)
        assert sentence in html, (endpoint, changed, re.findall(r'role="alert">.*?</svg>(.*?)</span>', html))
    assert DirectoryChange.select().count() == 0


def test_a_change_is_kept_before_and_after_with_who_made_it(site: Site) -> None:
    desk = Desk(site)
    person = Person.get(Person.code == "P001")
    status, html = desk.edit(f"people/edit/?id={person.id}", name="韩雨晴", phone="155 0000 0001")
    assert status == 302
    assert "已保存" in html
    change = directory_log.history("person", person.id)[0]
    assert (change.who, change.what) == ("苏禾", "修改")
    assert change.parts == (("name", "韩雨澄", "韩雨晴"), ("phone", "199****0001", "155****0001（换了新号码）"))
    assert Person.get_by_id(person.id).phone == "15500000001"
    assert "<del>韩雨澄</del>" in html


def test_an_empty_number_keeps_the_one_there_is(site: Site) -> None:
    desk = Desk(site)
    person = Person.get(Person.code == "P001")
    assert desk.edit(f"people/edit/?id={person.id}", name="韩雨澄", phone="")[0] == 302
    assert Person.get_by_id(person.id).phone == person.phone
    assert DirectoryChange.select().count() == 0  # nothing changed, nothing logged


def test_the_second_to_save_is_told_whose_change_came_between(site: Site) -> None:
    first, second = Desk(site), Desk(site)
    person = Person.get(Person.code == "P001")
    assert first.edit(f"people/edit/?id={person.id}", name="甲")[0] == 302
    status, html = second.post(f"people/edit/?id={person.id}", seen="0", name="乙")
    assert status == 200
    assert "苏禾 在 11-23 14:32 改过这一条，您的修改没有覆盖它" in html
    assert Person.get_by_id(person.id).name == "甲"


def test_a_night_shift_becomes_two_rows(site: Site) -> None:
    desk = Desk(site)
    desk.post("shifts/new/", **{**RIGHT["shifts"], "weekday": "6", "start": "20:00", "end": "08:00"})
    rows = [(row.weekday, row.start_minute, row.end_minute) for row in Shift.select().order_by(Shift.id)]
    assert rows == [(6, 1200, 1440), (0, 0, 480)]
    assert DirectoryChange.select().where(DirectoryChange.table == "shift").count() == 2


def test_an_absence_without_a_deputy_is_said_and_times_are_the_districts(site: Site) -> None:
    desk = Desk(site)
    _, html = desk.post("absences/new/", **RIGHT["absences"])
    assert "“水务局/管网科/值班员”这段时间没有人接" in html
    assert str(Absence.get().start) == "2026-12-01 00:00:00"  # 08:00 in the district
    assert "2026-12-01 08:00" in html
    post = Post.get(Post.name == "值班员")
    Holding.create(post=post, person=Person.get(Person.code == "P002"), rank=1)
    assert "没有人接" not in desk.client.get(f"/admin/absences/details/?id={Absence.get().id}").get_data(as_text=True)
    assert "梁知远（值班员）" in desk.client.get("/admin/absences/").get_data(as_text=True)


def test_another_receiving_post_takes_over_and_both_are_logged(site: Site) -> None:
    desk = Desk(site)
    desk.post("posts/new/", **RIGHT["posts"], receiving="y")
    unit = Unit.get(Unit.address == "水务局/管网科")
    assert [row.name for row in Post.select().where((Post.unit == unit) & Post.receiving)] == ["二班班长"]
    assert [row.what for row in DirectoryChange.select().order_by(DirectoryChange.id)] == ["修改", "新增"]


@pytest.mark.parametrize(
    ("endpoint", "row", "sentences"),
    [
        ("units", lambda: Unit.get(Unit.address == "热线中心/人工派单席"), ("config.yaml 的 manual_desk", "还有 1 个岗位在用")),
        ("units", lambda: Unit.get(Unit.address == "水务局"), ("还有 1 个科室在用：水务局/管网科",)),
        ("people", lambda: Person.get(Person.code == "P001"), ("仍担任 1 个岗位：水务局/管网科/值班员", "在办工单在它名下：20261123-0007")),
        ("holdings", Holding.get, ("要有人担任",)),
        ("areas", lambda: Area.get(Area.name == "临河镇"), ("下面还有 1 个区域在用：菜市场北门",)),
        ("accounts", lambda: Account.get(Account.username == "admin"), ("不能停用自己的账号",)),
    ],
)
def test_what_something_hangs_on_is_not_retired(site: Site, endpoint: str, row: object, sentences: tuple[str, ...]) -> None:
    desk, found = Desk(site), row()  # type: ignore[operator]
    for answer in (
        desk.client.get(f"/admin/{endpoint}/retire/?id={found.id}"),
        desk.client.post(f"/admin/{endpoint}/retire/?id={found.id}", data={"csrf_token": desk.csrf}),
    ):
        html = answer.get_data(as_text=True)
        assert answer.status_code in (200, 409)
        for sentence in sentences:
            assert sentence in html
    assert type(found).get_by_id(found.id)
    assert DirectoryChange.select().count() == 0


def test_a_retired_unit_is_out_of_lists_and_can_be_restored(site: Site) -> None:
    desk = Desk(site)
    unit = Unit.create(address="园林局", name="园林局", kind="区直部门")
    assert desk.post(f"units/retire/?id={unit.id}")[0] == 302
    assert "园林局" not in desk.client.get("/admin/units/").get_data(as_text=True)
    assert "园林局" in desk.client.get("/admin/units/?state=off").get_data(as_text=True)
    assert "把它恢复" in desk.post("units/new/", **RIGHT["units"])[1]
    assert desk.post("units/restore/", id=str(unit.id))[0] == 302
    assert [one.what for one in directory_log.history("unit", unit.id)] == ["恢复", "停用"]


def test_a_name_that_tickets_keep_is_not_changed(site: Site) -> None:
    desk, area = Desk(site), Area.get(Area.name == "菜市场北门")
    status, html = desk.edit(f"areas/edit/?id={area.id}", name="菜市场", level="小区", parent="临河镇")
    assert status == 200
    assert "件工单存着这个名称" in html
    assert "请新增别名" in html


def test_an_account_changed_elsewhere_is_signed_out_at_once(site: Site) -> None:
    desk, handler = Desk(site), site.signed_in("handler")
    account = Account.get(Account.username == "handler")
    status, _ = desk.post(f"accounts/password/?id={account.id}", password="another password", again="another password")
    assert status == 302
    assert handler.get("/tickets").status_code == 401
    assert sign_in(site.app.test_client(), "handler", PASSWORD) == 401
    assert directory_log.history("account", account.id)[0].what == "重设密码"
    again = site.app.test_client()
    assert sign_in(again, "handler", "another password") == 302
    assert desk.edit(f"accounts/edit/?id={account.id}", role="agent", person="P001")[0] == 302
    assert again.get("/tickets").status_code == 401


def test_nobody_shuts_himself_or_the_last_administrator_out(site: Site) -> None:
    desk, admin = Desk(site), Account.get(Account.username == "admin")
    _, html = desk.edit(f"accounts/edit/?id={admin.id}", role="agent", person="")
    assert "不能改自己的角色" in html
    other = Account.create(username="second", password_hash="x", role="admin", active=False)
    assert "不能停用自己的账号" in desk.client.get(f"/admin/accounts/retire/?id={admin.id}").get_data(as_text=True)
    assert desk.post("accounts/restore/", id=str(other.id))[0] == 302
    assert desk.post(f"accounts/retire/?id={other.id}")[0] == 302
    assert [row.username for row in Account.select().where((Account.role == "admin") & Account.active)] == ["admin"]


def test_what_rules_and_the_catalogue_name_is_not_retired_nor_renamed(site: Site) -> None:
    desk = Desk(site)
    watch, housing = Unit.get(Unit.address == "热线中心/值班室"), Unit.create(address="住建局/物业科", name="物业科", kind="区直部门")
    html = desk.client.get(f"/admin/units/retire/?id={watch.id}").get_data(as_text=True)
    assert "规则 D-030" in html
    assert "请先在规则工作台改派给别处并发布" in html
    html = desk.client.get(f"/admin/units/retire/?id={housing.id}").get_data(as_text=True)
    assert "派单目录里 住房、物业服务 归口“住建局/物业科”" in html
    status, html = desk.edit(f"units/edit/?id={housing.id}", address="住建局/物管科", kind="区直部门", superior="")
    assert status == 200
    assert "不能改名：规则 D-010" in html


def test_exports_open_in_excel_and_hold_no_formula(site: Site) -> None:
    Unit.create(address="=HYPERLINK(1)", name="x", kind="区直部门")
    client = site.signed_in("policy")
    content = client.get("/admin/units/export/csv/?q=HYPERLINK").get_data()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines == [["地址", "类型", "上级", "接收岗位", "状态"], ["'=HYPERLINK(1)", "区直部门", "", "", "在用"]]
    sheet = load_workbook(io.BytesIO(client.get("/admin/units/export/xlsx/").get_data())).active
    assert sheet is not None
    assert sheet.max_row == Unit.select().count() + 1
    assert not [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert "199****0001" in client.get("/admin/people/export/csv/?q=P001").get_data().decode("utf-8-sig")


def test_what_is_asked_for_is_what_is_listed_and_exported(site: Site) -> None:
    client = site.signed_in("admin")
    html = client.get("/admin/units/?kind=区直部门&part=section&q=科&sort=address&desc=1").get_data(as_text=True)
    assert re.findall(r'details/\?id=\d+">(.*?)</a>', html) == ["水务局/管网科", "城市管理局/照明科"]
    lines = client.get("/admin/units/export/csv/?kind=区直部门&part=section&q=科&sort=address").get_data().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["城市管理局/照明科", "水务局/管网科"]
