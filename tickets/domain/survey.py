"""What a handler says of his result and what a citizen answers when called back."""

from __future__ import annotations

from datetime import timedelta

SOLVED, PARTLY, UNSOLVED = "已解决", "部分解决", "未解决"
OUTCOMES = (SOLVED, PARTLY, UNSOLVED)
LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")  # best first; whether 基本满意 counts as satisfied is a setting of the score
DISSATISFIED = LEVELS[3:]
REASONS = ("没有解决", "等得太久", "态度不好", "没人联系我", "与事实不符")  # 哪里不满意: any of them, or none
CHANGEABLE = timedelta(hours=24)  # an answer given by link may be changed for so long, then it stands
VISIT_RESULTS = ("已谅解", "部分谅解", "未谅解", "没有见到人")  # what a mediation visit came to
LONGEST_LINE = 200  # characters of the citizen's own line
