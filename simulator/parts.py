"""A year in parts, side by side on as many processors as there are. What comes out depends on the seed and the number of parts, not on the processors."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.sharedctypes import SynchronizedArray
from pathlib import Path

from simulator.decisions import EVERY
from simulator.play import Asked
from simulator.stage import Stage
from simulator.year import Judged, Part, Told, play, together

PARTS = 4  # quarters
LOOK_SECONDS = 0.2
_Here = tuple[Stage, Asked, Path, "SynchronizedArray[int]", int]
_here: list[_Here] = []  # what the processes inherit: rules that stand in the engine's memory cannot be sent


def simulate_parts(stage: Stage, asked: Asked, home: Path, told: Told = lambda _: None, every: int = EVERY, processes: int | None = None) -> Judged:
    """Plays every part in a folder of its own in `home` and puts them together; `told` hears how many appeals have come in all."""
    context = multiprocessing.get_context("fork")
    come: SynchronizedArray[int] = context.Array("q", asked.parts)
    with _inherited((stage, asked, home, come, every)):
        workers = min(asked.parts, processes or os.cpu_count() or 1)
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            running = [pool.submit(_play, part) for part in range(asked.parts)]
            while wait(running, LOOK_SECONDS, FIRST_EXCEPTION).not_done and not _failed(running):
                told(sum(come[:]))
            for one in running:
                one.cancel()
            return together(asked, [one.result() for one in running])


def _failed(running: Sequence[Future[Part]]) -> bool:
    return any(one.done() and one.exception() is not None for one in running)


def _play(part: int) -> Part:
    stage, asked, home, come, every = _here[-1]

    def told(done: int) -> None:
        come[part] = done

    return play(stage, replace(asked, part=part), home / f"part-{part + 1}", told, every)


@contextmanager
def _inherited(here: _Here) -> Iterator[None]:
    _here.append(here)
    try:
        yield
    finally:
        _here.pop()
