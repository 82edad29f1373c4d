"""python run.py COMMAND: finds the command and turns every expected error into one sentence and an exit code.

Only the module of the command that is asked for is imported, which halves the start of a process; --help imports them all.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from cli.words import Parser, WrongCall, asked_lang
from engine.findings import RulesRefused
from insights.library_model import ModelRefused
from tickets.files.refused import FileRefused
from tickets.store.connect import DatabaseAddressWrong, DatabaseFailed, away
from wiring.settings import BadSettings

DEFAULT = "serve"
COMMANDS = (
    DEFAULT,
    "web",
    "worker",
    "jobs",
    "migrate",
    "seed",
    "dispatch",
    "explain",
    "rules",
    "library",
    "backup",
    "restore",
    "users",
    "simulate",
    "hot",
    "season",
    "similar",
    "score",
)


def parser(asked: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The command line with the commands `asked` for; `--lang` may stand before or after the command."""
    top = Parser(prog="run.py", description="诉达 Suda · 12345 热线 (a citizen hotline run by rules)")
    default = _default_lang()
    top.add_argument("--lang", choices=("zh", "en"), default=default, help="输出语言 (language of the output)")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for name in asked:
        import_module(f"cli.{name}").add(commands)
    for command in commands.choices.values():
        command.add_argument("--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help="输出语言 (language of the output)")
    return top


def main(argv: Sequence[str]) -> int:
    """Run one command. 0 is success, 2 bad input (the sentence on stderr), 1 failure."""
    try:
        args = parser(_asked(argv)).parse_args(list(argv) or [DEFAULT])
        if args.command is None:
            args = parser([DEFAULT]).parse_args(["--lang", args.lang, DEFAULT])
    except WrongCall as wrong:
        print(wrong.text(asked_lang(argv, _default_lang())), file=sys.stderr)
        return 2
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
    except DatabaseFailed as failed:
        if not away(failed):
            raise  # a fault of our own: the trace says where
        print(_database(failed, args.lang), file=sys.stderr)
        return 1
    except OSError as failed:  # a full disk, a file that may not be written
        print(_file(failed, args.lang), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    return 2


def _asked(argv: Sequence[str]) -> Sequence[str]:
    """The one command the line names, where that is plain; else all of them, for the help and for the sentence about a wrong one."""
    if not argv:
        return [DEFAULT]
    first = argv[2] if argv[0] == "--lang" and len(argv) > 2 else argv[0]
    return [first] if first in COMMANDS else COMMANDS


def _default_lang() -> str:
    return "en" if os.environ.get("SUDA_LANG") == "en" else "zh"


def _database(failed: Exception, lang: str) -> str:
    """One sentence for a database that cannot be reached, is damaged, locked or full."""
    why = (str(failed).splitlines() or [type(failed).__name__])[0]
    if lang == "en":
        return f"the database cannot be used ({why}): check home and database in config.yaml, that the server runs, and that the disk has room"
    return f"数据库用不了（{why}）：请核对 config.yaml 的 home 与 database、数据库服务是否在运行、磁盘是否已满"


def _file(failed: OSError, lang: str) -> str:
    """One sentence for a file or folder that cannot be read or written."""
    what = failed.filename or ("file" if lang == "en" else "文件")
    why = failed.strerror or type(failed).__name__
    if lang == "en":
        return f"{what}: cannot be used ({why}): check the path, its permissions and the room on the disk"
    return f"{what}: 读写不了（{why}），请核对路径、权限和磁盘空间"
