"""Puts every decimal number on a line of whole numbers that durable-rules compares exactly."""

from __future__ import annotations

from decimal import Decimal

EXACT = 2**53  # beyond it the engine saturates or rounds
UNKNOWN_LOW = -EXACT  # an unknown number in the property that "more than" asks: below every threshold
UNKNOWN_HIGH = EXACT  # and in the one that "less than" asks: above every threshold
_MOST_DIGITS = 17


def digits_after_point(value: Decimal) -> int:
    """How many places the number needs: 0.50 needs 1, 20 needs 0."""
    if not value:
        return 0
    _, digits, exponent = value.as_tuple()
    kept = len(digits)
    places = -int(exponent)
    while places > 0 and kept > 0 and digits[kept - 1] == 0:
        kept, places = kept - 1, places - 1
    return max(places, 0)


def code(value: Decimal | int, places: int) -> int:
    """An even number for a decimal of at most `places` places, the odd one between two even ones for a finer decimal.

    code(a) < code(b) exactly when a < b, for any a and any b of at most `places` places; so a threshold never lies, not even
    for 0.1 + 1e-30. Numbers beyond ±2**53 stop at an odd number, which equals no threshold.
    """
    if isinstance(value, int):
        twice = 2 * value * int(10**places)
    else:
        floor, exact = _floor(value, places)
        twice = 2 * floor + (0 if exact else 1)
    return max(1 - EXACT, min(EXACT - 1, twice))


def fits(value: Decimal, places: int) -> bool:
    """Whether a threshold of so many places can be asked about exactly."""
    floor, exact = _floor(value, places)
    return exact and abs(2 * floor) < EXACT - 1


def _floor(value: Decimal, places: int) -> tuple[int, bool]:
    """The whole part of value × 10**places, rounded down, and whether nothing was cut off; far numbers stop at ±2**54."""
    sign, digits, exponent = value.as_tuple()
    if not any(digits):
        return 0, True
    whole = value.adjusted() + 1 + places  # digits before the point once shifted
    if whole > _MOST_DIGITS:
        return (-(2**54) if sign else 2**54), True
    shift = int(exponent) + places
    if shift >= 0:
        floor, exact = int("".join(map(str, digits))) * 10**shift, True
    else:
        floor = int("".join(map(str, digits[:whole])) or "0") if whole > 0 else 0
        exact = not any(digits[max(whole, 0) :])
    if sign:
        floor = -floor if exact else -floor - 1
    return floor, exact
