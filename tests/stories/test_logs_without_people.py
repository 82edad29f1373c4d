"""Everything a day brings is driven through a logging installation: no line knows a citizen, and nothing typed makes a line of its own."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from admin.app import create_app
from tests.stories.conftest import Installation
from tickets.store import accounts
from tickets.store.accounts import DEMONSTRATION_PASSWORD
from tickets.store.models import Outbox
from wiring.logs import set_up_logs

FORGED = 'x\r\n{"event": "signed in", "level": "info"}\n2026-11-23 INFO web signed in\x1b[2J\x9b31m\u2028next'
PERSONAL = ("13912345678", "欧阳测试", "水管爆裂淹了地下室", "幸福里九号楼", "x\r\n", DEMONSTRATION_PASSWORD)


@pytest.fixture
def logged(request: pytest.FixtureRequest, installation: Installation) -> Iterator[str]:
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    set_up_logs(installation.home, request.param)
    structlog.configure(cache_logger_on_first_use=False)  # the next test has its own
    yield request.param
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


@pytest.mark.parametrize("logged", ["json", "text"], indirect=True)
def test_a_day_leaves_no_citizen_in_the_log_and_nobody_writes_a_line_of_his_own(logged: str, installation: Installation) -> None:
    installation.appeal("水管爆裂淹了地下室，没人管，请打13912345678", address="幸福里九号楼", phone="13912345678", caller_name="欧阳测试")
    installation.run_until(6, step=2)  # the SMS, the breach, the call
    assert Outbox.select().where(Outbox.state.in_(("sent", "delivered"))).count() >= 2
    accounts.create("zuoxi", DEMONSTRATION_PASSWORD, "agent")
    client = create_app(installation.parts).test_client()
    client.get("/signin")
    for username, password in ((FORGED, "x"), ("zuoxi", "wrong"), ("zuoxi", DEMONSTRATION_PASSWORD)):
        client.post("/signin", data={"username": username, "password": password}, headers={"User-Agent": FORGED.replace("\r", "").replace("\n", " ")})
    log = structlog.get_logger("test")
    log.warning(FORGED, said=FORGED)
    try:
        raise ValueError(FORGED)
    except ValueError:
        log.exception("broke")
    logging.getLogger("library").warning("odd %s", FORGED)

    raw = (installation.home / "suda.log").read_bytes()
    text = raw.decode("utf-8")
    for one in PERSONAL:
        assert one not in text, one
    assert not set("\r\x1b\x9b\u2028\x85") & set(text)
    lines = text.splitlines()
    assert len(lines) >= 6
    if logged == "json":
        events = [json.loads(line) for line in lines]
        assert all(isinstance(one, dict) and one["pid"] for one in events)
        assert "signed in" not in {one["event"] for one in events}
    else:
        began = [line for line in lines if not line.startswith("    | ")]
        assert not [line for line in began if line.startswith(("{", "2026-11-23 INFO web"))]
        assert all(" pid=" in line for line in began)
