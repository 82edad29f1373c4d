"""`serve` as a newcomer starts it: an empty folder becomes a page one can sign in to, and one signal ends it all."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from threading import Event, Timer

import psutil

from tests import on_servers
from tickets.store.accounts import DEMONSTRATION_PASSWORD
from wiring.settings import PROJECT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(address: str) -> str:
    """The page at the address, asked again until the server is there."""
    for _ in range(2000):  # a machine that runs other tests too starts a process slowly
        try:
            with urllib.request.urlopen(address, timeout=10) as page:
                return str(page.read().decode())
        except (urllib.error.URLError, ConnectionError):
            Event().wait(0.1)
    raise AssertionError("the page never answered")


def named(supervisor: int, name: str) -> psutil.Process:
    """The child of that name; waits until there is one that lives."""
    for _ in range(600):
        for child in psutil.Process(supervisor).children():
            try:
                if child.cmdline()[-1:] == [name] and child.status() != psutil.STATUS_ZOMBIE:
                    return child
            except psutil.NoSuchProcess:
                continue
        Event().wait(0.1)
    raise AssertionError(f"no child {name}")


def test_an_empty_folder_becomes_a_page_and_one_signal_ends_it(tmp_path: Path) -> None:
    port = free_port()
    environment = (
        os.environ
        | {"SUDA_HOME": str(tmp_path), "PORT": str(port), "SUDA_DEMONSTRATION_EVERY": "1", "SUDA_DEMONSTRATION_HISTORY": "10"}
        | on_servers.environment()
    )
    program = [sys.executable, str(PROJECT / "run.py"), "serve"]
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True) as server:
        guard = Timer(420, server.kill)
        guard.start()
        try:
            assert server.stdout is not None
            printed: list[str] = []
            while not printed or "Ctrl+C" not in printed[-1]:
                line = server.stdout.readline()
                assert line, f"ended early: {printed}"
                printed.append(line)
            told = "".join(printed)
            assert f"http://127.0.0.1:{port}/" in told
            assert DEMONSTRATION_PASSWORD in told
            assert "zhiban" in told
            assert "诉达" in answer(f"http://127.0.0.1:{port}/signin")
            killed = named(server.pid, "worker")
            killed.kill()
            killed.wait(20)
            worker = named(server.pid, "worker")
            for _ in range(600):
                if (tmp_path / "suda.log").read_text(encoding="utf-8").count("worker started") == 2:
                    break
                Event().wait(0.1)
            assert worker.is_running(), "a killed child is back"
            children = psutil.Process(server.pid).children(recursive=True)
            assert {child.cmdline()[-1] for child in children} >= {"web", "worker", "jobs"}
            server.send_signal(signal.SIGTERM)
            assert server.wait(30) == 0
            _, alive = psutil.wait_procs(children, timeout=10)
            assert not alive
        finally:
            guard.cancel()
            server.kill()
    log = (tmp_path / "suda.log").read_text(encoding="utf-8")
    assert '"level": "error"' not in log
    assert "worker started" in log


def test_a_bad_setting_ends_it_at_once_with_one_sentence(tmp_path: Path) -> None:
    environment = os.environ | {"SUDA_HOME": str(tmp_path), "PORT": "none"}
    ended = subprocess.run([sys.executable, str(PROJECT / "run.py"), "serve"], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "port" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
