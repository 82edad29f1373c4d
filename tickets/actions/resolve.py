"""Turns an address or a role of a rule into a named person: on duty, else the post's holder, else a deputy; never one who is away.

An address is 单位[/科室[/岗位]]; a bare unit or section means its receiving post. Roles come from rules/roles.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.names import Names
from engine.roles import Role
from tickets.ports import Desk
from tickets.store import directory, reviews
from tickets.store.models import Person, Post, Ticket, Unit

DEPUTY_SHOWN = "代理"


@dataclass(frozen=True)
class Resolved:
    """Who it is. `via` is how: 值班 on shift · 在岗 the holder · 代理 a deputy; `reason` says it in a Chinese sentence."""

    unit: Unit
    post: Post
    person: Person
    via: str
    reason: str
    asked: str = ""


@dataclass(frozen=True)
class Unresolved:
    """Nobody, and why, in a Chinese sentence."""

    reason: str
    asked: str = ""


Answer = Resolved | Unresolved


def resolve(desk: Desk, asked: str, ticket: Ticket, at: datetime) -> Answer:
    """The person that `asked` (an address or a role) means for this ticket at `at` (aware). Never raises for a missing name."""
    spec = desk.roles.get(asked)
    answer = _address(asked, at) if spec is None else _FINDERS[spec.find](_Case(desk, asked, spec, ticket, at))
    if isinstance(answer, Unresolved):
        instead = resolve(desk, spec.otherwise, ticket, at) if spec is not None and spec.otherwise else answer
        if isinstance(instead, Unresolved):
            return Unresolved(answer.reason, asked)
        answer = instead
    return Resolved(answer.unit, answer.post, answer.person, answer.via, answer.reason, asked)


def resolve_first(desk: Desk, asked: Sequence[str], ticket: Ticket, at: datetime) -> Answer:
    """The first of several addresses or roles that leads to a person; else every reason in one sentence."""
    reasons = []
    for one in asked:
        answer = resolve(desk, one, ticket, at)
        if isinstance(answer, Resolved):
            return answer
        reasons.append(answer.reason)
    return Unresolved("；".join(reasons) or "规则没有写派给谁", "、".join(asked))


def in_post(post: Post, at: datetime) -> Answer:
    """Who answers for the post now: on shift, else its holder, else deputies in rank order; who is away is passed over."""
    where = f"{post.unit.address}/{post.name}"
    has_roster, rostered = directory.on_shift(post, at)
    ranked = directory.holders(post)
    absent = directory.away([*rostered, *(person for _, person in ranked)], at)
    for person in rostered:
        if person.id not in absent:
            return Resolved(post.unit, post, person, "值班", f"{where}由{person.name}值班")
    missing = [f"{person.name}{absent[person.id] or '不在岗'}" for person in rostered]
    for rank, person in ranked:
        if person.id in absent:
            missing.append(f"{person.name}{absent[person.id] or '不在岗'}")
            continue
        because = f"（{'、'.join(dict.fromkeys(missing))}）" if missing else "（此时无人值班）" if has_roster else ""
        via, verb = ("在岗", "在岗") if rank == 0 else (DEPUTY_SHOWN, "代理")
        return Resolved(post.unit, post, person, via, f"{where}由{person.name}{verb}{because}")
    why = "、".join(dict.fromkeys(missing)) or "没有在册人员"
    return Unresolved(f"{where}无人可接：{why}")


def _address(address: str, at: datetime) -> Answer:
    unit = directory.unit_at(address)
    if unit is not None:
        return _bare(unit, at)
    head, _, tail = address.rpartition("/")
    parent = directory.unit_at(head) if head else None
    if parent is None:
        return Unresolved(f"名录里没有「{address}」")
    post = directory.post_named(parent, tail)
    return in_post(post, at) if post is not None else Unresolved(f"「{head}」没有岗位「{tail}」")


def _bare(unit: Unit, at: datetime) -> Answer:
    post = directory.receiving_post(unit)
    return in_post(post, at) if post is not None else Unresolved(f"「{unit.address}」没有收件岗位")


@dataclass(frozen=True)
class _Case:
    desk: Desk
    asked: str
    spec: Role
    ticket: Ticket
    at: datetime

    @property
    def names(self) -> Names:
        return self.desk.rules.names

    def nobody(self, why: str) -> Unresolved:
        return Unresolved(f"「{self.asked}」找不到：{why}")


def _holder(case: _Case) -> Answer:
    ticket = case.ticket
    if ticket.person_id is None:
        return case.nobody("工单还没有承办人")
    if not directory.away([ticket.person], case.at):
        return Resolved(ticket.unit, ticket.post, ticket.person, "在岗", f"承办人{ticket.person.name}")
    standing_in = in_post(ticket.post, case.at)  # the holder went on leave with the ticket in hand
    return standing_in if isinstance(standing_in, Resolved) else Resolved(ticket.unit, ticket.post, ticket.person, "在岗", f"承办人{ticket.person.name}")


def _unit(case: _Case) -> Answer:
    """The whole unit, so that a reminder to 承办人 and 承办单位 reaches two people; the section where the unit takes no mail."""
    if case.ticket.unit_id is None:
        return case.nobody("工单还没有承办单位")
    answer = _bare(directory.whole_unit(case.ticket.unit), case.at)
    return answer if isinstance(answer, Resolved) else _bare(case.ticket.unit, case.at)


def _reviewer(case: _Case) -> Answer:
    """Whose turn it is to review; whoever else has his post while he is away."""
    step = reviews.whose_turn(case.ticket.id, case.ticket.step_seq)
    if step is None or step.post_id is None:
        return case.nobody("没有轮到某个岗位审核")
    if step.person_id is not None and not directory.away([step.person], case.at):
        return Resolved(step.unit, step.post, step.person, "在岗", f"轮到{step.person.name}审核")
    return in_post(step.post, case.at)


def _over_reviewer(case: _Case) -> Answer:
    step = reviews.whose_turn(case.ticket.id, case.ticket.step_seq)
    return _above(case, step.unit if step is not None and step.post_id is not None else case.ticket.unit, step.person_id if step is not None else None)


def _superior(case: _Case) -> Answer:
    return _above(case, case.ticket.unit)


def _above(case: _Case, below: Unit | None, but: int | None = None) -> Answer:
    """A section's own bureau first, but only its leader: whoever takes its mail has been told as 承办单位. Then upward, past the person `but`."""
    if below is None:
        return case.nobody("工单还没有承办单位")
    told = directory.whole_unit(below)
    unit = directory.superior_of(told) if told == below else told
    reasons = []
    seen: set[int] = set()
    while unit is not None and unit.id not in seen:
        seen.add(unit.id)
        leader = directory.post_of_role(unit, case.spec.post) if case.spec.post else None
        for post in (leader, directory.receiving_post(unit) if unit != told else None):
            answer = in_post(post, case.at) if post is not None else None
            if isinstance(answer, Resolved) and answer.person.id != but:
                return answer
            reasons += [answer.reason] if answer is not None else []
        unit = directory.superior_of(unit)
    return case.nobody("；".join(reasons) or f"「{below.address}」没有上级单位")


def _post(case: _Case) -> Answer:
    if case.ticket.unit_id is None:
        return case.nobody("工单还没有承办单位")
    role = case.spec.post
    own = case.ticket.unit if case.spec.inside == "section" else directory.whole_unit(case.ticket.unit)
    post = directory.post_of_role(own, role) or directory.post_of_role(directory.whole_unit(own), role)
    return in_post(post, case.at) if post is not None else case.nobody(f"「{own.address}」没有{role}")


def _category(case: _Case) -> Answer:
    section = case.names.section_of.get(case.ticket.category)
    if section is None:
        return case.nobody(f"派单目录没有「{case.ticket.category}」的归口科室" if case.ticket.category else "诉求类别未定")
    return _address(section, case.at)


def _area_post(case: _Case) -> Answer:
    role, level = case.spec.post, case.spec.level
    area = case.names.areas.at_level(case.ticket.area, level)
    if area is None:
        return case.nobody(f"「{case.ticket.area}」不在任何{level}之内" if case.ticket.area else "所属区域未定")
    post = directory.post_of_area(area, role)
    return in_post(post, case.at) if post is not None else case.nobody(f"「{area}」没有{role}")


def _service(case: _Case) -> Answer:
    if case.ticket.area not in case.names.areas:
        return case.nobody("所属区域未定")
    upward = tuple(reversed(case.names.areas.path(case.ticket.area)))
    unit = directory.server_of(upward, case.spec.post)
    return _bare(unit, case.at) if unit is not None else case.nobody(f"没有企业服务于「{case.ticket.area}」")


_FINDERS: dict[str, Callable[[_Case], Answer]] = {
    "holder": _holder,
    "unit": _unit,
    "superior": _superior,
    "reviewer": _reviewer,
    "over_reviewer": _over_reviewer,
    "post": _post,
    "category": _category,
    "area_post": _area_post,
    "service": _service,
}
