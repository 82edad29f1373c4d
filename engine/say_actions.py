"""Says what a rule does, in words: 派单 10分钟（自然时），派给 归口科室."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.ruleset import Action
from engine.spans import Span

Args = Mapping[str, object]


def action(one: Action, lang: str = "zh") -> str:
    """One action as a short phrase. A kind without words of its own is shown by its name and fields."""
    say = PHRASES.get(one.kind)
    return say(one.args, lang == "zh") if say is not None else f"{one.kind} " + "，".join(f"{key} {_list(value)}" for key, value in one.args.items())


def _urgency(args: Args, zh: bool) -> str:
    return str(args["value"]) if zh else f"urgency {args['value']}"


def _deadline(args: Args, zh: bool) -> str:
    clock = str(args.get("clock") or "自然时")
    span = Span.parse(args["within"]).say("zh" if zh else "en", clock)
    counted = f"（{clock}）" if zh and "工作日" not in span else ""
    return f"{args['name']}时限 {span}{counted}" if zh else f"{args['name']} within {span} ({clock})"


def _dispatch(args: Args, zh: bool) -> str:
    other, assist = _list(args.get("or")), _list(args.get("assist"))
    said = f"派给 {_list(args['to'])}" if zh else f"dispatch to {_list(args['to'])}"
    said += (f"（找不到时 {other}）" if zh else f" (else {other})") if other else ""
    return said + ((f"，协办 {assist}" if zh else f", assisted by {assist}") if assist else "")


def _chain(args: Args, zh: bool) -> str:
    value = args.get("value")
    count = len(value) if isinstance(value, list | tuple) else 0
    return f"升级链 {count} 环" if zh else f"a chain of {count} link{'' if count == 1 else 's'}"


def _review(args: Args, zh: bool) -> str:
    steps = args["chain"]
    names = "→".join(str(step) for step in steps) if isinstance(steps, list | tuple) else str(steps)
    return f"逐级审核 {names}" if zh else f"review by {names}"


def _supervise(args: Args, zh: bool) -> str:
    return f"{args['level']}，由 {_list(args['by'])} 督办" if zh else f"supervision {args['level']} by {_list(args['by'])}"


def _warn(args: Args, zh: bool) -> str:
    return f"预警 {_list(args['to'])}" if zh else f"warn {_list(args['to'])}"


def _survey(args: Args, zh: bool) -> str:
    span = Span.parse(args.get("after") or "0m")
    after = "" if span.amount == 0 else f"{span.say('zh')}后" if zh else f" after {span.say('en')}"
    return f"{after}{_list(args['send'])}回访" if zh else f"survey by {_list(args['send'])}{after}"


def _mediate(args: Args, zh: bool) -> str:
    return f"由 {_list(args['by'])} 上门调解" if zh else f"mediation by {_list(args['by'])}"


def _exclude(args: Args, zh: bool) -> str:
    approve = _list(args.get("approve"))
    rates = "全部指标" if args["from"] == "all" else _list(args["from"])
    if zh:
        return f"从{rates}剔除（{args['reason']}）" + (f"，须 {approve} 批准" if approve else "")
    return f"excluded from {'all rates' if args['from'] == 'all' else rates} ({args['reason']})" + (f", once {approve} approves" if approve else "")


def _score(args: Args, zh: bool) -> str:
    return f"按 {args['indicator']} 计分" if zh else f"points for {args['indicator']}"


def _list(value: object) -> str:
    return "、".join(str(one) for one in value) if isinstance(value, list | tuple) else "" if value is None else str(value)


PHRASES: dict[str, Callable[[Args, bool], str]] = {
    "urgency": _urgency,
    "deadline": _deadline,
    "dispatch": _dispatch,
    "chain": _chain,
    "review": _review,
    "supervise": _supervise,
    "warn": _warn,
    "survey": _survey,
    "mediate": _mediate,
    "exclude": _exclude,
    "score": _score,
}
