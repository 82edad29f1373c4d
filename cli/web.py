"""web: the pages alone, one of as many such processes as are wanted, on this machine or others."""

from __future__ import annotations

import argparse
import signal
import sys

from waitress import serve as waitress_serve

from admin.app import create_app
from wiring.desk import open_parts
from wiring.logs import set_up_logs
from wiring.restore import working
from wiring.settings import load, make_home
from worker.queue import open_queue


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "只启动网页；可在多台机器上各启动几个 (the pages alone; as many processes as are wanted)"
    command = commands.add_parser("web", help=about, description=about)
    command.set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """Answer requests until asked to stop; those under way are answered first."""
    settings = load()
    make_home(settings)
    set_up_logs(settings.home, settings.log)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # waitress then ends its threads one request later, as it does for Ctrl+C
    with working(settings.home):
        parts = open_parts(settings, open_queue(settings.queue, settings.home))
        waitress_serve(
            create_app(parts),
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident="suda",
            clear_untrusted_proxy_headers=settings.proxies == 0,  # else waitress drops what our proxies say of who asks
        )
    return 0
