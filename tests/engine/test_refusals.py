"""What `rules check` refuses: each snippet, the line it must name, and the words it must say."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.folder import Vocabulary
from tests.engine.rule_files import errors, load_text, ruleset_of, world

WIDE = "{all: [" + ", ".join(f"{{any: [{{households: {n}1}}, {{households: {n}2}}, {{households: {n}3}}]}}" for n in range(1, 5)) + "]}"

CONDITIONS = [
    # when, line, words
    ("{all: [{outag: true}]}", 8, "没有这个事实「outag」，是不是「outage」？"),
    ("{al: [{outage: true}]}", 8, "没有这个事实「al」，是不是「all」？"),
    ("{all: []}", 8, "all是空的"),
    ("{any: []}", 8, "any是空的"),
    ("{none: []}", 8, "none是空的"),
    ("{any: [{none: []}]}", 8, "none是空的"),
    ("{}", 8, "条件是空的"),
    ("[]", 8, "条件应当是映射"),
    ("true", 8, "条件应当是映射"),
    ("{all: {outage: true}}", 8, "all应当是列表"),
    ("{all: [outage]}", 8, "条件应当是映射"),
    ("{all: [{outage: yes}]}", 8, "outage应当是 true 或 false，这里是文字「yes」"),
    ("{all: [{outage: 1}]}", 8, "这里是数字 1"),
    ("{all: [{outage: {ne: true}}]}", 8, "「outage」是是非，不能用 ne，可用：eq、missing"),
    ("{all: [{households: '5'}]}", 8, "households应当是数字，这里是文字「5」"),
    ("{all: [{households: {gte: many}}]}", 8, "households应当是数字"),
    ("{all: [{households: {gt: 1.5}}]}", 8, "只记 0 位小数"),
    ("{all: [{peak_ratio: {gt: 1.005}}]}", 8, "只记 2 位小数"),
    ("{all: [{households: {gt: 4503599627370496}}]}", 8, "太大"),
    ("{all: [{households: {gt: 99999999999999999999999999999}}]}", 8, "太大"),
    ("{all: [{households: [1, 2]}]}", 8, "不能用 in"),
    ("{all: [{households: {gtee: 1}}]}", 8, "没有这个比较「gtee」，是不是「gte」？"),
    ("{all: [{households: {}}]}", 8, "没有写比较"),
    ("{all: [{text: 停水}]}", 8, "「text」是文字，不能用 eq，可用：has_any、has_all、similar、missing"),
    ("{all: [{text: {has_any: []}}]}", 8, "是空的"),
    ("{all: [{text: {has_any: [120]}}]}", 8, "请加引号"),
    ("{all: [{text: {has_any: ['  ']}}]}", 8, "是空的"),
    ("{all: [{text: {has_any: ['\u200b']}}]}", 8, "规范化后没有字"),
    ("{all: [{text: {has: [停水]}}]}", 8, "没有这个比较「has」，是不是「has_"),
    ("{all: [{text: {similar: {to: [停水], min: 101}}}]}", 8, "min应当是 1 到 100 的整数"),
    ("{all: [{text: {similar: {too: [停水]}}}]}", 8, "没有这个字段（similar）「too」，是不是「to」？"),
    ("{all: [{text: {similar: [停水]}}]}", 8, "similar应当是映射"),
    ("{all: [{kind: 资询}]}", 8, "是不是「咨询」？"),
    ("{all: [{kind: {gt: 咨询}}]}", 8, "不能用 gt"),
    ("{all: [{kind: null}]}", 8, "kind应当是文字，这里是空的"),
    ("{all: [{category: 供汽}]}", 8, "没有这个选项（诉求类别 category）「供汽」，是不是「供"),
    ("{all: [{category: [供水, 供汽]}]}", 8, "「供汽」"),
    ("{all: [{area: 花园小去}]}", 8, "是不是「花园小区」？"),
    ("{all: [{step: 待签}]}", 8, "是不是「待签收」？"),
    ("{all: [{deadline: 派但}]}", 8, "是不是「派单」？"),
    ("{all: [{area: {missing: nope}}]}", 8, "missing应当是 true 或 false"),
    (WIDE, 8, "展开后超过 64 种情形"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return world(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize(("when", "line", "words"), CONDITIONS, ids=[case[0][:50] for case in CONDITIONS])
def test_a_condition_that_cannot_be_meant_is_refused(when: str, line: int, words: str, base: Vocabulary, tmp_path: Path) -> None:
    found = errors(load_text(ruleset_of(when), tmp_path, base))
    assert {(finding.line, finding.rule) for finding in found} == {(line, "R-1")}, found
    assert words in found[0].zh
    assert found[0].en.isprintable()


ACTIONS = [
    # then, words
    ("[]", "then是空的"),
    ("{urgency: 特急}", "then应当是列表"),
    ("[urgency]", "每个动作写成一项"),
    ("[{urgency: 特急, dispatch: {to: 承办人}}]", "每个动作写成一项"),
    ("[{urgent: 特急}]", "没有这个动作「urgent」，是不是「urgency」？"),
    ("[{urgency: 特级}]", "没有这个紧急程度「特级」，是不是「特急」？"),
    ("[{urgency: 1}]", "紧急程度应当是文字"),
    ("[{dispatch: 承办人}]", "应当是映射"),
    ("[{dispatch: {or: 承办人}}]", "动作 dispatch缺少「to」"),
    ("[{dispatch: {to: 承办人, asist: [承办人]}}]", "没有这个字段（动作 dispatch）「asist」，是不是「assist」？"),
    ("[{dispatch: {to: 水务句}}]", "没有这个单位或角色「水务句」，是不是「水务局」？"),
    ("[{dispatch: {to: 水务局/管线科}}]", "「水务局」没有科室或岗位「管线科」，是不是「水务局/管网科」？"),
    ("[{dispatch: {to: 水务局/管网科/抢险岗}}]", "「水务局/管网科」没有科室或岗位「抢险岗」，是不是「水务局/管网科/抢修岗」？"),
    ("[{dispatch: {to: 承办仁}}]", "是不是「承办人」？"),
    ("[{dispatch: {to: 5}}]", "应当是文字"),
    ("[{dispatch: {to: [承办人, 承办单位]}}]", "只能写一个地址"),
    ("[{dispatch: {to: 承办人, or: 上级单未}}]", "是不是「上级单位」？"),
    ("[{dispatch: {to: 承办人, assist: [上级单未]}}]", "是不是「上级单位」？"),
    ("[{deadline: {name: 派单, from: 已登记, until: 待签收, within: 10m}}]", "动作 deadline缺少「clock」"),
    ("[{deadline: {name: 派单, from: 已登, until: 待签收, within: 10m, clock: 自然时}}]", "没有这个环节「已登」，是不是「已登记」？"),
    ("[{deadline: {name: 派单, from: 待签收, until: 待签收, within: 10m, clock: 自然时}}]", "起止环节相同"),
    ("[{deadline: {name: 派单, from: 已登记, until: 待签收, within: 10 minutes, clock: 自然时}}]", "应当是时长"),
    ("[{deadline: {name: 派单, from: 已登记, until: 待签收, within: 10, clock: 自然时}}]", "within应当是时长，如 10m、2h、3d（最多十年），这里是数字 10"),
    ("[{deadline: {name: 派单, from: 已登记, until: 待签收, within: 0m, clock: 自然时}}]", "不能是零"),
    ("[{deadline: {name: 派单, from: 已登记, until: 待签收, within: 9999d, clock: 自然时}}]", "最多十年"),
    ("[{deadline: {name: 派单, from: 已登记, until: 待签收, within: 10m, clock: 工作}}]", "没有这个时钟「工作」，是不是「工作"),
    ("[{deadline: {name: 派单, from: 已登记, until: 待签收, within: 10m, clock: 自然时, pause: [挂帐]}}]", "是不是「挂账」？"),
    ("[{deadline: {name: 派单, from: 待签收, until: 办理中, within: 10m, clock: 自然时, pause: [争议, 待签收]}}]", "暂停，等于不计时"),
    ("[{chain: {at: 开始}}]", "chain应当是列表"),
    ("[{chain: []}]", "chain是空的"),
    ("[{chain: [{send: [短信], to: 承办人}]}]", "只写一个时点"),
    ("[{chain: [{at: 开始, wait: 5m, send: [短信], to: 承办人}]}]", "只写一个时点"),
    ("[{chain: [{at: 到点, send: [短信], to: 承办人}]}]", "没有这个时点「到点」，是不是「到期」？"),
    ("[{chain: [{spent: 70, send: [短信], to: 承办人}]}]", "spent应当是百分比，如 70%"),
    ("[{chain: [{spent: 170%, send: [短信], to: 承办人}]}]", "应当是百分比"),
    ("[{chain: [{spent: 0%, send: [短信], to: 承办人}]}]", "应当是百分比"),
    ("[{chain: [{before: 0m, send: [短信], to: 承办人}]}]", "不能是零"),
    ("[{chain: [{after: soon, send: [短信], to: 承办人}]}]", "应当是时长"),
    ("[{chain: [{at: 开始, send: [信鸽], to: 承办人}]}]", "没有这个渠道「信鸽」"),
    ("[{chain: [{at: 开始, send: [短信]}]}]", "升级链的一环缺少「to」"),
    ("[{chain: [{at: 开始, to: 承办人}]}]", "升级链的一环缺少「send」"),
    ("[{chain: [{at: 开始, every: 5m, times: 2, send: [短信], to: 承办人}]}]", "every 只与 wait 同用"),
    ("[{chain: [{wait: 5m, every: 5m, send: [短信], to: 承办人}]}]", "还要写 times"),
    ("[{chain: [{wait: 5m, every: 5m, times: 0, send: [短信], to: 承办人}]}]", "times应当是 1 到 100 的整数"),
    ("[{chain: [{wait: 5m, sned: [短信], to: 承办人}]}]", "没有这个字段（升级链的一环）「sned」，是不是「send」？"),
    ("[{review: {chain: [承办人, 科长]}}]", "没有这个单位或角色「科长」"),
    ("[{review: {chain: []}}]", "review.chain是空的"),
    ("[{supervise: {level: 关注, by: 热线中心/督办课, once: ticket}}]", "没有科室或岗位「督办课」"),
    ("[{supervise: {level: 关注, by: 承办人}}]", "动作 supervise缺少「once」"),
    ("[{supervise: {level: 关注, by: 承办人, once: tickets}}]", "是不是「ticket」？"),
    ("[{supervise: {level: 关注, by: 承办人, once: {category: 0}}}]", "类别层级应当是 1 到 9 的整数"),
    ("[{supervise: {level: 关注, by: 承办人, once: {area: 小曲}}}]", "是不是「小区」？"),
    ("[{supervise: {level: 关注, by: 承办人, once: {}}}]", "once是空的"),
    ("[{supervise: {level: 关注, by: 承办人, once: ticket, list: yes}}]", "supervise.list应当是 true 或 false"),
    ("[{supervise: {level: 关注, by: 承办人, once: ticket, meet: {调度: 七天}}}]", "应当是时长"),
    ("[{warn: {to: [承办人], once: {category: 2, within: sixty}}}]", "within应当是时长"),
    ("[{warn: {once: ticket}}]", "动作 warn缺少「to」"),
    ("[{survey: {send: [], after: 1h}}]", "渠道是空的"),
    ("[{survey: {send: [短信], after: later}}]", "应当是时长"),
    ("[{mediate: {}}]", "动作 mediate缺少「by」"),
    ("[{mediate: {by: 网格员}}]", "没有这个单位或角色「网格员」，是不是「属地网格员」？"),
    ("[{exclude: {from: all}}]", "动作 exclude缺少「reason」"),
    ("[{exclude: {from: [solved], reason: r}}]", "没有这个指标「solved」，是不是「solved_rate」？"),
    ("[{exclude: {from: [all, solved_rate], reason: r}}]", "all 不与其他指标并列"),
    ("[{exclude: {from: all, reason: r, approve: 考核科}}]", "没有这个单位或角色「考核科」"),
    ("[{score: {indicator: solve_rate, weight: 0.3}}]", "是不是「solved_rate」？"),
    ("[{score: {indicator: solved_rate}}]", "写且只写一种"),
    ("[{score: {indicator: solved_rate, weight: 0.3, full: 10}}]", "写且只写一种"),
    ("[{score: {indicator: solved_rate, weight: '0.3'}}]", "score.weight应当是数字"),
    ("[{score: {indicator: solved_rate, weight: -0.3}}]", "weight 应当大于零"),
    ("[{score: {indicator: solved_rate, weight: 0.3, cap: 5}}]", "weight 计分不用「cap」"),
    ("[{score: {indicator: solved_rate, full: 35, per_point: 0.5}}]", "full 计分缺少「target」"),
    ("[{score: {indicator: solved_rate, above: 80, cap: 1}}]", "above 计分缺少「per_point」"),
    ("[{score: {indicator: solved_rate, each: -1, target: 3}}]", "each 计分不用「target」"),
    ("[{score: {indicator: solved_rate, weight: 0.3, min_sample: 10}}]", "要一起写"),
    ("[{score: {indicator: solved_rate, weight: 0.3, min_sample: 10, below: ful}}]", "是不是「full」？"),
    ("[{score: {indicator: solved_rate, each: -1, floor: 5, cap: 1}}]", "floor 高于 cap"),
    ("[{score: {indicator: solved_rate, weight: 0.3, bonus: maybe}}]", "score.bonus应当是 true 或 false"),
]


@pytest.mark.parametrize(("then", "words"), ACTIONS, ids=[case[0][:60] for case in ACTIONS])
def test_an_action_that_cannot_be_done_is_refused(then: str, words: str, base: Vocabulary, tmp_path: Path) -> None:
    found = errors(load_text(ruleset_of("", then), tmp_path, base))
    assert {(finding.line, finding.rule) for finding in found} == {(9, "R-1")}, found
    assert any(words in finding.zh for finding in found), found


RULE = "  - {id: R-1, then: [{urgency: 特急}]}\n"
HEADED = "ruleset: draft\nevent: ticket.registered\nhit: first\nbasis: b\n"
SETS = [
    # file, line, rule, words
    ("- a\n", 1, "rules", "规则文件应当是映射"),
    ("just words\n", 1, "rules", "规则文件应当是映射"),
    ("title: x\n", 1, "rules", "规则集缺少「ruleset」"),
    ("ruleset: draft\nrules: []\n", 1, "draft", "规则集缺少「event」"),
    ("ruleset: 1\nevent: ticket.registered\nhit: first\nrules: []\n", 1, "rules", "规则集名应当是文字"),
    ("ruleset: Draft 1\nevent: ticket.registered\nhit: first\nrules: []\n", 1, "Draft 1", "小写字母"),
    (HEADED + "ruels:\n" + RULE, 5, "draft", "没有这个字段（规则集）「ruels」，是不是「rules」？"),
    (HEADED + "rules: {}\n", 5, "draft", "rules应当是列表"),
    (HEADED.replace("ticket.registered", "ticket.register") + "rules:\n" + RULE, 2, "draft", "没有这个事件「ticket.register」，是不是「ticket.registered」？"),
    (HEADED.replace("ticket.registered", "[]") + "rules:\n" + RULE, 2, "draft", "事件是空的"),
    (HEADED.replace("first", "firts") + "rules:\n" + RULE, 3, "draft", "没有这个裁决方式（hit）「firts」，是不是「first」？"),
    (HEADED.replace("first", "highest") + "rules:\n" + RULE, 3, "draft", "highest 需要写 order"),
    (HEADED.replace("first", "{unique: deadline.nam}") + "rules:\n" + RULE, 3, "draft", "是不是「deadline.name」？"),
    (HEADED.replace("first", "{unique: deadlines.name}") + "rules:\n" + RULE, 3, "draft", "没有这个动作「deadlines」，是不是「deadline」？"),
    (HEADED.replace("first", "{uniq: deadline.name}") + "rules:\n" + RULE, 3, "draft", "是不是「unique」？"),
    (HEADED + "order: {urgency: [紧急, 一般]}\nrules:\n" + RULE, 7, "R-1", "「特急」不在 order urgency 里（现有：紧急、一般）"),
    (HEADED + "order: {urgency: [特及, 紧急, 一般]}\nrules: []\n", 5, "draft", "没有这个紧急程度（order）「特及」，是不是「特急」？"),
    (HEADED + "order: {urgency: [特急, 紧急, 紧急, 一般]}\nrules:\n" + RULE, 5, "draft", "「紧急」写了两次"),
    (HEADED + "order: [特急]\nrules:\n" + RULE, 5, "draft", "order 应当是"),
    (HEADED + "title: {en: only}\nrules:\n" + RULE, 5, "draft", "名称缺少「zh」"),
    (HEADED + "for: [单位, 班组]\nrules:\n" + RULE, 5, "draft", "「班组」"),
    (HEADED + "total: all\nrules:\n" + RULE, 5, "draft", "total应当是数字"),
    (HEADED + "else: [{urgent: 一般}]\nrules:\n" + RULE, 5, "draft", "是不是「urgency」？"),
    (HEADED + "effective: {from: 2026-02-01, to: 2026-01-01}\nrules:\n" + RULE, 5, "draft", "有效期颠倒"),
    (HEADED + "effective: {from: 2026-01-01, to: 2026-01-01}\nrules:\n" + RULE, 5, "draft", "有效期颠倒"),
    (HEADED + "effective: {from: 2026-02-30}\nrules:\n" + RULE, 5, "draft", "开始日期应当是日期"),
    (HEADED + "effective: {from: 20260101}\nrules:\n" + RULE, 5, "draft", "开始日期应当是日期"),
    (HEADED + "effective: {to: 2026-01-01}\nrules:\n  - {id: R-1, effective: {from: 2026-01-01}, then: [{urgency: 特急}]}\n", 7, "R-1", "永远不会生效"),
    (HEADED + "effective: {}\nrules:\n" + RULE, 5, "draft", "有效期是空的"),
    (HEADED + "effective: {since: 2026-01-01}\nrules:\n" + RULE, 5, "draft", "没有这个字段（有效期）「since」"),
    (HEADED + "rules:\n" + RULE + RULE, 7, "R-1", "编号「R-1」已用于"),
    (HEADED + "rules:\n  - {id: R 1, then: [{urgency: 特急}]}\n", 6, "draft", "编号「R 1」"),
    (HEADED + "rules:\n  - {id: else, then: [{urgency: 特急}]}\n", 6, "draft", "不是 else"),
    (HEADED + "rules:\n  - {id: 10, then: [{urgency: 特急}]}\n", 6, "draft", "规则编号（id）应当是文字（数字和 true/false 请加引号），这里是数字 10"),
    (HEADED + "rules:\n  - {then: [{urgency: 特急}]}\n", 6, "draft", "规则缺少「id」"),
    (HEADED + "rules:\n  - {id: R-1}\n", 6, "R-1", "规则缺少「then」"),
    (HEADED + "rules:\n  - {id: R-1, wen: {}, then: [{urgency: 特急}]}\n", 6, "R-1", "没有这个字段（规则）「wen」，是不是「when」？"),
    (HEADED + "rules:\n  - {id: R-1, priority: -1, then: [{urgency: 特急}]}\n", 6, "R-1", "priority应当是 0 到"),
    (HEADED + "rules:\n  - {id: R-1, priority: high, then: [{urgency: 特急}]}\n", 6, "R-1", "priority应当是 0 到"),
    (HEADED + "rules:\n  - {id: R-1, unless: {any: []}, then: [{urgency: 特急}]}\n", 6, "R-1", "any是空的"),
    (HEADED + "rules:\n  - R-1\n", 6, "draft", "规则应当是映射"),
]


@pytest.mark.parametrize(("text", "line", "rule", "words"), SETS, ids=[case[3] for case in SETS])
def test_a_rule_set_that_cannot_stand_is_refused(text: str, line: int, rule: str, words: str, base: Vocabulary, tmp_path: Path) -> None:
    loaded = load_text(text, tmp_path, base)
    found = errors(loaded)
    assert any((finding.line, finding.rule) == (line, rule) and words in finding.zh for finding in found), found
    assert not loaded.sets


TESTS = [
    # tests of the rule (on line 10), words
    ("{}", "tests应当是列表"),
    ("[{expect: hit}]", "测试缺少「given」"),
    ("[{given: {outage: true}}]", "测试没有写期望"),
    ("[{given: {outage: true}, expect: yes}]", "没有这个expect 的值「yes」"),
    ("[{given: {outage: true}, expect: hit, hit: [R-1]}]", "hit 属于规则集的测试"),
    ("[{given: {outage: true}, expct: hit}]", "没有这个字段（测试）「expct」，是不是「expect」？"),
    ("[{given: [outage], expect: hit}]", "given 应当是映射"),
    ("[{given: {outag: true}, expect: hit}]", "没有这个事实「outag」，是不是「outage」？"),
    ("[{given: {outage: yes}, expect: hit}]", "outage应当是 true 或 false"),
    ("[{given: {households: -1}, expect: hit}]", "「households」应当在 0 到 … 之间"),
    ("[{given: {category: 供汽}, expect: hit}]", "「供汽」"),
    ("[{given: {text: 5}, expect: hit}]", "text应当是文字"),
    ("[{given: {outage_n: 5}, expect: hit}]", "没有这个事实「outage_n」"),
    ("[{given: {outage: true}, expect: hit, at: '2026-13-01'}]", "at应当是日期或时刻"),
    ("[{given: {outage: true}, due: [派单]}]", "due 应当是「时限: 时刻」"),
    ("[{given: {outage: true}, due: {派单: soon}}]", "due应当是日期或时刻"),
    ("[{given: {outage: true}, sends: [09:00 短信 承办人]}]", "还要写 clock"),
    ("[{given: {outage: true}, clock: ['2026-01-01T09:00'], sends: [09:00 短信 承办人]}]", "clock 应当是 [开始, 到期]"),
    ("[{given: {outage: true}, clock: ['2026-01-01T09:00', '2026-01-01T08:00'], sends: [09:00 短信 承办人]}]", "clock 颠倒"),
    ("[{given: {outage: true}, clock: ['2026-01-01T09:00', '2026-01-01T10:00'], sends: [短信 承办人]}]", "sends 的一项应当如"),
]


@pytest.mark.parametrize(("tests", "words"), TESTS, ids=[case[0][:50] for case in TESTS])
def test_a_test_that_tests_nothing_real_is_refused(tests: str, words: str, base: Vocabulary, tmp_path: Path) -> None:
    found = errors(load_text(ruleset_of("{all: [{outage: true}]}", more=f"    tests: {tests}\n"), tmp_path, base))
    assert {(finding.line, finding.rule) for finding in found} == {(10, "R-1")}, found
    assert words in found[0].zh


SET_TESTS = [
    ("[{given: {outage: true}, expect: hit}]", "expect 属于规则的测试"),
    ("[{given: {outage: true}, hit: [R-2]}]", "没有这个规则「R-2」，是不是「R-1」？"),
    ("[{given: {outage: true}, points: {R-2: 1}}]", "没有这个规则「R-2」"),
    ("[{given: {outage: true}, points: {R-1: many}}]", "points应当是数字"),
    ("[{given: {outage: true}, points: 5}]", "points 应当是「规则: 分数」"),
]


@pytest.mark.parametrize(("tests", "words"), SET_TESTS)
def test_a_set_test_names_rules_that_exist(tests: str, words: str, base: Vocabulary, tmp_path: Path) -> None:
    text = ruleset_of("{all: [{outage: true}]}").replace("tests: [{given: {outage: true}, hit: [R-1]}]", f"tests: {tests}")
    found = errors(load_text(text, tmp_path, base))
    assert any(finding.line == 10 and words in finding.zh for finding in found), found


def test_everything_wrong_in_a_file_is_told_at_once_in_the_order_of_lines(base: Vocabulary, tmp_path: Path) -> None:
    text = (
        "ruleset: draft\nevent: ticket.registred\nhit: frist\nrules:\n"
        "  - id: A\n    when: {all: [{outag: true}]}\n    then: [{urgency: 特级}]\n"
        "  - id: B\n    when: {any: []}\n    then: []\n    tests: [{given: {kin: 咨询}, expect: hit}]\n"
    )
    found = errors(load_text(text, tmp_path, base))
    assert [(finding.line, finding.rule) for finding in found] == [(2, "draft"), (3, "draft"), (6, "A"), (7, "A"), (9, "B"), (10, "B"), (11, "B")]


def test_a_finding_is_file_line_rule_and_sentence_in_both_languages(base: Vocabulary, tmp_path: Path) -> None:
    (finding,) = errors(load_text(ruleset_of("{all: [{outag: true}]}"), tmp_path, base))
    place = f"{tmp_path / 'draft.yaml'}:8: R-1: "
    assert finding.text("zh") == place + "没有这个事实「outag」，是不是「outage」？"
    assert finding.text("en") == place + "unknown fact outag; did you mean outage?"


def test_a_file_cannot_fake_a_line_of_the_output(base: Vocabulary, tmp_path: Path) -> None:
    text = ruleset_of('{all: [{"x\\nrules/a.yaml:1: R-9: fine\\e[2J": true}]}')
    found = load_text(text, tmp_path, base).findings
    assert found
    assert all("\n" not in finding.text(lang) and "\x1b" not in finding.text(lang) for finding in found for lang in ("zh", "en"))


def test_warnings_are_no_errors(base: Vocabulary, tmp_path: Path) -> None:
    text = "ruleset: draft\nevent: ticket.accepted\nhit: first\nrules:\n  - {id: R-1, then: [{urgency: 特急}]}\n"
    loaded = load_text(text, tmp_path, base)
    assert [(finding.level, finding.zh[:4]) for finding in loaded.findings] == [("warning", "没有任何"), ("warning", "动作 u"), ("warning", "没有写依")]
    assert list(loaded.sets) == ["draft"]
