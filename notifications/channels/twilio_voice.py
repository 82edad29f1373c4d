"""Calls through Twilio's Calls API: the person hears the ticket and may press 1 to sign for it (web/twilio_calls.py answers)."""

from __future__ import annotations

from itertools import islice
from typing import cast

from twilio.rest.api.v2010.account.call import CallInstance

from notifications.channels.twilio_account import TwilioAccount, asking
from notifications.channels.twilio_errors import CALLS, remark
from notifications.channels.twilio_sms import LONG_AGO, MOST, PAGE, SKEW, State
from notifications.message import Message, ProviderBusy, Receipt

RINGS = 30  # seconds
EVENTS = ["initiated", "ringing", "answered", "completed"]


class TwilioVoice:
    """Implements Channel for 电话. A call carries no words of ours, so it is told apart by its number, its time and the callbacks it asked for."""

    def __init__(self, account: TwilioAccount) -> None:
        self.account = account
        self.name = account.name

    def send(self, message: Message) -> Receipt:
        """Has the number called; what is said is asked for when somebody answers."""
        to, address = self.account.number(message.to), self.account.address
        with asking(sending=True):
            made = self.account.client().calls.create(
                to=to,
                from_=self.account.sender,
                url=address("voice", message.id),
                method="POST",
                status_callback=address("status", message.id),
                status_callback_event=EVENTS,
                status_callback_method="POST",
                timeout=RINGS,
            )
            return _receipt(made)

    def lookup(self, message: Message) -> Receipt | None:
        """The call made for this message; None when no call to its number since `since` is not another message's.

        A call that is nobody else's is this one, as long as no other message to the number is in doubt too; else the requests Twilio made
        for it decide, which it shows a quarter of an hour after a call; until then it is ProviderBusy. Usually the callbacks have settled it long before.
        """
        with asking(sending=False):
            found = [one for one in self._since(message) if one.sid not in message.known]
            if not found:
                return None
            if message.rivals == 0:
                return _receipt(found[-1])
            mine = next((one for one in found if self._asked_for(one, message)), None)
            if mine is not None:
                return _receipt(mine)
        raise ProviderBusy("该号码另有通话待核实，暂时分不清 (another call to this number is in doubt too)")

    def _since(self, message: Message) -> list[CallInstance]:
        """The calls to the number that can be this message's, the newest first."""
        since, found = (message.since or LONG_AGO) - SKEW, []
        listed = self.account.client().calls.stream(to=self.account.number(message.to), from_=self.account.sender, page_size=PAGE)
        for seen, one in enumerate(islice(listed, MOST + 1)):
            if seen == MOST:
                raise ProviderBusy("呼叫该号码的记录太多，无法逐条核对 (too many calls to this number to look through)")
            if one.date_created is not None and one.date_created < since:
                break
            found.append(one)
        return found

    def _asked_for(self, call: CallInstance, message: Message) -> bool:
        wanted = self.account.marks.make(message.id)
        return any(wanted in str((event.request or {}).get("url", "")) for event in call.events.list(limit=PAGE))


def _receipt(call: CallInstance) -> Receipt:
    said = str(call.status or "queued")
    if not call.sid or said not in CALLS:
        raise ValueError(said)
    return Receipt(call.sid, cast(State, CALLS[said]), remark(said))
