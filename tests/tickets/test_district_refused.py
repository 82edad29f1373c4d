"""A wrong directory is refused: every fault its own sentence with file and line, and the nearest right name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tickets.small_district import FILES, spoilt, write_district
from tickets.files.district import DistrictRefused, read


def faults(folder: Path) -> list[str]:
    with pytest.raises(DistrictRefused) as refused:
        read(folder)
    return [fault.text() for fault in refused.value.faults]


CASES = [
    # file, what stood there, what stands there now, where it is found, what the sentence says
    ("posts", "晨光物业,客服,", "晨光物业公司,客服,", "posts.csv:9", "最接近的是「晨光物业」"),  # an orphan post
    ("posts", "山前村,第1网格员", "山前村,12", "posts.csv:8", "应是名称，却是数字「12」"),
    ("posts", "水务局/管网科,科长", "水务局,管网科", "posts.csv:5", "与科室同名"),
    ("posts", "科长,科室负责人,,", "科长,科室负责人,yes,", "units.csv:4", "不止一个接收岗位"),
    ("posts", "科长,科室负责人,,", "科长,科室负责人,也许,", "posts.csv:5", "只能写 是 或 否"),
    ("posts", "网格员,,山前村第1网格", "网格员,,山前村第2网格", "posts.csv:8", "最接近的是「山前村第1网格」"),
    ("units", "督查室,督查,,专员", "督查室,督查,水务局,专员", "units.csv:2", "绕成了圈：督查室 → 水务局 → 督查室"),
    ("units", "水务局,区直部门,督查室", "水务局,区直部门,督察室", "units.csv:3", "最接近的是「督查室」"),
    ("units", "晨光物业,企业,河口镇,客服", "晨光物业,企业,河口镇,前台", "units.csv:7", "没有接收岗位「前台」"),
    ("units", "晨光物业,企业", "晨光物业,公司", "units.csv:7", "没有单位类型「公司」"),
    (
        "units",
        "水务局/管网科,区直部门,水务局,值班员\n",
        "水务局/管网科,区直部门,水务局,值班员\n水务局/管网科,区直部门,水务局,值班员\n",
        "units.csv:5",
        "已在第 4 行出现",
    ),
    ("units", "河口镇/山前村,村居", "河口镇/山前村/一组,村居", "units.csv:6", "应是「单位」或「单位/科室」"),
    ("people", "A2,乙二水,15400000002", "A2,乙二水,1540000000", "people.csv:3", "11 位手机号"),
    ("people", "A2,乙二水", "A2,8613", "people.csv:3", "应是名称，却是数字「8613」"),
    ("people", "A3,丙三木", "A2,丙三木", "people.csv:4", "工号「A2」已在第 3 行出现"),
    ("people", "A3,丙三木", "A3,", "people.csv:4", "「name」没有填写"),
    ("holdings", "晨光物业,客服,A3,0\n", "", "posts.csv:9", "没有人担任"),
    ("holdings", "晨光物业,客服,A3,0", "晨光物业,客服,A3,1", "posts.csv:9", "没有次序 0"),
    ("holdings", "晨光物业,客服,A3,0", "晨光物业,客服,A9,0", "holdings.csv:10", "没有人员「A9」"),
    ("holdings", "值班员,A3,1", "值班员,A3,0", "holdings.csv:5", "同一岗位同一次序"),
    ("holdings", "值班员,A3,1", "值班员,A3,副", "holdings.csv:5", "次序「副」"),
    ("areas", "河口路,道路,河口镇", "河口路,道路,河口", "areas.csv:7", "最接近的是「河口镇」"),
    ("areas", "河口路,道路,河口镇", "山前村,道路,河口镇", "areas.csv:7", "已在第 4 行出现"),
    ("areas", "河口路,道路,河口镇", "河口路,道路,", "areas.csv:7", "顶层只能有一个「试点区」"),
    ("areas", "河口路,道路", "河口路,马路", "areas.csv:7", "最接近的是「道路」"),
    ("areas", "山前村,村居,河口镇", "山前村,村居,晨光小区", "areas.csv:4", "不能在小区"),
    ("areas", "晨光;晨光花园", "晨;晨光花园", "areas.csv:6", "太短"),
    ("shifts", "A2,1-5", "A2,1-8", "shifts.csv:2", "应写成 1-5"),
    ("shifts", "08:00,20:00", "08:00,25:00", "shifts.csv:2", "最晚 24:00"),
    ("shifts", "值班员,A3,日", "值班员,A7,日", "shifts.csv:3", "没有人员「A7」"),
    ("absences", "2026-12-03", "2026-11-31", "absences.csv:2", "日期「2026-11-31」不存在"),
    ("absences", "2026-12-03", "2026-11-03", "absences.csv:2", "不晚于开始"),
    ("services", "晨光小区,属地", "晨光苑,属地", "services.csv:2", "没有区域「晨光苑」"),
    ("services", "属地物业企业,晨光物业", "属地物业企业,晨光物业,多余", "services.csv:2", "有 4 格，表头只有 3 列"),
]


@pytest.mark.parametrize(("file", "old", "new", "where", "says"), CASES, ids=[f"{case[0]}-{case[4]}" for case in CASES])
def test_a_fault_is_told_with_its_place(tmp_path: Path, file: str, old: str, new: str, where: str, says: str) -> None:
    told = faults(write_district(tmp_path, **spoilt(file, old, new)))
    assert any(sentence.startswith(f"{where}: ") and says in sentence for sentence in told), told


def test_everything_wrong_is_told_at_once_in_both_languages(tmp_path: Path) -> None:
    folder = write_district(tmp_path, **spoilt("people", "A2,乙二水,15400000002", "A2,乙二水,12"), **spoilt("units", "晨光物业,企业", "晨光物业,公司"))
    with pytest.raises(DistrictRefused) as refused:
        read(folder)
    assert {fault.file for fault in refused.value.faults} >= {"people.csv", "units.csv"}
    assert refused.value.permanent
    assert "the phone must be an 11-digit mobile number" in next(f for f in refused.value.faults if f.file == "people.csv").text("en")


FILE_CASES = [
    ({"people": ""}, "people.csv:1: 文件是空的"),
    ({"people": "code,name,phone\n"}, "people.csv:1: 只有表头，没有一行内容"),
    ({"people": None}, "people.csv:1: 没有这个文件"),
    ({"people": FILES["people.csv"].replace("code,name,phone", "code,name,telephone")}, "people.csv:1: 缺少列「phone」；最接近的是「telephone」"),
    ({"people": FILES["people.csv"].replace("code,name,phone", "code,name,phone,name")}, "people.csv:1: 列「name」出现了两次"),
    ({"posts": FILES["posts.csv"].replace("receiving", "receivng", 1)}, "posts.csv:1: 没有「receivng」这一列；最接近的是「receiving」"),
    ({"people": FILES["people.csv"] + f"A4,{'长' * 1_000_000},15400000004\n"}, "people.csv:5: 「name」超过 1000 个字"),
    ({"people": 'code,name,phone\nA1,"甲,15400000001\n'}, "people.csv:"),
    ({"people": FILES["people.csv"] + f"A4,{'长' * 1001},15400000004\n"}, "people.csv:5: 「name」超过 1000 个字"),
    ({"people": FILES["people.csv"] + 'A4,"丁\n四",15400000004\n'}, "people.csv:5: 「name」里有换行"),
]


@pytest.mark.parametrize(("changed", "says"), FILE_CASES, ids=[case[1] for case in FILE_CASES])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, changed: dict[str, str | None], says: str) -> None:
    assert any(sentence.startswith(says) for sentence in faults(write_district(tmp_path, **changed)))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (write_district(tmp_path) / "people.csv").write_bytes(b"PK\x03\x04\x00\x00\xff\xfe\x80\x81")
    assert any("既不是 UTF-8 也不是 GB18030" in sentence for sentence in faults(tmp_path))


def test_the_line_that_is_in_no_encoding_is_named_and_a_column_of_the_offices_own_is_let_be(tmp_path: Path) -> None:
    file = write_district(tmp_path, people=FILES["people.csv"].replace("phone\n", "phone,备注\n", 1)) / "people.csv"
    assert read(tmp_path).people
    file.write_bytes(file.read_bytes() + "A4,丁四,15400000004\n".encode("gbk"))
    assert any("第 5 行起既不是 UTF-8 也不是 GB18030" in sentence for sentence in faults(tmp_path))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "没有这个文件夹" in faults(tmp_path / "nowhere")[0]


def test_a_missing_column_does_not_make_every_name_unknown(tmp_path: Path) -> None:
    assert len(faults(write_district(tmp_path, units=FILES["units.csv"].replace("address,", "adress,")))) == 1
