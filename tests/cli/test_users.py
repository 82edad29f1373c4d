"""Accounts from the command line."""

from __future__ import annotations

import re

from tests.cli.installation import Call
from tickets.store import accounts
from tickets.store.connect import open_database
from wiring.settings import load


def may_sign_in(username: str, password: str) -> bool:
    database = open_database(load().database_url)
    try:
        return accounts.check(username, password) is not None
    finally:
        database.close()


def password_in(out: str) -> str:
    found = re.search(r"密码（只显示这一次）：(\S{16})$", out, re.M)
    assert found is not None
    return found[1]


def test_an_account_from_beginning_to_end(call: Call) -> None:
    code, out, _ = call("users", "add", "liyan", "handler", "--unit", "水务局/管网科")
    assert code == 0
    first = password_in(out)
    assert may_sign_in("liyan", first)
    assert first not in call("users", "list")[1]
    second = password_in(call("users", "password", "liyan")[1])
    assert not may_sign_in("liyan", first)
    assert may_sign_in("liyan", second)
    assert call("users", "role", "liyan", "auditor")[0] == 0
    assert "审计员" in call("users", "list")[1]
    assert call("users", "disable", "liyan", "--lang", "en")[0] == 0
    assert not may_sign_in("liyan", second)
    assert "disabled" in call("users", "list", "--lang", "en")[1]
    assert call("users", "enable", "liyan")[0] == 0
    assert may_sign_in("liyan", second)


def test_what_is_not_there_is_said_with_the_nearest(call: Call) -> None:
    call("users", "add", "liyan", "handler")
    for words, sentence in (
        (("disable", "liyann"), "没有账号「liyann」；是不是「liyan」？"),
        (("role", "liyan", "handlr"), "没有角色「handlr」；可用：handler"),
        (("add", "wang", "handler", "--person", "NOBODY"), "没有工号「NOBODY」"),
        (("add", "wang", "handler", "--unit", "没有局"), "没有单位「没有局」"),
        (("add", "liyan", "handler"), "账号「liyan」已经有了"),
        (("add", "a b", "handler"), "账号名用 2 到 40 个"),
    ):
        code, out, err = call("users", *words)
        assert (code, out) == (2, "")
        assert sentence in err
        assert "\n" not in err.strip()


def test_a_changed_account_loses_its_sessions(call: Call) -> None:
    call("users", "add", "liyan", "handler")
    database = open_database(load().database_url)
    account = accounts.Account.get(accounts.Account.username == "liyan")
    database.close()
    call("users", "password", "liyan")
    database = open_database(load().database_url)
    assert accounts.Account.get_by_id(account.id).session_version == account.session_version + 1
    database.close()


def test_a_role_may_be_given_by_its_chinese_name(call: Call) -> None:
    assert call("users", "add", "zhao", "坐席")[0] == 0
    assert call("users", "role", "zhao", "承办人")[0] == 0
    assert "承办人" in call("users", "list")[1]
    code, _, err = call("users", "role", "zhao", "坐习")
    assert (code, "可用：坐席" in err) == (2, True)
