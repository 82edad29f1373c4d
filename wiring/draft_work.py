"""Long work on a draft, done on the files in force at this moment: the whole check, the replay over past tickets, and the shadow run beside the live rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

import structlog

from engine.compile_ruleset import CompileRefused
from engine.durable_host import HostFailed
from engine.findings import RulesRefused
from engine.folder import Loaded
from insights.replay_run import over, replay
from insights.unseen_keywords import unseen
from tickets.actions import draft_check, draft_decide
from tickets.ports import Desk
from tickets.store import drafts, releases, replay_cases, runs
from tickets.store.connect import transaction
from tickets.store.draft_models import CheckRun, ReplayRun
from tickets.store.names import names_from_database
from tickets.store.runs import ChangedTicket
from wiring import rulebook
from wiring.settings import Settings

_log = structlog.get_logger("drafts")
SHADOW_AT_ONCE = 500  # evaluations a shadow run looks at in one turn


class TakenOver(Exception):
    """Another process has taken this run: its lease was over. What was done here is forgotten."""

    permanent = True


def turn(settings: Settings, desk: Desk) -> int:
    """Does what is asked for: at most one check and one replay, then every shadow run a step on. Answers how much was done."""
    at = desk.clock()
    done = draft_decide.mark_effective(at)
    done += _check_one(settings, desk) + _replay_one(settings, desk)
    return done + sum(_shadow(settings, desk, run) for run in runs.shadows(at))


def files(settings: Settings, draft_id: int, at: datetime) -> draft_decide.Files:
    """The files in force and those of a draft, with the versions of their rule sets and forms, as an approval stores them."""
    tree = rulebook.tree_in_force(settings, at)
    after = rulebook.overlaid(tree, draft_id)
    return draft_decide.Files(tree, versions(tree), after, versions(after))


def versions(tree: dict[str, str]) -> dict[str, str]:
    """The hash of each rule set and form (`forms/intake`) of a tree."""
    loaded = rulebook.load_tree(tree)
    forms = rulebook.forms_of(tree, loaded).forms
    return {**{name: one.version for name, one in loaded.sets.items()}, **{f"forms/{name}": form.version for name, form in forms.items()}}


def _check_one(settings: Settings, desk: Desk) -> int:
    hold = _claimed(CheckRun, desk)
    if hold is None:
        return 0
    run = runs.check_run(hold.run_id)
    assert run is not None
    with _in_hand(hold, "check"):
        info = drafts.draft(run.draft_id)
        tree = rulebook.draft_tree(settings, run.draft_id, desk.clock())
        if info is None or info.hash != run.hash:
            hold.fail("草稿之后又改过，这次检查作废 (the draft has changed since)")
            return 1
        report = draft_check.check(tree, names_from_database(), hold.told)
        live = rulebook.load_tree(rulebook.tree_in_force(settings, desk.clock()))
        warned = [*report.findings, *unseen(live, report.loaded, desk.clock())]
        runs.finish_check(run.id, hold.token, desk.clock(), draft_check.as_plain(warned), report.tests)
    return 1


def _replay_one(settings: Settings, desk: Desk) -> int:
    hold = _claimed(ReplayRun, desk)
    if hold is None:
        return 0
    run = runs.replay_run(hold.run_id)
    assert run is not None

    def keep(changes: Sequence[ChangedTicket]) -> None:
        if changes:
            with transaction():
                hold.still()  # one that was taken over must not mix its own into the other's
                runs.add_changes(hold.run_id, changes)

    with _in_hand(hold, "replay"):
        sides = _sides(settings, desk, run)
        if sides is None:
            hold.fail("草稿或现行规则之后又变了，请重新回放 (the draft or the rules have changed since: replay again)")
            return 1
        result = replay(desk, *sides, (run.window_from, run.window_to), progress=hold.told, sink=keep)
        bound = releases.sha_of(f"{run.draft_hash} {run.base_hash} {result.digest}")
        runs.finish_replay(run.id, hold.token, desk.clock(), done=result.total, changed=result.changed, summary=result.summary(), hash_=bound)
    return 1


def _shadow(settings: Settings, desk: Desk, run: runs.ReplayInfo) -> int:
    """Compares what has arrived since the last look; reports, and acts on nothing."""
    cursor, ids = replay_cases.questions_since(run.cursor, SHADOW_AT_ONCE)
    if not ids:
        return 0
    sides = _sides(settings, desk, run)
    if sides is None:
        runs.end_shadow(run.id, desk.clock(), "草稿或现行规则之后又变了，影子运行到此为止 (the draft or the rules have changed: the shadow run ends)")
        return 1
    found: list[ChangedTicket] = []
    over(desk, *sides, ids, sink=found.extend)
    with transaction():
        runs.step_shadow(run.id, (run.cursor, cursor), len(ids), found)  # of two jobs processes one takes the step
    return 1


def _sides(settings: Settings, desk: Desk, run: runs.ReplayInfo) -> tuple[Loaded, Loaded] | None:
    """The files in force and the draft's, read; None when either is not any more what the run was asked for."""
    tree = rulebook.tree_in_force(settings, desk.clock())
    info = drafts.draft(run.draft_id)
    if info is None or info.hash != run.draft_hash or releases.tree_hash(tree) != run.base_hash:
        return None
    names = names_from_database()
    before, after = rulebook.load_tree(tree, names), rulebook.load_tree(rulebook.overlaid(tree, run.draft_id), names)
    if after.errors:
        raise RulesRefused(after.errors)
    return before, after


class _Hold:
    """A run that is this process's while its lease is renewed in time. TakenOver as soon as it is another's."""

    def __init__(self, kind: type[CheckRun] | type[ReplayRun], run_id: int, token: str, desk: Desk) -> None:
        self.run_id, self.token = run_id, token
        self._kind, self._desk = kind, desk
        self._done, self._total, self._share = 0, 0, -1.0

    def told(self, done: int, total: int) -> None:
        """Shows how far it is, a hundredth at a time."""
        share = done / total if total else 1.0
        self._done, self._total = done, total
        if share - self._share >= 0.01 or done >= total:
            self._share = share
            self.still()

    def still(self) -> None:
        """Renews the lease."""
        if not runs.progress(self._kind, self.run_id, self.token, self._desk.clock(), self._done, self._total):
            raise TakenOver(str(self.run_id))

    def fail(self, why: str) -> None:
        """Ends the run with one sentence."""
        runs.fail(self._kind, self.run_id, self.token, self._desk.clock(), why)


def _claimed(kind: type[CheckRun] | type[ReplayRun], desk: Desk) -> _Hold | None:
    """The oldest run that waits, now this process's; None when there is nothing to do."""
    token = uuid4().hex
    run_id = runs.claim(kind, token, desk.clock())
    return None if run_id is None else _Hold(kind, run_id, token, desk)


@contextmanager
def _in_hand(hold: _Hold, what: str) -> Iterator[None]:
    """Whatever becomes of the work inside, the run ends with a sentence for the page: it must not wait for ever."""
    try:
        yield
    except TakenOver:
        _log.warning(f"{what} taken over", run=hold.run_id)
    except (RulesRefused, CompileRefused, HostFailed, ValueError) as failed:
        hold.fail(str(failed))
        _log.exception(f"{what} failed", run=hold.run_id)
    except Exception as fault:  # one of our own: the jobs loop logs where it was
        hold.fail(f"程序出错（{type(fault).__name__}），已记下，请重试 (a fault of the program, recorded: try again)")
        raise
