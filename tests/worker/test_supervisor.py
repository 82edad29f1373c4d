"""The supervisor with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from unittest.mock import Mock

import psutil
import pytest

from worker import supervisor
from worker.supervisor import Child, supervise

PATIENCE = 20.0
SLEEPER = "import time, pathlib, os, sys; p = pathlib.Path(sys.argv[1]); p.open('a').write(f'{os.getpid()}\\n'); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER


def wait_for(holds: Callable[[], bool], what: str) -> None:
    """Waits, at most 20 s, until something holds."""
    until = time.monotonic() + PATIENCE
    gate = Event()
    while not holds():
        assert time.monotonic() < until, f"waited in vain for: {what}"
        gate.wait(0.05)


def pids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def sleeper(file: Path, code: str = SLEEPER) -> Child:
    return Child(file.name, (sys.executable, "-c", code, str(file)))


def stopping(stop: Event, script: Callable[[], None]) -> Thread:
    """Runs the script beside the supervisor, which has to stay in the main thread, and then stops it."""

    def act() -> None:
        try:
            script()
        finally:
            stop.set()

    thread = Thread(target=act)
    thread.start()
    return thread


def test_a_child_that_dies_is_started_again_and_the_other_stays(tmp_path: Path) -> None:
    web, worker = tmp_path / "web", tmp_path / "worker"
    stop = Event()

    def script() -> None:
        wait_for(lambda: len(pids(web)) == 1 and len(pids(worker)) == 1, "both started")
        os.kill(pids(worker)[0], signal.SIGKILL)
        wait_for(lambda: len(pids(worker)) == 2, "the worker started again")

    thread = stopping(stop, script)
    assert supervise([sleeper(web), sleeper(worker)], stop) == 0
    thread.join()
    assert len(pids(web)) == 1
    assert len(pids(worker)) == 2
    assert not any(alive(pid) for pid in pids(web) + pids(worker))


@pytest.mark.parametrize(("code", "longest"), [(-signal.SIGKILL, supervisor.KILLED_PAUSE), (1, supervisor.LONGEST_PAUSE)], ids=["killed", "failing"])
def test_however_often_it_is_killed_a_child_waits_two_seconds_at_most_and_a_failing_one_longer(code: int, longest: float) -> None:
    one = supervisor._Running(Child("worker", ()))
    pauses = []
    for _ in range(8):
        one.process, one.started = Mock(poll=Mock(return_value=code)), time.monotonic()
        assert supervisor._look_after(one) == 0
        assert one.process is None
        pauses.append(one.start_at - time.monotonic())
    assert longest - 1 < max(pauses) <= longest
    one.process, one.started = Mock(poll=Mock(return_value=code)), time.monotonic() - supervisor.YOUNG_SECONDS
    supervisor._look_after(one)
    assert one.start_at - time.monotonic() <= supervisor.FIRST_PAUSE  # it had lived long: as if it were the first time


def test_a_child_that_does_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.5)
    file, stop = tmp_path / "stubborn", Event()
    thread = stopping(stop, lambda: wait_for(lambda: len(pids(file)) == 1, "started"))
    assert supervise([sleeper(file, STUBBORN)], stop) == 0
    thread.join()
    assert not alive(pids(file)[0])


def test_a_child_that_refuses_its_settings_ends_everything_with_its_code(tmp_path: Path) -> None:
    other = tmp_path / "other"
    refuses = Child("web", (sys.executable, "-c", "import sys; sys.exit(2)"))
    assert supervise([sleeper(other), refuses], Event()) == 2
    assert not any(alive(pid) for pid in pids(other))


def test_a_check_runs_and_may_fail_without_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "CHECK_SECONDS", 0.1)
    stop, calls = Event(), []

    def check() -> None:
        calls.append(1)
        if len(calls) == 2:
            stop.set()
        raise RuntimeError

    assert supervise([], stop, check) == 0
    assert len(calls) == 2


PARENT = """
import sys
from threading import Event
from worker.supervisor import Child, stop_on_signals, supervise
stop = Event()
stop_on_signals(stop)
sys.exit(supervise([Child(str(n), (sys.executable, "-c", sys.argv[1], sys.argv[2])) for n in range(2)], stop))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)], ids=["TERM", "INT", "KILL"])
def test_the_children_end_with_the_supervisor_however_it_ends(tmp_path: Path, number: int, code: int) -> None:
    file = tmp_path / "pids"
    process = subprocess.Popen([sys.executable, "-c", PARENT, SLEEPER, str(file)], cwd=Path(__file__).parents[2])
    try:
        wait_for(lambda: len(pids(file)) == 2, "both children started")
        process.send_signal(number)
        assert process.wait(PATIENCE) == code
        wait_for(lambda: not any(alive(pid) for pid in pids(file)), "the children are gone")
    finally:
        process.kill()
        process.wait()
