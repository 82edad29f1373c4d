"""python run.py COMMAND: finds the command and turns every expected error into one sentence and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from cli import dispatch, explain, library, migrate, rules, seed, serve, users
from engine.findings import RulesRefused
from insights.library_model import ModelRefused
from tickets.files.refused import FileRefused
from tickets.store.connect import DatabaseAddressWrong
from wiring.settings import BadSettings

COMMANDS = (serve, migrate, seed, dispatch, explain, rules, library, users)


def parser() -> argparse.ArgumentParser:
    """The whole command line; `--lang` may stand before or after the command."""
    top = argparse.ArgumentParser(prog="run.py", description="诉达 Suda · 12345 热线 (a citizen hotline run by rules)")
    default = "en" if os.environ.get("SUDA_LANG") == "en" else "zh"
    top.add_argument("--lang", choices=("zh", "en"), default=default, help="输出语言 (language of the output)")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    for command in commands.choices.values():
        command.add_argument("--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help="输出语言 (language of the output)")
    return top


def main(argv: Sequence[str]) -> int:
    """Run one command. 0 is success, 2 bad input (the sentence on stderr), 1 failure."""
    args = parser().parse_args(list(argv) or ["serve"])
    if args.command is None:
        args = parser().parse_args(["--lang", args.lang, "serve"])
    try:
        return int(args.run(args))
    except (BadSettings, FileRefused, ModelRefused, DatabaseAddressWrong) as refused:
        print(refused, file=sys.stderr)
    except RulesRefused as refused:
        for finding in refused.findings:
            print(finding.text(args.lang), file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        return 1
    return 2
