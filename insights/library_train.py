"""Trains the category library from rows of text and label."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from insights.library_keywords import KeywordFinder
from insights.library_model import Matrix, Model, ModelRefused, evidence, shares, vectorizer, weighed
from insights.library_text import document

FOLDS = 4
MARGIN_OF_THE_UNSEEN = -1.0  # the SVM's margin for a label that a fold has never met
STEPS = FOLDS + 2
BIAS_HELD = 0.5
Progress = Callable[[int, int], None]


def in_silence(done: int, steps: int) -> None:
    """No progress is shown."""


def keyword_scores(finder: KeywordFinder, texts: Sequence[str], labels: Sequence[str]) -> Matrix:
    """(n, L): log(1 + the keyword weights at and beneath each label); 0 for a label that the catalogue does not have."""
    out = np.zeros((len(texts), len(labels)))
    places = {label: place for place, label in enumerate(labels)}
    for row, text in enumerate(texts):
        for name, said in finder.said(text).items():
            for node in finder.tree.path(name):
                if node in places:
                    out[row, places[node]] += said.score
    return np.log1p(out)


def train(texts: Sequence[str], labels: Sequence[str], finder: KeywordFinder, progress: Progress = in_silence) -> Model:
    """A model from texts (title on a line of its own) and their labels; ModelRefused when there are fewer than two labels.

    Texts that begin alike fall into the same fold, so that repeats of one appeal do not flatter the calibration.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2 or len(texts) < 2 * FOLDS:
        raise ModelRefused(f"训练至少要两个类别、{2 * FOLDS} 行；这里有 {len(names)} 个类别、{len(texts)} 行 (too few categories or rows to train on)")
    documents = [document(text) for text in texts]
    keywords = keyword_scores(finder, texts, names)
    truth = np.array([names.index(label) for label in labels])
    folds = np.array([zlib.crc32(text[:24].encode()) % FOLDS for text in documents])
    min_df = 2 if len(texts) >= 1000 else 1
    heard_svm, heard_bayes = np.full((len(texts), len(names)), MARGIN_OF_THE_UNSEEN), np.zeros((len(texts), len(names)))
    progress(1, STEPS)
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if len(unseen) and len(set(truth[seen])) > 1:
            judges = _Judges([documents[i] for i in seen], truth[seen], min_df)
            read = judges.reader.transform([documents[i] for i in unseen])
            heard_svm[np.ix_(unseen, judges.labels)] = read @ judges.svm.T + judges.svm_bias
            heard_bayes[np.ix_(unseen, judges.labels)] = read @ judges.bayes.T
        progress(fold + 2, STEPS)
    judge, judge_bias = _weigh(evidence(heard_svm, heard_bayes, keywords), truth)
    whole = _Judges(documents, truth, min_df)
    progress(STEPS, STEPS)
    return Model(
        labels=names,
        grams=tuple(str(gram) for gram in whole.reader.get_feature_names_out()),
        idf=whole.reader.idf_.astype(np.float32),
        svm=whole.svm,
        svm_bias=whole.svm_bias,
        bayes=whole.bayes,
        judge=judge,
        judge_bias=judge_bias,
        rows=len(texts),
    )


def _weigh(heard: Matrix, truth: Matrix) -> tuple[Matrix, Matrix]:
    """The last judge's three weights and the labels' biases: most likely truth, biases held small where rows are few."""
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
    """The two first judges, trained on one part of the rows; row k of their numbers speaks for `labels[k]`."""

    def __init__(self, documents: Sequence[str], truth: Matrix, min_df: int) -> None:
        self.reader = vectorizer(min_df=min_df)
        read = self.reader.fit_transform(documents)
        svm = LinearSVC(C=3.0, class_weight="balanced").fit(read, truth)
        bayes = ComplementNB(alpha=0.05).fit(read, truth)
        self.labels = svm.classes_
        two = len(self.labels) == 2
        self.svm = (np.vstack([-svm.coef_, svm.coef_]) if two else svm.coef_).astype(np.float32)
        self.svm_bias = np.array([-svm.intercept_[0], svm.intercept_[0]]) if two else svm.intercept_
        self.bayes = bayes.feature_log_prob_.astype(np.float32)
