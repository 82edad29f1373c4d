"""Whatever the bytes, loading answers with findings: it never raises, never hangs, and never writes a broken line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import folder
from engine.findings import Finding, RulesRefused
from engine.folder import Loaded, Vocabulary
from engine.yaml_strict import MAX_BYTES, load
from tests.engine.rule_files import STATUSES, load_text, ruleset_of, world

FILES = ("draft.yaml", "facts.yaml", "library.yaml", "directory.yaml", "roles.yaml")
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

LANGUAGE = """
ruleset title event hit order basis effective else rules tests id priority when unless then given expect at due
all any none text has_any similar to min category area outage households missing label type options options_from derived
library name children section reserved keywords units roles areas level find grassroots zh en from until within clock
dispatch deadline chain score indicator weight ticket.accepted first highest urgency 供水 停水 特急 承办人 2026-01-01 10m 70%
no true null ~ 1 0.5 -1 *a &a !x << ' " { } [ ] : - , # | > %
"""
SPACES = [": ", "- ", ", ", "\n", "\n  ", "\n    ", "\n      ", "\t", "\x00", "\ufeff", "\u2028", "\x85", "\r"]
WORDS = st.sampled_from([*LANGUAGE.split(), *SPACES])
SCALARS = st.one_of(WORDS.filter(str.isprintable), st.booleans(), st.none(), st.integers(), st.text(max_size=5))
DATA = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS.filter(str.isprintable), inner, max_size=4)), max_leaves=25
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return world(tmp_path_factory.mktemp("world"))


def check(data: str | bytes, name: str, folder_path: Path, base: Vocabulary) -> Loaded:
    began = time.process_time()
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    loaded = load_text(data, folder_path, base, name)
    assert time.process_time() - began < 1
    for finding in loaded.findings:
        assert finding.line >= 1
        for lang in ("zh", "en"):
            assert "\n" not in finding.text(lang)
            finding.text(lang).encode("utf-8")
    return loaded


@RELAXED
@given(data=st.binary(max_size=300), name=st.sampled_from(FILES))
def test_any_bytes_give_findings_and_nothing_else(data: bytes, name: str, base: Vocabulary, tmp_path: Path) -> None:
    check(data, name, tmp_path, base)


@RELAXED
@given(words=st.lists(WORDS, max_size=60), name=st.sampled_from(FILES))
def test_any_words_of_the_language_in_any_order_give_findings(words: list[str], name: str, base: Vocabulary, tmp_path: Path) -> None:
    check("".join(words), name, tmp_path, base)


def written(data: object) -> str:
    """JSON-like flow YAML, with every text in double quotes or bare."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{written(key)}: {written(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(written(item) for item in data) + "]"
    if isinstance(data, str):
        return '"' + data.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return {None: "null", True: "true", False: "false"}.get(data, str(data)) if not isinstance(data, int) or isinstance(data, bool) else str(data)


@RELAXED
@given(data=st.dictionaries(WORDS.filter(str.isprintable), DATA, max_size=6), name=st.sampled_from(FILES))
def test_any_well_formed_data_gives_findings(data: dict[str, object], name: str, base: Vocabulary, tmp_path: Path) -> None:
    check(written(data), name, tmp_path, base)


@RELAXED
@given(when=DATA)
def test_any_condition_gives_findings_or_a_rule(when: object, base: Vocabulary, tmp_path: Path) -> None:
    loaded = check(ruleset_of(written(when)), "draft.yaml", tmp_path, base)
    assert bool(loaded.sets) != bool(loaded.errors)


@RELAXED
@given(
    kind=st.sampled_from(["urgency", "deadline", "dispatch", "chain", "review", "supervise", "warn", "survey", "mediate", "exclude", "score"]),
    args=DATA,
)
def test_any_arguments_of_an_action_give_findings_or_a_rule(kind: str, args: object, base: Vocabulary, tmp_path: Path) -> None:
    loaded = check(ruleset_of("", "[{" + kind + ": " + written(args) + "}]"), "draft.yaml", tmp_path, base)
    assert bool(loaded.sets) != bool(loaded.errors)


TWO_WAYS = ", ".join(f"{{BOX: [{{households: 1{n}}}, {{households: 2{n}}}]}}" for n in range(60))
HOSTILE = {
    "alias bomb": "a: &a [x, x]\n" + "".join(f"{n}: &b{n} [*a, *a]\n" for n in range(1000)),
    "depth 50,000 flow": "ruleset: " + "[" * 50_000,
    "depth 50,000 maps": "{a: " * 50_000,
    "depth 50,000 block": "".join(" " * n + "a:\n" for n in range(700)),
    "python tag": "rules: !!python/object/apply:os.system [ls]\n",
    "a million tildes": "~" * MAX_BYTES,
    "many keys": "".join(f"k{n}: 1\n" for n in range(15_000)),
    "many double keys": "k: 1\n" * 9_000,
    "long plain text": "a: " + "x " * 120_000,
    "long quoted text": 'a: "' + "x " * 120_000 + '"',
    "long folded text": "a: >\n" + "  x\n" * 60_000,
    "many comments": "# x\n" * 60_000 + "a: 1\n",
    "many colons": ":" * 200_000,
    "many quotes": "'" * 200_000,
    "many braces": "{}" * 100_000,
    "question marks": "? " * 100_000,
    "huge number": "a: " + "9" * 200_000,
    "huge exponent": "priority: 1e999999999\n",
    "too large": "a: " + "x" * (MAX_BYTES + 1),
    "twenty deep conditions": ruleset_of("{all: [" * 12 + "{outage: true}" + "]}" * 12),
    "wide condition": ruleset_of("{all: [" + TWO_WAYS.replace("BOX", "any") + "]}"),
    "not of wide": ruleset_of("{none: [" + TWO_WAYS.replace("BOX", "all") + "]}"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_is_answered_in_bounded_time(name: str, base: Vocabulary, tmp_path: Path) -> None:
    began = time.process_time()
    loaded = load_text(HOSTILE[name], tmp_path, base)
    assert loaded.findings
    assert time.process_time() - began < 5


@RELAXED
@given(text=st.text(max_size=200))
def test_the_yaml_reader_raises_nothing_but_its_own_refusal(text: str) -> None:
    refused: tuple[Finding, ...] | None = None
    try:
        load(text, "x.yaml")
    except RulesRefused as refusal:
        refused = refusal.findings
    assert refused != ()


def test_a_path_that_cannot_be_is_a_finding() -> None:
    for path in ("/no/such/file.yaml", "x" * 5000, "a\x00b"):
        loaded = folder.load([path], statuses=STATUSES)
        assert [finding.rule for finding in loaded.findings] == ["file"]
