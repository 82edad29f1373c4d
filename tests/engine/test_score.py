"""Points: decimal, half up, shared out when there are too few cases."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.condition import ALWAYS
from engine.facts import FactValue
from engine.ruleset import RuleSet
from engine.score import ScoreRefused, points
from tests.engine.rules_for_tests import do, make_rule, make_set

D = Decimal


def scoring(**rules: dict[str, object]) -> RuleSet:
    """One rule per name, each with one score action."""
    return make_set(*(make_rule(name, ALWAYS, do("score", **args)) for name, args in rules.items()), hit="sum", event="period.closed")


def one(indicator_value: object, **args: object) -> Decimal:
    return points(scoring(K={"indicator": "rate"} | args), {"rate": indicator_value}).points["K"]  # type: ignore[dict-item]


TARGET = {"full": 25, "target": 98, "per_point": D("0.5"), "floor": D("12.5")}
FORMS: list[tuple[object, dict[str, object], str]] = [
    # the indicator, the form, the points
    (100, {"weight": D("0.30")}, "30.00"),
    (D("96.51"), {"weight": D("0.35")}, "33.78"),  # 33.7785
    (D("33.35"), {"weight": D("0.1")}, "3.34"),  # 3.335: half goes up, as the office rounds, not to even
    (D("33.25"), {"weight": D("0.1")}, "3.33"),  # 3.325: to even would be 3.32
    (100, TARGET, "25.00"),  # above the target is full marks
    (98, TARGET, "25.00"),
    (97, TARGET, "24.50"),  # half a mark off for each point below
    (D("97.99"), TARGET, "25.00"),  # 24.995
    (0, TARGET, "12.50"),  # never under the floor
    (0, {"full": 10, "target": 98, "per_point": 1}, "0.00"),  # nor under nothing
    (100, {**TARGET, "cap": 20}, "20.00"),
    (90, {"above": 80, "per_point": D("0.1"), "cap": D("1.5"), "bonus": True}, "1.00"),
    (100, {"above": 80, "per_point": D("0.1"), "cap": D("1.5"), "bonus": True}, "1.50"),
    (80, {"above": 80, "per_point": D("0.1"), "bonus": True}, "0.00"),
    (60, {"above": 80, "per_point": D("0.1"), "bonus": True}, "0.00"),  # no bonus is no malus
    (1, {"each": D("-0.5"), "floor": -10, "bonus": True}, "-0.50"),
    (99, {"each": D("-0.5"), "floor": -10, "bonus": True}, "-10.00"),
    (0, {"each": D("-0.5"), "floor": -10, "bonus": True}, "0.00"),
    (7, {"each": 1, "cap": 5, "bonus": True}, "5.00"),
    (D("0.01"), {"each": D("-0.5"), "bonus": True}, "-0.01"),  # -0.005: half away from nought
]


@pytest.mark.parametrize(("value", "form", "earned"), FORMS)
def test_a_form_gives_its_points(value: object, form: dict[str, object], earned: str) -> None:
    assert one(value, **form) == D(earned)


MONTH = {
    "K-010": {"indicator": "response_rate", "weight": D("0.30")},
    "K-020": {"indicator": "solved_rate", "weight": D("0.35"), "min_sample": 10, "below": "share"},
    "K-030": {"indicator": "satisfaction_rate", "full": 35, "target": 98, "per_point": D("0.5"), "floor": D("17.5"), "min_sample": 10, "below": "full"},
    "K-040": {"indicator": "quick", "above": 80, "per_point": D("0.1"), "cap": D("1.5"), "bonus": True},
    "K-050": {"indicator": "overdue", "each": D("-0.5"), "floor": -10, "bonus": True},
}
MONTHS: list[tuple[dict[str, object], dict[str, str], str]] = [
    (
        {
            "response_rate": 100,
            "solved_rate": D("96.51"),
            "solved_rate_n": 40,
            "satisfaction_rate": D("83.33"),
            "satisfaction_rate_n": 40,
            "quick": 90,
            "overdue": 1,
        },
        {"K-010": "30.00", "K-020": "33.78", "K-030": "27.67", "K-040": "1.00", "K-050": "-0.50"},
        "91.95",
    ),
    (  # too few cases: K-020's 35 marks are shared 30 : 35, K-030 gets full marks
        {"response_rate": 100, "solved_rate": 50, "solved_rate_n": 3, "satisfaction_rate": 0, "satisfaction_rate_n": 2, "quick": 100, "overdue": 99},
        {"K-010": "46.15", "K-030": "53.85", "K-040": "1.50", "K-050": "-10.00"},
        "91.50",
    ),
    (  # exactly enough cases, and a count that is missing is none
        {"response_rate": 90, "solved_rate": 50, "solved_rate_n": 10, "satisfaction_rate": 97, "quick": 0, "overdue": 0},
        {"K-010": "27.00", "K-020": "17.50", "K-030": "35.00", "K-040": "0.00", "K-050": "0.00"},
        "79.50",
    ),
]


@pytest.mark.parametrize(("facts", "earned", "total"), MONTHS)
def test_a_month_adds_up(facts: dict[str, FactValue], earned: dict[str, str], total: str) -> None:
    score = points(scoring(**MONTH), facts)
    assert dict(score.points) == {name: D(value) for name, value in earned.items()}
    assert score.total == D(total)
    assert score.shared == tuple(name for name in MONTH if name not in earned)


def test_an_unknown_indicator_gives_no_points_and_is_named() -> None:
    score = points(scoring(A={"indicator": "rate", "weight": D("0.5")}, B={"indicator": "other", "weight": D("0.5")}), {"rate": 80})
    assert (dict(score.points), score.total, score.unknown) == ({"A": D("40.00")}, D("40.00"), ("B",))


def test_with_nobody_to_share_with_only_bonuses_remain() -> None:
    score = points(scoring(**{name: MONTH[name] for name in ("K-020", "K-050")}), {"overdue": 2})
    assert (dict(score.points), score.shared) == ({"K-050": D("-1.00")}, ("K-020",))


def test_only_the_rules_that_won_are_scored() -> None:
    score = points(scoring(**MONTH), MONTHS[0][0], winners=["K-010", "K-050"])  # type: ignore[arg-type]
    assert (set(score.points), score.total) == ({"K-010", "K-050"}, D("29.50"))


WRONG: list[dict[str, object]] = [
    {},
    {"weight": 1, "each": 1},
    {"full": 25},
    {"target": 98, "per_point": 1},
    {"full": 25, "target": 98},
    {"above": 80},
    {"weight": "很多"},
]


@pytest.mark.parametrize("form", WRONG)
def test_a_form_that_is_none_is_refused_by_the_rules_name(form: dict[str, object]) -> None:
    with pytest.raises(ScoreRefused, match=r"^K: "):
        one(90, **form)


rates = st.decimals(0, 100, places=2)
weights = st.lists(st.integers(1, 60), min_size=2, max_size=6)


@given(rates, st.decimals(0, 1, places=2))
def test_rounding_is_half_up_on_exact_decimals(rate: Decimal, weight: Decimal) -> None:
    assert one(rate, weight=weight) == (rate * weight).quantize(D("0.01"), ROUND_HALF_UP)


@given(weights, st.sets(st.integers(0, 5)))
def test_full_marks_stay_the_whole_however_much_is_shared(parts: list[int], thin: set[int]) -> None:
    rules = {f"K{n}": {"indicator": f"i{n}", "weight": D(part) / 100, "min_sample": 10, "below": "share"} for n, part in enumerate(parts)}
    facts: dict[str, FactValue] = {f"i{n}": 100 for n in range(len(parts))} | {f"i{n}_n": 3 if n in thin else 10 for n in range(len(parts))}
    score = points(scoring(**rules), facts)
    if score.points:
        assert abs(score.total - sum(parts)) <= D("0.01") * len(parts)
    assert len(score.shared) + len(score.points) == len(parts)


@given(rates, rates)
def test_a_better_rate_never_scores_less(one_rate: Decimal, other: Decimal) -> None:
    low, high = sorted((one_rate, other))
    for form in (TARGET, {"weight": D("0.35")}, {"above": 80, "per_point": D("0.1"), "cap": D("1.5"), "bonus": True}):
        assert one(low, **form) <= one(high, **form)
