"""users list · add · password · role · disable · enable: who may sign in."""

from __future__ import annotations

import argparse
import re
import secrets
import sys

from engine.suggest import nearest
from tickets.domain.roles import ROLES
from tickets.store import accounts
from tickets.store.models import database
from wiring.desk import open_migrated
from wiring.settings import load

PASSWORD_BYTES = 12  # sixteen characters, 96 bits
NAME = re.compile(r"[A-Za-z0-9_.\-\u4e00-\u9fff]{2,40}")
MISSING = {
    "person": ("名录里没有工号「{}」的在册人员，请核对 people.csv 的 code 一列", "no active person with the code {}: check people.csv"),
    "unit": ("名录里没有单位「{}」，请写成 单位 或 单位/科室", "no unit {}: write UNIT or UNIT/SECTION"),
    "taken": ("账号「{}」已经有了，请换一个名字", "the account {} exists already: choose another name"),
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "账号：列出、添加、换密码、改角色、停用 (accounts: list, add, new password, role, disable)"
    command = commands.add_parser("users", help=about, description=about)
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, help_ in (
        ("list", "列出账号 (list them)"),
        ("add", "添加账号，密码只显示一次 (add one; its password is shown once)"),
        ("password", "换一个新密码，只显示一次，并退出所有登录 (a new password, shown once; ends every session)"),
        ("role", "改角色，并退出所有登录 (another role; ends every session)"),
        ("disable", "停用，并退出所有登录 (switch off; ends every session)"),
        ("enable", "重新启用 (switch on again)"),
    ):
        action = actions.add_parser(name, help=help_, description=help_)
        action.set_defaults(run=run)
        action.add_argument("--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help="输出语言 (language of the output)")
        if name != "list":
            action.add_argument("name", metavar="NAME", help="账号名 (user name)")
        if name in ("add", "role"):
            roles = "、".join(f"{role.key} {role.zh}" for role in ROLES.values())
            action.add_argument("role", metavar="ROLE", help=f"角色 (role): {roles}")
        if name == "add":
            action.add_argument("--person", default="", metavar="CODE", help="对应人员的工号 (code of the person it belongs to)")
            action.add_argument("--unit", default="", metavar="ADDRESS", help="所属单位或科室 (unit it belongs to)")


def run(args: argparse.Namespace) -> int:
    """0 when done; 2 and one sentence when the name, role, person or unit is not there."""
    open_migrated(load())
    try:
        return _list(args.lang) if args.action == "list" else _change(args, args.lang == "zh")
    finally:
        database.close()


def _list(lang: str) -> int:
    there = accounts.listed()
    if not there:
        print("还没有账号；用 users add NAME ROLE 添加" if lang == "zh" else "No accounts yet: users add NAME ROLE makes one")
    for username, role, person, active in there:
        title = ROLES[role].title(lang) if role in ROLES else role
        print("  ".join(part for part in (f"{username:<16}", title, person, "" if active else "已停用" if lang == "zh" else "disabled") if part))
    return 0


def _change(args: argparse.Namespace, zh: bool) -> int:
    asked = getattr(args, "role", None)
    role = {known.zh: known.key for known in ROLES.values()}.get(str(asked), asked)  # 坐席 as well as agent
    if role is not None and role not in ROLES:
        titles = [name for known in ROLES.values() for name in (known.key, known.zh)]
        there = nearest(role, titles) or "、".join(f"{known.key} {known.zh}" for known in ROLES.values())
        return _refuse(f"没有角色「{role}」；可用：{there}" if zh else f"no role {role}; there is: {there}")
    password = secrets.token_urlsafe(PASSWORD_BYTES) if args.action in ("add", "password") else None
    if args.action == "add":
        refused = _add(args, str(role), str(password), zh)
        if refused:
            return _refuse(refused)
    elif not accounts.change(args.name, password=password, role=role, active={"disable": False, "enable": True}.get(args.action)):
        near = nearest(args.name, [username for username, *_ in accounts.listed()])
        tail = (f"；是不是「{near}」？" if zh else f"; did you mean {near}?") if near else ""
        return _refuse((f"没有账号「{args.name}」" if zh else f"no account {args.name}") + tail)
    print(f"{args.name}：完成" if zh else f"{args.name}: done")
    if password is not None:
        print(f"密码（只显示这一次）：{password}" if zh else f"password (shown this once): {password}")
    return 0


def _add(args: argparse.Namespace, role: str, password: str, zh: bool) -> str:
    """Why the account could not be added, or ""."""
    if not NAME.fullmatch(args.name):
        return (
            "账号名用 2 到 40 个字母、数字、汉字或 _ . -，请换一个名字"
            if zh
            else "a user name is 2 to 40 letters, digits, characters, _ . or -: choose another"
        )
    missing = accounts.add(args.name, password, role, args.person, args.unit)
    if not missing:
        return ""
    return MISSING[missing][0 if zh else 1].format({"person": args.person, "unit": args.unit, "taken": args.name}[missing])


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2
