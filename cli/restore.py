"""restore: puts a backup back, once it has been checked through and through."""

from __future__ import annotations

import argparse
from pathlib import Path

from cli.progress import bar
from tickets.domain.times import local
from wiring.desk import utc_now
from wiring.restore import Restored
from wiring.restore import restore as put_back
from wiring.settings import load


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "用备份恢复：先核验，再整体替换；运行中或已有数据时拒绝 (restore a backup: checked first, then put in place as a whole)"
    command = commands.add_parser("restore", help=about, description=about)
    command.add_argument("file", type=Path, metavar="FILE", help="备份文件 (the backup)")
    command.add_argument("--replace", action="store_true", help="取代现有的数据 (in place of the data that is there)")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Restore and say what came back, and what to do next."""
    settings = load()
    with bar("核验" if args.lang == "zh" else "checking") as told:
        done = put_back(settings, args.file.resolve(), utc_now(), told, replace=args.replace)
    for line in said(done, args.lang):
        print(line)
    return 0


def said(done: Restored, lang: str) -> list[str]:
    """What the command prints, a line each."""
    rows = sum(one.rows for one in done.tables.values())
    tickets, messages, history, accounts = (done.tables[name].rows for name in ("ticket", "outbox", "history", "account"))
    made = local(done.made).strftime("%Y-%m-%d %H:%M:%S")
    if lang == "en":
        lines = [
            f"Restored: the state of {made}, made by version {done.version}.",
            f"{tickets:,} tickets, {history:,} steps, {messages:,} messages, {accounts:,} accounts, {done.files:,} files; {rows:,} rows in {len(done.tables)} tables.",
            f"{done.asked:,} messages that were waiting then are asked of the provider before any is sent again. Everybody has to sign in anew.",
        ]
        lines += [f"The database as it was is kept as {done.aside}: remove it when all is well."] if done.aside else []
        return lines + (
            []
            if done.same_secret
            else ["The secret is another than then: second factors and survey links of then cannot be used; set the old SUDA_SECRET_KEY."]
        )
    lines = [
        f"已恢复到 {made} 的状态（由 {done.version} 版备份）。",
        f"工单 {tickets:,} 件，经过 {history:,} 条，消息 {messages:,} 条，账号 {accounts:,} 个，文件 {done.files:,} 个；{len(done.tables)} 张表共 {rows:,} 行。",
        f"当时待发的 {done.asked:,} 条消息会先向渠道核实，没有发过的才补发。所有人须重新登录。",
    ]
    lines += [f"原来的数据库留在 {done.aside}，确认无误后可删。"] if done.aside else []
    return lines + ([] if done.same_secret else ["安装密钥与当时不同，未能核对备份的签章；当时的二次验证与回访链接不能用，请设回原来的 SUDA_SECRET_KEY。"])
