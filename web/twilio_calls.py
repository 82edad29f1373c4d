"""What Twilio asks and reports: how messages went, what a call says, which key was pressed. Nobody signs in here; the signature is the key."""

from __future__ import annotations

from typing import cast

import structlog
from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from twilio.request_validator import RequestValidator

from notifications.channels.twilio_account import TwilioAccount
from notifications.channels.twilio_errors import CALLS, MESSAGES, remark
from notifications.channels.twilio_known import OF_CALLS, OF_MESSAGES
from notifications.channels.twilio_sms import State
from notifications.channels.twilio_speech import asking, telling
from tickets.actions.receive import Report, receive
from tickets.actions.sign import AlreadySigned, SignRefused
from tickets.actions.sign_by_phone import NoSuchCall, heard, sign_by_phone
from web.access import open_to_all
from web.hall import hall

PAGES = Blueprint("twilio", __name__)
ACCOUNTS = "suda_twilio"  # app.extensions: the accounts by name
SIGNATURE = "X-Twilio-Signature"
KEY = "1"  # signs
_log = structlog.get_logger("web.twilio")


@PAGES.post("/twilio/<provider>/status/<mark>")
@open_to_all
def status(provider: str, mark: str) -> ResponseReturnValue:
    """A report about a message or a call: kept once, and the message moves forward. One that came before is answered like the first."""
    calls = "CallSid" in request.form
    account, message_id = _checked(provider, mark, OF_CALLS if calls else OF_MESSAGES)
    _take(account, message_id, calls)
    return "", 204


@PAGES.post("/twilio/<provider>/voice/<mark>")
@open_to_all
def voice(provider: str, mark: str) -> ResponseReturnValue:
    """Somebody has answered: the message is said, and a key signs while the ticket waits for this person."""
    account, message_id = _checked(provider, mark, OF_CALLS)
    _take(account, message_id, calls=True)
    return _say_again(account, message_id, again=False)


@PAGES.post("/twilio/<provider>/pressed/<mark>")
@open_to_all
def pressed(provider: str, mark: str) -> ResponseReturnValue:
    """A key was pressed, or none: 1 signs, anything else hears the message once more."""
    account, message_id = _checked(provider, mark, OF_CALLS)
    if request.form.get("Digits", "") != KEY:
        return _say_again(account, message_id, again=True)
    try:
        done = sign_by_phone(hall().desk, message_id, account.name, request.form.get("CallSid", ""))
    except AlreadySigned as first:
        return _xml(telling(_t("already", by=first.by, when=first.when), _lang()))
    except SignRefused:
        return _xml(telling(_t("moved"), _lang()))
    except NoSuchCall as refused:
        return _refuse(str(refused), account.name)
    return _xml(telling(_t("signed", number=done.ticket), _lang()))


def _say_again(account: TwilioAccount, message_id: int, again: bool) -> Response:
    """The message and what to press; the second time without an answer it ends."""
    try:
        said = heard(hall().desk, message_id, account.name, request.form.get("CallSid", ""))
    except NoSuchCall as refused:
        return _refuse(str(refused), account.name)
    if not said.may_sign:
        return _xml(telling(said.words if not again else _t("goodbye"), _lang()))
    if again and request.args.get("again"):
        return _xml(telling(_t("unsigned"), _lang()))
    action = account.address("pressed", message_id) + ("?again=1" if again else "")
    return _xml(asking(said.words, _t("press"), action, _lang()))


def _take(account: TwilioAccount, message_id: int, calls: bool) -> None:
    """Hands the report to the action; 403 when it belongs to none of our messages or says what we do not know."""
    sid, said = (request.form.get(name, "") for name in (("CallSid", "CallStatus") if calls else ("MessageSid", "MessageStatus")))
    states, code = CALLS if calls else MESSAGES, request.form.get("ErrorCode", "")
    if said not in states or not (sid.isascii() and sid.isalnum() and len(sid) == 34):
        _refuse("状态或编号不认识 (unknown status or id)", account.name)
    report = Report(message_id, account.name, sid, said, cast(State, states[said]), code if code.isdecimal() else "", remark(said, code))
    outcome = receive(hall().desk, report, calls="电话" in hall().settings.channels)
    if outcome == "stranger":
        _refuse("不是我们的消息 (none of our messages)", account.name)
    _log.info("provider report", provider=account.name, outbox=message_id, status=said, outcome=outcome)


def _checked(provider: str, mark: str, known: frozenset[str]) -> tuple[TwilioAccount, int]:
    """The account and the message a genuine request is about; 403 and a line in the log for every other."""
    account = current_app.extensions[ACCOUNTS].get(provider)
    if account is None:
        _refuse("没有这个服务商 (no such provider)", "")
    signature = request.headers.get(SIGNATURE, "")
    if not signature:
        _refuse("没有签名 (no signature)", provider)
    fields = request.form.to_dict()
    if len(list(request.form.items(multi=True))) != len(fields) or request.files or not set(request.args) <= {"again"}:
        _refuse("参数重复或多余 (a field twice, or a file)", provider)
    unknown = sorted(set(fields) - known)
    if unknown:
        _refuse(f"参数不认识：{'、'.join(name[:30] for name in unknown[:3] if name.isidentifier()) or '—'} (unknown fields)", provider)
    query = request.query_string.decode("ascii", "replace")
    address = f"{account.callbacks.rstrip('/')}{request.path}{'?' + query if query else ''}"
    if not RequestValidator(account.auth_token).validate(address, fields, signature) or fields.get("AccountSid") != account.account_sid:
        _refuse("签名不对 (wrong signature)", provider)
    message_id = account.marks.read(mark)
    if message_id is None:
        _refuse("编号不是我们给的 (not a mark of ours)", provider)
    return account, message_id


def _refuse(why: str, provider: str) -> Response:
    _log.warning("callback refused", why=why, provider=provider)
    abort(403)


def _t(key: str, **parts: object) -> str:
    return hall().words.say(f"twilio.{key}", _lang(), **parts)


def _lang() -> str:
    return hall().settings.language


def _xml(text: str) -> Response:
    return Response(text, mimetype="text/xml")
