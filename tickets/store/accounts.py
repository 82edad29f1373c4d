"""Who may sign in: accounts, their Argon2 passwords, and the session version that ends every open session at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tickets.domain.roles import role as role_of
from tickets.store import statements
from tickets.store.models import Account, Person, Unit

DEMONSTRATION_PASSWORD = "suda-demo-12345"  # printed at first start and on the sign-in page, in demonstration mode alone
SHORTEST_PASSWORD = 10

# The post is the one a person holds first; the unit the account's own, else the post's.
SIGNED_IN = """SELECT a.id, a.username, a.role, a.session_version, a.demonstration, a.person_id, a.unit_id, p.name, u.name, f.confirmed_at,
    o.unit_id, w.address, o.name FROM account a
    LEFT JOIN person p ON p.id = a.person_id LEFT JOIN unit u ON u.id = a.unit_id LEFT JOIN second_factor f ON f.account_id = a.id
    LEFT JOIN holding h ON h.id = (SELECT id FROM holding WHERE person_id = a.person_id ORDER BY rank, id LIMIT 1)
    LEFT JOIN post o ON o.id = h.post_id LEFT JOIN unit w ON w.id = o.unit_id"""

_hasher = PasswordHasher()
# Checked for an unknown name too, so that the time of the answer does not tell which names exist.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$+PBzD7AWqJyTCKghAcjxmA$0okafrJYOeP5SAfRfCzw8x8Gm8z+C+qYcBPCVG4CqYM"


class PasswordTooShort(Exception):
    """The password has fewer characters than an account needs."""

    permanent = True


@dataclass(frozen=True)
class SignedIn:
    """An account as the pages need it: ids for queries, words for display. Never the password hash."""

    id: int
    username: str
    role: str
    session_version: int
    person_id: int | None
    unit_id: int | None
    name: str
    place: str  # 单位 · 岗位, as the navigation shows it
    demonstration: bool
    second_factor: bool  # a confirmed one


def hash_password(password: str) -> str:
    """The Argon2id text to store; PasswordTooShort below SHORTEST_PASSWORD characters."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(f"密码至少 {SHORTEST_PASSWORD} 个字符 (a password needs at least {SHORTEST_PASSWORD} characters)")
    return _hasher.hash(password)


def create(username: str, password: str, role: str, person: Person | None = None, unit: Unit | None = None, *, demonstration: bool = False) -> Account:
    """Adds an account. KeyError for an unknown role, PasswordTooShort, peewee.IntegrityError when the name is taken."""
    role_of(role)
    made: Account = Account.create(username=username, password_hash=hash_password(password), role=role, person=person, unit=unit, demonstration=demonstration)
    return made


def check(username: str, password: str) -> SignedIn | None:
    """The account of this name and password, or None; as slow for an unknown name as for a known one."""
    account = Account.get_or_none((Account.username == username) & (Account.active == True))  # noqa: E712
    stored = account.password_hash if account is not None else _NOBODY
    try:
        _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return None
    return load(account.id) if account is not None else None


def load(account_id: int) -> SignedIn | None:
    """The active account of this id with its person, unit and second factor; None when it is gone or switched off. Asked by every page: one statement."""
    found = statements.execute(f"{SIGNED_IN} WHERE a.id = ? AND a.active = ?", (account_id, True)).fetchone()
    return None if found is None else _signed_in(found)


def _signed_in(row: Sequence[Any]) -> SignedIn:
    account_id, username, role, version, demonstration, person_id, unit_id, name, unit, guarded_since, post_unit, address, post = row
    return SignedIn(
        id=account_id,
        username=username,
        role=role,
        session_version=version,
        person_id=person_id,
        unit_id=unit_id or post_unit,
        name=name if person_id is not None else username,
        place=" · ".join((address.replace("/", " · "), post)) if post_unit is not None else unit or "",
        demonstration=bool(demonstration),
        second_factor=guarded_since is not None,
    )


def name_of(username: str) -> str | None:
    """The name an active account is shown by; None when there is no such account."""
    account = Account.get_or_none((Account.username == username) & (Account.active == True))  # noqa: E712
    found = None if account is None else load(account.id)
    return None if found is None else found.name


def end_sessions(account_id: int) -> None:
    """Ends every open session of the account: a cookie copied before no longer opens anything."""
    Account.update(session_version=Account.session_version + 1).where(Account.id == account_id).execute()


def demonstration_accounts() -> tuple[SignedIn, ...]:
    """The accounts that the demonstration district came with, in the order they were made."""
    rows = statements.execute(f"{SIGNED_IN} WHERE a.demonstration = ? AND a.active = ? ORDER BY a.id", (True, True)).fetchall()
    return tuple(_signed_in(row) for row in rows)


def listed() -> tuple[tuple[str, str, str, bool], ...]:
    """(user name, role, person's name or "", active) of every account, by user name."""
    rows = Account.select(Account.username, Account.role, Person.name, Account.active).left_outer_join(Person).order_by(Account.username).tuples()
    return tuple((username, role, name or "", active) for username, role, name, active in rows)


def change(username: str, *, password: str | None = None, role: str | None = None, active: bool | None = None) -> bool:
    """Changes what is given and ends every open session of the account; False when there is no such account.

    KeyError for an unknown role, PasswordTooShort.
    """
    values: dict[str, object] = {}
    if password is not None:
        values["password_hash"] = hash_password(password)
    if role is not None:
        values["role"] = role_of(role).key
    if active is not None:
        values["active"] = active
    return bool(Account.update(**values, session_version=Account.session_version + 1).where(Account.username == username).execute())


def add(username: str, password: str, role: str, person_code: str = "", unit_address: str = "") -> str:
    """Adds an account for the person of that code and the unit of that address (either may be left out). Answers what was not found:
    "person", "unit", "taken" for a name in use, or "" when it was made. KeyError for an unknown role, PasswordTooShort."""
    person = Person.get_or_none((Person.code == person_code) & Person.active) if person_code else None
    unit = Unit.get_or_none((Unit.address == unit_address) & Unit.active) if unit_address else None
    if person_code and person is None:
        return "person"
    if unit_address and unit is None:
        return "unit"
    if Account.select(Account.id).where(Account.username == username).exists():
        return "taken"
    create(username, password, role, person, unit)
    return ""
