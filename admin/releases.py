"""发布记录: every version there was, any two side by side in words, one taken as a file, one put in force again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.asked import number
from admin.base import Page
from admin.gate_changes import Changes, changes_of
from admin.gate_export import sent_zip
from admin.gate_lines import files_apart
from admin.gate_rail import when, when_day
from admin.gate_state import KEPT
from engine.folder import Loaded
from tickets.actions import draft_decide
from tickets.actions.draft_edit import DraftRefused
from tickets.domain.roles import APPROVE, RELEASES
from tickets.store import releases
from tickets.store.connect import transaction
from tickets.store.draft_models import SetVersion
from tickets.store.releases import ReleaseInfo
from web import fresh_code
from web.access import caller, needs
from web.hall import hall
from wiring import draft_work

LONGEST_WHY = 2_000


@dataclass(frozen=True)
class Line:
    """One release in the list. look: in_force scheduled withdrawn past; `files` it changed, `sets` are the rule sets and forms it brought a version of."""

    info: ReleaseInfo
    look: str
    files: int
    sets: tuple[tuple[str, int], ...]


class Releases(Page):
    """/admin/releases/: the versions in time."""

    right = RELEASES

    def __init__(self) -> None:
        super().__init__(name="releases", endpoint="releases", url="/admin/releases")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        now = hall().now()
        listed, current = releases.listed(), releases.newest_mark(now)
        loaded = KEPT.loaded(releases.in_force_files(now) or {})
        sets: dict[int, list[tuple[str, int]]] = {}
        for release, name, last in SetVersion.select(SetVersion.release, SetVersion.name, SetVersion.number).order_by(SetVersion.id).tuples():
            sets.setdefault(release, []).append((_title(name, loaded), last))
        changed = releases.changed_paths(listed)
        lines = [Line(one, _look(one, current), len(changed[one.number]), tuple(sets.get(one.id, ()))) for one in listed]
        standing = [one.number for one in listed if not one.withdrawn]
        sides = {"a": standing[1] if len(standing) > 1 else 0, "b": standing[0] if standing else 0}
        return render_template("releases.html", lines=lines, sides=sides, current=current, moment=now, when=when, when_day=when_day)

    @expose("/compare")
    def compare(self) -> ResponseReturnValue:
        """Two releases side by side, rule by rule in words; `?lines=1` line by line."""
        old, new = _release(request.args.get("a", "")), _release(request.args.get("b", ""))
        if old.number > new.number:
            old, new = new, old
        trees = releases.files(old.id), releases.files(new.id)
        by_line = request.args.get("lines") == "1"
        files = files_apart(*trees) if by_line else ()
        return render_template("releases_compare.html", old=old, new=new, files=files, by_line=by_line, changes=_changes(*trees), edits={}, sets={}, info=old)

    @expose("/<key>/yaml")
    def yaml(self, key: str) -> ResponseReturnValue:
        """Every file of the release as it is written, in a zip."""
        release = _release(key)
        return sent_zip(releases.files(release.id), f"release-{release.number}", hall().now())

    @expose("/<key>/back")
    @needs(APPROVE)
    def confirm(self, key: str) -> ResponseReturnValue:
        """The second of two clicks: what rolling back would change, and why."""
        return _confirm(_release(key))

    @expose("/<key>/back", methods=("POST",))
    @needs(APPROVE)
    def back(self, key: str) -> ResponseReturnValue:
        release, now, account = _release(key), hall().now(), caller().account
        why = request.form.get("why", "").strip()[:LONGEST_WHY]
        refused = _broken(release) or ("" if why else _say("back_why_missing"))
        if not refused:
            try:
                versions = draft_work.versions(releases.files(release.id))
                with transaction():
                    fresh_code.confirmed(request.form.get("code", ""))
                    new = draft_decide.roll_back(release.number, versions, who=account.username, who_name=account.name, why=why, at=now)
                flash(_say("back_done", number=new), "good")
                return redirect("/admin/releases/")
            except DraftRefused as no:
                refused = no.en if g.lang == "en" else no.zh
        return make_response(_confirm(release, refused, why), 409)

    @expose("/<key>/calloff", methods=("POST",))
    @needs(APPROVE)
    def call_off(self, key: str) -> ResponseReturnValue:
        release = _release(key)
        try:
            draft_decide.call_off(release.number, caller().account.name, hall().now())
            flash(_say("called_off", number=release.number), "good")
        except DraftRefused as no:
            flash(no.en if g.lang == "en" else no.zh, "bad")
        return redirect("/admin/releases/")


def _confirm(release: ReleaseInfo, refused: str = "", why: str = "") -> str:
    now = hall().now()
    current = releases.current(now)
    before = releases.files(current.id) if current is not None else {}
    changes = _changes(before, releases.files(release.id))
    return render_template(
        "releases_back.html", asks_code=fresh_code.is_asked(), release=release, current=current, changes=changes, refused=refused or _broken(release), why=why, waiting=releases.waiting(now),
        edits={}, sets={}, info=release, broken=bool(_broken(release)), when=when, moment=now,
        lines_href=f"/admin/releases/compare?a={release.number}&b={current.number if current else release.number}&lines=1",
    )  # fmt: skip


def _broken(release: ReleaseInfo) -> str:
    """Why the files of a release cannot be in force today; "" when they can: a unit they name may have been retired since."""
    errors = KEPT.loaded(releases.files(release.id)).errors
    if not errors:
        return ""
    first = errors[0]
    return _say("back_broken", number=release.number, file=first.file, line=first.line, why=first.en if g.lang == "en" else first.zh)


def _changes(before: dict[str, str], after: dict[str, str]) -> Changes:
    return changes_of(before, after, (KEPT.loaded(before), KEPT.loaded(after)), g.lang)


def _release(key: str) -> ReleaseInfo:
    """The release of that number; 404 for none."""
    asked = number(key)
    found = None if asked is None else releases.by_number(asked)
    if found is None:
        abort(404)
    return found


def _look(release: ReleaseInfo, current: int) -> str:
    if release.withdrawn:
        return "withdrawn"
    if release.effective_at > hall().now():
        return "scheduled"
    return "in_force" if release.number == current else "past"


def _title(name: str, loaded: Loaded) -> str:
    """What a set is called today, else the name it was published under."""
    found = loaded.sets.get(name)
    if found is not None:
        return found.title.say(g.lang)
    return f"{hall().words.say('gate.what_form', g.lang)} {name.removeprefix('forms/')}" if name.startswith("forms/") else name


def _say(key: str, **parts: object) -> str:
    return hall().words.say(f"releases.{key}", g.lang, **parts)
