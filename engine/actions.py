"""What a rule may do: one schema per action kind, in a plain table. A new action is one entry and one test.

A schema names its fields, which of them it needs, and how each is read. `bare` says that the action is a value, not a mapping:
`{urgency: 特急}`; such a value is held as {"value": …}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine import action_fields as read
from engine import expect
from engine.action_chain import links
from engine.action_score import FORMS, check_score
from engine.expect import Scope
from engine.findings import shown
from engine.nodes import Fields, Node
from engine.readers import Reader
from engine.ruleset import Action


@dataclass(frozen=True)
class Schema:
    """One kind of action. `events` are those that carry it out: under another event it would do nothing."""

    zh: str
    en: str
    events: tuple[str, ...]
    fields: Mapping[str, Reader] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    bare: Reader | None = None
    check: Callable[[Fields, Scope], None] | None = None
    forms: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)  # exactly one: field -> (needs, may have)


EVENTS: dict[str, tuple[str, str]] = {
    "ticket.registered": ("工单登记", "a ticket is registered"),
    "ticket.accepted": ("工单受理", "a ticket is accepted"),
    "ticket.dispatched": ("工单派出", "a ticket is dispatched"),
    "ticket.moved": ("工单流转", "a ticket is moved"),
    "ticket.replied": ("工单回复", "a ticket is replied to"),
    "ticket.reviewed": ("审核通过", "a ticket is reviewed"),
    "ticket.counted": ("工单计入考核", "a ticket is counted"),
    "deadline.started": ("时限开始", "a deadline starts"),
    "issue.changed": ("热点变化", "a hot issue changes"),
    "forecast.made": ("作出预测", "a forecast is made"),
    "survey.answered": ("回访答复", "a survey is answered"),
    "period.closed": ("考核期结束", "a period closes"),
}


ACTIONS: dict[str, Schema] = {
    "urgency": Schema("紧急程度", "urgency", ("ticket.registered",), bare=read.urgency),
    "deadline": Schema(
        "时限",
        "deadline",
        ("ticket.registered", "ticket.accepted", "ticket.dispatched", "ticket.moved"),
        {
            "name": read.words("时限名称", "the deadline's name"),
            "from": read.status,
            "until": read.status,
            "within": read.length,
            "clock": read.choice(("自然时", "工作时", "工作日"), "时钟", "clock:"),
            "pause": read.statuses,
        },
        ("name", "from", "until", "within", "clock"),
        check=read.check_deadline,
    ),
    "dispatch": Schema(
        "派单",
        "dispatch",
        ("ticket.accepted",),
        {"to": read.one_address, "or": read.one_address, "assist": read.addresses},
        ("to",),
    ),
    "chain": Schema("升级链", "chain", ("deadline.started",), bare=links),
    "review": Schema("审核", "review", ("ticket.replied",), {"chain": read.addresses}, ("chain",)),
    "supervise": Schema(
        "督办",
        "supervise",
        ("ticket.accepted", "ticket.moved", "issue.changed"),
        {
            "level": read.words("督办级别", "the level"),
            "by": read.addresses,
            "to": read.addresses,
            "once": read.once,
            "list": read.flag,
            "meet": read.meetings,
        },
        ("level", "by", "once"),
    ),
    "warn": Schema(
        "预警",
        "warn",
        ("forecast.made",),
        {"to": read.addresses, "or": read.one_address, "once": read.once, "follow": read.length},
        ("to", "once"),
    ),
    "survey": Schema("回访", "survey", ("ticket.reviewed",), {"send": read.channels, "after": read.delay}, ("send",)),
    "mediate": Schema("调解", "mediate", ("survey.answered",), {"by": read.addresses, "or": read.one_address}, ("by",)),
    "exclude": Schema(
        "剔除",
        "exclude",
        ("ticket.counted",),
        {"from": read.rates, "reason": read.words("剔除原因", "the reason"), "approve": read.one_address},
        ("from", "reason"),
    ),
    "score": Schema(
        "考核计分",
        "score",
        ("period.closed",),
        {
            "indicator": read.indicator,
            "weight": read.amount,
            "full": read.amount,
            "target": read.amount,
            "per_point": read.amount,
            "above": read.amount,
            "each": read.amount,
            "floor": read.amount,
            "cap": read.amount,
            "bonus": read.flag,
            "min_sample": read.sample,
            "below": read.choice(("share", "full"), "below 的值", "value of below:"),
        },
        ("indicator",),
        check=check_score,
        forms=FORMS,
    ),
}


def load_actions(node: Node, scope: Scope, zh: str, en: str) -> tuple[Action, ...]:
    """The actions of `then` or `else`, in order; one that is wrong is reported and left out."""
    listed = expect.items(node, scope, zh, en)
    actions = [_action(item, scope) for item in listed or ()]
    return tuple(action for action in actions if action is not None)


def _action(node: Node, scope: Scope) -> Action | None:
    if not isinstance(node, Fields) or len(node.fields) != 1:
        scope.error(node, "每个动作写成一项，如 {urgency: 特急}", "each action is an item of its own, such as {urgency: 特急}")
        return None
    kind, value = next(iter(node.fields.items()))
    line = node.line_of(kind)
    schema = ACTIONS.get(kind)
    if schema is None:
        scope.unknown(line, "动作", "action", kind, ACTIONS)
        return None
    if schema.bare is not None:
        held = schema.bare(value, scope, kind)
        return Action(kind, {"value": held}, line) if held is not None else None
    box = expect.fields(value, scope, schema.fields, f"动作 {kind}", f"action {kind}", needed=schema.needed)
    if box is None:
        return None
    args = {key: schema.fields[key](found, scope, f"{kind}.{key}") for key, found in box.fields.items() if key in schema.fields}
    if schema.check is not None:
        schema.check(box, scope)
    sound = all(held is not None for held in args.values()) and all(key in args for key in schema.needed)
    return Action(kind, args, line) if sound else None


def check_events(actions: tuple[Action, ...], events: tuple[str, ...], scope: Scope) -> None:
    """Warns of an action that none of the set's events carries out."""
    for action in actions:
        fitting = ACTIONS[action.kind].events
        if events and not set(events) & set(fitting):
            zh = f"动作 {action.kind} 在事件 {shown(events[0])} 上不起作用，它属于：{'、'.join(fitting)}"
            scope.warning(action.line, zh, f"the action {action.kind} does nothing on {shown(events[0])}; it belongs to {', '.join(fitting)}")
