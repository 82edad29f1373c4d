"""The few facts that the forms of these tests ask, and a form made of a piece of YAML."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from engine.facts import Fact, Label
from engine.names import Names
from engine.tree import Tree, TreeNode
from engine.vocabulary import Vocabulary
from forms.form import Form
from forms.load import load_text

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai
CATEGORIES = Tree([TreeNode("公用事业", None), TreeNode("供水", "公用事业"), TreeNode("停水", "供水"), TreeNode("供电", "公用事业"), TreeNode("噪声", None)])
AREAS = Tree([TreeNode("示范区", None)])
NAMES = Names(categories=CATEGORIES, areas=AREAS, statuses=("已登记", "办理中"))
DECLARED = {
    fact.name: fact
    for fact in (
        Fact("text", Label("诉求内容", "Request text"), "text"),
        Fact("kind", Label("诉求性质", "Kind"), "choice", options=("咨询", "投诉", "求助")),
        Fact("category", Label("诉求类别", "Category"), "tree", options_from="library"),
        Fact("area", Label("所属区域", "Area"), "tree", options_from="areas"),
        Fact("source", Label("来源渠道", "Channel"), "choice", options=("电话", "网页")),
        Fact("outage", Label("正在中断", "Service is out"), "yesno"),
        Fact("danger", Label("危及人身安全", "Danger"), "yesno"),
        Fact("vulnerable", Label("老幼病残孕", "Vulnerable"), "yesno"),
        Fact("households", Label("影响户数", "Households"), "number", min=Decimal(0), max=Decimal(1000)),
        Fact("depth", Label("积水深度", "Depth"), "number", places=1, min=Decimal(0)),
        Fact("due_in", Label("距活动天数", "Days to the event"), "number", min=Decimal(-400), max=Decimal(400)),
        Fact("began", Label("中断开始", "Began"), "number"),
        Fact("caller_phone", Label("联系电话", "Phone"), "text", personal=True),
        Fact("caller_id", Label("身份证号", "Identity"), "text", personal=True),
        Fact("appeals_3d", Label("三日同类", "Like appeals"), "number", derived={"count": "appeals"}),
    )
}
WORDS = Vocabulary(DECLARED, NAMES).resolved()
FACTS = WORDS.facts
HEAD = "form: intake\ntitle: {zh: 登记, en: Intake}\nwho: [坐席]\nstep: 受理\n"
TESTED = "tests:\n  - {given: {}, hidden: []}\n"


def read(pages: str, tests: str = TESTED, head: str = HEAD) -> tuple[Form | None, list[str]]:
    """The form of `pages` (the YAML under `pages:`) and its findings as they are printed."""
    form, findings = load_text(f"{head}pages:\n{pages}{tests}", "forms/intake.yaml", WORDS)
    return form, [one.text() for one in findings]


def made(pages: str, tests: str = TESTED) -> Form:
    """The form, which must be right."""
    form, findings = read(pages, tests)
    assert form is not None, findings
    return form


def ask(*fields: str, show_if: str = "", title: str = "页") -> str:
    """One page as YAML: its fields as flow mappings."""
    shown = f"    show_if: {show_if}\n" if show_if else ""
    return f"  - title: {title}\n{shown}    ask:\n" + "".join(f"      - {one}\n" for one in fields)
