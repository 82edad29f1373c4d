"""What stands behind the gate's page: the draft, the files before and after it, its check, replay and shadow run, and how fresh each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256

from flask import abort

from admin.draft_choice import draft_of, may_see
from admin.workbench_tree import Kept
from engine.folder import Loaded
from tickets.store import releases, runs
from tickets.store.drafts import DraftInfo
from tickets.store.releases import ReleaseInfo
from tickets.store.runs import CheckInfo, ReplayInfo
from web.access import caller
from web.hall import hall
from wiring import rulebook
from wiring.settings import Settings

KEPT = Kept()  # loaded trees by content; every page of the gate reads the same few
UNCLAIMED = timedelta(seconds=15)  # after which a run nobody has taken means that no jobs process runs
CHECKED = ("draft", "returned", "submitted")  # states in which a draft is checked as soon as it is looked at
BUSY = ("queued", "running")


@dataclass(frozen=True)
class Gate:
    """One draft at one moment. `before` and `after` are every file without and with it; of a published one, of its release and the one before."""

    info: DraftInfo
    now: datetime
    before: dict[str, str]
    after: dict[str, str]
    base: str  # hash of the files in force now
    mark: int  # number of the release in force now
    check: CheckInfo | None
    replay: ReplayInfo | None
    shadow: ReplayInfo | None
    release: ReleaseInfo | None

    @property
    def checked(self) -> bool:
        """Whether the last check is of this text and these rules, and done."""
        return self.check is not None and self.check.state == "done" and self.of_now

    @property
    def of_now(self) -> bool:
        """Whether the last check was asked of this text and these rules."""
        return self.check is not None and self.check.hash == self.info.hash and (self.check.base_number == self.mark or not self.living)

    @property
    def green(self) -> bool:
        return self.checked and self.check is not None and not self.check.errors

    @property
    def fresh(self) -> bool:
        """Whether the last replay is of this text and these rules. Once the draft is decided, the replay it was decided on stays so."""
        run = self.replay
        return run is not None and run.draft_hash == self.info.hash and (run.base_hash == self.base or not self.living)

    @property
    def replayed(self) -> bool:
        return self.fresh and self.replay is not None and self.replay.state == "done"

    @property
    def living(self) -> bool:
        """Whether anything is still to be decided."""
        return self.info.state in CHECKED

    @property
    def scheduled(self) -> bool:
        return self.release is not None and not self.release.withdrawn and self.release.effective_at > self.now

    @cached_property
    def loaded(self) -> tuple[Loaded, Loaded]:
        """Both sides, read in the names of today."""
        return KEPT.loaded(self.before), KEPT.loaded(self.after)

    @property
    def busy(self) -> bool:
        return any(run is not None and run.state in BUSY for run in (self.check, self.replay))

    def waiting(self, run: CheckInfo | ReplayInfo | None) -> bool:
        """Whether nobody has taken a run that was asked for a while ago."""
        return run is not None and run.state == "queued" and self.now - run.asked_at > UNCLAIMED

    @property
    def stamp(self) -> str:
        """Changes whenever the page would show something else than progress."""
        parts: list[object] = [self.info.hash, self.info.state, self.info.title, self.info.note, self.base, self.scheduled]
        for run in (self.check, self.replay, self.shadow):
            parts += [None if run is None else (run.id, run.state, self.waiting(run))]
        parts.append(None if self.shadow is None else (self.shadow.changed, self.shadow.done))
        return sha256(repr(parts).encode("utf-8")).hexdigest()[:16]


def visible(key: str) -> DraftInfo:
    """The draft of that number if the caller may see it; 404 otherwise: one that was never submitted is as unknown as none."""
    info = draft_of(key)
    if info is None or not may_see(info, caller()):
        abort(404)
    return info


def gate_of(info: DraftInfo) -> Gate:
    """Everything the page of this draft shows. Asks for the check of a text that has none, so that it begins by itself."""
    settings, now = hall().settings, hall().now()
    in_force, mark = rulebook.tree_in_force(settings, now), releases.newest_mark(now)
    if info.state in CHECKED and info.paths:
        last = runs.last_check(info.id)
        if last is None or last.hash != info.hash or last.base_number != mark:
            runs.ask_check(info.id, info.hash, mark, caller().account.username, now)
    release = None if info.release_number is None else releases.by_number(info.release_number)
    before, after = _trees(settings, info, in_force, release)
    return Gate(
        info, now, before, after, releases.tree_hash(in_force), mark, runs.last_check(info.id), runs.last_replay(info.id),
        runs.last_replay(info.id, "shadow"), release,
    )  # fmt: skip


def _trees(settings: Settings, info: DraftInfo, in_force: dict[str, str], release: ReleaseInfo | None) -> tuple[dict[str, str], dict[str, str]]:
    if release is None:
        return in_force, rulebook.overlaid(in_force, info.id)
    older = releases.standing_before(release.number)
    return (rulebook.tree_on_disk(settings) if older is None else releases.files(older.id)), releases.files(release.id)
