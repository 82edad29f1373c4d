"""Rule-set and form files made at random, in every layout plain YAML allows: the material for round trips."""

from __future__ import annotations

from random import Random

WORDS = [
    "供水",
    "停暖",
    "供热公司",
    "小区 停电",
    "it's",
    "a",
    "no",
    "22:30",
    "2026-10-01",
    "x: y",
    "# 注",
    "D-010",
    "1.50",
    "7",
    "-5",
    "true",
    "",
    "“引号”",
    "a,b",
    "城管/执法队",
    "短 语",
]
KEYS = [
    "id",
    "title",
    "when",
    "then",
    "all",
    "any",
    "none",
    "text",
    "has_any",
    "category",
    "label",
    "show_if",
    "字段",
    "时限名",
    "7",
    "no",
    "a b",
    "basis",
    "tests",
    "given",
]
LONG = ["第一行\n第二行", "甲\n\n乙\n", "一行\n", "  前有空格\n后", "末尾多行\n\n", 'double " \\ quote', "tail space \nx"]


def some_value(rng: Random, depth: int) -> object:
    """Data as a rule or form file may hold it."""
    roll = rng.random()
    if depth <= 0 or roll < 0.45:
        return some_scalar(rng)
    if roll < 0.72:
        return [some_value(rng, depth - 1) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
    return some_map(rng, depth - 1, rng.choice((0, 1, 1, 2, 3)))


def some_scalar(rng: Random) -> object:
    roll = rng.random()
    if roll < 0.7:
        return rng.choice(WORDS)
    if roll < 0.78:
        return rng.choice(LONG)
    return rng.choice((0, 5, -12, True, False, None, 100))


def some_map(rng: Random, depth: int, size: int) -> dict[str, object]:
    return {key: some_value(rng, depth) for key in rng.sample(KEYS, size)}


def some_file(rng: Random) -> object:
    """A small rule set, form, catalogue or anything else."""
    roll = rng.random()
    if roll < 0.5:
        rules = [{"id": f"D-{n}", **some_map(rng, 2, rng.choice((1, 2)))} for n in range(rng.choice((1, 2, 3)))]
        head: dict[str, object] = {"ruleset": "dispatch", "hit": rng.choice(("first", {"unique": "deadline.name"}))}
        return {**head, "rules": rules, **({"tests": some_value(rng, 1)} if rng.random() < 0.3 else {})}
    if roll < 0.65:
        fields: list[object] = [{"name": rng.choice(WORDS), "type": "text", **some_map(rng, 1, 1)} for _ in range(2)]
        return {"form": "intake", "pages": [{"title": "诉求", "fields": fields}]}
    if roll < 0.8:
        return [some_value(rng, 2) for _ in range(rng.choice((1, 2, 3)))]
    return some_map(rng, 3, rng.choice((1, 2, 4)))


class Layout:
    """Writes data as YAML, choosing at every place among the ways it can be written."""

    def __init__(self, rng: Random, odd: float = 0.02) -> None:
        self.rng, self.odd, self.notes = rng, odd, 0
        self.newline = rng.choice(("\n", "\n", "\n", "\r\n"))
        self.comments = rng.choice((0.0, 0.15, 0.4))

    def file(self, data: object) -> str:
        lines = [] if self.rng.random() < 0.5 else [self.note(), "# 文件说明"]
        if self.rng.random() < 0.05:
            lines.append("---")
        lines += self.block(data, 0) if isinstance(data, dict | list) and data else [self.inline(data)]
        if self.comments and self.rng.random() < 0.3:
            lines += ["", "# 文件末尾"]
        open_literal = lines and self.rng.random() < 0.15
        return self.newline.join(lines) + ("" if open_literal and not self.keeps(data) else self.newline)

    def keeps(self, data: object) -> bool:
        """Whether a missing last line break could change the last value."""
        while isinstance(data, dict | list) and data:
            data = list(data.values())[-1] if isinstance(data, dict) else data[-1]
        return isinstance(data, str) and "\n" in data

    def note(self) -> str:
        self.notes += 1
        return f"# 说明 {self.notes}: it's [x"

    def above(self, indent: int) -> list[str]:
        found = [""] if self.rng.random() < self.comments / 3 else []
        if self.rng.random() < self.comments:
            deep = indent if self.rng.random() < 0.85 else indent + 1  # deeper would be inside a | block above
            found.append(" " * deep + self.note())
        return found

    def behind(self) -> str:
        return "  " + self.note() if self.rng.random() < self.comments else ""

    def block(self, data: dict[str, object] | list[object], indent: int, beside: bool = False) -> list[str]:
        """Lines in block style; `beside`: the first stands behind a dash."""
        lines: list[str] = []
        pad = " " * indent
        for number, part in enumerate(data.items() if isinstance(data, dict) else ((None, item) for item in data)):
            key, value = part
            if number or not beside:
                lines += self.above(indent)
            head = pad + (f"{self.key(str(key))}:" if isinstance(data, dict) else "-")
            if isinstance(data, dict) and self.rng.random() < self.odd:
                head = f"{pad}? {self.key(str(key))}\n{pad}:"
            lines += self.owned(head, value, indent, key is None)
        if beside:
            lines[0] = lines[0][indent:]
        return [piece for line in lines for piece in line.split("\n")]

    def owned(self, head: str, value: object, indent: int, dash: bool) -> list[str]:
        if isinstance(value, dict | list) and value and self.rng.random() < 0.6:
            step = indent + (2 if dash else self.rng.choice((2, 2, 2, 4)))
            if dash and self.rng.random() < 0.8:
                first, *more = self.block(value, step, beside=True)
                return [f"{head} {first}", *more]
            if isinstance(value, list) and not dash and self.rng.random() < 0.3:
                step = indent
            return [head + self.behind(), *self.block(value, step)]
        if isinstance(value, str) and self.literal_fits(value) and self.rng.random() < 0.7:
            return self.literal(head, value, indent + 2)
        if value is None and self.rng.random() < 0.5:
            return [head + self.behind()]
        if isinstance(value, dict | list) and value and self.rng.random() < 0.35:
            return self.spread(head, value, indent + 2)
        if self.rng.random() < 0.04:
            return [head + self.behind(), " " * (indent + 4) + self.inline(value, False) + self.behind()]
        return [f"{head} {self.inline(value, False)}{self.behind()}"]

    def literal_fits(self, text: str) -> bool:
        kept = text.endswith("\n\n")  # an empty line below a |+ block would be one more of its own: only files without any may have one
        return "\n" in text and text[0] not in " \n" and " \n" not in text and (not kept or not self.comments)

    def literal(self, head: str, text: str, indent: int) -> list[str]:
        body = text.rstrip("\n")
        ends = len(text) - len(body)
        sign = "|" + ("-" if ends == 0 else "" if ends == 1 else "+")
        return [f"{head} {sign}{self.behind()}", *(" " * indent + line if line else "" for line in body.split("\n")), *[""] * (ends - 1 if ends > 1 else 0)]

    def spread(self, head: str, data: dict[str, object] | list[object], indent: int) -> list[str]:
        """Brackets over several lines, perhaps with comments and a last comma."""
        inner = [self.pair(key, value) for key, value in data.items()] if isinstance(data, dict) else [self.inline(item) for item in data]
        left, right = ("{", "}") if isinstance(data, dict) else ("[", "]")
        if self.rng.random() < 0.5:
            rows = [" " * indent + word + ("," if n < len(inner) - 1 or self.rng.random() < 0.3 else "") + self.behind() for n, word in enumerate(inner)]
            return [f"{head} {left}{self.behind()}", *rows, " " * indent + right + self.behind()]
        cut = self.rng.randrange(len(inner) + 1)
        first, second = ", ".join(inner[:cut]), ", ".join(inner[cut:])
        return [f"{head} {left}{first}{',' if first and second else ''}", " " * indent + second + right + self.behind()]

    def pair(self, key: str, value: object) -> str:
        if value is None and self.rng.random() < 0.3:
            return self.key(key) if self.rng.random() < 0.5 else f"{self.key(key)}: "
        return f"{self.key(key)}: {self.inline(value)}"

    def inline(self, value: object, flow: bool = True) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(self.pair(key, item) for key, item in value.items()) + "}"
        if isinstance(value, list):
            inner = [self.inline(item) for item in value]
            if len(value) == 1 and isinstance(value[0], dict) and len(value[0]) == 1 and self.rng.random() < self.odd:
                inner[0] = inner[0][1:-1]
            return "[" + ", ".join(inner) + (", ]" if inner and self.rng.random() < 0.05 else "]")
        if isinstance(value, str):
            return self.words(value, flow)
        return {True: "true", False: "false", None: self.rng.choice(("null", "~"))}[value] if value is None or isinstance(value, bool) else str(value)

    def words(self, text: str, flow: bool = True) -> str:
        special = text in ("", "true", "7", "-5", "1.50") or any(mark in text for mark in ("\n", ": ", "# ", "“")) or text[:1] == " " or (flow and "," in text)
        roll = self.rng.random()
        if "\n" in text or roll < 0.1:
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        if special or roll < 0.2 or text[-1:] == " ":
            return "'" + text.replace("'", "''") + "'"
        return text

    def key(self, text: str) -> str:
        return f"'{text}'" if self.rng.random() < 0.05 else text


def some_text(rng: Random, odd: float = 0.02) -> tuple[str, object]:
    """A file and the data it holds."""
    data = some_file(rng)
    return Layout(rng, odd).file(data), data


def paths(data: object, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path that leads somewhere."""
    found = [here]
    for step, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        found += paths(value, (*here, step))
    return found
