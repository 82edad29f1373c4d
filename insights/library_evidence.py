"""Which words of a text carried a category: the stretches whose n-grams weighed most for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine import normalise
from insights.library_model import Matrix

MOST = 4  # words shown
LONGEST = 8  # characters of one
GRAMS_HEARD = 24
_BREAKS = frozenset("，。、；：！？,.;:!?（）()《》“”\"'【】[]")


def carried_by(text: str, document: str, read: Matrix, grams: Sequence[str], weights: Matrix) -> tuple[str, ...]:
    """Up to four stretches of two to eight characters of `text`, strongest first.

    `document` is the text as the model read it, `read` its row (1, V) of TF-IDF values and `weights` (V,) the label's. A place in
    the document counts what the n-grams over it weigh; the stretches are what stands out.
    """
    gains = read.data * weights[read.indices]
    heard = [place for place in np.argsort(-gains)[:GRAMS_HEARD] if gains[place] > 0 and len(grams[read.indices[place]]) > 1]
    if not heard:
        return ()
    gain_at = np.zeros(len(document))
    for place in heard:
        gram, here = grams[read.indices[place]], 0
        while (here := document.find(gram, here)) >= 0:
            gain_at[here : here + len(gram)] += gains[place]
            here += 1
    found: dict[str, float] = {}
    start = 0
    for end in range(len(document) + 1):
        if end == len(document) or gain_at[end] <= 0 or document[end] in _BREAKS or end - start >= LONGEST:
            if end - start >= 2:
                word = document[start:end]
                found[word] = max(found.get(word, 0.0), float(gain_at[start:end].sum()))
            start = end if end < len(document) and gain_at[end] > 0 and document[end] not in _BREAKS else end + 1
    original = normalise.spans(text)
    shown: list[str] = []
    for word in sorted(found, key=lambda w: -found[w]):
        places = original.find(word)
        if places and len(shown) < MOST:
            shown.append(text[places[0][0] : places[0][1]])
    return tuple(shown)
