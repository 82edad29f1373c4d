"""A refusal as the reader sees it: the core says every sentence in both languages, 中文 (English); a page shows one of them."""

from __future__ import annotations


def one_language(refusal: str, lang: str) -> str:
    """The Chinese of `refusal` for zh, the English in its last brackets for en; unchanged when it has no English part."""
    chinese, _, english = refusal.rpartition(" (")
    if not chinese or not english.endswith(")") or not english.isascii():
        return refusal
    said = english.removesuffix(")")
    return said[:1].upper() + said[1:] if lang == "en" else chinese
