"""The command line's own words: a wrong call is answered in the language asked for, with the nearest right name."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import NoReturn

from engine.suggest import nearest

CHOICE = re.compile(r"argument (?P<what>[^:]+): invalid choice: '(?P<given>.*)' \(choose from (?P<there>.*)\)", re.DOTALL)
# What argparse says, and the same in Chinese.
ZH = (
    (re.compile(r"the following arguments are required: (.*)", re.DOTALL), "缺少 {}"),
    (re.compile(r"unrecognized arguments: (.*)", re.DOTALL), "多出了看不懂的部分：{}"),
    (re.compile(r"argument ([^:]+): expected one argument"), "{} 后面要写一个值"),
    (re.compile(r"argument ([^:]+): ignored explicit argument .*"), "{} 后面不写值"),
    (re.compile(r"ambiguous option: (\S+) could match .*"), "{} 写得不完整，能对上不止一个选项"),
)


class WrongCall(Exception):
    """The command was not called as it can be; `text` says why and where to look."""

    permanent = True

    def __init__(self, command: str, message: str) -> None:
        self.command, self.message = command, message
        super().__init__(self.text("en"))

    def text(self, lang: str) -> str:
        """One sentence with the command it is about."""
        tail = f"；用法见 {self.command} --help" if lang == "zh" else f"; {self.command} --help shows how"
        return f"{self.command}: {said(self.message, lang)}{tail}"


class Parser(argparse.ArgumentParser):
    """argparse that raises WrongCall instead of printing its usage and leaving."""

    def error(self, message: str) -> NoReturn:
        """What argparse calls when the arguments do not fit."""
        raise WrongCall(self.prog, message)


def said(message: str, lang: str) -> str:
    """argparse's message in `lang`; of a wrong choice the nearest right one, else all there are."""
    found = CHOICE.fullmatch(message)
    if found is not None:
        there = [name.strip(" '") for name in found["there"].split(",")]
        near = nearest(found["given"], there)
        if lang == "zh":
            return f"{found['what']} 没有「{found['given']}」，" + (f"是不是「{near}」？" if near else f"可用：{'、'.join(there)}")
        return f"{found['what']}: there is no {found['given']}; " + (f"did you mean {near}?" if near else f"there are: {', '.join(there)}")
    if lang == "zh":
        for pattern, sentence in ZH:
            if (match := pattern.fullmatch(message)) is not None:
                return sentence.format(match[1])
    return message


def asked_lang(argv: Sequence[str], default: str) -> str:
    """The language of a call that may be too wrong to parse."""
    for place, word in enumerate(argv):
        if word in ("--lang=en", "--lang=zh"):
            return word[-2:]
        if word == "--lang" and tuple(argv[place + 1 : place + 2]) in (("en",), ("zh",)):
            return argv[place + 1]
    return default
