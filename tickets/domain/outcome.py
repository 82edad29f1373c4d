"""What came of one evaluation, in one word for the log: 已派单, 转人工, 已改特急, 已定时限 …"""

from __future__ import annotations

from collections.abc import Mapping

# In the order in which the first kind of action decides the word; web/words/log.yaml says each.
KINDS = {
    "supervise": "supervised", "review": "review", "chain": "chain", "deadline": "clocks", "warn": "warned", "survey": "survey", "mediate": "mediated",
    "exclude": "excluded", "score": "scored",
}  # fmt: skip
PACES = {"特急": "top", "紧急": "raised"}
OUTCOMES: tuple[str, ...] = ("dispatched", "manual", "top", "raised", "ordinary", *KINDS.values(), "other", "none", "disagreed")


def outcome(ruleset: str, agreed: bool, actions: Mapping[str, Mapping[str, object]], manual: bool) -> str:
    """The word for a decision. `actions` are its arguments by kind; `manual` says that the ticket lies with the manual desk afterwards.

    disagreed: the engine and its recomputation differ. none: no action was asked for. other: actions without a word of their own.
    """
    if not agreed:
        return "disagreed"
    if "dispatch" in actions or ruleset == "dispatch":
        return "manual" if manual or "dispatch" not in actions else "dispatched"
    if "urgency" in actions:
        return PACES.get(str(actions["urgency"].get("value", "")), "ordinary")
    return next((word for kind, word in KINDS.items() if kind in actions), "other" if actions else "none")
