"""Trains the category library from rows of text and label."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import hstack
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from insights.library_features import keyword_features
from insights.library_keywords import KeywordFinder
from insights.library_model import Matrix, Model, ModelRefused, evidence, shares, vectorizer, weighed
from insights.library_text import document, split

FOLDS = 4
MARGIN_OF_THE_UNSEEN = -1.0  # the SVM's margin for a label that a fold has never met
STEPS = FOLDS + 2
BIAS_HELD = 0.5
SHORT_READING = 500_000  # characters in all; with more, an n-gram seen once costs memory and teaches nothing
Progress = Callable[[int, int], None]


def in_silence(done: int, steps: int) -> None:
    """No progress is shown."""


def train(texts: Sequence[str], labels: Sequence[str], finder: KeywordFinder, progress: Progress = in_silence) -> Model:
    """A model from texts (title on a line of its own) and their labels; ModelRefused when there are fewer than two labels.

    Texts that begin alike fall into the same fold, so that repeats of one appeal do not flatter the calibration.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2 or len(texts) < 2 * FOLDS:
        raise ModelRefused(f"训练至少要两个类别、{2 * FOLDS} 行；这里有 {len(names)} 个类别、{len(texts)} 行 (too few categories or rows to train on)")
    rows = _Rows(texts, [names.index(label) for label in labels], finder)
    nodes = tuple(finder.tree.nodes)
    min_df = 1 if sum(map(len, rows.documents)) < SHORT_READING else 2
    heard_svm, heard_bayes = np.full((len(texts), len(names)), MARGIN_OF_THE_UNSEEN), np.zeros((len(texts), len(names)))
    progress(1, STEPS)
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(rows.folds != fold), np.flatnonzero(rows.folds[: len(texts)] == fold)
        if len(unseen) and len(set(rows.truth[seen])) > 1:
            judges = _Judges(rows, seen, min_df)
            margins, levels = judges.hear(rows, unseen)
            heard_svm[np.ix_(unseen, judges.labels)] = margins
            heard_bayes[np.ix_(unseen, judges.labels)] = levels
        progress(fold + 2, STEPS)
    judge, judge_bias = _weigh(evidence(heard_svm, heard_bayes), rows.truth[: len(texts)])
    whole = _Judges(rows, np.arange(len(rows.documents)), min_df)
    progress(STEPS, STEPS)
    return Model(
        labels=names,
        nodes=nodes,
        grams=tuple(str(gram) for gram in whole.reader.get_feature_names_out()),
        idf=whole.reader.idf_.astype(np.float32),
        svm=whole.svm,
        svm_bias=whole.svm_bias,
        bayes=whole.bayes,
        judge=judge,
        judge_bias=judge_bias,
        rows=len(texts),
    )


class _Rows:
    """What is learnt from: the texts as the model reads them, then the titles of those that have one, each alone.

    The titles teach the short texts that a hotline gets (0.900 -> 0.905 macro-F1 on real appeals); a title lies in its text's fold.
    """

    def __init__(self, texts: Sequence[str], truth: Sequence[int], finder: KeywordFinder) -> None:
        parts = [split(text) for text in texts]
        titled = [row for row, (title, rest) in enumerate(parts) if len(title) > 5 and len(rest) > 20]
        whole = [*texts, *(parts[row][0] for row in titled)]
        self.documents = [document(text) for text in whole]
        self.keywords = keyword_features(finder.tree, [finder.said(text) for text in whole], tuple(finder.tree.nodes))
        self.truth = np.array([*truth, *(truth[row] for row in titled)])
        folds = [zlib.crc32(text[:24].encode()) % FOLDS for text in self.documents[: len(texts)]]
        self.folds = np.array([*folds, *(folds[row] for row in titled)])


def _weigh(heard: Matrix, truth: Matrix) -> tuple[Matrix, Matrix]:
    """The last judge's two weights and the labels' biases: most likely truth, biases held small where rows are few."""
    kinds, rows, labels = heard.shape

    def loss(numbers: Matrix) -> tuple[float, Matrix]:
        chances = shares(weighed(heard, numbers[:kinds], numbers[kinds:]))
        wrong = chances.copy()
        wrong[np.arange(rows), truth] -= 1
        held = BIAS_HELD * numbers[kinds:]
        value = -np.log(chances[np.arange(rows), truth] + 1e-12).sum() + (held * numbers[kinds:]).sum()
        slope = np.concatenate([np.einsum("knl,nl->k", heard, wrong), wrong.sum(axis=0) + 2 * held])
        return float(value), slope

    best = minimize(loss, np.concatenate([np.ones(kinds), np.zeros(labels)]), jac=True, method="L-BFGS-B").x
    return best[:kinds], best[kinds:]


class _Judges:
    """The two first judges, trained on some of the rows; row k of their numbers speaks for `labels[k]`."""

    def __init__(self, rows: _Rows, seen: Matrix, min_df: int) -> None:
        self.reader = vectorizer(min_df=min_df)
        read = self.reader.fit_transform([rows.documents[row] for row in seen])
        truth = rows.truth[seen]
        svm = LinearSVC(C=2.0, class_weight="balanced").fit(hstack([read, rows.keywords[seen]]).tocsr(), truth)
        bayes = ComplementNB(alpha=0.05).fit(read, truth)
        self.labels = svm.classes_
        two = len(self.labels) == 2  # scikit-learn keeps one row for two labels
        self.svm = (np.vstack([-svm.coef_, svm.coef_]) if two else svm.coef_).astype(np.float32)
        self.svm_bias = np.array([-svm.intercept_[0], svm.intercept_[0]]) if two else svm.intercept_
        self.bayes = bayes.feature_log_prob_.astype(np.float32)

    def hear(self, rows: _Rows, which: Matrix) -> tuple[Matrix, Matrix]:
        """(margins, Bayes scores) of some of the rows, both (n, labels)."""
        read = self.reader.transform([rows.documents[row] for row in which])
        return hstack([read, rows.keywords[which]]).tocsr() @ self.svm.T + self.svm_bias, read @ self.bayes.T
