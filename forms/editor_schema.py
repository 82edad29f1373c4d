"""What the form designer may offer: kinds of field with the facts they fit, the properties of each, who fills in and at which step."""

from __future__ import annotations

from engine.facts import Label
from engine.vocabulary import Vocabulary
from forms.form import STEPS, WHO, Form
from forms.kinds import KINDS, fitting

# property -> what is edited it with, and its name
PROPERTIES: dict[str, tuple[str, Label]] = {
    "as": ("choice", Label("控件", "Kind")),
    "required": ("yesno", Label("显示时必填", "Required while shown")),
    "show_if": ("condition", Label("显示条件", "Shown if")),
    "hint": ("label", Label("提示语", "Hint")),
    "unit": ("label", Label("单位", "Unit")),
    "min": ("number", Label("最小", "At least")),
    "max": ("number", Label("最大", "At most")),
    "of": ("facts", Label("包含的事实", "Facts asked together")),
    "label": ("label", Label("名称", "Name")),
    "place": ("yesno", Label("记下拍摄地点", "Keep where it was taken")),
}
PAGE: dict[str, tuple[str, Label]] = {"title": ("label", Label("页名", "Title")), "show_if": ("condition", Label("显示条件", "Shown if"))}
HEAD: dict[str, tuple[str, Label]] = {
    "title": ("label", Label("表单名称", "Title")),
    "who": ("choices", Label("填表人", "Filled in by")),
    "step": ("choice", Label("环节", "Step")),
}


def schema(vocabulary: Vocabulary) -> dict[str, object]:
    """Plain data for JSON: `form`, `page` and `field` properties, `kinds`, and every fact that a form may ask with the kinds that fit it."""
    return {
        "form": [{**_property(key, HEAD), **_options(key, vocabulary)} for key in HEAD],
        "page": [_property(key, PAGE) for key in PAGE],
        "properties": [_property(key, PROPERTIES) for key in PROPERTIES],
        "kinds": [
            {"name": kind.name, "label": _both(kind.label), "fact": kind.fact, "many": kind.many, "properties": list(kind.properties)}
            for kind in KINDS.values()
        ],
        "facts": facts(vocabulary),
    }


def facts(vocabulary: Vocabulary) -> list[dict[str, object]]:
    """The facts a form may ask: everything that the system does not work out itself. `asks` says whether a condition may ask about it."""
    return [
        {
            "name": fact.name,
            "label": _both(fact.label),
            "type": fact.type,
            "kinds": list(fitting(fact.type)),
            "personal": fact.personal,
            "asks": not fact.personal,
        }
        for fact in vocabulary.facts.values()
        if fact.derived is None
    ]


def unused(form: Form, vocabulary: Vocabulary) -> list[dict[str, object]]:
    """The facts that could still be added to the form."""
    asked = set(form.asks())
    return [fact for fact in facts(vocabulary) if fact["name"] not in asked]


def _property(key: str, table: dict[str, tuple[str, Label]]) -> dict[str, object]:
    editor, label = table[key]
    return {"name": key, "editor": editor, "label": _both(label)}


def _options(key: str, vocabulary: Vocabulary) -> dict[str, object]:
    if key == "who":
        return {"options": list(WHO)}
    return {"options": [*STEPS, *vocabulary.names.statuses]} if key == "step" else {}


def _both(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.say("en")}
