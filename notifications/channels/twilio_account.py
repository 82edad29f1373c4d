"""A Twilio account: whom it sends as, where it calls back, and one client per thread with a time-out and without a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import local

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from notifications.channels.marks import Marks
from notifications.channels.twilio_errors import told
from notifications.message import NumberRefused, OutcomeUnknown, ProviderBusy

TIMEOUT = 10.0  # seconds to connect, and again for the answer: both together stay below the lease
SILENT = logging.Logger("twilio.silent", logging.CRITICAL + 1)  # the SDK would log addresses with telephone numbers in them


@dataclass(frozen=True)
class TwilioAccount:
    """One account under its name of config.yaml. `sender` is a number of ours, +86…, or a Messaging Service (MG…); `callbacks` the address under
    which Twilio reaches this installation; `prefix` what stands before a national number; `base_url` another server in Twilio's place, for tests."""

    name: str
    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    callbacks: str
    marks: Marks = field(repr=False)
    prefix: str = "+86"
    base_url: str = ""
    timeout: float = TIMEOUT
    _local: local = field(default_factory=local, repr=False, compare=False)

    def client(self) -> Client:
        """This thread's client: a session of requests is not to be shared between threads."""
        found: Client | None = getattr(self._local, "client", None)
        if found is None:
            found = Client(self.account_sid, self.auth_token, http_client=TwilioHttpClient(timeout=self.timeout, logger=SILENT, max_retries=0))
            if self.base_url:
                found.api.base_url = self.base_url
            self._local.client = found
        return found

    def address(self, what: str, outbox_id: int) -> str:
        """Where Twilio reports to about this message; `what` is status, voice or pressed."""
        return f"{self.callbacks.rstrip('/')}/twilio/{self.name}/{what}/{self.marks.make(outbox_id)}"

    def number(self, given: str) -> str:
        """The number as Twilio wants it, +8613800000000; NumberRefused for what is none."""
        plain = "".join(char for char in given if char not in " -()（）－")
        if plain.startswith("00"):
            plain = "+" + plain[2:]
        digits = plain.removeprefix("+")
        if not (digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 15):
            raise NumberRefused("没有可用的号码；请在名录中补上 (no usable number: add it to the directory)")
        return plain if plain.startswith("+") else self.prefix + digits.removeprefix("0")


@contextmanager
def asking(sending: bool) -> Iterator[None]:
    """Turns what the SDK and the network raise into the errors of a channel. `sending`: once the request is out, the message may have left."""
    try:
        yield
    except TwilioException as error:
        raise told(error, sending) from None
    except requests.exceptions.RequestException as error:
        name = type(error).__name__  # its own words hold the address, and with it the number
        if not sending:
            raise ProviderBusy(f"查询 Twilio 未果：{name} (could not be asked)") from None
        if _never_left(error):
            raise ProviderBusy(f"连不上 Twilio：{name} (cannot be reached)") from None
        raise OutcomeUnknown(f"Twilio 没有答复：{name} (no answer)") from None
    except (ValueError, TypeError, KeyError) as error:  # an answer that cannot be read
        name = type(error).__name__
        raise (OutcomeUnknown if sending else ProviderBusy)(f"Twilio 的答复读不懂：{name} (the answer cannot be read)") from None


def _never_left(error: requests.exceptions.RequestException) -> bool:
    """Whether the connection was never made, so that nothing can have been sent."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
