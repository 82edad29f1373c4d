"""What the catalogue's keywords say of a text, as numbers for the trained model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from engine.tree import Tree
from insights.library_keywords import Said
from insights.library_model import Matrix

WEIGHT = 0.3  # beside n-grams of length 1; 0.3 measured best of 0, 0.3, 0.6, 1 on real appeals


def keyword_features(tree: Tree, said_of: Sequence[Mapping[str, Said]], nodes: Sequence[str]) -> Matrix:
    """(n, N), sparse: log(1 + the keyword weights at and beneath each node), each row of length WEIGHT (0 where nothing is said).

    `said_of` is KeywordFinder.said of each text.
    """
    places = {node: place for place, node in enumerate(nodes)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, of_text in enumerate(said_of):
        heard: dict[int, float] = {}
        for name, said in of_text.items():
            for node in tree.path(name):
                if node in places:
                    heard[places[node]] = heard.get(places[node], 0.0) + said.score
        if heard:
            strength = np.log1p(np.array(list(heard.values())))
            rows += [row] * len(heard)
            columns += list(heard)
            values += (WEIGHT * strength / np.linalg.norm(strength)).tolist()
    return csr_matrix((values, (rows, columns)), shape=(len(said_of), len(nodes)), dtype=np.float32)
