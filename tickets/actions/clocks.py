"""The clocks of a ticket: laid down by a rule, run from entering one step until reaching another, stand still while they must.

One rule keeps them right: whoever changes a ticket's status calls `entered` in the same transaction (tickets/actions/moves.py does).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.chain import lay
from engine.facts import FactValue
from engine.ruleset import Action
from engine.spans import Span
from tickets.actions.decide import Asked, decide
from tickets.actions.sweep import record_breach
from tickets.domain import status as st
from tickets.domain.times import aware, stored
from tickets.ports import Desk
from tickets.store.course import clocks_of, save
from tickets.store.due import call_off_links
from tickets.store.insert import insert
from tickets.store.models import ChainLink, Deadline, Ticket
from tickets.store.tickets import canonical

MAIN_LINE = (st.REGISTERED, st.ACCEPTED, st.DISPATCHED, st.SIGNED, st.REPLIED, st.REVIEWED, st.VERIFIED, st.CLOSED)
ENDED = (st.CLOSED, st.DECLINED, st.MERGED, st.HANDED_OVER)
BESIDE = (st.DISPUTED, st.SUSPENDED, st.MEDIATING)  # where the clocks of `side_deadlines` run
ASKED_THERE = (*BESIDE, st.REPLIED)  # where they are asked: a reviewer's turn has a clock of its own too
SIDE_RULES, SIDE_EVENT = "side_deadlines", "ticket.moved"
OPEN_STATES = ("planned", "running", "breached")
Facts = Mapping[str, FactValue]


def plan(desk: Desk, ticket: Ticket, asked: Asked, facts: Facts, at: datetime, *, keep: Sequence[str] = ()) -> None:
    """Lays down the deadlines that the rules ask for; those whose first step the ticket stands at start at once.

    A clock of the same name that is still open gives way to the new one, with the reason on it, unless its name is in `keep`.
    """
    for rule, action in asked:
        name = str(action.args["name"])
        standing = [clock for clock in open_clocks(ticket) if clock.name == name]
        if standing and name in keep:
            continue
        for clock in standing:
            cancel(clock, "重新派单，另行计时")
        deadline = _row(ticket, rule, action)
        clocks_of(ticket).append(deadline)
        if deadline.from_status == ticket.status:
            start(desk, deadline, ticket, facts, at)
        else:
            save(deadline)


def _row(ticket: Ticket, rule: str, action: Action) -> Deadline:
    args = action.args
    pause = args.get("pause") or ()
    return Deadline(
        ticket=ticket,
        name=str(args["name"]),
        rule=rule,
        from_status=str(args["from"]),
        until_status=str(args["until"]),
        within=str(args["within"]),
        clock=str(args["clock"]),
        pause=pause if isinstance(pause, str) else ",".join(str(one) for one in pause),  # type: ignore[attr-defined]
        step_seq=ticket.step_seq,
        state="planned",
    )


def start(desk: Desk, deadline: Deadline, ticket: Ticket, facts: Facts, at: datetime) -> None:
    """Starts the clock at `at`: due time by its own calendar, and the chain of reminders that the escalation rules lay down for it.

    Links that are due at once (开始) are fired when the action ends (moves.finish), in the same transaction.
    """
    due = desk.calendar.add(at, Span.parse(deadline.within), deadline.clock)
    deadline.started_at, deadline.due_at, deadline.state, deadline.step_seq = stored(at), stored(due), "running", ticket.step_seq
    save(deadline)
    ruling = decide(desk, ticket, "escalation", "deadline.started", {**facts, "step": ticket.status, "deadline": deadline.name}, at)
    for rule, action in ruling.of("chain"):
        _lay(desk, deadline, rule, action, at, due)


def _lay(desk: Desk, deadline: Deadline, rule: str, action: Action, at: datetime, due: datetime) -> None:
    chain = action.args["value"]
    if not isinstance(chain, Sequence):
        raise TypeError(f"规则 {rule} 的升级链不是列表 (the chain is no list)")
    otherwise = [list(raw.get("or", ())) for raw in chain for _ in range(int(raw.get("times", 1)))]
    rows = [
        {
            "deadline": deadline.id,
            "ticket": deadline.ticket_id,
            "seq": link.seq,
            "at": stored(link.at),
            "rule": rule,
            "send": ",".join(link.send),
            "to": canonical(list(link.to)),
            "otherwise": canonical(fallback),
            "when": link.when,
        }
        for link, fallback in zip(lay(chain, at, due, desk.calendar, deadline.clock), otherwise, strict=True)
    ]
    if rows:
        insert(ChainLink, rows)


def entered(desk: Desk, ticket: Ticket, facts: Facts, at: datetime) -> None:
    """Brings every clock of the ticket in line with the status it has just reached: met, paused, resumed, started or called off."""
    for deadline in open_clocks(ticket):
        if _reached(deadline, ticket.status) or (deadline.from_status == st.REPLIED and ticket.status == st.SIGNED):  # sent back: decided as well
            stop(desk, deadline, ticket, at)
        elif ticket.status in ENDED or deadline.from_status == st.REPLIED != ticket.status:
            cancel(deadline, f"工单{ticket.status}")
        elif ticket.status in deadline.pause.split(","):
            pause(deadline, at)
        elif deadline.paused_at is not None:
            resume(desk, deadline, at)
    _lay_again(ticket)
    for deadline in open_clocks(ticket):
        if deadline.state == "planned" and deadline.from_status == ticket.status:
            start(desk, deadline, ticket, facts, at)


def beside(desk: Desk, ticket: Ticket, facts: Facts, at: datetime) -> None:
    """A dispute, a visit, a ticket on the list, a reviewer's turn have clocks of their own: the rules are asked when the ticket gets there, never before.

    A clock of that name which a person has set stays as it is. Nothing where an office has no such rules.
    """
    if ticket.status not in ASKED_THERE or SIDE_RULES not in {found.name for found in desk.rules.rulesets()}:
        return
    asked = decide(desk, ticket, SIDE_RULES, SIDE_EVENT, {**facts, "step": ticket.status}, at).of("deadline")
    standing = tuple(clock.name for clock in open_clocks(ticket) if clock.from_status == ticket.status)
    plan(desk, ticket, tuple(one for one in asked if one[1].args["from"] == ticket.status), facts, at, keep=standing)


def next_reviewer(desk: Desk, ticket: Ticket, facts: Facts, at: datetime) -> None:
    """One reviewer has decided and it is the next one's turn: the clock of the one is met, that of the other begins."""
    for deadline in open_clocks(ticket):
        if deadline.from_status == st.REPLIED:
            stop(desk, deadline, ticket, at)
    beside(desk, ticket, facts, at)


def by_hand(ticket: Ticket, name: str, until: str, within: str, starts_at: str) -> None:
    """A clock that a person sets, in days, hours or minutes of ordinary time (3d): it starts when the ticket reaches `starts_at`."""
    row = Deadline(ticket=ticket, name=name, rule="人工", from_status=starts_at, until_status=until, within=within, clock="自然时", step_seq=ticket.step_seq)
    row.state = "planned"
    clocks_of(ticket).append(row)


def _lay_again(ticket: Ticket) -> None:
    """Work that comes back (重办) runs its clock anew, under the rule it was given: one fresh row for each met clock of this step."""
    if ticket.status in BESIDE:  # their rules are asked anew each time
        return
    standing = {clock.name for clock in open_clocks(ticket)}
    met = [clock for clock in clocks_of(ticket) if clock.from_status == ticket.status and clock.met_at is not None]
    for name, old in {clock.name: clock for clock in met}.items():  # the newest of each name
        if name not in standing:
            same = {column: getattr(old, column) for column in ("name", "rule", "from_status", "until_status", "within", "clock", "pause")}
            clocks_of(ticket).append(Deadline(ticket=ticket, step_seq=ticket.step_seq, state="planned", **same))


def _reached(deadline: Deadline, status: str) -> bool:
    """True when the status is the clock's end, or lies past it on the main line (an answer given at once skips signing)."""
    if status == deadline.until_status:
        return True
    if not {status, deadline.from_status, deadline.until_status} <= set(MAIN_LINE):
        return False
    end = MAIN_LINE.index(deadline.until_status)
    return MAIN_LINE.index(deadline.from_status) < end < MAIN_LINE.index(status)


def stop(desk: Desk, deadline: Deadline, ticket: Ticket, at: datetime) -> None:
    """The clock's end is reached: met, or breached and met late; the links still waiting are called off with the reason."""
    if deadline.state == "planned":
        cancel(deadline, f"未经「{deadline.from_status}」即到「{ticket.status}」")
        return
    if deadline.state == "running" and deadline.paused_at is None and stored(at) > deadline.due_at:
        record_breach(desk, deadline.id, at)  # the sweeper has not come by yet; a breach is recorded all the same
        found = Deadline.get_by_id(deadline.id)
        deadline.state, deadline.breached_at, deadline.breach_step = found.state, found.breached_at, found.breach_step
    deadline.met_at, deadline.paused_at = stored(at), None
    if deadline.state == "running":
        deadline.state = "met"
    save(deadline)
    _call_off(deadline, f"已到「{ticket.status}」")


def cancel(deadline: Deadline, why: str) -> None:
    """Calls the clock off: a breach that was recorded stays recorded; links still waiting are called off with the reason."""
    if deadline.state != "breached":
        deadline.state = "cancelled"
    deadline.why, deadline.paused_at = why[:120], None
    save(deadline)
    _call_off(deadline, why)


def pause(deadline: Deadline, at: datetime) -> None:
    """Holds the clock: from `at` on no time counts and no link fires until `resume`. A clock not running, or held already, stays as it is."""
    if deadline.state == "planned" or deadline.paused_at is not None:
        return
    deadline.paused_at = stored(at)
    save(deadline)
    ChainLink.update(state="held").where((ChainLink.deadline == deadline) & (ChainLink.state == "waiting")).execute()


def resume(desk: Desk, deadline: Deadline, at: datetime) -> None:
    """Lets the clock run on: what was left of it, and of every link, counted on its own calendar, begins again at `at`."""
    paused = aware(deadline.paused_at)
    if deadline.state == "running" and aware(deadline.due_at) > paused:
        deadline.due_at = stored(_moved(desk, deadline, aware(deadline.due_at), paused, at))
    deadline.paused_at = None
    save(deadline)
    for link in ChainLink.select().where((ChainLink.deadline == deadline) & (ChainLink.state == "held")):
        link.at, link.state = stored(_moved(desk, deadline, aware(link.at), paused, at)), "waiting"
        link.save()


def _moved(desk: Desk, deadline: Deadline, moment: datetime, paused: datetime, resumed: datetime) -> datetime:
    left = desk.calendar.spent_time(paused, moment, deadline.clock)
    return desk.calendar.add(resumed, left, deadline.clock)


def _call_off(deadline: Deadline, why: str) -> None:
    call_off_links(deadline.id, why)


def open_clocks(ticket: Ticket) -> list[Deadline]:
    """Clocks neither met nor called off; a breached one runs on until it is met."""
    return [clock for clock in clocks_of(ticket) if clock.state in OPEN_STATES and clock.met_at is None and not clock.why]
