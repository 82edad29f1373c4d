"""The parts of the gate that draw: lines side by side lose nothing, bands and bars add up, findings are sorted by what they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from admin.gate_findings import findings_of
from admin.gate_flow import MOST, loads, picture
from admin.gate_lines import compare, files_apart
from engine.folder import load_tree
from tickets.store.runs import CheckInfo

LINES = st.lists(st.sampled_from(["a", "b", "c: 1", "c: 2", "", "停水"]), max_size=30)
FLOWS = st.lists(st.tuples(st.sampled_from([f"单位{n}" for n in range(14)]), st.sampled_from([f"处{n}" for n in range(14)]), st.integers(1, 900)), min_size=1, max_size=40)  # fmt: skip
AT = datetime(2026, 11, 23, tzinfo=UTC)


@given(LINES, LINES)
def test_a_comparison_of_lines_shows_every_line_that_differs_and_counts_those_it_leaves_out(old: list[str], new: list[str]) -> None:
    told = compare("x", "".join(f"{line}\n" for line in old), "".join(f"{line}\n" for line in new))
    hidden = sum(row.hidden for row in told.rows)
    left = ["".join(row.old) for row in told.rows if row.old_number is not None]
    right = ["".join(row.new) for row in told.rows if row.new_number is not None]
    assert (len(left) + hidden, len(right) + hidden) == (len(old), len(new))
    assert all(old[row.old_number - 1] == "".join(row.old) for row in told.rows if row.old_number)
    assert all(new[row.new_number - 1] == "".join(row.new) for row in told.rows if row.new_number)
    assert all("".join(row.old) == "".join(row.new) for row in told.rows if row.kind == "same")
    assert all("".join(row.old) != "".join(row.new) for row in told.rows if row.kind == "changed")
    assert (old == new) == (not told.added and not told.removed)


def test_a_file_that_comes_or_goes_is_told_as_such() -> None:
    told = files_apart({"a": "1\n", "b": "2\n", "c": "3\n"}, {"b": "2\n", "c": "4\n", "d": "5\n"})
    assert [(one.path, one.kind, one.added, one.removed) for one in told] == [("a", "removed", 0, 1), ("c", "changed", 1, 1), ("d", "added", 1, 0)]


def test_what_differs_inside_a_line_is_marked_alone() -> None:
    (row,) = compare("x", "to: 水务局/管网科 # 夜班", "to: 水务局/供水管理科 # 夜班").rows
    assert (row.old, row.new) == (("to: 水务局/", "管网", "科 # 夜班"), ("to: 水务局/", "供水管理", "科 # 夜班"))


def test_two_texts_with_nothing_in_common_are_compared_quickly_as_one_replacement() -> None:
    told = compare("x", "".join(f"old {n}\n" for n in range(6000)), "".join(f"new {n}\n" for n in range(6000)))
    assert (told.added, told.removed) == (6000, 6000)


@given(FLOWS)
def test_both_columns_of_the_picture_add_up_to_all_tickets(flows: list[tuple[str, str, int]]) -> None:
    drawn = picture(flows, "其他")
    total = sum(count for _, _, count in flows)
    assert sum(node.count for node in drawn.left) == sum(node.count for node in drawn.right) == total
    assert len(drawn.left) <= MOST + 1
    assert all(node.y >= 0 and node.y + node.height <= drawn.height for node in (*drawn.left, *drawn.right))
    for column in (drawn.left, drawn.right):
        assert all(above.y + above.height <= below.y for above, below in pairwise(column)), "no two names overlap"


def test_bars_reach_to_their_side_and_tickets_nobody_has_are_the_manual_desks() -> None:
    more, less = loads([("水务局", 10, 15), ("人工派单席", 7, 2)])
    assert (more.before, more.after, more.change, more.x, more.width) == (10, 15, 5, 58, 58)
    assert (less.before, less.after, less.change, less.x, less.width) == (7, 2, -5, 0, 58)
    (unknown,) = loads([("人工派单席", 3, -2)])
    assert (unknown.before, unknown.after) == (None, None)


def run(number: int, *findings: dict[str, object]) -> CheckInfo:
    errors = sum(one["level"] == "error" for one in findings)
    return CheckInfo(number, 1, "h", 0, "done", 1, 1, errors, len(findings) - errors, 3, 3, findings, "", AT, AT)


def finding(zh: str, level: str = "error", rule: str = "D-1", file: str = "rules/a.yaml", **more: object) -> dict[str, object]:
    return {"level": level, "file": file, "line": 2, "rule": rule, "zh": zh, "en": zh, "kind": "", "witness": None, "others": [], **more}


def test_findings_are_open_put_right_the_drafts_own_or_older() -> None:
    village = finding("部门专属事项（停水）不得派给基层「北庄村」（国办函〔2025〕66号）")
    still = finding("空档", kind="空档", witness={"households": "50", "outage": True, "x": "²"})
    mine, other = finding("没出现过", "warning", kind="关键词"), finding("早就有", "warning", rule="D-9", file="rules/b.yaml")
    facts = load_tree(
        {"rules/facts.yaml": "households: {label: {zh: 影响户数, en: Households}, type: number}\noutage: {label: {zh: 正在中断, en: Out}, type: yesno}\n"}
    )
    found = findings_of((run(2, still, mine, other), run(1, village, still)), ["rules/a.yaml"], ["D-1"], facts, "zh")
    assert [one.sentence for one in found.open] == ["空档"]
    assert found.open[0].witness == "影响户数 50，正在中断 是，x ²"
    assert [(one.kind, one.settled) for one in found.settled] == [("基层", True)]
    assert [one.sentence for one in found.hints] == ["没出现过"]
    assert [one.sentence for one in found.older] == ["早就有"]
    assert findings_of((), [], [], facts, "zh").open == ()
