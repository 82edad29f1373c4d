"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache

from tickets.store import accounts

# How long an example takes is the machine's affair: no test fails for it.
settings.register_profile("suda", deadline=None)
settings.load_profile("suda")
pytest_plugins = ("tests.on_servers", "tests.databases", "tests.served")
# Files whose tests are few and long. They begin first: at the end one of them would keep a single process busy and the others idle.
LONG = (
    "tests/web/test_axe.py",
    "tests/stories/test_any_course.py",
    "tests/worker/test_history.py",
    "tests/cli/test_serve.py",
    "tests/stories/test_story_3_killed_worker.py",
    "tests/web/test_matrix.py",
    "tests/engine/test_agreement.py",
    "tests/stories/test_course_browser_round.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(file) if (file := item.nodeid.partition("::")[0]) in LONG else len(LONG))


@pytest.fixture(scope="session", autouse=True)
def slow_passwords() -> Iterator[PasswordHasher]:
    """Argon2 is slow on purpose (a district with its accounts costs three seconds): here one round will do. Gives the one in use outside of tests."""
    slow = accounts._hasher
    accounts._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    yield slow
    accounts._hasher = slow


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every test has an app of its own; what its pages' templates compile to is the same in all of them."""
    before = Flask.jinja_options
    Flask.jinja_options = {**before, "bytecode_cache": FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))}
    yield
    Flask.jinja_options = before
