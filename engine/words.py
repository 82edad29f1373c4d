"""Says conditions, verdicts, actions and decisions as sentences, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from engine import reference
from engine.condition import All, AnyOf, Condition, Test
from engine.decision import Line, RuleVerdict, Verdict
from engine.facts import Fact
from engine.hit import Picked
from engine.ruleset import RuleSet
from engine.say_actions import action

FactBook = Mapping[str, Fact]

VERDICTS: dict[Verdict, tuple[str, str]] = {True: ("是", "yes"), False: ("否", "no"), None: ("未知", "unknown")}
OUTCOMES: dict[str, tuple[str, str]] = {
    "won": ("命中", "applies"),
    "lost": ("命中，但由更优先的规则裁定", "applies, but another rule has precedence"),
    "unmet": ("不成立", "does not apply"),
    "unknown": ("缺少事实，无法判断", "cannot be judged: facts are missing"),
    "stopped": ("成立，但被例外条件拦下", "would apply, but its exception stops it"),
    "out_of_date": ("不在有效期内", "is not in force"),
}
BOXES: dict[str, tuple[str, str]] = {"all": ("同时满足", "all of"), "any": ("满足之一", "any of"), "none": ("都不满足", "none of")}
COMPARE: dict[str, tuple[str, str]] = {
    "eq": ("等于", "is"),
    "ne": ("不等于", "is not"),
    "gt": ("大于", "is more than"),
    "gte": ("不少于", "is at least"),
    "lt": ("小于", "is less than"),
    "lte": ("不超过", "is at most"),
}
OPPOSITE = {"eq": "ne", "ne": "eq", "in": "ne", "gt": "lte", "lte": "gt", "lt": "gte", "gte": "lt"}  # what a question answered no says
MOST_RULES = 3  # a reason names no more rules than a reader takes in


def condition(asked: Condition, factbook: FactBook, lang: str = "zh") -> str:
    """A condition as it is written, in words: 诉求类别 属于 供水、供电 之一；诉求内容 出现“停水”."""
    if isinstance(asked, Test):
        return question(Line(asked.op, None, asked.fact, reference.plain(asked.value)), factbook, lang)
    inner = _semicolons((condition(part, factbook, lang) for part in asked.parts), lang)
    if isinstance(asked, All):
        return inner or ("总是" if lang == "zh" else "always")
    return _boxed("any" if isinstance(asked, AnyOf) else "none", inner, lang)


def question(line: Line, factbook: FactBook, lang: str = "zh") -> str:
    """What one Line asks, without its answer."""
    return _asked(line, line.asked, factbook, lang)


def sentence(line: Line, factbook: FactBook, lang: str = "zh") -> str:
    """One question with its answer and what it was answered from: 影响户数 不少于 100：否（实际 20）."""
    zh = lang == "zh"
    verdict = VERDICTS[line.verdict][0 if zh else 1]
    if line.op in BOXES:
        return f"{BOXES[line.op][0 if zh else 1]}{'：' if zh else ': '}{verdict}"
    detail = ""
    if line.words:
        detail = f"找到{_quoted(line.words, lang)}" if zh else f"found {_quoted(line.words, lang)}"
    elif line.actual is None:
        detail = "没有这项事实" if zh else "not known"
    elif factbook[line.fact].type != "text":
        detail = f"实际 {value(line.actual, lang)}" if zh else f"it is {value(line.actual, lang)}"
    shown = f"（{detail}）" if zh else f" ({detail})"
    return f"{question(line, factbook, lang)}{'：' if zh else ': '}{verdict}{shown if detail else ''}"


def outcome(verdict: RuleVerdict, factbook: FactBook, lang: str = "zh") -> str:
    """How a rule fared and what decided it: U-010 水电气暖中断：不成立（诉求类别 属于 供水：否（实际 噪声））."""
    zh = lang == "zh"
    head = f"{verdict.rule} {verdict.title}{'：' if zh else ': '}{OUTCOMES[verdict.outcome][0 if zh else 1]}"
    why: list[str] = []
    if verdict.outcome in ("won", "lost") and verdict.when is not None:
        why = because(verdict.when, factbook, lang)
    elif verdict.outcome == "stopped" and verdict.unless is not None:
        why = because(verdict.unless, factbook, lang)
    elif verdict.outcome in ("unmet", "unknown") and verdict.when is not None:
        why = [sentence(leaf, factbook, lang) for leaf in _deciding(verdict.when, verdict.when.verdict)]
    inner = _semicolons(why, lang)
    return head + ((f"（{inner}）" if zh else f" ({inner})") if inner else "")


def because(line: Line, factbook: FactBook, lang: str = "zh") -> list[str]:
    """The facts that made a true line true, one phrase each, the words actually found in place of all that were sought."""
    if line.op == "all":
        return list(dict.fromkeys(phrase for part in line.parts for phrase in because(part, factbook, lang)))
    if line.op == "any":
        return list(dict.fromkeys(phrase for part in line.parts if part.verdict is True for phrase in because(part, factbook, lang)))
    if line.op == "none":
        return [_denied(part, factbook, lang) for part in line.parts]
    return [_found(line, factbook, lang)]


def reason(ruleset: RuleSet, picked: Picked, trace: Sequence[RuleVerdict], factbook: FactBook) -> tuple[str, str]:
    """A decision as one Chinese and one English sentence: 诉求类别 属于 供水；诉求内容 出现“停水”；因此：特急."""
    return _reason(ruleset, picked, trace, factbook, "zh"), _reason(ruleset, picked, trace, factbook, "en")


def value(found: object, lang: str = "zh") -> str:
    """A fact's value as a reader writes it: 是 for true, 1.5 for 1.50."""
    if isinstance(found, bool):
        return VERDICTS[found][0 if lang == "zh" else 1]
    if isinstance(found, Decimal | int):
        plain = f"{Decimal(found):f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(found)


def _reason(ruleset: RuleSet, picked: Picked, trace: Sequence[RuleVerdict], factbook: FactBook, lang: str) -> str:
    zh = lang == "zh"
    if picked.by_else:
        done = _actions(picked, "else", lang)
        none = "没有规则适用" if zh else "No rule applies"
        usual = "按一般情况" if zh else "so the ordinary case holds"
        return f"{none}；{usual}：{done}" if zh and done else f"{none}; {usual}: {done}" if done else none
    by_rule = {one.rule: one for one in trace}
    sentences: list[str] = []
    for name in picked.winners[:MOST_RULES]:
        verdict = by_rule.get(name)
        why = because(verdict.when, factbook, lang) if verdict is not None and verdict.when is not None else []
        if not why:
            title = ruleset.rule(name).title.say(lang)
            why = [f"按规则「{title}」" if zh else f"by the rule “{title}”"]
        sentences.append(_semicolons([*why, ("因此：" if zh else "therefore: ") + _actions(picked, name, lang)], lang))
    more = len(picked.winners) - MOST_RULES
    if more > 0:
        sentences.append(f"另有 {more} 条规则适用" if zh else f"{more} more rules apply")
    return "。".join(sentences) if zh else ". ".join(sentences)


def _actions(picked: Picked, name: str, lang: str) -> str:
    return ("，" if lang == "zh" else ", ").join(action(one, lang) for owner, one in picked.actions if owner == name)


def _deciding(line: Line, verdict: Verdict) -> list[Line]:
    """The questions a false or unknown verdict hangs on: those that answered the same way (the other way beneath a `none`)."""
    if not line.parts:
        return [line]
    wanted = reference.opposite(verdict) if line.op == "none" else verdict
    return [leaf for part in line.parts if part.verdict is wanted for leaf in _deciding(part, wanted)]


def _line(line: Line, factbook: FactBook, lang: str) -> str:
    """A whole Line in words, boxes and all."""
    if line.op not in BOXES:
        return question(line, factbook, lang)
    inner = _semicolons((_line(part, factbook, lang) for part in line.parts), lang)
    return inner if line.op == "all" else _boxed(line.op, inner, lang)


def _denied(line: Line, factbook: FactBook, lang: str) -> str:
    """A question that was answered no, said the other way round: 来源渠道 不是 网格; in brackets where no operator says the opposite."""
    if isinstance(line.asked, bool) and line.op in ("eq", "missing"):  # 正在中断 为 否 rather than 不是 是
        return _asked(line, not line.asked, factbook, lang)
    if line.op in OPPOSITE:
        return question(replace(line, op=OPPOSITE[line.op]), factbook, lang)
    if line.op == "has_any" and isinstance(line.asked, list):
        label, sought = factbook[line.fact].label.say(lang), _quoted(line.asked, lang)
        return f"{label} 没有出现{sought}" if lang == "zh" else f"{label} does not mention {sought}"
    said = _line(line, factbook, lang)
    return f"并非「{said}」" if lang == "zh" else f"not: {said}"


def _found(line: Line, factbook: FactBook, lang: str) -> str:
    """A true question said from what was found rather than from all that was sought."""
    kind = factbook[line.fact].type
    if kind == "text" and line.words:
        return _asked(line, {"to": list(line.words)} if line.op == "similar" else list(line.words), factbook, lang)
    if kind == "number" and line.op not in ("eq", "missing"):
        subject, rest = factbook[line.fact].label.say(lang), _compared(line.op, line.asked, lang)
        return f"{subject} {value(line.actual, lang)}，{rest}" if lang == "zh" else f"{subject} is {value(line.actual, lang)}, which {rest}"
    sought = line.asked if isinstance(line.asked, list) else [line.asked]
    if line.op in ("eq", "in") and line.actual in sought:
        return _asked(line, [line.actual] if line.op == "in" else line.actual, factbook, lang)
    if kind == "tree" and line.op in ("eq", "in"):  # a node beneath one of those sought
        label, names = factbook[line.fact].label.say(lang), _listed(sought, lang)
        return f"{label}「{line.actual}」属于 {names}" if lang == "zh" else f"{label} “{line.actual}” lies within {names}"
    return question(line, factbook, lang)


def _asked(line: Line, asked: object, factbook: FactBook, lang: str) -> str:
    """The fact's name, the operator and the value in words."""
    zh, fact = lang == "zh", factbook[line.fact]
    label = fact.label.say(lang)
    values = asked if isinstance(asked, list) else [asked]
    if line.op == "missing":
        return (f"没有{label}" if asked else f"有{label}") if zh else f"{label} is {'missing' if asked else 'known'}"
    if line.op in ("has_any", "has_all"):
        both = line.op == "has_all"
        return (
            f"{label} {'同时出现' if both and len(values) > 1 else '出现'}{_quoted(values, lang, both)}"
            if zh
            else f"{label} mentions {_quoted(values, lang, both)}"
        )
    if isinstance(asked, Mapping):
        phrases, least = _quoted(asked["to"], lang), asked.get("min")
        bound = "" if least is None else f"（相似度不低于 {least}）" if zh else f" (at least {least} of 100)"
        return f"{label} 近似{phrases}{bound}" if zh else f"{label} is like {phrases}{bound}"
    if fact.type == "number":
        return f"{label} {_compared(line.op, asked, lang)}"
    if fact.type == "tree":
        verb = ("不属于", "lies outside") if line.op == "ne" else ("属于", "lies within")
    else:
        verb = ("不是", "is not") if line.op == "ne" else ("为" if fact.type == "yesno" else "是", "is")
    return f"{label} {verb[0 if zh else 1]} {_listed(values, lang)}"


def _compared(op: str, asked: object, lang: str) -> str:
    return f"{COMPARE[op][0 if lang == 'zh' else 1]} {value(asked, lang)}"


def _listed(values: Iterable[object], lang: str) -> str:
    words = [value(one, lang) for one in values]
    return ("、".join(words) + (" 之一" if len(words) > 1 else "")) if lang == "zh" else " or ".join(words)


def _quoted(values: Iterable[object], lang: str, both: bool = False) -> str:
    joint = ("和" if both else "或") if lang == "zh" else (" and " if both else " or ")
    return joint.join(f"“{one}”" for one in values)


def _boxed(op: str, inner: str, lang: str) -> str:
    return f"{BOXES[op][0]}（{inner}）" if lang == "zh" else f"{BOXES[op][1]} ({inner})"


def _semicolons(parts: Iterable[str], lang: str) -> str:
    return ("；" if lang == "zh" else "; ").join(parts)
