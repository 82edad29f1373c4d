"""explain TICKET [--rule ID]: why this unit, this person and this deadline; or why a rule did not decide."""

from __future__ import annotations

import argparse
import sys

from cli.explain_rule import rule_lines
from cli.explain_ticket import ticket_lines
from engine.suggest import nearest
from tickets.store.models import database
from tickets.store.scope import Viewer
from tickets.store.ticket_view import find
from tickets.store.tickets import search
from wiring.desk import open_migrated
from wiring.settings import load

OPERATOR = Viewer("all")  # whoever may run commands on the machine may see every ticket; phones stay masked


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    command = commands.add_parser(
        "explain",
        help="为什么派给这个单位、这个人、这个时限 (why this unit, person and deadline)",
        description="用至多 12 行说明一张工单：派给谁、怎么找到、依据、认出的词和地点、时限、还通知了谁；--rule 说明某条规则为何没有生效。"
        " (Why this unit, person and deadline, in at most 12 lines.)",
    )
    command.add_argument("ticket", metavar="TICKET", help="工单编号，如 20261123-0067 (the ticket's number)")
    command.add_argument("--rule", metavar="ID", help="规则编号：逐条说明它是否成立、卡在哪里 (a rule: each of its questions with its answer)")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 with the explanation on stdout; 2 and one sentence for a ticket or rule that is not there."""
    open_migrated(load())
    try:
        view = find(OPERATOR, args.ticket.strip())
        if view is None:
            print(_unknown(args.ticket.strip(), args.lang), file=sys.stderr)
            return 2
        if args.rule is None:
            print("\n".join(ticket_lines(view, args.lang)))
            return 0
        lines, found = rule_lines(view, args.rule.strip(), args.lang)
        print("\n".join(lines), file=sys.stdout if found else sys.stderr)
        return 0 if found else 2
    finally:
        database.close()


def _unknown(number: str, lang: str) -> str:
    """One sentence: no such ticket, and the number that was probably meant."""
    numbers = [ticket.number for ticket in (search(number[:8]) if number[:8].isdigit() else []) or search("20")]
    near = nearest(number, numbers)
    if lang == "en":
        return f"No ticket {number[:40]}; " + (f"the nearest is {near}." if near else "numbers look like 20261123-0067.")
    return f"没有编号为「{number[:40]}」的工单；" + (f"最接近的是 {near}。" if near else "编号形如 20261123-0067。")
