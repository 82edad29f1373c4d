"""What a demonstration needs besides the directory: accounts to sign in with, one for each kind of user."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import yaml

from tickets.domain.times import stored
from tickets.files.lesson_text import read_quiz
from tickets.store import accounts, lessons
from tickets.store.accounts import DEMONSTRATION_PASSWORD, SignedIn
from tickets.store.connect import transaction
from tickets.store.models import Account, Holding, Person, Post, Unit

# user name, role, the section whose first holder it is; the person is whoever the directory names there.
ACCOUNTS = (
    ("zhiban", "supervisor", "热线中心/值班室"),
    ("zuoxi", "agent", "热线中心/人工派单席"),
    ("chengban", "handler", "水务局/管网科"),
    ("lingdao", "unit_leader", "住建局/物业科"),
    ("wangge", "grid_officer", "青禾镇/北庄村"),
    ("quzhang", "leader", "区政府督查室"),
    ("kaohe", "supervisor", "热线中心/考核科"),
    ("zhengce", "policy", "热线中心/督办科"),
    ("shenpi", "approver", "热线中心/审核科"),
    ("shenji", "auditor", "热线中心/考核科"),
    ("admin", "admin", ""),
)


def make_accounts() -> tuple[SignedIn, ...]:
    """Makes the demonstration accounts that do not exist yet and answers all of them; the password is DEMONSTRATION_PASSWORD."""
    with transaction():
        for username, role, address in ACCOUNTS:
            if Account.get_or_none(Account.username == username) is None:
                unit = Unit.get_or_none(Unit.address == address) if address else None
                person = _holder(unit, "网格员" if role == "grid_officer" else "") if unit is not None else None
                accounts.create(username, DEMONSTRATION_PASSWORD, role, person, unit, demonstration=True)
    return accounts.demonstration_accounts()


def _holder(unit: Unit, role: str) -> Person | None:
    """Whoever holds the section's post of that role, else its receiving post, else any of its posts."""
    query = Person.select().join(Holding).join(Post).where((Post.unit == unit) & Person.active & (Holding.rank == 0))
    if role:
        query = query.where(Post.role == role)
    found: Person | None = query.order_by(Post.receiving.desc(), Post.id).first()
    return found


def make_lessons(file: Path, at: datetime) -> int:
    """Puts the demonstration's lessons (demo/lessons.yaml) into a database that has none; answers how many. `at` is aware."""
    if lessons.every(active=False) or not file.exists():
        return 0
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))
    with transaction():
        for one in listed:
            questions = lessons.written(read_quiz(one["quiz"]), 1)
            values = {"code": one["code"], "title": one["title"], "text": one["text"].strip(), "questions": questions, "published_at": stored(at)}
            lessons.save(None, {**values, "due_days": one["due_days"], "repeat_days": one.get("repeat_days", 0)})
    return len(listed)
