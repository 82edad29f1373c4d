"""Twenty-four appeals whose explanations are kept word for word in tests/cli/golden/."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """An appeal, when it arrives (the district's time), and what is asked about it."""

    name: str
    text: str
    at: str = "2026-11-23T09:00"
    more: dict[str, str] = field(default_factory=dict)
    ask: tuple[str, ...] = ()


CASES = (
    Case("01_heat", "谷雨苑三号楼暖气不热，家里只有十三度，老人孩子都冻感冒了。"),
    Case("02_water_at_night", "今天凌晨起东站小区整栋楼停水，家里有吃奶的孩子。", "2026-12-06T02:30"),
    Case("03_power_village", "柳南村从傍晚开始停电，变压器那边响了一声就黑了。", "2026-11-21T19:40"),
    Case("04_gas_leak", "银杏园一单元楼道里有很浓的煤气味，怀疑燃气泄漏。"),
    Case("05_wages_no_place", "我们十一个人在工地干了三个月，包工头拖欠工资不给。"),
    Case("06_smoke_joint_work", "青禾镇金穗路一家餐馆油烟直排，正对着居民窗户。"),
    Case("07_village_litter", "渡口村村口的垃圾堆了四五天没人清。"),
    Case("08_deputy", "区图书馆周末总不开门，孩子们没有地方看书。", "2027-03-08T10:00"),
    Case("09_property", "柳絮园的楼道两个星期没人打扫，物业费却照收。"),
    Case("10_lift", "长寿公寓五号楼的电梯一个月坏了四次，昨天有人被困电梯。"),
    Case("11_enquiry", "想问一下低保怎么申请，要交哪些材料。", more={"kind": "咨询"}),
    Case("12_praise", "湾头家园停电，供电公司师傅冒雨修到半夜，感谢他们。", more={"kind": "表扬"}),
    Case("13_unknown_to_manual_desk", "你们好，这件事说来话长，请回电话。"),
    Case("14_category_given", "门口的事一直没人管，请派人来看看。", more={"category": "井盖", "address": "柳湾镇商城路"}),
    Case("15_before_a_long_holiday", "商城路中间有一个井盖裂开了，车一过就翻起来。", "2026-09-30T16:30"),
    Case("16_road_sunk", "滨河大道靠近路口的地方路面塌陷出一个大坑，比脸盆还大。"),
    Case("17_english", "谷雨苑五号楼没有暖气，老人受不了。", ask=("--lang", "en")),
    Case("18_rule_unmet", "谷雨苑七号楼暖气不热。", ask=("--rule", "D-018")),
    Case("19_rule_won", "吉祥苑整个小区停水了。", ask=("--rule", "U-010")),
    Case("20_rule_stopped", "想咨询一下，东站小区为什么停水，什么时候来水？", more={"kind": "咨询"}, ask=("--rule", "U-010", "--lang", "en")),
    Case("21_one_change_is_enough", "滨河大道靠近路口路面高低不平。", more={"category": "城市路面破损"}, ask=("--rule", "D-062")),
    Case("22_the_exception_word_goes", "省道穿城那一段全是坑，路面破损。", more={"category": "城市路面破损"}, ask=("--rule", "D-062")),
    Case("23_a_word_out_and_a_word_in", "银杏园二号楼停电了。", ask=("--rule", "U-030", "--lang", "en")),
    Case("24_an_earlier_rule_decides", "省道穿城那一段路面塌陷，路面破损。", more={"category": "城市路面破损"}, ask=("--rule", "D-064")),
)
