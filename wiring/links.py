"""Survey links: an address with a signed, timed token, made from a survey's nonce and the installation's secret and kept nowhere."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from tickets.ports import LinkRefused
from wiring.secret import secret_key
from wiring.settings import Settings

A_DAY = 86_400  # seconds
LONGEST = 200  # characters of a token; a longer one is not ours


class _At(TimestampSigner):
    """Signs and reads at a given moment, so that the installation's clock decides and not the machine's."""

    moment = 0

    def get_timestamp(self) -> int:
        return self.moment


class SurveyLinks:
    """Implements tickets.ports.Links. `secret` is asked for at the first link: a command that makes none needs no key."""

    def __init__(self, secret: Callable[[], str], base: str, days: int) -> None:
        self._ask, self._base, self._days = secret, base.rstrip("/"), days

    @property
    def days(self) -> int:
        """How long a link holds."""
        return self._days

    @cached_property
    def _secret(self) -> str:
        return self._ask()

    def key(self, nonce: str) -> str:
        """128 bits as 22 characters; without the installation's secret nobody gets from the stored nonce to the key."""
        made = hmac.new(self._secret.encode(), f"survey:{nonce}".encode(), sha256).digest()[:16]
        return urlsafe_b64encode(made).rstrip(b"=").decode()

    def address(self, nonce: str, at: datetime) -> str:
        """Such as https://hotline.example/s/<token>."""
        return f"{self._base}/s/{self._signer(at).dumps(self.key(nonce))}"

    def read(self, token: str, at: datetime) -> str:
        """The key; LinkRefused for a token that was altered, made up, signed with another secret, or is older than `days`."""
        if len(token) > LONGEST:
            raise LinkRefused(expired=False)
        try:
            key = self._signer(at).loads(token, max_age=self._days * A_DAY)
        except SignatureExpired as old:
            # A time that lies ahead was never signed by us before now: the clock was set back, and the row's own date decides.
            ahead = old.date_signed is not None and old.date_signed > at.astimezone(UTC)
            raise LinkRefused(expired=not ahead) from None
        except BadData:
            raise LinkRefused(expired=False) from None
        if not isinstance(key, str):
            raise LinkRefused(expired=False)
        return key

    def _signer(self, at: datetime) -> URLSafeTimedSerializer:
        class Moment(_At):
            moment = int(at.timestamp())

        return URLSafeTimedSerializer(self._secret, salt="survey", signer=Moment, signer_kwargs={"digest_method": sha256})


def survey_links(settings: Settings) -> SurveyLinks | None:
    """The links of an installation; None in production without `public_url`, where a link would lead nowhere."""
    base = settings.public_url or (f"http://{settings.host}:{settings.port}" if settings.demonstration else "")
    return SurveyLinks(lambda: secret_key(settings.secret_key, settings.home), base, settings.survey_days) if base else None
