"""What keeps the house in order: sizes, comments on settings, help on commands, no hidden doors."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from cli.main import COMMANDS, parser
from wiring import settings as settings_module

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "notifications", "tickets", "insights", "wiring", "worker", "web", "cli", "bench", "demo", "admin", "forms", "simulator")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def tracked(*suffixes: str) -> list[Path]:
    """Files git knows or would add, by ending."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [ROOT / name for name in listed.splitlines() if name.endswith(suffixes) and (ROOT / name).exists()]


@pytest.mark.parametrize("path", [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))], ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_over_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_stand_at_the_top_and_functions_are_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body, "a module opens with one sentence"
    for outer in ast.walk(tree):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden = [node.lineno for node in ast.walk(outer) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert not hidden, f"imports inside {outer.name}: lines {hidden}"


def test_nobody_imports_run() -> None:
    for path in SOURCES:
        assert not re.search(r"^\s*(import run\b|from run import)", path.read_text(encoding="utf-8"), re.M), path


def test_names_that_hide_what_a_file_holds_are_not_used() -> None:
    assert not [path for path in SOURCES if re.search(r"util|helper|manager|misc", path.stem)]


def test_every_setting_has_a_comment_above_it_and_a_type() -> None:
    lines = (ROOT / "config.yaml").read_text(encoding="utf-8").splitlines()
    named = [(number, line.split(":")[0]) for number, line in enumerate(lines) if re.match(r"[a-z_]+:", line)]
    assert {name for _, name in named} == set(settings_module.Settings.model_fields)
    for number, name in named:
        assert lines[number - 1].startswith("# "), f"{name} has no comment"


def test_every_command_has_help_and_a_function() -> None:
    commands = next(action for action in parser()._actions if action.dest == "command").choices
    assert isinstance(commands, dict)
    assert set(COMMANDS) == set(commands)
    for name, command in commands.items():
        assert command.format_help(), name
        assert command.description, f"{name} says nothing of itself"


def test_every_yaml_file_of_the_office_is_plain_yaml() -> None:
    files = [*(ROOT / "rules").rglob("*.yaml"), *(ROOT / "web").rglob("*.yaml")]
    assert files
    for path in files:
        assert yaml.safe_load(path.read_text(encoding="utf-8")) is not None, path


def test_rules_holds_yaml_only() -> None:
    assert not [path for path in (ROOT / "rules").rglob("*") if path.is_file() and path.suffix not in (".yaml", ".md")]


def test_no_machine_path_or_registry_host_is_committed() -> None:
    found = []
    for path in tracked(".py", ".yaml", ".toml", ".lock", ".md", ".html", ".css", ".csv", "Makefile", "run"):
        text = path.read_text(encoding="utf-8", errors="replace")
        if re.search(r"(?<![a-zA-Z.\w])/(home|root|work)/[a-z]|pypi\.org|pythonhosted|registry\.npmjs", text) and path.name != "test_house.py":
            found.append(str(path.relative_to(ROOT)))
    assert not found


def test_the_layers_hold() -> None:
    done = subprocess.run([str(ROOT / ".venv/bin/lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
