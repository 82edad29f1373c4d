"""What one does at the gate: check and replay again, submit and take back, approve, send back, call off, run beside the live rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import flash, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.gate_state import BUSY, Gate, gate_of, visible
from admin.gate_view import Refusal, page, say
from tickets.actions import draft_decide, draft_edit
from tickets.actions.draft_decide import NotReady, NotYours
from tickets.actions.draft_edit import DraftRefused
from tickets.domain.roles import APPROVE, DRAFT
from tickets.domain.times import SHANGHAI
from tickets.store import replay_cases, runs
from tickets.store.connect import transaction
from web import fresh_code
from web.access import caller, needs
from web.hall import hall
from wiring import draft_work

LONGEST_WINDOW, LONGEST_WAIT, LONGEST_SHADOW = timedelta(days=3660), timedelta(days=366), timedelta(days=60)
DAY = timedelta(days=1)


class Acts:
    """The POSTs of the gate. Each leads back to the page; a refusal is one sentence in the card it belongs to."""

    @expose("/<key>/check", methods=("POST",))
    def check(self, key: str) -> ResponseReturnValue:
        """Asks for the whole check once more."""

        def ask(gate: Gate) -> None:
            _may_run()
            if not gate.living:
                raise NotReady("这份草稿已经结束，不再检查", "this draft is closed and is not checked any more")
            runs.ask_check(gate.info.id, gate.info.hash, gate.mark, caller().account.username, gate.now)

        return _done(key, "check", ask)

    @expose("/<key>/replay", methods=("POST",))
    def replay(self, key: str) -> ResponseReturnValue:
        """Asks for a replay over the window named: days back from now, or two dates."""

        def ask(gate: Gate) -> None:
            _may_run()
            _sound(gate)
            if gate.fresh and gate.replay is not None and gate.replay.state in BUSY:
                return
            runs.ask_replay(gate.info.id, gate.info.hash, gate.base, _window(gate.now), caller().account.username, gate.now)

        return _done(key, "replay", ask)

    @expose("/<key>/submit", methods=("POST",))
    @needs(DRAFT)
    def submit(self, key: str) -> ResponseReturnValue:
        return _done(key, "decide", lambda gate: draft_decide.submit(gate.info.id, gate.before, gate.now), "gate.said_submitted")

    @expose("/<key>/withdraw", methods=("POST",))
    @needs(DRAFT)
    def withdraw(self, key: str) -> ResponseReturnValue:
        return _done(key, "decide", lambda gate: draft_decide.take_back(gate.info.id, gate.now), "gate.said_withdrawn")

    @expose("/<key>/rename", methods=("POST",))
    @needs(DRAFT)
    def rename(self, key: str) -> ResponseReturnValue:
        title, note = request.form.get("title", ""), request.form.get("note", "")[:2000]
        return _done(key, "head", lambda gate: draft_edit.rename(gate.info.id, title, note, gate.now), "gate.said_renamed")

    @expose("/<key>/drop", methods=("POST",))
    @needs(DRAFT)
    def drop(self, key: str) -> ResponseReturnValue:
        return _done(key, "head", lambda gate: draft_edit.drop(gate.info.id, gate.now), "gate.said_dropped")

    @expose("/<key>/approve", methods=("POST",))
    @needs(APPROVE)
    def approve(self, key: str) -> ResponseReturnValue:
        """Publishes it now or from the hour named; bound to the hashes of what the page showed, and to a code where one is asked."""

        def decide(gate: Gate) -> None:
            at = _effective(gate.now)
            files = draft_work.files(hall().settings, gate.info.id, gate.now)
            _still_known(gate)
            account = caller().account
            with transaction():
                fresh_code.confirmed(request.form.get("code", ""))
                draft_decide.approve(
                    gate.info.id, files, who=account.username, who_name=account.name, opinion=request.form.get("opinion", ""), at=gate.now, effective_at=at,
                    seen_hash=request.form.get("seen_hash", ""), seen_replay=request.form.get("seen_replay", ""),
                )  # fmt: skip

        return _done(key, "decide", decide, "gate.said_approved")

    @expose("/<key>/return", methods=("POST",))
    @needs(APPROVE)
    def send_back(self, key: str) -> ResponseReturnValue:
        def decide(gate: Gate) -> None:
            if request.form.get("seen_hash", "") != gate.info.hash:
                raise NotReady("草稿已变，请重新看", "the draft has changed: look again")
            account = caller().account
            draft_decide.send_back(gate.info.id, account.username, account.name, request.form.get("opinion", ""), gate.now)

        return _done(key, "decide", decide, "gate.said_returned")

    @expose("/<key>/calloff", methods=("POST",))
    @needs(APPROVE)
    def call_off(self, key: str) -> ResponseReturnValue:
        def decide(gate: Gate) -> None:
            if gate.info.release_number is None:
                raise NotReady("这份草稿没有定时发布", "nothing is scheduled of this draft")
            draft_decide.call_off(gate.info.release_number, caller().account.name, gate.now)

        return _done(key, "decide", decide, "gate.said_called_off")

    @expose("/<key>/shadow", methods=("POST",))
    def shadow(self, key: str) -> ResponseReturnValue:
        """Runs the draft beside the live rules from now on, for some days; it acts on nothing."""

        def begin(gate: Gate) -> None:
            _may_run()
            _sound(gate)
            days = request.form.get("days", "3")
            span = timedelta(days=int(days)) if days.isdecimal() and len(days) < 4 else timedelta(0)
            if not DAY <= span <= LONGEST_SHADOW:
                raise NotReady(f"影子运行请选 1 到 {LONGEST_SHADOW.days} 天", f"choose 1 to {LONGEST_SHADOW.days} days")
            who = caller().account.username
            runs.begin_shadow(gate.info.id, gate.info.hash, gate.base, gate.now + span, who, gate.now, replay_cases.last_evaluation())

        return _done(key, "shadow", begin)

    @expose("/<key>/shadow-stop", methods=("POST",))
    def stop_shadow(self, key: str) -> ResponseReturnValue:
        def stop(gate: Gate) -> None:
            _may_run()
            if gate.shadow is not None:
                runs.end_shadow(gate.shadow.id, gate.now)

        return _done(key, "shadow", stop)


def _done(key: str, place: str, act: Callable[[Gate], object], said: str = "") -> ResponseReturnValue:
    """Does it and leads back to the card; or shows the page with why not, what was typed kept."""
    gate = gate_of(visible(key))
    try:
        act(gate)
    except DraftRefused as no:
        opinion, effective = request.form.get("opinion", ""), request.form.get("effective_at", "")
        sentence = no.en if g.lang == "en" else no.zh
        shown = page(gate_of(visible(key)), Refusal(place, sentence, opinion, effective, request.form.get("effective", "now") == "now"))
        return make_response(shown, 403 if isinstance(no, NotYours) else 409)
    if said:
        flash(say(said), "good")
    return redirect("/admin/drafts/" if said == "gate.said_dropped" else f"/admin/drafts/{key}#{place}")


def _may_run() -> None:
    if not (caller().may(DRAFT) or caller().may(APPROVE)):
        raise NotYours("只有起草人和审批人可以运行", "only those who draft or decide may run it")


def _sound(gate: Gate) -> None:
    """A draft is run only when it can be read: living, checked as it stands, without an error."""
    if not gate.living:
        raise NotReady("这份草稿已经结束，不再运行", "this draft is closed and is not run any more")
    if not gate.info.paths:
        raise NotReady("草稿没有任何改动，先改一处再运行", "the draft changes nothing yet")
    if not gate.checked:
        raise NotReady("检查还没有做完，请等检查结束再运行", "the check is not done yet: wait for it")
    if not gate.green:
        raise NotReady("检查有阻断项，改正后再运行", "the check found errors: put them right first")


def _still_known(gate: Gate) -> None:
    """Names may have gone since the check: a draft that names a retired unit is not published."""
    errors = gate.loaded[1].errors
    if errors:
        first = errors[0]
        zh = f"检查之后名录变了，还不能批准。{first.file} 第 {first.line} 行：{first.zh}；请退回修改"
        raise NotReady(zh, f"the directory has changed since the check. {first.file}:{first.line}: {first.en}; send the draft back")


def _window(now: datetime) -> tuple[datetime, datetime]:
    """The window asked for, aware, half open; NotReady for one that is none."""
    days = request.form.get("days", "90")
    if days != "dates":
        span = timedelta(days=int(days)) if days.isdecimal() and len(days) < 5 else timedelta(0)
        if not DAY <= span <= LONGEST_WINDOW:
            raise NotReady(f"回放请选 1 到 {LONGEST_WINDOW.days} 天", f"choose 1 to {LONGEST_WINDOW.days} days")
        return now - span, now
    try:
        start, end = (datetime.fromisoformat(request.form.get(name, "")).replace(tzinfo=SHANGHAI) for name in ("from", "to"))
    except ValueError:
        raise NotReady("请选回放的起止日期", "choose the first and the last day") from None
    if not start <= end <= now + DAY or end - start > LONGEST_WINDOW:
        raise NotReady("回放的起止日期不对：先后颠倒、在将来或超过十年", "the days are in the wrong order, in the future or more than ten years apart")
    return start, min(end + DAY, now)


def _effective(now: datetime) -> datetime:
    """Now, or the hour asked for on the district's clock."""
    if request.form.get("effective", "now") == "now":
        return now
    try:
        at = datetime.fromisoformat(request.form.get("effective_at", "")).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise NotReady("请选生效时间", "choose when it takes effect") from None
    if at <= now:
        raise NotReady("生效时间已经过去，请选以后的时间，或选立即生效", "that time is past: choose a later one, or at once")
    if at - now > LONGEST_WAIT:
        raise NotReady("生效时间最远一年以内", "at most a year ahead")
    return at
