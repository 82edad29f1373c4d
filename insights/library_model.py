"""The trained half of the category library: numbers that turn a text into categories with honest probabilities.

Two linear judges read the same character n-grams: a linear SVM, which also hears what the catalogue's keywords say, and complement
naive Bayes. A last one weighs the two and was trained on texts they had not seen, so its probabilities are calibrated.
The file holds arrays and words only, never code.

scipy and scikit-learn are imported when a model is first read: they take a third of a process's start, and of its end, which the web and the
worker of an installation without a trained library need not wait for when they are started again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

FORMAT = 1
NGRAMS = (1, 3)
Matrix = Any  # numpy arrays and scipy sparse matrices; their stubs do not help here


class ModelRefused(Exception):
    """A model file that cannot be used, or rows that cannot train one; one sentence."""

    permanent = True


def vectorizer(vocabulary: Sequence[str] | None = None, idf: Matrix = None, min_df: int = 2) -> TfidfVectorizer:
    """Character 1- to 3-grams, sublinear TF-IDF; with a vocabulary and its idf it is ready to transform."""
    make = import_module("sklearn.feature_extraction.text").TfidfVectorizer
    made: TfidfVectorizer = make(
        analyzer="char", ngram_range=NGRAMS, sublinear_tf=True, min_df=min_df, dtype=np.float32, vocabulary=vocabulary, lowercase=False
    )
    if idf is not None:
        made.idf_ = idf
    return made


@dataclass(frozen=True)
class Model:
    """`labels` in order, `nodes` the catalogue's categories whose keywords the SVM hears.

    Shapes: grams V, nodes N, labels L: svm (L, V + N) with svm_bias (L,), bayes (L, V); `judge` (2,) weighs SVM and Bayes, the same
    for every label (few numbers, so a label of ten rows does not mislead it), `judge_bias` (L,) is how common a label is.
    """

    labels: tuple[str, ...]
    nodes: tuple[str, ...]
    grams: tuple[str, ...]
    idf: Matrix
    svm: Matrix
    svm_bias: Matrix
    bayes: Matrix
    judge: Matrix
    judge_bias: Matrix
    rows: int

    def reader(self) -> TfidfVectorizer:
        """The vectorizer these numbers belong to; make it once."""
        return vectorizer(self.grams, self.idf)

    def probabilities(self, read: Matrix, keywords: Matrix) -> Matrix:
        """(n, L) from the n-grams (n, V) and what the keywords say of `nodes` (n, N), see `library_features`."""
        margins = import_module("scipy.sparse").hstack([read, keywords]).tocsr() @ self.svm.T + self.svm_bias
        return shares(weighed(evidence(margins, read @ self.bayes.T), self.judge, self.judge_bias))

    def save(self, file: Path) -> None:
        """Writes the model beside its place and moves it there, so a reader never sees half of one."""
        file.parent.mkdir(parents=True, exist_ok=True)
        about = {"format": FORMAT, "labels": self.labels, "nodes": self.nodes, "grams": self.grams, "rows": self.rows}
        words = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8)
        partial = file.with_suffix(".part.npz")
        numbers = {name: getattr(self, name) for name in ("idf", "svm", "svm_bias", "bayes", "judge", "judge_bias")}
        with partial.open("wb") as out:
            np.savez(out, allow_pickle=False, about=words, **numbers)
        partial.replace(file)

    @staticmethod
    def load(file: Path) -> Model:
        """ModelRefused, in one sentence, when it is not a model of this version."""
        try:
            with np.load(file, allow_pickle=False) as kept:
                about = json.loads(kept["about"].tobytes())
                if about["format"] != FORMAT:
                    raise ModelRefused(f"{file}: 模型是另一个版本的，请重新运行 library train (another version's model: train again)")
                numbers = {name: kept[name] for name in ("idf", "svm", "svm_bias", "bayes", "judge", "judge_bias")}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as problem:
            raise ModelRefused(f"{file}: 模型文件读不了，请重新运行 library train (cannot be read: train again)") from problem
        return Model(tuple(about["labels"]), tuple(about["nodes"]), tuple(about["grams"]), rows=about["rows"], **numbers)


def evidence(svm: Matrix, bayes: Matrix) -> Matrix:
    """What the last judge hears (2, n, L): the SVM's margins and the naive Bayes scores, put on one scale."""
    spread = bayes.std(axis=1, keepdims=True)
    level = (bayes - bayes.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
    return np.stack([np.asarray(svm), np.asarray(level)])


def weighed(heard: Matrix, judge: Matrix, bias: Matrix) -> Matrix:
    """The last judge's scores (n, L)."""
    return np.tensordot(judge, heard, axes=1) + bias


def shares(scores: Matrix) -> Matrix:
    """Scores as probabilities that add up to one in each row (softmax)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
