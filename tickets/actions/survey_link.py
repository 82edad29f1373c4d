"""The survey's link at the moment of sending: put into the words that leave, and left out of the words that are kept."""

from __future__ import annotations

from collections.abc import Mapping

from notifications.sandbox import TemplateRefused
from tickets.ports import Desk

HIDDEN = "（回访链接）"


def with_link(desk: Desk, context: Mapping[str, object]) -> dict[str, object]:
    """The words of a message, the link among them where the message is a survey's.

    Raises TemplateRefused when no address for links is configured any more: the message can then never be sent.
    """
    nonce = context.get("survey")
    if not nonce:
        return dict(context)
    if desk.links is None:
        raise TemplateRefused("没有设置 public_url，回访短信发不出去，请电话回访 (no public_url: call the citizen instead)")
    return {**context, "link": desk.links.address(str(nonce), desk.clock())}


def kept(body: str, context: Mapping[str, object]) -> str:
    """The words as they are stored: whoever reads the messages must not be able to answer for the citizen."""
    link = str(context.get("link") or "")
    return body.replace(link, HIDDEN) if link else body
