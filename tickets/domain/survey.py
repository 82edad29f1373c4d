"""What a handler says of his result and what a citizen answers when called back."""

from __future__ import annotations

SOLVED, PARTLY, UNSOLVED = "已解决", "部分解决", "未解决"
OUTCOMES = (SOLVED, PARTLY, UNSOLVED)
LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")  # best first; whether 基本满意 counts as satisfied is a setting of the score
