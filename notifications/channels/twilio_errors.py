"""What Twilio's errors and statuses mean for a message: wrong for good, busy for now, refused altogether, or in doubt."""

from __future__ import annotations

from twilio.base.exceptions import TwilioException

from notifications.message import ChannelError, NumberRefused, OutcomeUnknown, ProviderBusy, ProviderShut

# https://www.twilio.com/docs/api/errors: of the number or the words; sending again cannot help.
PERMANENT: dict[int, str] = {
    13223: "号码格式不对",
    13224: "号码无效",
    13226: "号码所在国家或地区不能呼叫",
    21211: "号码无效",
    21214: "号码打不通",
    21217: "号码不像是有效号码",
    21219: "号码未经验证，试用账户不能呼叫",
    21401: "号码无效",
    21407: "号码不能收此类消息",
    21421: "号码无效",
    21601: "号码不能收短信",
    21602: "没有正文",
    21604: "没有收件号码",
    21605: "正文太长",
    21608: "号码未经验证，试用账户不能发送",
    21610: "对方已退订",
    21612: "此号码收不到我方短信",
    21614: "不是手机号码",
    21617: "正文太长",
    21635: "固定电话收不到短信",
}
# Of our account or our sender: every message would fail, another provider may do better.
OURS: dict[int, str] = {
    20003: "账户或密钥不对",
    20005: "账户已停用",
    20006: "没有权限",
    20404: "账户不存在",
    21210: "主叫号码未经验证",
    21212: "发送号码无效",
    21215: "账户没有开通该地区的呼叫",
    21408: "账户没有开通该地区的短信",
    21603: "没有发送号码",
    21606: "发送号码不可用",
    21659: "发送号码不是本账户的",
    21660: "发送号码不属于本账户",
    21703: "消息服务没有可用号码",
    30001: "队列已满",
    30002: "账户已暂停",
    63038: "账户已达当日上限",
}
BUSY = (20429, 14107, 20503)
# A message's status -> how far it got. Statuses of messages that come in are never ours.
MESSAGES: dict[str, str] = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
# A call's status. It rang and nobody took it: the person has been called, and the chain goes on.
CALLS: dict[str, str] = {
    "queued": "sent",
    "initiated": "sent",
    "ringing": "sent",
    "in-progress": "sent",
    "answered": "sent",
    "completed": "delivered",
    "busy": "sent",
    "no-answer": "sent",
    "failed": "failed",
    "canceled": "failed",
}
REMARKS: dict[str, str] = {
    "busy": "对方忙线",
    "no-answer": "响铃，无人接听",
    "undelivered": "运营商未能送达",
    "failed": "发送失败",
    "canceled": "已取消",
    "completed": "已接通",
}


def remark(status: str, code: str = "") -> str:
    """A word for the message list, e.g. 运营商未能送达（30003）; empty where there is nothing to say."""
    said = REMARKS.get(status, "")
    return f"{said}（{code}）" if said and code.isascii() and code.isdigit() else said


def told(error: TwilioException, sending: bool) -> ChannelError:
    """The channel's error for one of the SDK's. Its own words are left out: they hold the number.

    While sending, an error of Twilio's server other than 503 leaves in doubt whether the message was taken before it failed.
    """
    status, code = _whole(getattr(error, "status", 0)), _whole(getattr(error, "code", 0))
    where = f"Twilio {code or status}"
    if code in BUSY or status in (429, 503):
        return ProviderBusy(f"{where}：现在太忙，稍后再发 (busy)")
    if not sending:
        return ProviderBusy(f"{where}：查询未果 (could not be asked)")
    if code in PERMANENT:
        return NumberRefused(f"{where}：{PERMANENT[code]} (refused for good)")
    if code in OURS or status in (401, 403, 404) or 300 <= status < 400:
        return ProviderShut(f"{where}：{OURS.get(code, '账户被拒绝')}；请检查 Twilio 账户与设置 (check account and settings)")
    if status >= 500 or status < 400:
        return OutcomeUnknown(f"{where}：服务器出错，不知是否已发出 (server error, may have been taken)")
    return NumberRefused(f"{where}：不接受这条消息 (refused for good)")


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else int(value) if isinstance(value, str) and value.isdecimal() else 0
