"""SMS through Twilio's Messages API. Twilio knows no key that makes a message one, so each carries a short mark and can be found by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal, cast

from notifications.channels.marks import short
from notifications.channels.twilio_account import TwilioAccount, asking
from notifications.channels.twilio_errors import MESSAGES, remark
from notifications.message import Message, ProviderBusy, Receipt

SKEW = timedelta(minutes=2)  # between Twilio's clock and ours
PAGE, MOST = 50, 500  # messages to one number that are looked through
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
State = Literal["sent", "delivered", "failed"]


class TwilioSms:
    """Implements Channel for 短信. The last characters of each text are its mark, `#2S`: the outbox id."""

    def __init__(self, account: TwilioAccount) -> None:
        self.account = account
        self.name = account.name

    def send(self, message: Message) -> Receipt:
        """Hands the text over; how it goes on is told to the status callback."""
        to = self.account.number(message.to)
        sender = {"messaging_service_sid" if self.account.sender.startswith("MG") else "from_": self.account.sender}
        with asking(sending=True):
            made = self.account.client().messages.create(to=to, body=marked(message), status_callback=self.account.address("status", message.id), **sender)
            return _receipt(made.sid, made.status, made.error_code)

    def lookup(self, message: Message) -> Receipt | None:
        """The text with this message's mark among those to its number; None when Twilio lists all since `since` and it is not there.

        Twilio lists a message as soon as it has answered for it, the newest first; the delivery action asks half a minute after the doubt.
        """
        mark, since = short(message.id), (message.since or LONG_AGO) - SKEW
        with asking(sending=False):
            listed = self.account.client().messages.stream(to=self.account.number(message.to), page_size=PAGE)
            for seen, one in enumerate(islice(listed, MOST + 1)):
                if seen == MOST:
                    raise ProviderBusy("发往该号码的短信太多，无法逐条核对 (too many messages to this number to look through)")
                if one.date_created is not None and one.date_created < since:
                    break
                if (one.body or "").endswith(mark):
                    return _receipt(one.sid, one.status, one.error_code)
        return None


def marked(message: Message) -> str:
    """The words as they leave, with the mark at the end."""
    return f"{message.body} {short(message.id)}"


def _receipt(sid: str | None, status: object, code: object) -> Receipt:
    said = str(status or "queued")
    if not sid or said not in MESSAGES:
        raise ValueError(said)
    return Receipt(sid, cast(State, MESSAGES[said]), remark(said, str(code or "")))
