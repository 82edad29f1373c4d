"""Keeps the programs of an installation running: starts web and worker, restarts what dies, stops them together.

The children die with it: the kernel sends them SIGTERM when the supervisor is gone, even if it was killed outright.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event

import structlog

_log = structlog.get_logger("supervisor")
POLL_SECONDS = 0.2
STOP_SECONDS = 10.0  # how long children may take to stop before they are killed
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0  # seconds before a restart; doubled while a child keeps dying young
KILLED_PAUSE = 0.5  # the longest, when somebody killed it: it did nothing wrong, and is to be back within five seconds
YOUNG_SECONDS = 10.0
BAD_SETTINGS = 2  # the exit code for bad input (COMMANDS.md): restarting cannot mend it
CHECK_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True)
class Child:
    """One program: its name for the log, its command line, and what its environment has besides ours."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE


def supervise(children: Sequence[Child], stop: Event, check: Callable[[], object] | None = None) -> int:
    """Runs the children until `stop` is set or one of them refuses its settings; 0 when stopped, else that child's exit code.

    `check` is called every ten seconds, e.g. to raise the alarm of a worker that hangs; it may fail without harm. Call it in the
    main thread, whose death is what the kernel watches.
    """
    running = [_Running(child) for child in children]
    next_check = time.monotonic() + CHECK_SECONDS
    code = 0
    try:
        while not stop.is_set() and code == 0:
            code = max((_look_after(one) for one in running), default=0)
            if check is not None and time.monotonic() >= next_check:
                next_check = time.monotonic() + CHECK_SECONDS
                _checked(check)
            stop.wait(POLL_SECONDS)
    finally:
        _stop(running)
    return code


def stop_on_signals(stop: Event) -> None:
    """SIGTERM and SIGINT set `stop` instead of ending the process at once."""

    def ask(number: int, _: object) -> None:
        _log.info("asked to stop", signal=signal.Signals(number).name)
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)


def _look_after(one: _Running) -> int:
    """Starts the child when it is due; notices its death. Answers the exit code that must end everything, else 0."""
    now = time.monotonic()
    if one.process is None:
        if now >= one.start_at:
            one.process, one.started = _start(one.child), now
        return 0
    code = one.process.poll()
    if code is None:
        return 0
    one.process = None
    if code == BAD_SETTINGS:
        _log.error("child refused to start", child=one.child.name, code=code)
        return code
    one.pause = min(one.pause * 2, KILLED_PAUSE if code < 0 else LONGEST_PAUSE) if now - one.started < YOUNG_SECONDS else FIRST_PAUSE
    one.start_at = now + one.pause
    _log.warning("child died and is started again", child=one.child.name, code=code, after=one.pause)
    return 0


def _start(child: Child) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def die_with_parent() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(0)

    process = subprocess.Popen(list(child.argv), env={**os.environ, **child.environment}, preexec_fn=die_with_parent)  # noqa: PLW1509
    _log.info("child started", child=child.name, pid=process.pid)
    return process


def _stop(running: Sequence[_Running]) -> None:
    alive = [one.process for one in running if one.process is not None and one.process.poll() is None]
    for process in alive:
        process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in alive:
        try:
            process.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            _log.warning("child does not stop and is killed", pid=process.pid)
            process.kill()
            process.wait()


def _checked(check: Callable[[], object]) -> None:
    try:
        check()
    except Exception:
        _log.exception("check failed")
