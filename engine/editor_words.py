"""The words of the rule editor: operators, boxes, hit policies' letters and the fields of actions, Chinese and English."""

from __future__ import annotations

from engine.compare_versions_actions import FIELDS as GENERAL
from engine.facts import FactType

__all__ = ["BOXES", "COUNTED", "DEFAULT_HIT", "FIELDS", "GENERAL", "LETTERS", "OPERATOR_WORDS", "OPTIONS", "TYPE_WORDS"]

BOXES: dict[str, tuple[str, str]] = {
    "all": ("所有", "all of"),
    "any": ("任一", "any of"),
    "none": ("均不", "none of"),
    "unless": ("除非", "unless"),
}
# An operator in general, or for one type of fact.
OPERATOR_WORDS: dict[str, tuple[str, str]] = {
    "has_any": ("出现任一", "mentions any of"),
    "has_all": ("同时出现", "mentions all of"),
    "similar": ("近似", "is like"),
    "missing": ("没有填", "is missing"),
    "eq": ("是", "is"),
    "ne": ("不是", "is not"),
    "in": ("是其中之一", "is one of"),
    "tree.eq": ("属于", "lies within"),
    "tree.ne": ("不属于", "lies outside"),
    "tree.in": ("属于其中之一", "lies within one of"),
    "number.eq": ("等于", "is"),
    "number.ne": ("不等于", "is not"),
    "gt": ("大于", "is more than"),
    "gte": ("不少于", "is at least"),
    "lt": ("小于", "is less than"),
    "lte": ("不超过", "is at most"),
}
# Options that are words of the language and not of the office.
OPTIONS: dict[str, tuple[str, str]] = {
    "ticket": ("每件工单", "each ticket"),
    "all": ("全部指标", "all rates"),
    "share": ("按比例计分", "a share of the points"),
    "full": ("记满分", "full points"),
}
TYPE_WORDS: dict[FactType, str] = {"text": "words", "choice": "choice", "tree": "tree", "number": "number", "yesno": "flag"}
# DMN 1.4, 8.2.10. `collect` gives the rules in their order, which is R and satisfies C.
LETTERS = {"first": "F", "unique": "U", "any": "A", "highest": "P", "collect": "C/R", "sum": "C+"}
# What a new family on that event usually wants; first where nothing is said.
DEFAULT_HIT: dict[str, object] = {
    "ticket.registered": "highest",
    "ticket.dispatched": {"unique": "deadline.name"},
    "ticket.counted": "collect",
    "ticket.moved": "highest",
    "issue.changed": "highest",
    "forecast.made": "collect",
    "period.closed": "sum",
}
COUNTED: dict[str, tuple[str, str]] = {
    "appeals": ("件", "appeals"),
    "callers": ("人", "callers"),
    "moves": ("次", "times"),
    "calls": ("次", "times"),
    "days_to": ("天", "days"),
}
# A field of one action where its general name would mislead.
FIELDS: dict[str, tuple[str, str]] = {
    "deadline.from": ("开始环节", "begins at"),
    "deadline.until": ("结束环节", "ends at"),
    "deadline.pause": ("暂停环节", "pauses at"),
    "dispatch.to": ("派给", "to"),
    "chain.at": ("时点", "at"),
    "chain.after": ("到期后", "after it is due"),
    "chain.spent": ("时限过去", "share spent"),
    "chain.wait": ("再过", "then wait"),
    "chain.send": ("渠道", "by"),
    "chain.to": ("发给", "to"),
    "supervise.level": ("督办级别", "level"),
    "supervise.by": ("督办人", "supervised by"),
    "supervise.to": ("抄告", "told"),
    "warn.to": ("预警对象", "warned"),
    "survey.after": ("多久以后", "after"),
    "mediate.by": ("调解人", "mediated by"),
    "exclude.from": ("从哪些指标剔除", "from which rates"),
    "supervise.category": ("同类别（到第几级）", "same category, to level"),
    "supervise.area": ("同区域（哪一级）", "same area, of level"),
    "supervise.caller": ("同一来电人", "same caller"),
    "supervise.unit": ("同一单位", "same unit"),
    "supervise.within": ("多久以内", "within"),
    "warn.category": ("同类别（到第几级）", "same category, to level"),
    "warn.area": ("同区域（哪一级）", "same area, of level"),
    "warn.caller": ("同一来电人", "same caller"),
    "warn.unit": ("同一单位", "same unit"),
    "warn.within": ("多久以内", "within"),
}
