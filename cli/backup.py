"""backup: a copy of everything, taken while web and worker go on."""

from __future__ import annotations

import argparse
from pathlib import Path

from cli.progress import bar
from tickets.store.connect import open_database
from wiring.backup import back_up
from wiring.desk import utc_now
from wiring.settings import load, make_home


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "备份数据库、照片附件与模型到一个文件，运行中也可以 (back up everything to one file, also while running)"
    command = commands.add_parser("backup", help=about, description=about)
    command.add_argument("file", type=Path, metavar="FILE", help="写到哪个文件；已有的备份会被整个换掉 (where to; a backup there is replaced as a whole)")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the backup and say what it holds."""
    settings = load()
    make_home(settings)
    open_database(settings.database_url)
    with bar("备份" if args.lang == "zh" else "backup") as told:
        made = back_up(settings, args.file.resolve(), utc_now(), told)
    rows, files = sum(one.rows for one in made.tables.values()), sum(name.startswith("home/") for name in made.members)
    size = args.file.stat().st_size / 1_000_000
    tickets, messages = (made.tables[name].rows for name in ("ticket", "outbox"))
    if args.lang == "en":
        print(f"{args.file}: {size:,.1f} MB, {tickets:,} tickets, {messages:,} messages, {rows:,} rows in {len(made.tables)} tables, {files:,} files")
        print(f"Checked and complete. Keep the secret {made.secret} apart from it (SUDA_SECRET_KEY or home/secret_key): it is not in the backup.")
    else:
        print(f"{args.file}：{size:,.1f} MB，工单 {tickets:,} 件，消息 {messages:,} 条，{len(made.tables)} 张表共 {rows:,} 行，文件 {files:,} 个")
        print(f"已核验完整。安装密钥（编号 {made.secret}）不在备份里，请另行保管 SUDA_SECRET_KEY 或 home/secret_key。")
    return 0
