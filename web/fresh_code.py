"""What weighs most is confirmed with a one-time code of this moment, by whoever has the second factor on."""

from __future__ import annotations

from tickets.actions.draft_decide import NotReady
from web import second_factor
from web.access import caller
from web.hall import hall
from web.limits import count_try, forgive


def is_asked() -> bool:
    """Whether the caller has a second factor here; nobody else is asked for a code."""
    return caller().account.second_factor and hall().settings.asks_second_factor != "off"


def is_mine(typed: str) -> bool:
    """True when it is the caller's code of now or an unused recovery code, which is used up by this; tries are counted by account."""
    account_id = caller().account.id
    count_try("code", str(account_id))
    if not second_factor.take(hall(), account_id, typed):
        return False
    forgive("code", str(account_id))
    return True


def confirmed(typed: str) -> None:
    """Takes the caller's code where one is asked; NotReady for a wrong or a used one.

    Inside the transaction of what it confirms: when that is refused after all, the code is still good.
    """
    if is_asked() and not is_mine(typed):
        raise NotReady(
            "验证码不对，或已经用过；请等手机上的下一个再输，什么也没有发布", "wrong code, or used already: wait for the next one; nothing was published"
        )
