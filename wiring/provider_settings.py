"""The providers of config.yaml: what each is, how fast it may be asked, and which secrets it needs from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from notifications.render import KINDS
from tickets.domain.quiet import NEVER_WAIT

HOUR = r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$"
BUILT_IN = ("console",)
# What each kind needs from the environment: SUDA_<NAME>_<what>, e.g. SUDA_TWILIO_AUTH_TOKEN.
NEEDED: dict[str, tuple[str, ...]] = {"twilio": ("ACCOUNT_SID", "AUTH_TOKEN", "FROM"), "webhook": ("URL",)}
WELCOME = {"webhook": ("SECRET",)}  # what it may be given besides
LEASE = 30  # seconds at least: two time-outs of ten seconds, to connect and for the answer, and room
HERE = ("http://127.0.0.1:", "http://localhost:")  # a peer on this machine, for trying out


class ProviderSettings(BaseModel):
    """One provider. `per_second` messages leave at most, 0 for no limit; the other keys belong to one kind each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["twilio", "webhook"]
    per_second: float = Field(default=0, ge=0, le=1000)
    prefix: str = Field(default="+86", pattern=r"^\+[1-9][0-9]{0,3}$")  # twilio: before a national number
    base_url: str = ""  # twilio: another server in its place
    style: Literal["wecom", "dingtalk", "feishu"] = "wecom"  # webhook: whose robot
    hosts: tuple[str, ...] = ()  # webhook: host names it may be at
    private: bool = False  # webhook: may be at an address inside our own network

    @field_validator("base_url")
    @classmethod
    def _safe(cls, value: str) -> str:
        if value and not value.startswith(("https://", *HERE)):
            raise ValueError("须为 https:// 开头，或本机地址 (https://, or this machine)")
        return value


class QuietSettings(BaseModel):
    """When what can wait is not sent, on the district's clock; empty or equal times: never. `kinds` are the kinds of message that can wait."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: str = Field(alias="from", pattern=HOUR)
    until: str = Field(pattern=HOUR)
    kinds: tuple[str, ...]

    @field_validator("kinds")
    @classmethod
    def _can_wait(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [kind for kind in value if kind not in KINDS or kind in NEVER_WAIT]
        if wrong:
            raise ValueError(f"「{wrong[0]}」不能等待；可用：{'、'.join(kind for kind in KINDS if kind not in NEVER_WAIT)} (cannot wait)")
        return value


def variable(name: str, what: str) -> str:
    """The environment variable that holds a secret of a provider."""
    return f"SUDA_{name.upper()}_{what}"


def gathered(names: Mapping[str, object], env: Mapping[str, str]) -> dict[str, str]:
    """The providers' secrets as the environment holds them, by variable."""
    wanted = {variable(str(name), what) for name in names for needed in (*NEEDED.values(), *WELCOME.values()) for what in needed}
    return {name: env[name].strip() for name in sorted(wanted) if env.get(name, "").strip()}


def missing(name: str, provider: ProviderSettings, secrets: Mapping[str, str]) -> str:
    """The variables this provider still needs, or an empty text."""
    return "、".join(variable(name, what) for what in NEEDED[provider.kind] if variable(name, what) not in secrets)
