"""Photos and files become part of a ticket with the step they were sent for; what nobody claims is removed after a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tickets.actions.steps import StepRefused
from tickets.store import attachments
from tickets.store.connect import transaction
from tickets.store.uploads import Uploads

FORGOTTEN = timedelta(hours=24)


def claim(ticket_id: int, field: str, keys: Sequence[str], account_id: int, at: datetime) -> None:
    """Gives the files to the ticket as the answer to `field` (a fact's name), inside the step's own transaction.

    They must be the sender's own and free, or this very answer already. StepRefused otherwise: the step is undone whole.
    """
    wanted = tuple(dict.fromkeys(keys))
    if not wanted:
        return
    with transaction():
        missing = len(wanted) - attachments.take(wanted, ticket_id, field, account_id, at)
    if missing:
        raise StepRefused(
            f"有 {missing} 个照片或文件不能用：已过期、不是本人上传或已用在别处；请移除后重新上传 (a file expired, is another's or used elsewhere)"
        )


def keys_in(answer: object) -> tuple[str, ...]:
    """The keys in the answer of a photo or file field, in order."""
    return tuple(word for word in str(answer or "").split(",") if word)


def sweep_files(uploads: Uploads, at: datetime) -> int:
    """Removes what no step has claimed for a day, and files that no row speaks of; answers how many files went. `at` is aware."""
    before = at - FORGOTTEN
    gone = attachments.forget_unclaimed(before)
    for key in gone:
        uploads.remove(key)
    old = list(uploads.older_than(before))
    known = attachments.known(key for key, _ in old)
    strays = [path for key, path in old if key not in known]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(gone) + len(strays)
