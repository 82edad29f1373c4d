"""Reads forms from a tree of texts. Nothing raises for a bad file: the findings say what is wrong, FILE:LINE: FORM: sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from engine import canonical, expect
from engine.expect import Scope
from engine.findings import Finding, Report, RulesRefused, in_order, shown
from engine.load_facts import label
from engine.load_tests import fact_value
from engine.nodes import Fields, Node, Value, plain
from engine.read_file import read_text
from engine.vocabulary import Vocabulary
from engine.yaml_strict import load as load_yaml
from forms.form import STEPS, WHO, Form, FormTest
from forms.load_pages import load_pages

FIELDS = ("form", "title", "who", "step", "pages", "tests")
TEST_FIELDS = ("given", "name", "visible", "hidden", "required")
FORM_ID = re.compile(r"[a-z][a-z0-9_-]{0,59}\Z")
FOLDER = "forms/"  # where forms lie in a tree of texts
DEFINITIONS = Path(__file__).parent / "definitions"  # and on disk


@dataclass(frozen=True)
class Forms:
    """The forms without an error, by id, and everything that was found wrong."""

    forms: Mapping[str, Form] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "error")


def load_tree(tree: Mapping[str, str], vocabulary: Vocabulary, statuses: Sequence[str] = ()) -> Forms:
    """The forms of a tree: its texts under `forms/` that end in .yaml. `statuses` are further words a `step` may be."""
    vocabulary = replace(vocabulary, names=replace(vocabulary.names, statuses=tuple(statuses) or vocabulary.names.statuses)).resolved()
    report = Report()
    forms: dict[str, Form] = {}
    for file in sorted(tree):
        if not is_form(file):
            continue
        form, findings = load_text(tree[file], file, vocabulary)
        report.findings += findings
        if form is None:
            continue
        if form.id in forms:
            zh = f"表单「{form.id}」已在 {forms[form.id].file}，请改其中一个的名字"
            report.error(file, form.line, form.id, zh, f"the form {form.id} is already in {forms[form.id].file}: rename one of them")
        forms.setdefault(form.id, form)
    return Forms(forms, in_order(report.findings))


def load_text(text: str, file: str, vocabulary: Vocabulary) -> tuple[Form | None, tuple[Finding, ...]]:
    """One form and what is wrong with it; None when anything of it was refused."""
    report = Report()
    try:
        node = _parsed(text, file)
    except RulesRefused as refused:
        return None, refused.findings
    form = _form(node, Scope(report, file, _named(node) or "forms", vocabulary))
    return form, tuple(report.findings)


@lru_cache(maxsize=128)
def _parsed(text: str, file: str) -> Node:
    return load_yaml(text, file)


def from_canonical(text: str, vocabulary: Vocabulary, file: str = "") -> Form | None:
    """The form of a stored canonical JSON, with the version it had; None when it does not fit these facts and names."""
    content = canonical.loads(text)
    return _form(content, Scope(Report(), file, _named(content) or "forms", vocabulary))


def is_form(path: str) -> bool:
    """Whether a path of a tree holds a form."""
    return path.startswith(FOLDER) and path.endswith((".yaml", ".yml"))


def read_folder(folder: Path = DEFINITIONS) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """The forms of a folder on disk as a tree (`forms/NAME.yaml`), and what could not be read."""
    tree: dict[str, str] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.y*ml")):
        file = f"{FOLDER}{path.name}"
        try:
            tree[file] = read_text(path, file)[0]
        except RulesRefused as refused:
            findings += refused.findings
    return tree, tuple(findings)


def _named(node: Node) -> str:
    found = node.get("form") if isinstance(node, Fields) else None
    return found.value if isinstance(found, Value) and isinstance(found.value, str) else ""


def _form(node: Node, scope: Scope) -> Form | None:
    box = expect.fields(node, scope, FIELDS, "表单", "a form", needed=("form", "title", "who", "step", "pages"))
    if box is None:
        return None
    form_id = expect.text(box.fields["form"], scope, "表单名（form）", "the form's name") if "form" in box.fields else None
    if form_id is not None and not FORM_ID.match(form_id):
        zh = "表单名应当是小写字母、数字、- 和 _，以字母开头"
        scope.error(box.line_of("form"), zh, "a form's name is small letters, digits, - and _, and begins with a letter")
    title = label(box.get("title"), scope, form_id or "")
    who = expect.some_of(box.fields["who"], scope, WHO, "填表人（who）", "role in who:") if "who" in box.fields else None
    steps = (*STEPS, *scope.vocabulary.names.statuses)
    step = expect.one_of(box.fields["step"], scope, steps, "环节（step）", "step") if "step" in box.fields else None
    pages = load_pages(box.fields["pages"], scope) if "pages" in box.fields else None
    ids = [asked.id for page in pages or () for asked in page.ask]
    tests = tuple(_tests(box.fields["tests"], scope, ids)) if "tests" in box.fields else ()
    if not tests and pages:
        scope.warning(box, "没有样例（tests）", "no tests")
    if scope.report.has_errors() or form_id is None or who is None or step is None or pages is None:
        return None
    text = canonical.dumps(plain(box))
    return Form(form_id, title, who, step, pages, tests, canonical.sha256(text), text, scope.file, box.line_of("form"))


def _tests(node: Node, scope: Scope, ids: Sequence[str]) -> list[FormTest]:
    found = [_test(item, scope, ids) for item in expect.items(node, scope, "tests", "tests", empty=True) or ()]
    return [test for test in found if test is not None]


def _test(node: Node, scope: Scope, ids: Sequence[str]) -> FormTest | None:
    box = expect.fields(node, scope, TEST_FIELDS, "样例", "a test", needed=("given",))
    if box is None or "given" not in box.fields:
        return None
    if not any(key in box.fields for key in ("visible", "hidden", "required")):
        scope.error(box, "样例没有写应当看到什么（visible、hidden 或 required）", "the test expects nothing (visible, hidden or required)")
    lists: dict[str, tuple[str, ...] | None] = {}
    for key in ("visible", "hidden", "required"):
        if key in box.fields:
            items = expect.items(expect.one_or_more(box.fields[key]), scope, key, key, empty=True) or ()
            words = [expect.one_of(item, scope, ids, "字段", "field") for item in items]
            lists[key] = tuple(word for word in words if word is not None)
    name = expect.text(box.fields["name"], scope, "name", "name") if "name" in box.fields else ""
    given = box.fields["given"]
    facts = scope.vocabulary.facts
    if not isinstance(given, Fields):
        scope.wrong(given, "given 应当是映射（事实: 值）", "given must be a mapping (fact: value)")
        return None
    answers = {}
    for fact, value in given.fields.items():
        if fact not in facts:
            scope.unknown(given.line_of(fact), "事实", "fact", shown(fact), facts)
        elif not (isinstance(value, Value) and value.value is None):
            found = fact_value(facts[fact], value, scope)
            if found is not None:
                answers[fact] = found
    return FormTest(answers, lists.get("visible"), lists.get("hidden") or (), lists.get("required"), name or "", box.line)
