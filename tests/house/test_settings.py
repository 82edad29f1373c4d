"""A bad setting refuses to start in one sentence that says where and what to try."""

from __future__ import annotations

from pathlib import Path

import pytest

from wiring.settings import PROJECT, BadSettings, load


def test_the_defaults_work_and_the_home_lies_beside_the_file() -> None:
    settings = load({})
    assert settings.home == PROJECT / "var"
    assert settings.database_url == f"sqlite:///{PROJECT / 'var' / 'suda.sqlite3'}"


def test_the_environment_overrides(tmp_path: Path) -> None:
    settings = load({"SUDA_HOME": str(tmp_path), "PORT": "9001", "SUDA_LANG": "en", "SUDA_TRUSTED_HOSTS": "[a.example, b.example]"})
    assert (settings.home, settings.port, settings.language, settings.trusted_hosts) == (tmp_path, 9001, "en", ("a.example", "b.example"))


def test_database_and_broker_go_by_the_names_hosts_give_them_and_limits_follow_the_broker() -> None:
    here = load({"DATABASE_URL": "postgresql://u:p@db/suda", "BROKER_URL": "redis://:p@queue:6379/2"})
    assert (here.database_url, here.queue, here.limits_uri) == ("postgresql://u:p@db/suda", "redis://:p@queue:6379/2", "redis://:p@queue:6379/2")
    assert "u:p" not in repr(here)
    assert load({"BROKER_URL": "redis://queue", "SUDA_LIMITS_STORAGE": "memory://"}).limits_uri == "memory://"
    assert load({"DATABASE_URL": "postgresql://a/b", "SUDA_DATABASE": "postgresql://c/d"}).database_url == "postgresql://c/d"
    assert load({}).limits_uri == "memory://"


def test_a_password_that_is_refused_is_not_repeated() -> None:
    for name in ("BROKER_URL", "SUDA_MONITOR_TOKEN"):
        with pytest.raises(BadSettings) as refused:
            load({name: "hunter2 "})
        assert "hunter2" not in str(refused.value)


def test_production_starts_with_a_long_secret_over_https() -> None:
    settings = load({"SUDA_DEMONSTRATION": "false", "SUDA_SECRET_KEY": "k" * 32, "SUDA_HTTPS": "true"})
    assert not settings.demonstration
    assert settings.asks_second_factor == "require"


@pytest.mark.parametrize("given", ["off", "offer", "require"])
def test_the_second_factor_is_offered_in_a_demonstration_unless_set(given: str) -> None:
    assert load({}).asks_second_factor == "offer"
    assert load({"SUDA_SECOND_FACTOR": given}).asks_second_factor == given


def test_a_bare_off_in_the_file_is_the_word_and_not_false(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    text = (PROJECT / "config.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("grid_ip: warn", "grid_ip: off").replace('second_factor: ""', "second_factor: off"), encoding="utf-8")
    settings = load({"SUDA_CONFIG": str(file)})
    assert (settings.grid_ip, settings.asks_second_factor) == ("off", "off")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PORT": "abc"}, "port"),
        ({"PORT": "70000"}, "port"),
        ({"SUDA_LIBRARY_CONFIDENCE": "2"}, "library_confidence"),
        ({"SUDA_QUEUE": "rabbit"}, "queue"),
        ({"SUDA_SECOND_FACTOR": "maybe"}, "second_factor"),
        ({"SUDA_GRID_IP": "block"}, "grid_ip"),
        ({"SUDA_PROXIES": "-1"}, "proxies"),
        ({"SUDA_LIMITS_STORAGE": "redis://x"}, "limits_storage"),
        ({"SUDA_CHANNELS": "{短信: pigeon}"}, "channels"),
        ({"SUDA_CHANNELS": "{短信: [console, console]}"}, "channels"),
        ({"SUDA_CHANNELS": "{短信: []}"}, "channels"),
        ({"SUDA_CHANNELS": "{短信: [twilio, console]}"}, "SUDA_TWILIO_ACCOUNT_SID、SUDA_TWILIO_AUTH_TOKEN、SUDA_TWILIO_FROM"),
        ({"SUDA_CHANNELS": "{电话: twilio}", "SUDA_TWILIO_ACCOUNT_SID": "AC1", "SUDA_TWILIO_FROM": "+1"}, "SUDA_TWILIO_AUTH_TOKEN"),
        ({"SUDA_CHANNELS": "{电话: twilio}", "SUDA_TWILIO_ACCOUNT_SID": "AC1", "SUDA_TWILIO_FROM": "+1", "SUDA_TWILIO_AUTH_TOKEN": "t"}, "public_url"),
        ({"SUDA_PROVIDERS": "{twilio: {kind: twilio, base_url: 'http://elsewhere'}}"}, "providers"),
        ({"SUDA_CHANNELS": "{弹屏: robot}"}, "SUDA_ROBOT_URL"),
        ({"SUDA_CHANNELS": "{弹屏: robot}", "SUDA_ROBOT_URL": "https://evil.example/key"}, "hosts"),
        ({"SUDA_CHANNELS": "{弹屏: robot}", "SUDA_ROBOT_URL": "https://qyapi.weixin.qq.com/key", "SUDA_LEASE_SECONDS": "20"}, "lease_seconds"),
        ({"SUDA_CHANNELS": "{短信: [console, robot]}", "SUDA_ROBOT_URL": "https://qyapi.weixin.qq.com/key"}, "群机器人"),
        ({"SUDA_CHANNELS": "{电话: robot}", "SUDA_ROBOT_URL": "https://qyapi.weixin.qq.com/key"}, "群机器人"),
        ({"SUDA_QUIET_HOURS": "{from: '22:00', until: '07:00', kinds: [派单]}"}, "quiet_hours"),
        ({"SUDA_QUIET_HOURS": "{from: '24:00', until: '07:00', kinds: []}"}, "quiet_hours"),
        ({"SUDA_PROVIDERS": "{console: {kind: twilio}}"}, "providers"),
        ({"SUDA_PROVIDERS": "{twilio: {kind: twilio, token: secret}}"}, "providers"),
        ({"SUDA_TRUSTED_HOSTS": "[a"}, "SUDA_TRUSTED_HOSTS"),
        ({"SUDA_DEMONSTRATION": "false"}, "secret_key"),
        ({"SUDA_DEMONSTRATION": "false", "SUDA_SECRET_KEY": "short", "SUDA_HTTPS": "true"}, "secret_key"),
        ({"SUDA_DEMONSTRATION": "false", "SUDA_SECRET_KEY": "k" * 32}, "https"),
        ({"SUDA_CONFIG": "/nowhere.yaml"}, "/nowhere.yaml"),
    ],
)
def test_a_bad_value_refuses_in_one_sentence(environment: dict[str, str], words: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load(environment)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "config.yaml"),
        ("端口: [".encode(), "config.yaml:"),
        ("辖区: 示范区".encode("gb18030"), "UTF-8"),
        (b"prot: 8012\n", "prot"),
    ],
)
def test_a_broken_file_refuses_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(content)
    with pytest.raises(BadSettings) as refused:
        load({"SUDA_CONFIG": str(file)})
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_providers_secrets_come_from_the_environment_alone_and_are_not_shown(tmp_path: Path) -> None:
    secrets = {"SUDA_TWILIO_ACCOUNT_SID": "AC1", "SUDA_TWILIO_FROM": "+1", "SUDA_TWILIO_AUTH_TOKEN": "token-nobody-sees"}
    settings = load({"SUDA_CHANNELS": "{短信: [twilio, console], 电话: console}", "SUDA_PUBLIC_URL": "https://h.example", **secrets})
    assert settings.channels == {"短信": ("twilio", "console"), "电话": ("console",)}
    assert dict(settings.credentials) == secrets
    assert "token-nobody-sees" not in repr(settings)
    file = tmp_path / "config.yaml"
    file.write_text((PROJECT / "config.yaml").read_text(encoding="utf-8") + "credentials: {SUDA_TWILIO_AUTH_TOKEN: t}\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="环境变量"):
        load({"SUDA_CONFIG": str(file)})


def test_an_unknown_setting_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text((PROJECT / "config.yaml").read_text(encoding="utf-8") + "prot: 8012\n", encoding="utf-8")
    last = len(file.read_text(encoding="utf-8").splitlines())
    with pytest.raises(BadSettings, match=f"config.yaml:{last}: prot"):
        load({"SUDA_CONFIG": str(file)})
