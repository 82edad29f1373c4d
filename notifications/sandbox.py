"""Reads and fills in message templates that policy staff may edit, so that no template can harm the machine.

A template may name a word of the context, ask whether it is there, choose with `if`, walk a list with `for`, and use the filters
below. Everything else Jinja2 knows (calls, arithmetic, macros, includes, assignments, literal lists) is refused from the parse tree
before the template is compiled: compiling alone would already compute a constant such as `'a' * 10**9`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_SOURCE = 8_000  # characters of a template
MAX_OUTPUT = 20_000  # bytes of a message, UTF-8
MAX_WORD = 2_000  # characters of one word of the context
MAX_LIST = 50  # entries of a list or map of the context
MAX_TREE = 500  # nodes of a template
MAX_CONTEXT = 2_000  # values in a context
MAX_DEPTH = 4

SEPARATOR = 10  # characters that `join` puts between two entries, at most

FILTERS = ("default", "first", "join", "last", "length", "trim", "truncate", "upper")
TESTS = ("defined",)
HIDDEN_NAMES = ("self", "super", "loop", "caller", "varargs", "kwargs")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.For,
    nodes.Filter, nodes.Test, nodes.Keyword,
)  # fmt: skip


class TemplateRefused(Exception):
    """A template that may not be used, or words that do not fit it; one sentence says where and what to try."""

    permanent = True


class _Plain(ImmutableSandboxedEnvironment):
    """A dot looks a word up in a plain dict and never reaches an attribute or a method."""

    def getattr(self, obj: object, attribute: str) -> object:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: object, argument: object) -> object:
        if type(obj) is dict and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if type(obj) is list and type(argument) is int and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(obj=obj, name=str(argument))

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        return False


def _environment() -> _Plain:
    # The words go into an SMS or are read aloud, never into a page: escaping them for HTML would spoil them.
    environment = _Plain(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, cache_size=0)
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.tests = {name: environment.tests[name] for name in TESTS}
    environment.filters["join"] = _join
    environment.globals = {}
    return environment


def _join(entries: object, separator: str = "") -> str:
    """Jinja2's own join also takes text, so that three of them in a row make gigabytes out of a line."""
    if type(entries) is not list:
        raise TypeError("join 只接受列表 (join takes a list)")
    return str(separator)[:SEPARATOR].join(str(entry)[:MAX_WORD] for entry in entries)


_ENVIRONMENT = _environment()


def check(source: str, name: str = "模板") -> None:
    """Refuses a template that asks for more than words, choices and short loops; TemplateRefused says which line."""
    if len(source) > MAX_SOURCE:
        raise TemplateRefused(f"{name}: 模板有 {len(source)} 字，最多 {MAX_SOURCE} 字 (template too long)")
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise TemplateRefused(f"{name}:{error.lineno}: 模板写法有误：{error.message}；请核对花括号 (bad template: check the braces)") from None
    except RecursionError:
        raise TemplateRefused(f"{name}: 模板嵌套太深 (template nested too deeply)") from None
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    seen = 0
    while waiting:
        node, loops = waiting.pop()
        seen += 1
        if seen > MAX_TREE:
            raise TemplateRefused(f"{name}: 模板太复杂，最多 {MAX_TREE} 个成分 (template too complex)")
        _check_node(node, loops, name)
        inner = loops + 1 if isinstance(node, nodes.For) else loops
        waiting.extend((child, inner) for child in node.iter_child_nodes())


def _check_node(node: nodes.Node, loops: int, name: str) -> None:
    what = type(node).__name__
    if not isinstance(node, _ALLOWED):
        raise _refusal(name, node, f"不能使用 {what}", "只可用词语、if、for 和常用过滤器")
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        raise _refusal(name, node, f"不能使用过滤器 {node.name}", "可用：" + "、".join(FILTERS))
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        raise _refusal(name, node, f"不能使用判断 {node.name}", "可用：" + "、".join(TESTS))
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise _refusal(name, node, f"不能使用名称 {node.attr}", "名称不以下划线开头")
    if isinstance(node, nodes.Name) and (node.name in HIDDEN_NAMES or node.name.startswith("_")):
        raise _refusal(name, node, f"不能使用名称 {node.name}", "只可用消息给出的词语")
    if isinstance(node, nodes.For):
        if node.recursive or loops:
            raise _refusal(name, node, "循环里又有循环", "只可有一层")
        if not isinstance(node.iter, nodes.Name | nodes.Getattr):
            raise _refusal(name, node, "循环只能走一个列表", "写成 for 某 in 列表名")


def _refusal(name: str, node: nodes.Node, what: str, instead: str) -> TemplateRefused:
    return TemplateRefused(f"{name}:{node.lineno}: 模板里{what}；{instead} (not allowed in a message template)")


@lru_cache(maxsize=256)
def _compiled(source: str, name: str) -> Template:
    check(source, name)
    try:
        return _ENVIRONMENT.from_string(source)
    except (TemplateSyntaxError, RecursionError, TypeError, ValueError, ArithmeticError) as error:
        raise TemplateRefused(f"{name}: 模板无法使用：{error} (cannot be compiled)") from None


def fill_in(source: str, context: Mapping[str, object], name: str = "模板") -> str:
    """The template with its words filled in, on one line, at most 20 kB; TemplateRefused when template or words do not fit.

    Only plain values are taken (text, whole numbers, yes/no, lists and maps of these): a database object has no place in a context.
    """
    template = _compiled(source, name)
    words = _plain(dict(context), name, 0, [0])
    if not isinstance(words, dict):
        raise TemplateRefused(f"{name}: 给模板的内容须是词语表 (context must be a map)")
    pieces: list[str] = []
    size = 0
    try:
        for piece in template.generate(words):
            size += len(piece.encode())
            if size > MAX_OUTPUT:
                raise TemplateRefused(f"{name}: 消息超过 {MAX_OUTPUT} 字节，请缩短模板 (message too long)")
            pieces.append(piece)
    except UndefinedError as error:
        raise TemplateRefused(f"{name}: 模板要的词没有：{error.message}；请核对词名 (a word is missing)") from None
    except (SecurityError, TypeError, ValueError, ArithmeticError, LookupError, AssertionError, RecursionError) as error:
        raise TemplateRefused(f"{name}: 模板无法填写：{error} (cannot be filled in)") from None
    return " ".join("".join(pieces).split())


def _plain(value: object, name: str, depth: int, count: list[int]) -> object:
    count[0] += 1
    if depth > MAX_DEPTH or count[0] > MAX_CONTEXT:
        raise TemplateRefused(f"{name}: 给模板的内容太多或太深 (context too large)")
    if value is None or type(value) in (bool, int, float):
        return value
    if type(value) is str:
        # Control characters would break log lines and some gateways.
        return "".join(char if char.isprintable() else " " for char in value[:MAX_WORD])
    if type(value) in (list, tuple) and len(value) <= MAX_LIST:  # type: ignore[arg-type]
        return [_plain(item, name, depth + 1, count) for item in value]  # type: ignore[attr-defined]
    if type(value) is dict and len(value) <= MAX_LIST:
        return {str(key): _plain(item, name, depth + 1, count) for key, item in value.items()}
    raise TemplateRefused(f"{name}: 给模板的内容只能是文字、数字和短列表，不能是 {type(value).__name__} (plain values only)")
