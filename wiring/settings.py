"""config.yaml as typed settings; the environment overrides; a bad value refuses to start in one sentence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, ValidationInfo, field_validator

from notifications.channels.safe_post import Target
from wiring.provider_settings import BUILT_IN, LEASE, ProviderSettings, QuietSettings, gathered, missing

PROJECT = Path(__file__).resolve().parents[1]


class BadSettings(Exception):
    """A setting that cannot be; the message is one sentence with file, name and what to try."""

    permanent = True


class Settings(BaseModel):
    """Every setting of config.yaml. Times in seconds or minutes as the name says, shares 0 to 1, scores 0 to 100."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    district: str = Field(min_length=1)
    manual_desk: str = Field(min_length=1)
    last_resort: str = Field(min_length=1)
    rules: Path
    directory: Path
    demonstration: bool
    demonstration_every: float = Field(ge=0, le=3600)
    demonstration_history: int = Field(ge=0, le=100_000)
    home: Path
    database: str = Field(repr=False)  # may hold a password
    queue: str = Field(pattern=r"^(sqlite|rediss?://[^\s/]+(/[0-9]{1,4})?(\?[^\s]*)?)$", repr=False)  # may hold a password
    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    threads: int = Field(ge=1, le=64)
    trusted_hosts: tuple[str, ...]
    secret_key: str
    https: bool
    public_url: str = Field(pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$")
    survey_days: int = Field(ge=1, le=90)
    session_minutes: int = Field(ge=5, le=1440)
    sign_in_tries: int = Field(ge=1, le=100)
    second_factor: Literal["", "off", "offer", "require"]
    limits_storage: Literal["", "memory://"]
    proxies: int = Field(ge=0, le=5)
    grid_ip: Literal["off", "warn", "enforce"]
    monitors: tuple[str, ...]
    monitor_token: str = Field(pattern=r"^(\S{16,200})?$", repr=False)
    log: Literal["json", "text"]
    language: Literal["zh", "en"]
    library_confidence: float = Field(ge=0, le=1)
    place_score: float = Field(ge=50, le=100)
    return_within: str = Field(pattern=r"^[1-9][0-9]{0,2}[mhd]$")
    return_most: int = Field(ge=1, le=9)
    basically_satisfied_counts: bool
    score_appeal_within: str = Field(pattern=r"^[1-9][0-9]{0,2}[hd]$")
    import_megabytes: int = Field(ge=1, le=1024)
    import_rows: int = Field(ge=1, le=2_000_000)
    import_cell: int = Field(ge=100, le=1_000_000)
    import_headers: Mapping[str, tuple[str, ...]]
    photo_megabytes: int = Field(ge=1, le=100)
    photo_megapixels: int = Field(ge=1, le=150)
    file_megabytes: int = Field(ge=1, le=200)
    files_per_field: int = Field(ge=1, le=9)
    form_megabytes: int = Field(ge=1, le=1024)
    sweep_seconds: float = Field(ge=0.2, le=30)
    lease_seconds: int = Field(ge=5, le=600)
    send_tries: int = Field(ge=1, le=50)
    worker_alarm_seconds: int = Field(ge=10, le=3600)
    providers: Mapping[str, ProviderSettings]
    channels: Mapping[Literal["短信", "电话", "弹屏"], tuple[str, ...]]
    quiet_hours: QuietSettings
    _credentials: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("providers")
    @classmethod
    def _plain_names(cls, value: Mapping[str, ProviderSettings]) -> Mapping[str, ProviderSettings]:
        for name in value:
            if not (name.isascii() and name.isidentifier() and name == name.lower() and len(name) <= 20) or name in BUILT_IN:
                raise ValueError(f"「{name}」须为小写英文名，且不是 {'、'.join(BUILT_IN)} (a lower-case name, none that is built in)")
        return value

    @field_validator("channels", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        """One provider, or several in order of preference."""
        return {kind: (names,) if isinstance(names, str) else names for kind, names in value.items()} if isinstance(value, Mapping) else value

    @field_validator("channels")
    @classmethod
    def _known(cls, value: Mapping[str, tuple[str, ...]], info: ValidationInfo) -> Mapping[str, tuple[str, ...]]:
        known = (*BUILT_IN, *info.data.get("providers", ()))
        for kind, names in value.items():
            if not names or len(set(names)) < len(names) or not set(names) <= set(known):
                raise ValueError(f"{kind} 须由 {'、'.join(known)} 中的一个或几个承担，各写一次 (one or several of these, each once)")
        return value

    @field_validator("monitors")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ip_network(one, strict=False)  # its ValueError says what is wrong
        return value

    @field_validator("second_factor", "grid_ip", mode="before")
    @classmethod
    def _off_is_a_word(cls, value: object) -> object:
        """YAML reads a bare off as false."""
        return "off" if value is False else value

    @property
    def asks_second_factor(self) -> Literal["off", "offer", "require"]:
        """Whether a one-time code is asked at sign-in: as set, else offered in a demonstration and required in production."""
        return self.second_factor or ("offer" if self.demonstration else "require")

    @property
    def credentials(self) -> Mapping[str, str]:
        """The providers' secrets by their variables: from the environment alone, and shown nowhere."""
        return self._credentials

    @property
    def database_url(self) -> str:
        """The database's address; SQLite in `home` where none is named."""
        return self.database or f"sqlite:///{self.home / 'suda.sqlite3'}"

    @property
    def limits_uri(self) -> str:
        """Where tries are counted: in Redis, for all web processes together, when the queue is there; else in this process."""
        return self.limits_storage or (self.queue if self.queue != "sqlite" else "memory://")

    @property
    def uploads(self) -> Path:
        """Where photos and files lie."""
        return self.home / "uploads"

    @property
    def model_file(self) -> Path:
        """Where the trained category model lies."""
        return self.home / "library.model"


# Other names an environment variable goes by (COMMANDS.md).
ALIASES = {"home": "SUDA_HOME", "port": "PORT", "language": "SUDA_LANG", "database": "DATABASE_URL", "queue": "BROKER_URL"}
SECRETS = ("secret_key", "monitor_token", "database", "queue")  # never repeated in a sentence
WORDS = {
    "missing": "没有填写，请补上这一项 (is missing: add it)",
    "extra_forbidden": "不是本系统的设置，请核对名称 (is not a setting: check its name)",
}


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from SUDA_CONFIG or the project's config.yaml; BadSettings in one sentence when something is wrong."""
    env = os.environ if environment is None else environment
    file = Path(env.get("SUDA_CONFIG", PROJECT / "config.yaml"))
    lines, values = _read(file)
    if "credentials" in values:
        raise BadSettings(f"{file}:{lines['credentials']}: credentials: 密钥只从环境变量读，不写在文件里 (secrets come from the environment alone)")
    for name in Settings.model_fields:
        for variable in (ALIASES.get(name, ""), f"SUDA_{name.upper()}"):
            if env.get(variable):
                values[name] = _from_environment(variable, env[variable])
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        # a misspelt name explains the missing one, so it is said first
        first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
        name = ".".join(str(part) for part in first["loc"])
        where = f"{file}:{lines[str(first['loc'][0])]}" if str(first["loc"][0]) in lines else str(file)
        given = "…" if name in SECRETS else first["input"]
        what = WORDS.get(first["type"], f"的值「{given}」不可用：{first['msg']} (bad value)")
        raise BadSettings(f"{where}: {name}: {what}") from None
    settings._credentials = gathered(settings.providers, env)
    base = file.resolve().parent
    home = settings.home if settings.home.is_absolute() else base / settings.home
    settings = settings.model_copy(update={"home": home, "rules": base / settings.rules, "directory": base / settings.directory})
    _check_secrets(settings, file)
    _check_providers(settings, file)
    return settings


def make_home(settings: Settings) -> None:
    """The folder of database, model and queue; BadSettings when it cannot be one."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BadSettings(f"home: 「{settings.home}」不能用作文件夹（{why}），请改 config.yaml 的 home 或 SUDA_HOME (choose another home)") from None


def _read(file: Path) -> tuple[dict[str, int], dict[str, object]]:
    try:
        text = file.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except FileNotFoundError:
        raise BadSettings(f"{file}: 没有这个设置文件；可用 SUDA_CONFIG 指定另一个 (no such file)") from None
    except OSError as error:
        raise BadSettings(f"{file}: 打不开（{error.strerror}），请用 SUDA_CONFIG 指定一个设置文件 (cannot be opened: name a file)") from None
    except UnicodeDecodeError:
        raise BadSettings(f"{file}: 不是 UTF-8 文本，请另存为 UTF-8 (save it as UTF-8)") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadSettings(f"{file}:{mark.line + 1 if mark else 1}: 不是合法的 YAML：{getattr(error, 'problem', error)} (not YAML)") from None
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise BadSettings(f"{file}: 应当是「名称: 值」的列表 (must be a mapping of settings)")
    return {str(key.value): key.start_mark.line + 1 for key, _ in node.value}, values


def _from_environment(variable: str, text: str) -> object:
    try:
        return yaml.safe_load(text) if text[:1] in "[{" or text in ("true", "false") else text
    except yaml.YAMLError:
        raise BadSettings(f"{variable}: 「{text}」读不懂 (cannot be read)") from None


def _check_secrets(settings: Settings, file: Path) -> None:
    if settings.demonstration:
        return
    if len(settings.secret_key) < 32:
        raise BadSettings(f"{file}: secret_key: 正式使用须在环境变量 SUDA_SECRET_KEY 中给出至少 32 个字符 (at least 32 characters, from the environment)")
    if not settings.https:
        raise BadSettings(f"{file}: https: 正式使用须经 HTTPS，请设为 true (production needs HTTPS)")


def _check_providers(settings: Settings, file: Path) -> None:
    """Whoever is to carry messages has its secrets, and an address to report back to."""
    for name in sorted({name for names in settings.channels.values() for name in names} - set(BUILT_IN)):
        chosen = settings.providers[name]
        lacking = missing(name, chosen, settings.credentials)
        if lacking:
            raise BadSettings(f"{file}: channels: 使用「{name}」须在环境变量中给出 {lacking} (give these in the environment)")
        refused = Target(settings.credentials[f"SUDA_{name.upper()}_URL"], chosen.hosts, chosen.private).why_not() if chosen.kind == "webhook" else ""
        if refused:
            raise BadSettings(f"{file}: providers: 「{name}」的网址不可用：{refused}")
        if chosen.kind == "webhook" and any(name in names for kind, names in settings.channels.items() if kind != "弹屏"):
            raise BadSettings(f"{file}: channels: 「{name}」是群机器人，只能用于弹屏：短信也发给群众 (a robot shows messages to a group: for 弹屏 alone)")
        if settings.lease_seconds < LEASE:
            raise BadSettings(f"{file}: lease_seconds: 使用「{name}」须不少于 {LEASE} 秒，长于它的超时 (longer than the provider's time-outs)")
        if chosen.kind == "twilio" and not settings.public_url:
            raise BadSettings(f"{file}: public_url: 使用「{name}」须填写外网地址，回执由它送回 (the address at which the provider reports back)")
