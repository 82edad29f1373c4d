"""A reader of one field of an action: how it is checked, and by which widget an editor offers it. The two cannot drift apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from engine.expect import Scope
from engine.nodes import Node
from engine.vocabulary import Vocabulary

Widget = Literal[
    "text", "choice", "choices", "flag", "number", "duration", "delay", "share", "address", "addresses", "status", "statuses",
    "channels", "urgency", "indicator", "rates", "once", "links", "meetings",
]  # fmt: skip
Read = Callable[[Node, Scope, str], object | None]
Options = Callable[[Vocabulary], Sequence[str]]


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads plain data from a node, or answers None after reporting what is wrong.

    `options` are the words to choose from, in these words; `fields` those of a mapping (once) or of each item of a list (links), of which
    `needed` must be there, and exactly one of `one_of`. `least` and `most` bound a number.
    """

    read: Read
    widget: Widget
    many: bool = False
    options: Options | None = None
    fields: Mapping[str, Reader] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    least: Decimal | int | None = None
    most: Decimal | int | None = None

    def __call__(self, node: Node, scope: Scope, what: str) -> object | None:
        return self.read(node, scope, what)


def reader(
    widget: Widget,
    *,
    many: bool = False,
    options: Options | None = None,
    fields: Mapping[str, Reader] | None = None,
    needed: tuple[str, ...] = (),
    one_of: tuple[str, ...] = (),
    least: Decimal | int | None = None,
    most: Decimal | int | None = None,
) -> Callable[[Read], Reader]:
    """Makes a reader of a function; what is said here is what the editor draws."""
    return lambda read: Reader(read, widget, many, options, fields or {}, needed, one_of, least, most)
