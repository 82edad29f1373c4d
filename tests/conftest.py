"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from tickets.store import accounts

pytest_plugins = ("tests.databases", "tests.served")


@pytest.fixture(scope="session", autouse=True)
def slow_passwords() -> Iterator[PasswordHasher]:
    """Argon2 is slow on purpose (a district with its accounts costs three seconds): here one round will do. Gives the one in use outside of tests."""
    slow = accounts._hasher
    accounts._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    yield slow
    accounts._hasher = slow
