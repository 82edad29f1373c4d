"""The kinds of field there are: what each is called, which type of fact it fits, and what may be set on it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.facts import FactType, Label

COMMON = ("as", "required", "show_if", "hint")


@dataclass(frozen=True)
class Kind:
    """One way of asking. `own` are the properties it has beside the common ones; `many` takes several answers; `sent`: what is asked for
    are files, and the answer is their keys."""

    name: str
    label: Label
    fact: FactType
    own: tuple[str, ...] = ()
    many: bool = False
    sent: bool = False

    @property
    def properties(self) -> tuple[str, ...]:
        """Everything that may be written under a field of this kind."""
        return (*COMMON, *self.own)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("text", Label("单行文字", "One line"), "text"),
        Kind("textarea", Label("多行文字", "Several lines"), "text"),
        Kind("cn_mobile", Label("手机号", "Mobile number"), "text"),
        Kind("cn_phone", Label("手机或座机", "Mobile or landline"), "text"),
        Kind("cn_id", Label("身份证号", "Identity number"), "text"),
        Kind("address", Label("地址", "Address"), "text"),
        Kind("photo", Label("照片", "Photo"), "text", ("place",), sent=True),
        Kind("file", Label("文件", "File"), "text", sent=True),
        Kind("yesno", Label("是否", "Yes or no"), "yesno"),
        Kind("number", Label("数字", "Number"), "number", ("unit", "min", "max")),
        Kind("choice", Label("单选", "One of a list"), "choice"),
        Kind("person", Label("人员", "Person"), "choice"),
        Kind("unit", Label("单位", "Unit"), "choice"),
        Kind("choices", Label("多选", "Several of a list"), "yesno", ("of", "label"), many=True),
        Kind("tree", Label("分级选择", "From a tree"), "tree"),
        Kind("date", Label("日期", "Day"), "number"),
        Kind("datetime", Label("日期时间", "Day and time"), "number"),
    )
}
USUAL: dict[FactType, str] = {"text": "text", "choice": "choice", "tree": "tree", "number": "number", "yesno": "yesno"}  # when `as` is left out


def fitting(fact: FactType) -> tuple[str, ...]:
    """The kinds a fact of that type can be asked with, the usual one first; `choices` stands for several facts and is not among them."""
    return tuple(sorted((kind.name for kind in KINDS.values() if kind.fact == fact and not kind.many), key=lambda name: name != USUAL[fact]))
