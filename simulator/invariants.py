"""What must hold of any simulated year, asked of the tables and of the provider's own record, never of the code that wrote them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from simulator.ledger import Ledger, Row, grouped
from simulator.notes import note
from tickets.domain.rebuild import BrokenCourse, Line, State, rebuilt
from tickets.domain.status import CLOSED, DISPUTED, MEDIATING, OPEN, REPLIED, SIGNED, SUSPENDED

SOON = timedelta(seconds=60)  # R4: a deadline fires within a minute
SLACK = timedelta(minutes=2)


@dataclass(frozen=True)
class Violation:
    """One thing that must not be: of which invariant, and what exactly."""

    of: str
    text: str


def holders(led: Ledger) -> Iterator[str]:
    """Every open ticket has exactly one responsible person, in a unit and a post, and is where its status says."""
    people = {row.id for row in led.rows("SELECT id FROM person")}
    waiting = Counter(row.ticket for row in led.rows("SELECT ticket FROM review_step WHERE state = 'waiting'"))
    visits = Counter(row.ticket for row in led.rows("SELECT ticket FROM visit WHERE done_at IS NULL"))
    listed = Counter(row.ticket for row in led.rows("SELECT ticket FROM suspended WHERE released_at IS NULL"))
    asked = Counter(row.ticket for row in led.rows("SELECT ticket FROM extension WHERE state = 'asked'"))
    for one in led.tickets:
        open_ = one.status in OPEN
        if open_ and (one.person_id not in people or None in (one.unit_id, one.post_id)):
            yield f"工单 {one.number}（{one.status}）没有负责人"
        for count, status, what in ((waiting, REPLIED, "待审核人"), (visits, MEDIATING, "上门"), (listed, SUSPENDED, "挂账")):
            if count[one.id] != (one.status == status) and not (status == REPLIED and count[one.id] == 0):
                yield f"工单 {one.number}（{one.status}）有 {count[one.id]} 个{what}"
        if asked[one.id] > (one.status == SIGNED):
            yield f"工单 {one.number}（{one.status}）有未决的延期申请"


def clocks(led: Ledger) -> Iterator[str]:
    """Every deadline fired once or was cancelled for a reason; none is lost, none fires after it was met."""
    tickets = {one.id: one for one in led.tickets}
    late = Counter((line.ticket_id, note(line).get("deadline"), note(line).get("due")) for lines in led.lines.values() for line in lines if line.what == "逾期")
    for (ticket_id, name), several in Counter((c.ticket_id, c.name) for c in led.clocks if _open(c)).items():
        if several > 1:
            yield f"工单 {tickets[ticket_id].number} 有 {several} 个在走的「{name}」时限"
    for ticket_id, own in grouped(led.clocks).items():
        here = [clock for clock in own if clock.from_status == tickets[ticket_id].status]
        if here and not any(_open(clock) for clock in here) and tickets[ticket_id].status != DISPUTED:
            yield f"工单 {tickets[ticket_id].number} 在「{tickets[ticket_id].status}」没有时限在走"
    for clock in led.clocks:
        ticket = tickets[clock.ticket_id]
        about = f"工单 {ticket.number} 时限 {clock.id}「{clock.name}」（{clock.state}）"
        breaches = late.pop((ticket.id, clock.name, clock.due_at.isoformat()), 0) if clock.due_at is not None and clock.state == "breached" else 0
        if clock.state == "breached" and breaches != 1:
            yield f"{about}有 {breaches} 条逾期记录"
        if clock.state == "breached" and clock.met_at is not None and clock.met_at <= clock.due_at:
            yield f"{about}按时达成，却记了逾期"
        if clock.state == "cancelled" and not clock.why:
            yield f"{about}取消而没有原因"
        if clock.state == "met" and (clock.met_at is None or clock.met_at > clock.due_at):
            yield f"{about}晚于到期才达成，却没有记逾期"
        if clock.state in ("planned", "running") and ticket.status not in OPEN:
            yield f"{about}在工单{ticket.status}后还在"
        if clock.state == "running" and clock.paused_at is None and clock.due_at < led.end - SLACK:
            yield f"{about}已过期而没有触发"
        if clock.paused_at is not None and ticket.status not in clock.pause.split(","):
            yield f"{about}停着，而工单是「{ticket.status}」"
        if clock.state in ("running", "breached") and clock.met_at is None and not clock.why and ticket.status == clock.until_status:
            yield f"{about}没有停，而工单已到「{ticket.status}」"
    for (ticket_id, name, due), count in late.items():
        yield f"工单 {tickets[ticket_id].number} 有 {count} 条「{name}」逾期记录（{due}），却没有这样的时限"


def links(led: Ledger) -> Iterator[str]:
    """Every link of a chain fired once with its messages, or says why it did not; none before its time, none after its clock was met."""
    by_id = {clock.id: clock for clock in led.clocks}
    fired: dict[int, list[Row]] = {}
    for lines in led.lines.values():
        for line in lines:
            if (link := note(line).get("link")) is not None:
                fired.setdefault(link, []).append(line)
    owed = grouped([message for message in led.messages if message.link_id is not None and not message.once.startswith("instead:")], "link_id")
    for link in led.links:
        clock, lines, sent = by_id[link.deadline_id], fired.get(link.id, []), owed.get(link.id, [])
        about = f"催办环 {link.id}（{clock.name}，{link.state}）"
        if len(lines) != (link.state == "fired"):
            yield f"{about}有 {len(lines)} 条触发记录"
        if link.state == "cancelled" and (not link.why or sent):
            yield f"{about}取消而没有原因，或仍有消息"
        if link.state == "waiting" and (link.at < led.end - SLACK or not _open(clock) or clock.paused_at is not None):
            yield f"{about}该触发而未触发，或时限已停"
        if link.state == "held" and clock.paused_at is None:
            yield f"{about}停着，而时限在走"
        if link.state != "fired" or not lines:
            continue
        if not led.journal.disturbed(min(link.at, link.fired_at), link.fired_at + SLACK):
            if link.fired_at < link.at:
                yield f"{about}提前触发"
            if clock.met_at is not None and link.fired_at > clock.met_at:
                yield f"{about}在时限达成之后触发"
        told = {(one["person"], channel) for one in note(lines[0])["told"] if one["person"] for channel in link.send.split(",")}
        if Counter((one.person, one.channel) for one in sent) != Counter(told):
            yield f"{about}应通知 {len(told)} 次，实有消息 {len(sent)} 条"


def messages(led: Ledger) -> Iterator[str]:
    """Every message is sent once, by the provider's own record: none lost, none twice, none that was called off."""
    met = {link.id: clock.met_at for link in led.links for clock in (led.clock_of[link.deadline_id],)}
    for one in led.messages:
        taken = led.taken.get(one.id, [])
        about = f"消息 {one.id}（{one.channel}·{one.kind}，{one.state}）"
        if len(taken) > 1:
            yield f"{about}发出 {len(taken)} 次"
        if one.state in ("sent", "delivered") and not taken:
            yield f"{about}记为已发，渠道没有收到"
        if one.state == "cancelled" and taken:
            yield f"{about}已取消，却已发出"
        if one.state == "failed" and not taken and not one.error:
            yield f"{about}没有发出，也没有原因"
        if one.state in ("sending", "unknown") or (one.state == "queued" and one.not_before < led.end - SLACK):
            yield f"{about}一直没有发出"
        if not taken:
            continue
        if taken[0].to != one.to_phone:
            yield f"{about}发给了别的号码"
        if led.journal.disturbed(one.queued_at, taken[0].machine):
            continue
        over = met.get(one.link_id)
        moves = led.moves.get(one.ticket_id, ())
        passed = moves[one.cancel_step] if one.cancel_step is not None and len(moves) > one.cancel_step else None
        if (over is not None and taken[0].machine > over) or (passed is not None and taken[0].machine > passed):
            yield f"{about}已不需要，仍然发出"
    known = {one.id for one in led.messages}
    yield from (f"渠道收到 {sid}，系统里没有这条消息" for sid in (entry.sid for entry in led.record if entry.message not in known))
    same = Counter(
        (m.ticket_id, m.kind, m.channel, m.person_id, m.queued_at)
        for m in led.messages
        if m.link_id is None and m.person_id is not None and m.kind not in ("协办", "协办取消")
    )
    yield from (f"同一件事通知了 {count} 次：{key[1]}·{key[2]}（工单 id {key[0]}）" for key, count in same.items() if count > 1)


def owed(led: Ledger) -> Iterator[str]:
    """Whoever must hear of something is owed a message: reviewers, helpers, visitors, who decides an extension, the citizen who is asked."""
    once = {message.once.rsplit(":", 2)[0] for message in led.messages} | {message.once for message in led.messages}
    asked = (
        ("SELECT 'review:' || id AS once FROM review_step WHERE state IN ('waiting', 'passed', 'returned') AND person_id IS NOT NULL", "审核人"),
        ("SELECT 'visit:' || id AS once FROM visit", "上门人"),
        ("SELECT 'extension:' || id AS once FROM extension", "延期审批人"),
        ("SELECT 'extension:' || id || ':decided' AS once FROM extension WHERE state IN ('granted', 'refused')", "申请延期的人"),
        ("SELECT 'survey:' || ticket || ':' || step_seq AS once FROM survey", "来电人"),
    )
    for sql, whom in asked:
        yield from (f"没有通知{whom}（{row.once}）" for row in led.rows(sql) if row.once not in once)


def history(led: Ledger) -> Iterator[str]:
    """Every transition is logged: the state that the history leads to is the state in the table."""
    for one in led.tickets:
        lines = led.lines.get(one.id, [])
        if [line.seq for line in lines] != list(range(1, len(lines) + 1)):
            yield f"工单 {one.number} 的历史有缺号"
        for before, after in pairwise(lines):
            if after.at < before.at and not led.journal.disturbed(after.at, before.at):
                yield f"工单 {one.number} 第 {after.seq} 行早于前一行"
        try:
            state = rebuilt(Line(line.what, line.from_status, line.to_status, line.at, line.holder_id, note(line)) for line in lines)
        except BrokenCourse as broken:
            yield f"工单 {one.number}：{broken}"
            continue
        told = State(one.status, one.step_seq, one.person_id, one.unit_address or "", one.dispatched_at, one.signed_at, one.closed_at)
        if state != told:
            yield f"工单 {one.number} 的历史得出 {state}，表中是 {told}"
        if one.status == CLOSED and not any(line.what == "核实" for line in lines):
            yield f"工单 {one.number} 没有核实就结案"


def intake(led: Ledger) -> Iterator[str]:
    """Every appeal became one ticket, however often it was imported; numbers run without gaps."""
    if len(led.tickets) != led.arrived:
        yield f"收到 {led.arrived} 件，工单 {len(led.tickets)} 件"
    for (_, source_id), count in Counter((one.source, one.source_id.strip()) for one in led.tickets).items():
        if count > 1:
            yield f"来件 {source_id} 成了 {count} 件工单"
    days: dict[str, list[int]] = {}
    for one in led.tickets:
        day, _, number = one.number.partition("-")
        days.setdefault(day, []).append(int(number))
    yield from (f"{day} 的编号有缺号或重号" for day, numbers in days.items() if sorted(numbers) != list(range(1, len(numbers) + 1)))


def in_time(led: Ledger) -> Iterator[str]:
    """Whatever fell due was handled within a minute, unless something was out of order at that time; who was away for long is alarmed."""
    for link in led.links:
        if link.state == "fired" and link.fired_at - link.at > SOON and not led.journal.disturbed(link.at, link.fired_at):
            yield f"催办环 {link.id} 迟了 {link.fired_at - link.at}"
    for lines in led.lines.values():
        for line in lines:
            if line.what == "逾期" and line.at - (due := datetime.fromisoformat(note(line)["due"])) > SOON and not led.journal.disturbed(due, line.at):
                yield f"逾期迟记了 {line.at - due}（历史 {line.id}）"
    alarms = [row.at for row in led.rows("SELECT at FROM alarm WHERE kind = '后台停顿'")]
    for one in led.journal.troubles:
        long = one.kind == "worker away" and one.end - one.start > timedelta(seconds=125) and one.end < led.end
        if long and not led.journal.jumped(one.start, one.end) and not any(one.start < at <= one.end + SLACK for at in alarms):
            yield f"后台停了 {one.end - one.start}，没有报警"


def _open(clock: Row) -> bool:
    return clock.state in ("planned", "running", "breached") and clock.met_at is None and not clock.why


def errors(led: Ledger) -> Iterator[str]:
    """No step ended in an error that nobody foresaw."""
    yield from led.journal.errors


INVARIANTS: dict[str, tuple[str, str, Callable[[Ledger], Iterator[str]]]] = {
    "holders": ("在办工单恰有一位负责人", "every open ticket has exactly one responsible person", holders),
    "clocks": ("时限恰触发一次，或有因取消", "every deadline fired once or was cancelled for a reason", clocks),
    "links": ("催办环恰触发一次，或有因未触发", "every link of a chain fired once or says why not", links),
    "messages": ("消息恰发一次（渠道自己的记录）", "every message sent once, by the provider's own record", messages),
    "owed": ("该通知的人都有消息", "whoever must hear of it is owed a message", owed),
    "history": ("每步有记录，由历史可重建状态", "every transition logged, the state rebuilt from history", history),
    "intake": ("来件不丢不重，编号连续", "every appeal one ticket, numbers without gaps", intake),
    "errors": ("没有意料之外的错误", "no step ended in an unforeseen error", errors),
    "in_time": ("到期一分钟内处理，久停必报警", "handled within a minute, an alarm when the worker was away", in_time),
}


def check(led: Ledger) -> list[Violation]:
    """Every violation of every invariant, in the order of the table."""
    return [Violation(name, text) for name, (_, _, asked) in INVARIANTS.items() for text in asked(led)]
