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
