"""The gate's page put together: rail, changes, findings, replay, shadow and the decision, as the template asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import g, render_template

from admin.gate_changes import Changes, changes_of
from admin.gate_findings import findings_of
from admin.gate_rail import rail, when, when_day
from admin.gate_replay import rows_of, told, worth_seeing
from admin.gate_state import BUSY, Gate
from admin.workbench_family import families, is_rule_file
from tickets.actions import draft_decide
from tickets.domain.roles import APPROVE, DRAFT, holding
from tickets.domain.times import local
from tickets.store import accounts, drafts, runs
from tickets.store.runs import ReplayInfo
from web import fresh_code
from web.access import caller
from web.hall import hall

FEW = 6  # changed tickets shown on the page itself
WINDOWS = (30, 90, 180, 365)  # days
USUAL = 90
SHADOW_DAYS = (1, 3, 7, 14)
SHADOW_ROWS = 20


@dataclass(frozen=True)
class Person:
    """Somebody in the list of who may decide. look: locked (wrote some of it), you, other."""

    name: str
    look: str


@dataclass(frozen=True)
class Refusal:
    """Why something was not done, and what had been typed, so that nothing is lost. `place` is the card it belongs to."""

    place: str
    sentence: str
    opinion: str = ""
    effective: str = ""
    at_once: bool = True


def say(key: str, **parts: object) -> str:
    """Words in the reader's language."""
    return hall().words.say(key, g.lang, **parts)


def page(gate: Gate, refusal: Refusal | None = None) -> str:
    """The whole page as HTML."""
    info, me = gate.info, caller()
    mine = me.may(APPROVE) and me.account.username not in drafts.authors(info.id)
    changes = changes_of(gate.before, gate.after, gate.loaded, g.lang)
    done = tuple(run for run in runs.checks(info.id) if gate.check is None or run.id <= gate.check.id)
    found = findings_of(done if gate.checked else (), info.paths, (rule.id for rule in changes.rules), gate.loaded[1], g.lang)
    replay = told(gate.replay, say("gate.rest")) if gate.replay is not None and gate.replay.state == "done" else None
    return render_template(
        "gate.html", asks_code=fresh_code.is_asked(), gate=gate, info=info, rail=rail(gate, say, g.lang, mine), changes=changes, found=found, replay=replay,
        rows=rows_of(worth_seeing(gate.replay, FEW), g.lang) if replay is not None and gate.replay is not None else (),
        looked=gate.replay is not None and runs.has_looked(gate.replay.id, me.account.username), conditions=conditions(gate, changes, mine=mine),
        people=_people(info.id), mine=mine, writer=me.may(DRAFT), runner=me.may(DRAFT) or me.may(APPROVE), opinions=drafts.opinions(info.id),
        edits={path: edit_address(path, gate.after, info.id) for path in info.paths}, sets=set_addresses(gate), lines_href=f"/admin/drafts/{info.id}/lines", refusal=refusal, windows=WINDOWS,
        usual=USUAL, shadow_days=SHADOW_DAYS, shadow_rows=shadow_rows(gate.shadow), groups=groups(info.hash), when=when, when_day=when_day,
        busy=BUSY, local=local, tomorrow=(local(gate.now) + timedelta(days=1)).strftime("%Y-%m-%dT00:00"),
    )  # fmt: skip


def conditions(gate: Gate, changes: Changes, *, mine: bool) -> tuple[tuple[bool | None, str], ...]:
    """批准的前提, each with whether it holds; to those who cannot decide, without what only the approver has to do."""
    if not gate.living:
        return ()
    listed: list[tuple[bool | None, str]] = []
    for key, holds, zh, en in draft_decide.missing(gate.info.id, caller().account.username, gate.before, gate.now):
        if key == "own" or (key == "looked" and not mine):
            continue
        if key == "tests":
            listed.append((holds, en if g.lang == "en" else zh))
            listed += _basis(changes)
            continue
        listed.append((holds, en if g.lang == "en" else zh))
    return tuple(listed)


def _basis(changes: Changes) -> list[tuple[bool | None, str]]:
    """A rule without a basis is shown as open and blocks nothing: None."""
    rules = [rule for rule in changes.rules if rule.kind in ("added", "changed")]
    if not rules:
        return []
    bare = changes.without_basis
    return [(None if bare else True, say("gate.basis_bare", rules="、".join(bare)) if bare else say("gate.basis_all", count=len(rules)))]


def _people(draft_id: int) -> tuple[Person, ...]:
    """Those who wrote some of it, locked; the reader if he may decide; else the approvers there are."""
    me, authors = caller(), drafts.authors(draft_id)
    names = {one.who: one.who_name for one in drafts.changes(draft_id)}
    info = drafts.draft(draft_id)
    assert info is not None
    names.setdefault(info.author, info.author_name)
    locked = tuple(Person(names.get(who, who), "locked") for who in sorted(authors))
    if me.may(APPROVE) and me.account.username not in authors:
        return (*locked, Person(me.account.name, "you"))
    deciding = holding(APPROVE)
    others = [(name or username) for username, role, name, active in accounts.listed() if active and role in deciding and username not in authors]
    return (*locked, *(Person(name, "other") for name in others[:3]))


def shadow_rows(run: ReplayInfo | None) -> tuple[object, ...]:
    """The newest differences of a shadow run."""
    if run is None or not run.changed:
        return ()
    start = max(0, run.changed - SHADOW_ROWS)
    return tuple(reversed(rows_of(runs.changed_tickets(run.id, offset=start, limit=SHADOW_ROWS), g.lang)))


def edit_address(path: str, tree: dict[str, str], draft_id: int) -> str:
    """Where one goes on writing this file."""
    if path.startswith("templates/"):
        return f"/admin/{path.removesuffix('.txt')}?draft={draft_id}"
    if path.startswith("forms/"):
        return f"/admin/forms/?draft={draft_id}"
    if not is_rule_file(path):
        return f"/admin/rules/files/{path}?draft={draft_id}"
    name = next((name for name, family in families(tree).items() if family.file(path)), "")
    return f"/admin/rules/{name}?draft={draft_id}" if name else f"/admin/rules/?draft={draft_id}"


def set_addresses(gate: Gate) -> dict[str, str]:
    """Where one goes on writing a rule of each set."""
    return {name: f"/admin/rules/{name}?draft={gate.info.id}" for name in families(gate.after)}


def groups(digest: str) -> tuple[str, ...]:
    """A SHA-256 in sixteen groups of four, as one reads it aloud."""
    return tuple(digest[start : start + 4] for start in range(0, len(digest), 4))
