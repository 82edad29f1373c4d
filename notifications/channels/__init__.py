"""The channels by name. A new one is one file, one line here and one test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from notifications.channels import console
from notifications.channels.protocol import Channel

CHANNELS: dict[str, Callable[[Path], Channel]] = {
    "console": console.build,
}


def open_channels(chosen: Mapping[str, str], home: Path) -> dict[str, Channel]:
    """The channel objects for 短信, 电话 and 弹屏 as config.yaml's `channels` names them; `home` is where a channel may keep files."""
    built = {name: CHANNELS[name](home) for name in set(chosen.values())}
    return {kind: built[name] for kind, name in chosen.items()}


__all__ = ["CHANNELS", "Channel", "open_channels"]
