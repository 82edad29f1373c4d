"""How good a classifier is on labelled rows: shares right, and precision and recall per label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One label: precision and recall 0 to 1, their harmonic mean, and the number of rows that carry it."""

    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True)
class Figures:
    """`top1` and `top3` are shares of rows; `macro_f1` the mean F1 over the labels that occur."""

    top1: float
    top3: float
    macro_f1: float
    by_label: Mapping[str, Part]


def measure(truth: Sequence[str], ranked: Sequence[Sequence[str]]) -> Figures:
    """`ranked` holds, row by row, the labels offered, best first; three are looked at."""
    if not truth or len(truth) != len(ranked):
        raise ValueError("每一行都要有真实类别和预测 (one truth and one prediction a row)")
    first = [labels[0] for labels in ranked]
    parts: dict[str, Part] = {}
    for label in sorted(set(truth)):
        right = sum(1 for a, b in zip(truth, first, strict=True) if a == b == label)
        offered, rows = first.count(label), list(truth).count(label)
        precision, recall = right / offered if offered else 0.0, right / rows
        parts[label] = Part(precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0, rows)
    top1 = sum(a == b for a, b in zip(truth, first, strict=True)) / len(truth)
    top3 = sum(a in labels[:3] for a, labels in zip(truth, ranked, strict=True)) / len(truth)
    return Figures(top1, top3, sum(part.f1 for part in parts.values()) / len(parts), parts)
