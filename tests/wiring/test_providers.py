"""Who carries what, as config.yaml and the environment say."""

from __future__ import annotations

from pathlib import Path

from notifications.channels import Route
from notifications.channels.console import ConsoleChannel
from notifications.channels.twilio_sms import TwilioSms
from notifications.channels.twilio_voice import TwilioVoice
from notifications.channels.webhook import Robot
from wiring.providers import channels_of, marks_of
from wiring.settings import load

SECRETS = {
    f"SUDA_{name}_{what}": value
    for name in ("TWILIO", "BACKUP")
    for what, value in (("ACCOUNT_SID", f"AC{name}"), ("AUTH_TOKEN", f"token-{name}"), ("FROM", "+8610"))
}


def test_each_kind_of_message_goes_to_its_providers_in_order_with_their_own_accounts(tmp_path: Path) -> None:
    settings = load(
        {
            "SUDA_HOME": str(tmp_path),
            "SUDA_CHANNELS": "{短信: [twilio, backup, console], 电话: twilio, 弹屏: robot}",
            "SUDA_PUBLIC_URL": "https://h.example/",
            "SUDA_ROBOT_URL": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k",
            **SECRETS,
        }
    )
    made = channels_of(settings)
    sms, call, screen = (made[kind] for kind in ("短信", "电话", "弹屏"))
    assert isinstance(sms, Route)
    assert isinstance(call, Route)
    assert isinstance(screen, Route)
    assert [(one.name, type(one.channel), one.per_second) for one in sms.providers] == [
        ("twilio", TwilioSms, 10), ("backup", TwilioSms, 5), ("console", ConsoleChannel, 0),
    ]  # fmt: skip
    assert [type(one.channel) for one in (*call.providers, *screen.providers)] == [TwilioVoice, Robot]
    backup = sms.providers[1].channel
    assert isinstance(backup, TwilioSms)
    assert (backup.account.account_sid, backup.account.sender) == ("ACBACKUP", "+8610")
    assert backup.account.address("status", 7).startswith("https://h.example/twilio/backup/status/7-")
    assert all(secret not in repr(made) + repr(settings) for secret in ("token-TWILIO", "key=k"))


def test_a_mark_made_by_the_worker_is_read_by_the_web_and_by_no_other_installation(tmp_path: Path) -> None:
    here = load({"SUDA_HOME": str(tmp_path / "a")})
    mark = marks_of(here).make(78)
    assert marks_of(load({"SUDA_HOME": str(tmp_path / "a")})).read(mark) == 78
    assert marks_of(load({"SUDA_HOME": str(tmp_path / "b")})).read(mark) is None


def test_the_console_alone_is_what_it_was(tmp_path: Path) -> None:
    made = channels_of(load({"SUDA_HOME": str(tmp_path)}))
    assert isinstance(made["短信"], ConsoleChannel)
    assert made["短信"] is made["电话"]
