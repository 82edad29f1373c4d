"""Routes that learn to write their address when it is first asked for: a third of an app's start went into writers nobody calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LazyRule(Rule):
    """A werkzeug rule that matches as any other; the function that builds its address is compiled at its first use."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        made: list[Builder] = []
        compile_now = super()._compile_builder

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(compile_now(append_unknown))
            return made[0](rule, **values)

        return build
