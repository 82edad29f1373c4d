"""草稿: one's own, those that wait for a decision, and those decided; where a draft is begun."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import Page
from admin.gate_rail import when
from admin.gate_state import BUSY
from tickets.actions import draft_edit
from tickets.actions.draft_edit import DraftRefused
from tickets.domain.roles import DRAFT, RELEASES
from tickets.domain.times import local
from tickets.store import drafts, runs
from tickets.store.drafts import DraftInfo
from tickets.store.runs import CheckInfo, ReplayInfo
from web.access import caller, needs
from web.hall import hall


@dataclass(frozen=True)
class Line:
    """One draft in the list; `check` and `replay` in words, `bad` when the check blocks it."""

    info: DraftInfo
    check: str
    replay: str
    bad: bool


class Drafts(Page):
    """/admin/drafts/: the list."""

    right = RELEASES

    def __init__(self) -> None:
        super().__init__(name="drafts", endpoint="drafts", url="/admin/drafts")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        me = caller()
        writer = me.may(DRAFT)
        seen = drafts.drafts(everything=writer)
        ids = [info.id for info in seen]
        checks, replays = runs.last_checks(ids), runs.last_replays(ids)
        groups: dict[str, list[Line]] = {"waiting": [], "mine": [], "others": [], "decided": []}
        for info in seen:
            groups[_group(info, me.account.username, writer=writer)].append(_line(info, checks.get(info.id), replays.get(info.id)))
        order = ("mine", "waiting", "others", "decided") if writer else ("waiting", "decided")
        return render_template("drafts.html", groups=[(key, groups[key]) for key in order if groups[key]], writer=writer, when=when, moment=hall().now())

    @expose("/new", methods=("POST",))
    @needs(DRAFT)
    def new(self) -> ResponseReturnValue:
        """Begins a draft and opens it; one without a name is called by the day."""
        now, account = hall().now(), caller().account
        title = request.form.get("title", "").strip() or _say("new_title", day=local(now).strftime("%m-%d %H:%M"))
        try:
            draft_id = draft_edit.start(now, account.username, account.name, title)
        except DraftRefused as no:
            flash(no.en if g.lang == "en" else no.zh, "bad")
            return redirect("/admin/drafts/")
        return redirect(f"/admin/drafts/{draft_id}")


def _group(info: DraftInfo, me: str, *, writer: bool) -> str:
    if info.state == "submitted":
        return "waiting"
    if not writer or info.state in ("approved", "published", "dropped"):
        return "decided"
    return "mine" if info.author == me else "others"


def _line(info: DraftInfo, check: CheckInfo | None, replay: ReplayInfo | None) -> Line:
    if check is None:
        checked = _say("check_none")
    elif check.state in BUSY:
        checked = _say("check_running")
    elif check.hash != info.hash:
        checked = _say("check_old")
    else:
        checked = _say("check_failed") if check.state == "failed" else _say("check_done", errors=check.errors, warnings=check.warnings)
    if replay is None:
        replayed = _say("replay_none")
    elif replay.state in BUSY:
        replayed = _say("replay_running")
    elif replay.draft_hash != info.hash:
        replayed = _say("replay_old")
    else:
        replayed = _say("replay_failed") if replay.state == "failed" else _say("replay_done", changed=f"{replay.changed:,}", total=f"{replay.total:,}")
    return Line(info, checked, replayed, check is not None and check.hash == info.hash and check.errors > 0)


def _say(key: str, **parts: object) -> str:
    return hall().words.say(f"drafts.{key}", g.lang, **parts)
