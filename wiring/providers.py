"""Opens the providers that config.yaml names, with their secrets from the environment."""

from __future__ import annotations

from functools import partial

from notifications.channels import Channel, Provider, open_channels
from notifications.channels.marks import Marks
from notifications.channels.safe_post import Target
from notifications.channels.twilio_account import TwilioAccount
from notifications.channels.twilio_sms import TwilioSms
from notifications.channels.twilio_voice import TwilioVoice
from notifications.channels.webhook import Robot
from wiring.provider_settings import variable
from wiring.secret import derived_key, secret_key
from wiring.settings import Settings


def channels_of(settings: Settings) -> dict[str, Channel]:
    """Who carries each kind of message in this installation. Settings were checked when they were loaded."""
    accounts = twilio_accounts(settings)
    return open_channels({str(kind): names for kind, names in settings.channels.items()}, settings.home, partial(_opened, settings, accounts))


def twilio_accounts(settings: Settings) -> dict[str, TwilioAccount]:
    """The Twilio accounts in use, by their names in config.yaml: the worker sends by them, the web checks what they call back with."""
    used = {name for names in settings.channels.values() for name in names}
    return {name: _account(settings, name) for name, one in settings.providers.items() if one.kind == "twilio" and name in used}


def marks_of(settings: Settings) -> Marks:
    """Makes and reads the marks under which a provider reports back."""
    return Marks(lambda: derived_key(secret_key(settings.secret_key, settings.home), "provider marks"))


def _account(settings: Settings, name: str) -> TwilioAccount:
    sid, token, sender = (settings.credentials[variable(name, what)] for what in ("ACCOUNT_SID", "AUTH_TOKEN", "FROM"))
    chosen = settings.providers[name]
    return TwilioAccount(name, sid, token, sender, settings.public_url, marks_of(settings), chosen.prefix, chosen.base_url)


def robot_target(settings: Settings, name: str) -> Target:
    """Where a robot is, and where it may be."""
    chosen = settings.providers[name]
    return Target(settings.credentials[variable(name, "URL")], chosen.hosts, chosen.private)


def _opened(settings: Settings, accounts: dict[str, TwilioAccount], name: str, kind: str) -> Provider:
    chosen = settings.providers[name]
    channel: Channel
    if chosen.kind == "webhook":
        channel = Robot(name, robot_target(settings, name), chosen.style, settings.credentials.get(variable(name, "SECRET"), ""))
    else:
        channel = TwilioVoice(accounts[name]) if kind == "电话" else TwilioSms(accounts[name])
    return Provider(name, channel, chosen.per_second)
