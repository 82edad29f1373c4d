"""The channels by name. A new one is one file, one line in wiring/providers.py and one test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from notifications.channels import console
from notifications.channels.protocol import Channel
from notifications.channels.route import Provider, Route, route_of

CHANNELS: dict[str, Callable[[Path], Channel]] = {
    "console": console.build,
}
Opener = Callable[[str, str], Provider]  # (name of the provider, kind of message) -> it


def open_channels(chosen: Mapping[str, str | Sequence[str]], home: Path, opener: Opener | None = None) -> dict[str, Channel]:
    """Who carries 短信, 电话 and 弹屏, as config.yaml's `channels` names them: one name, or several in order of preference.

    `home` is where a channel may keep files; `opener` makes the providers that are not built in. One name alone is the channel itself.
    """
    built = {name: make(home) for name, make in CHANNELS.items() if any(name in _names(names) for names in chosen.values())}
    made: dict[str, Channel] = {}
    for kind, names in chosen.items():
        providers = tuple(Provider(name, built[name]) if name in built else _opened(opener, name, kind) for name in _names(names))
        made[kind] = providers[0].channel if len(providers) == 1 and providers[0].name in built else Route(providers)
    return made


def _opened(opener: Opener | None, name: str, kind: str) -> Provider:
    if opener is None:
        raise KeyError(name)
    return opener(name, kind)


def _names(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


__all__ = ["CHANNELS", "Channel", "Provider", "Route", "open_channels", "route_of"]
