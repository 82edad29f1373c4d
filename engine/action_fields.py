"""How each field of an action is read. A reader answers plain data, or None after reporting what is wrong."""

from __future__ import annotations

from decimal import Decimal

from engine import expect
from engine.expect import Scope
from engine.load_facts import AREA_LEVELS, same
from engine.nodes import Fields, Node, Value, plain
from engine.read_spans import share, span
from engine.readers import Reader, reader
from engine.suggest import offer
from engine.vocabulary import Vocabulary

CHANNELS = ("短信", "电话", "弹屏")
LARGEST_AMOUNT = Decimal(1_000_000)


def words(zh: str, en: str) -> Reader:
    return Reader(lambda node, scope, _: expect.text(node, scope, zh, en), "text")


def choice(options: tuple[str, ...], zh: str, en: str) -> Reader:
    return Reader(lambda node, scope, _: expect.one_of(node, scope, options, zh, en), "choice", options=lambda _: options)


@reader("flag")
def flag(node: Node, scope: Scope, what: str) -> object | None:
    return expect.yes_no(node, scope, what, what)


@reader("number", least=-LARGEST_AMOUNT, most=LARGEST_AMOUNT)
def amount(node: Node, scope: Scope, what: str) -> object | None:
    return expect.number(node, scope, what, what, least=-LARGEST_AMOUNT, most=LARGEST_AMOUNT)


@reader("number", least=1, most=1_000_000)
def sample(node: Node, scope: Scope, what: str) -> object | None:
    return expect.whole(node, scope, what, what, least=1, most=1_000_000)


@reader("duration")
def length(node: Node, scope: Scope, what: str) -> object | None:
    return span(node, scope, what, what, zero=False)


@reader("delay")
def delay(node: Node, scope: Scope, what: str) -> object | None:
    return span(node, scope, what, what)


@reader("share")
def part(node: Node, scope: Scope, what: str) -> object | None:
    return share(node, scope, what, what)


@reader("channels", many=True, options=lambda _: CHANNELS)
def channels(node: Node, scope: Scope, _: str) -> object | None:
    found = expect.some_of(node, scope, CHANNELS, "渠道", "channel")
    return list(found) if found is not None else None


@reader("status", options=lambda words: words.names.statuses)
def status(node: Node, scope: Scope, _: str) -> object | None:
    return expect.one_of(node, scope, scope.vocabulary.names.statuses, "环节", "status")


@reader("statuses", many=True, options=lambda words: words.names.statuses)
def statuses(node: Node, scope: Scope, _: str) -> object | None:
    found = expect.some_of(node, scope, scope.vocabulary.names.statuses, "环节", "status")
    return list(found) if found is not None else None


def _urgencies(vocabulary: Vocabulary) -> tuple[str, ...]:
    fact = vocabulary.facts.get("urgency")
    return fact.options if fact is not None else ()


@reader("urgency", options=_urgencies)
def urgency(node: Node, scope: Scope, _: str) -> object | None:
    """One of the urgency fact's options; any words where that fact is not declared."""
    known = _urgencies(scope.vocabulary)
    if known:
        return expect.one_of(node, scope, known, "紧急程度", "urgency")
    return expect.text(node, scope, "紧急程度", "urgency")


@reader("addresses", many=True)
def addresses(node: Node, scope: Scope, what: str) -> object | None:
    """Units, sections, posts or roles that exist; one alone is a list of one."""
    return _addresses(node, scope, what)


def _addresses(node: Node, scope: Scope, what: str) -> list[str] | None:
    listed = expect.items(expect.one_or_more(node), scope, what, what)
    if listed is None:
        return None
    found = [_address(item, scope, what) for item in listed]
    return list(dict.fromkeys(one for one in found if one is not None)) if None not in found else None


@reader("address")
def one_address(node: Node, scope: Scope, what: str) -> object | None:
    """Exactly one address, held as a list of one."""
    found = _addresses(node, scope, what)
    if found is not None and len(found) > 1:
        scope.error(node, f"{what} 只能写一个地址，协办写在 assist", f"{what} takes one address; assistants go to assist")
        return None
    return found


def _address(node: Node, scope: Scope, what: str) -> str | None:
    word = expect.text(node, scope, f"{what} 的地址", f"an address of {what}")
    names = scope.vocabulary.names
    if word is None or word in names.units or word in names.roles:
        return word
    unit, _, rest = word.rpartition("/")
    if unit and unit in names.units:  # the unit is right, the section or post is not
        inside = sorted(known for known in names.units if known.startswith(f"{unit}/") and "/" not in known[len(unit) + 1 :])
        tail_zh, tail_en = offer(word, inside)
        scope.error(node, f"「{unit}」没有科室或岗位「{rest}」{tail_zh}", f"{unit} has no section or post {rest}{tail_en}")
    elif "/" in word:
        scope.unknown(node, "单位", "unit", word, names.units)
    else:
        scope.unknown(node, "单位或角色", "unit or role", word, names.units | names.roles)
    return None


def _levels(vocabulary: Vocabulary) -> list[str]:
    return sorted({node.level for node in vocabulary.names.areas.nodes.values() if node.level} | set(AREA_LEVELS))


_SAME = {
    "category": Reader(lambda node, scope, what: expect.whole(node, scope, what, what, least=1, most=9), "number", least=1, most=9),
    "area": Reader(lambda node, scope, what: expect.one_of(node, scope, _levels(scope.vocabulary), what, what), "choice", options=_levels),
    "caller": flag,
    "unit": flag,
    "within": delay,
}


@reader("once", options=lambda _: ("ticket",), fields=_SAME)
def once(node: Node, scope: Scope, what: str) -> object | None:
    """What makes two of them the same item: `ticket`, `issue`, or category and area and caller, `within` a length of time."""
    if isinstance(node, Value):
        return expect.one_of(node, scope, ("ticket", "issue"), f"{what} 的写法", f"form of {what}:")
    return same(node, scope, what, what, extra=("within",))


@reader("meetings")
def meetings(node: Node, scope: Scope, what: str) -> object | None:
    """Meetings by name and how long after the item begins: {调度: 7d, 会商: 14d}."""
    if not isinstance(node, Fields) or not node.fields:
        scope.wrong(node, f"{what} 应当是「名称: 时长」", f"{what} must be name: length of time")
        return None
    return {name: span(value, scope, f"{what}.{name}", f"{what}.{name}", zero=False) for name, value in node.fields.items()}


def numbers(vocabulary: Vocabulary) -> list[str]:
    """The facts an indicator can be: numbers, those of a closed period first."""
    facts = vocabulary.facts.values()
    period = [fact.name for fact in facts if fact.type == "number" and fact.derived == "period"]
    return period or [fact.name for fact in facts if fact.type == "number"]


@reader("indicator", options=numbers)
def indicator(node: Node, scope: Scope, _: str) -> object | None:
    return expect.one_of(node, scope, numbers(scope.vocabulary), "指标", "indicator")


@reader("rates", many=True, options=lambda words: ["all", *numbers(words)])
def rates(node: Node, scope: Scope, _: str) -> object | None:
    """`all`, or a list of rates."""
    if isinstance(node, Value) and node.value == "all":
        return "all"
    found = expect.some_of(node, scope, [*numbers(scope.vocabulary), "all"], "指标", "indicator")
    if found is not None and "all" in found:
        scope.error(node, "all 不与其他指标并列，请只写 from: all", "all stands alone: write from: all")
        return None
    return list(found) if found is not None else None


def check_deadline(box: Fields, scope: Scope) -> None:
    """A deadline ends at another status than it begins with, and does not pause at either."""
    word = {key: value.value for key, value in box.fields.items() if isinstance(value, Value)}
    if "from" in word and word.get("from") == word.get("until"):
        scope.error(box.line_of("until"), "时限的起止环节相同", "the deadline begins and ends at the same status")
    paused = box.get("pause")
    stops = plain(paused) if paused is not None else ()
    for key, zh, en in (("from", "开始", "begins"), ("until", "结束", "ends")):
        if word.get(key) is not None and word[key] in (stops if isinstance(stops, list) else (stops,)):
            scope.error(
                box.line_of("pause"), f"时限在{zh}的环节「{word[key]}」暂停，等于不计时，请从 pause 里去掉", f"it pauses at the status it {en} at: take it out"
            )
