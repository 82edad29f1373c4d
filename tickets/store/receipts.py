"""What providers reported about our messages: each report once."""

from __future__ import annotations

from datetime import datetime

from tickets.domain.times import stored
from tickets.store.channel_models import ProviderReceipt


def keep(outbox_id: int, provider: str, provider_id: str, status: str, code: str, at: datetime) -> bool:
    """Keeps a report inside the caller's transaction; False when it was kept before. `at` is aware."""
    row = {"outbox": outbox_id, "provider": provider, "provider_id": provider_id[:80], "status": status[:24], "code": code[:10], "at": stored(at)}
    kept = ProviderReceipt.insert(row).on_conflict_ignore().returning(ProviderReceipt.id).execute()
    return next(iter(kept), None) is not None


def reached(outbox_id: int, provider_id: str, statuses: tuple[str, ...], before: datetime) -> bool:
    """Whether the provider had reported one of these statuses for this message by then (aware)."""
    where = (ProviderReceipt.outbox == outbox_id) & (ProviderReceipt.provider_id == provider_id) & ProviderReceipt.status.in_(statuses)
    return bool(ProviderReceipt.select().where(where & (ProviderReceipt.at <= stored(before))).exists())
