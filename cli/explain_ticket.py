"""A ticket's explanation, a line for each thing a citizen or a head of section asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from engine import decision_json
from engine.decision import Decision
from engine.ruleset import Action
from engine.say_actions import action as say
from tickets.domain.reason import BY
from tickets.domain.status import STATUSES
from tickets.domain.times import clock_words
from tickets.store.overview import Clock
from tickets.store.ticket_view import NextLink, TicketView

MOST_LINES = 12
VIA = {"值班": "on duty", "在岗": "holds the post", "代理": "deputy"}
BY_EN = {"model": "the model", "keywords": "catalogue keywords", "given": "given by the source"}
HOW = {"exact": ("一字不差", "word for word"), "alias": ("别名", "an alias"), "fuzzy": ("近似", "alike")}
STATES = {
    "queued": ("待发", "queued"),
    "sending": ("发送中", "sending"),
    "sent": ("已发", "sent"),
    "delivered": ("已送达", "delivered"),
    "failed": ("未送达", "failed"),
    "unknown": ("待核实", "being checked"),
}


def ticket_lines(view: TicketView, lang: str) -> list[str]:
    """At most 12 lines: where the ticket stands, who has it and how he was found, rule and basis, category, place, pace, clocks, messages."""
    zh = lang == "zh"
    decisions = {ruling.ruleset: decision_json.loads(ruling.decision) for ruling in view.rulings}  # of each set its latest
    lines = [_head(view, zh), _who(view, decisions.get("dispatch"), zh), *_why_manual(view, zh)]
    lines += _rule(view, decisions.get("dispatch"), zh)
    lines += [_category(view, zh), _place(view, zh), _pace(view, decisions.get("urgency"), zh)]
    lines += [_clocks(view, decisions, zh), *_helpers(view, zh), *_told(view, zh), *_next(view.links, zh)]
    return lines[:MOST_LINES]


def _head(view: TicketView, zh: bool) -> str:
    status = view.status if zh else STATUSES.get(view.status, view.status)
    return ("工单 {} · {} · {} · 登记 {}" if zh else "Ticket {} · {} · {} · registered {}").format(
        view.number, status, view.urgency or ("紧急程度未定" if zh else "no urgency"), clock_words(view.registered_at)
    )


def _who(view: TicketView, decision: Decision | None, zh: bool) -> str:
    note = _last(view, "派单", "转派", "维持", "转人工")
    place = " · ".join(part for part in (view.unit, view.section, view.post, view.person) if part) or ("还没有人" if zh else "nobody yet")
    asked = "、".join(_listed(decision.actions, "to")) if decision is not None and not view.manual else ""
    found = str(note.get("reason", ""))
    how = found if zh else f"{VIA.get(str(note.get('via', '')), 'named')}: {found}" if found else ""
    inner = [part for part in ((f"{'规则所指' if zh else 'the rule says'} {asked}" if asked else ""), how) if part]
    return f"{'承办' if zh else 'With'}{'：' if zh else ': '}{place}" + (
        f"（{'；'.join(inner)}）" if zh and inner else f" ({'; '.join(inner)})" if inner else ""
    )


def _why_manual(view: TicketView, zh: bool) -> list[str]:
    if not view.manual:
        return []
    why = str(_last(view, "转人工").get("why", "")) or view.reason
    return [f"转人工：{why}" if zh else f"Manual desk because: {why}"]


def _last(view: TicketView, *moves: str) -> Mapping[str, object]:
    return next((step.note for step in reversed(view.history) if step.what in moves), {})


def _rule(view: TicketView, decision: Decision | None, zh: bool) -> Iterator[str]:
    if decision is None:
        return
    won = next((one for one in decision.trace if one.outcome == "won"), None)
    if view.rule == "人工":
        name = "由人工派单席派出" if zh else "sent by the manual desk"
    elif won is None and view.manual:
        name = "没有例外规则适用，派单目录也定不了去向" if zh else "no exception applies, and the catalogue cannot tell"
    elif won is None:
        name = ("没有例外规则适用，按派单目录的归口科室" if zh else "no exception applies: the catalogue's section") + f"「{view.category}」" * bool(
            view.category
        )
    else:
        name = f"{won.rule} {won.title}"
    version = decision.version[:7]
    yield f"规则：{name}（dispatch 版本 {version}）" if zh else f"Rule: {name} (dispatch, version {version})"
    reason = decision.reason if zh else decision.reason_en
    because = reason.rpartition("因此：" if zh else "therefore: ")[0].rstrip("；; ")
    basis = f"依据：{decision.basis}" if zh else f"Basis: {decision.basis}"
    yield basis + ((f"；因为 {because}" if zh else f"; because {because}") if because and won is not None else "")


def _listed(actions: Sequence[tuple[str, Action]], key: str) -> list[str]:
    found = next((action.args.get(key) for _, action in actions if action.kind == "dispatch"), None)
    return [found] if isinstance(found, str) else [str(one) for one in found] if isinstance(found, list | tuple) else []


def _category(view: TicketView, zh: bool) -> str:
    suggestion = view.suggestion
    raw, more = suggestion.get("words"), suggestion.get("others")
    words = list(dict.fromkeys(str(word) for word in raw)) if isinstance(raw, list | tuple) else []
    others = [f"{one[0]} {float(one[1]):.0%}" for one in more[:2]] if isinstance(more, list | tuple) else []
    by = (BY if zh else BY_EN).get(view.category_by, "")
    guess = str(suggestion.get("category") or "")
    if view.category:
        name = f"{view.category} {view.confidence:.0%}"
    elif guess:
        name = f"未定，最像「{guess}」{float(str(suggestion.get('confidence', 0))):.0%}" if zh else f"not known, most like {guess}"
    else:
        name = "未定" if zh else "not known"
    parts = [by, ("词：" if zh else "words: ") + "、".join(words[:6]) if words else "", ("其次 " if zh else "then ") + "、".join(others) if others else ""]
    inner = ("；" if zh else "; ").join(part for part in parts if part)
    return (f"类别：{name}" if zh else f"Category: {name}") + ((f"（{inner}）" if zh else f" ({inner})") if inner else "")


def _place(view: TicketView, zh: bool) -> str:
    if not view.area_path:
        return "地点：没有认出" if zh else "Place: none recognised"
    path = " > ".join(name for _, name in view.area_path)
    words, how, score = view.place.get("words"), str(view.place.get("how", "")), float(str(view.place.get("score", 0)))
    said = HOW.get(how, (how, how))[0 if zh else 1]
    inner = "" if not words else f"（原话「{words}」，{said}，{score:.0f} 分）" if zh else f" (the words “{words}”, {said}, {score:.0f} of 100)"
    return (f"地点：{path}" if zh else f"Place: {path}") + inner


def _pace(view: TicketView, decision: Decision | None, zh: bool) -> str:
    won = [] if decision is None else [one for one in decision.trace if one.outcome == "won"]
    name = "、".join(f"{one.rule} {one.title}" for one in won) or ("没有更急的规则适用" if zh else "no rule makes it more urgent")
    basis = "" if decision is None else (f"；依据：{decision.basis}" if zh else f"; basis: {decision.basis}")
    return (f"紧急程度：{view.urgency}，{name}{basis}") if zh else f"Urgency: {view.urgency}, {name}{basis}"


def _clocks(view: TicketView, decisions: Mapping[str, Decision], zh: bool) -> str:
    parts = [f"{clock.name} {clock_words(clock.due_at)}{_state(clock, zh)}" for clock in view.clocks]
    begun = {clock.name for clock in view.clocks}
    for set_name in ("urgency", "deadlines"):
        for _, action in decisions[set_name].actions if set_name in decisions else ():
            name = str(action.args.get("name", ""))
            if action.kind == "deadline" and name not in begun and not view.closed_at:
                start = str(action.args.get("from"))
                parts.append(f"{say(action, 'zh')}，自{start}起" if zh else f"{say(action, 'en')} from {STATUSES.get(start, start)}")
    return ("时限：" if zh else "Deadlines: ") + (("；" if zh else "; ").join(parts) or ("无" if zh else "none"))


def _state(clock: Clock, zh: bool) -> str:
    if clock.state == "breached":
        return "（已超时）" if zh else " (missed)"
    if clock.met_at is not None:
        return "（已办到）" if zh else " (met)"
    if clock.paused_at is not None:
        return "（暂停）" if zh else " (paused)"
    return ""


def _helpers(view: TicketView, zh: bool) -> list[str]:
    if not view.helpers:
        return []
    named = [f"{one.unit} · {one.person}（{one.asked}）" if zh else f"{one.unit} · {one.person} ({one.asked})" for one in view.helpers]
    return [("协办：" if zh else "Assisted by: ") + "；".join(named)]


def _told(view: TicketView, zh: bool) -> list[str]:
    states = [STATES.get(one.state, (one.state, one.state))[0 if zh else 1] for one in view.messages]
    sent = [f"{one.channel} {one.person} {one.kind}" + (f"（{state}）" if zh else f" ({state})") for one, state in zip(view.messages, states, strict=True)]
    shown = sent[:5] + ([f"另 {len(sent) - 5} 条" if zh else f"{len(sent) - 5} more"] if len(sent) > 5 else [])
    return [("通知：" if zh else "Told: ") + "；".join(shown)] if sent else []


def _next(links: Sequence[NextLink], zh: bool) -> list[str]:
    """What the chain does when nobody acts; links alike are said once."""
    parts: list[str] = []
    for (channels, to), run in groupby(links, key=lambda link: (link.channels, link.to)):
        alike = list(run)
        times = f" ×{len(alike)}" if len(alike) > 1 else ""
        parts.append(f"{clock_words(alike[0].at)} {channels.replace(',', '+')} {'、'.join(to)}{times}")
    return [("若无人办：" if zh else "If nobody acts: ") + " → ".join(parts)] if parts else []
