"""The fields of Twilio's callbacks. Its signature joins names and values without a border, so a request with any other field is refused."""

from __future__ import annotations

_BOTH = ("AccountSid", "ApiVersion", "From", "To", "ErrorCode", "ErrorMessage", "ErrorUrl")
_PLACES = tuple(f"{who}{what}" for who in ("From", "To", "Caller", "Called") for what in ("City", "State", "Zip", "Country"))
OF_MESSAGES = frozenset(
    (
        *_BOTH, *_PLACES, "MessageSid", "MessageStatus", "SmsSid", "SmsStatus", "SmsMessageSid", "MessagingServiceSid", "RawDlrDoneDate", "ChannelInstallSid",
        "ChannelStatusCode", "ChannelStatusMessage", "ChannelPrefix", "ChannelToAddress", "EventType", "NumSegments", "StructuredMessage", "AddOns", "OptOutType",
    )
)  # fmt: skip
OF_CALLS = frozenset(
    (
        *_BOTH, *_PLACES, "CallSid", "CallStatus", "Direction", "Caller", "Called", "CallerName", "ForwardedFrom", "ParentCallSid", "CallDuration", "Duration",
        "Timestamp", "CallbackSource", "SequenceNumber", "SipResponseCode", "RecordingUrl", "RecordingSid", "RecordingDuration", "AnsweredBy", "StirVerstat",
        "StirPassportToken", "StirStatus", "CallToken", "Digits", "FinishedOnKey", "msg", "QueueTime", "AddOns", "Event",
    )
)  # fmt: skip
