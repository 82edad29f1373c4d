"""The second factor of an account: its sealed secret, the last code taken, its recovery codes. Every use is claimed by a conditional UPDATE."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.times import stored
from tickets.store import directory_log
from tickets.store.connect import transaction
from tickets.store.desk_models import SecondFactor
from tickets.store.models import Account

ON, OFF, USED = "启用", "停用", "用去一个"  # as the account's history says it
COLUMN, CODES = "second_factor", "recovery_codes"


@dataclass(frozen=True)
class Factor:
    """What an account has. `sealed` is the encrypted secret; `left` recovery codes have not been used."""

    sealed: str
    confirmed: bool
    left: int


def of(account_id: int) -> Factor | None:
    """The account's second factor, begun or confirmed; None when it has none."""
    row = SecondFactor.get_or_none(SecondFactor.account == account_id)
    return None if row is None else Factor(row.secret, row.confirmed_at is not None, len(json.loads(row.recovery)))


def begin(account_id: int, sealed: str, at: datetime) -> bool:
    """Keeps a fresh secret that a first code must confirm; one begun before is dropped. False when the account has a confirmed one."""
    with transaction():
        SecondFactor.delete().where((SecondFactor.account == account_id) & SecondFactor.confirmed_at.is_null()).execute()
        if SecondFactor.select().where(SecondFactor.account == account_id).exists():
            return False
        SecondFactor.insert(account=account_id, secret=sealed, made_at=stored(at)).execute()
    return True


def confirm(account_id: int, sealed: str, step: int, recovery: Sequence[str], at: datetime) -> bool:
    """The first code (of that 30-second step) was right: from now on codes are asked, every other session ends. `recovery` are hashes.

    False when it is confirmed already, or the secret is no longer the one the code belongs to.
    """
    with transaction():
        mine = (SecondFactor.account == account_id) & (SecondFactor.secret == sealed) & SecondFactor.confirmed_at.is_null()
        done = SecondFactor.update(confirmed_at=stored(at), last_step=step, recovery=json.dumps(list(recovery))).where(mine).execute()
        if done:
            _end_sessions(account_id)
            directory_log.record(stored(at), account_id, directory_log.ACCOUNTS, account_id, directory_log.CHANGED, {COLUMN: OFF}, {COLUMN: ON})
    return bool(done)


def take_step(account_id: int, step: int) -> bool:
    """Claims the code of a 30-second step: true once, in whichever process is first; a code of that step or an earlier one is spent."""
    unused = (SecondFactor.account == account_id) & SecondFactor.confirmed_at.is_null(False) & (SecondFactor.last_step < step)
    return bool(SecondFactor.update(last_step=step).where(unused).execute())


def take_recovery(account_id: int, hashed: str, at: datetime) -> bool:
    """Claims a recovery code by its hash: true once."""
    while True:
        row = SecondFactor.get_or_none((SecondFactor.account == account_id) & SecondFactor.confirmed_at.is_null(False))
        left = json.loads(row.recovery) if row is not None else []
        if hashed not in left:
            return False
        rest = json.dumps([one for one in left if one != hashed])
        with transaction():
            if SecondFactor.update(recovery=rest).where((SecondFactor.account == account_id) & (SecondFactor.recovery == row.recovery)).execute():
                directory_log.record(stored(at), account_id, directory_log.ACCOUNTS, account_id, directory_log.CHANGED, {CODES: ""}, {CODES: USED})
                return True


def renew_recovery(account_id: int, recovery: Sequence[str]) -> bool:
    """Puts new recovery codes (hashes) in the place of all old ones."""
    confirmed = (SecondFactor.account == account_id) & SecondFactor.confirmed_at.is_null(False)
    return bool(SecondFactor.update(recovery=json.dumps(list(recovery))).where(confirmed).execute())


def remove(account_id: int, by_account: int, at: datetime) -> bool:
    """Turns the second factor off and ends every session of the account; false when it had none."""
    with transaction():
        gone = SecondFactor.delete().where(SecondFactor.account == account_id).execute()
        if gone:
            _end_sessions(account_id)
            directory_log.record(stored(at), by_account, directory_log.ACCOUNTS, account_id, directory_log.CHANGED, {COLUMN: ON}, {COLUMN: OFF})
    return bool(gone)


def _end_sessions(account_id: int) -> None:
    Account.update(session_version=Account.session_version + 1).where(Account.id == account_id).execute()
