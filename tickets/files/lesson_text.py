"""A quiz as people write it: a line a question, a line an option, a line why.

问：发现井盖缺失，第一步做什么？
√ 先设警示，再拍照上报
× 先回村部开会
解：先防伤人，再走流程。
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from tickets.store.lessons import Question

ASKS, RIGHT, WRONG, WHY = ("问：", "问:", "Q:"), ("√", "✓", "✔", "*"), ("×", "✗", "✘", "-"), ("解：", "解:", "A:")
MOST_QUESTIONS, MOST_OPTIONS, LONGEST = 20, 6, 300  # LONGEST in characters of a line


class QuizWrong(Exception):
    """A quiz that cannot be: in which line, what is wrong, what to write."""

    permanent = True

    def __init__(self, line: int, zh: str, en: str) -> None:
        super().__init__(f"第 {line} 行：{zh} (line {line}: {en})")
        self.line, self.zh, self.en = line, zh, en


@dataclass
class _Open:
    line: int
    ask: str
    options: list[str] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    why: str = ""

    def closed(self) -> Question:
        if len(self.options) < 2:
            raise QuizWrong(self.line, "这道题的选项少于两个，请用 √ 和 × 各写一行", "fewer than two options: write them as lines with √ and ×")
        if not self.right:
            raise QuizWrong(self.line, "这道题没有正确选项，请在正确的选项前写 √", "no right option: put √ before it")
        if not self.why:
            raise QuizWrong(self.line, "这道题没有讲解，请补一行“解：……”", "no explanation: add a line 解：…")
        return Question(self.ask, tuple(self.options), tuple(self.right), self.why)


def read_quiz(text: str) -> tuple[Question, ...]:
    """The questions of the text; QuizWrong names the first line that cannot be."""
    done: list[Question] = []
    here: _Open | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        if len(line) > LONGEST or any(unicodedata.category(char) in ("Cc", "Cs") for char in line):
            raise QuizWrong(number, f"一行最多 {LONGEST} 个字，且不能有看不见的字符", f"at most {LONGEST} characters, none invisible")
        if line.startswith(ASKS):
            done += [here.closed()] if here is not None else []
            here = _Open(number, _rest(line, ASKS, number))
        elif here is None:
            raise QuizWrong(number, "先写一行“问：……”", "begin with a line 问：…")
        elif line.startswith(WHY):
            here.why = _rest(line, WHY, number)
        elif line.startswith(RIGHT) or line.startswith(WRONG):
            option = _rest(line, RIGHT if line.startswith(RIGHT) else WRONG, number)
            if option in here.options:
                raise QuizWrong(number, f"选项「{option}」写了两次", "the same option twice")
            here.right += [len(here.options)] if line.startswith(RIGHT) else []
            here.options.append(option)
            if len(here.options) > MOST_OPTIONS:
                raise QuizWrong(number, f"一道题最多 {MOST_OPTIONS} 个选项", f"at most {MOST_OPTIONS} options")
        else:
            raise QuizWrong(number, "看不懂这一行；行首要写 问：、√、× 或 解：", "begin the line with 问：, √, × or 解：")
    if here is None:
        raise QuizWrong(1, "还没有题目，请至少写一道", "no question yet: write one at least")
    done.append(here.closed())
    if len(done) > MOST_QUESTIONS:
        raise QuizWrong(here.line, f"最多 {MOST_QUESTIONS} 道题", f"at most {MOST_QUESTIONS} questions")
    return tuple(done)


def _rest(line: str, starts: tuple[str, ...], number: int) -> str:
    mark = next(start for start in starts if line.startswith(start))
    rest = line[len(mark) :].strip()
    if not rest:
        raise QuizWrong(number, f"“{mark}”后面没有内容", f"nothing after {mark}")
    return rest


def write_quiz(questions: Sequence[Question]) -> str:
    """The questions as `read_quiz` reads them."""
    blocks = []
    for one in questions:
        options = [f"{'√' if number in one.right else '×'} {option}" for number, option in enumerate(one.options)]
        blocks.append("\n".join([f"问：{one.ask}", *options, f"解：{one.why}"]))
    return "\n\n".join(blocks)
