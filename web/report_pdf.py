"""Sections of words and tables as a PDF on A4.

Chinese is set in STSong-Light, one of the fonts that every PDF reader brings or replaces by one of the machine: no font is shipped, and the words can be
searched and copied. reportlab is loaded when the first report is asked for: a web process starts without it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from html import escape
from importlib import import_module
from typing import Any

from web.show.report_words import Section, Table

FONT = "STSong-Light"
MARGIN = 48  # points
GREY = "#888888"


def report_pdf(title: str, made: str, sections: Sequence[Section], page_words: Callable[[int], str]) -> bytes:
    """The file; the same words give the same bytes. `page_words` names a page by its number."""
    platypus: Any = import_module("reportlab.platypus")
    styles = _styles()
    story: list[Any] = [platypus.Paragraph(_set(title), styles["title"]), platypus.Paragraph(_set(made), styles["made"])]
    for section in sections:
        story.append(platypus.Paragraph(_set(section.title), styles["head"]))
        story += [platypus.Paragraph(_set(sentence), styles["body"]) for sentence in section.says]
        if section.table is not None:
            story += [platypus.Spacer(1, 4), _table(platypus, section.table, styles)]
    file = io.BytesIO()
    size = import_module("reportlab.lib.pagesizes").A4
    document = platypus.SimpleDocTemplate(
        file, pagesize=size, title=title, author="", leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, invariant=1
    )

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawRightString(size[0] - MARGIN, MARGIN / 2, page_words(page.page))

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


def _set(words: str) -> str:
    """The words as a paragraph takes them; the sign for less has no place in the font's table."""
    return escape(words.replace("−", "-"))


def _styles() -> dict[str, Any]:
    """Paragraphs by what they are; CJK lines may break between any two characters."""
    fonts: Any = import_module("reportlab.pdfbase.cidfonts")
    metrics: Any = import_module("reportlab.pdfbase.pdfmetrics")
    style: Any = import_module("reportlab.lib.styles").ParagraphStyle
    metrics.registerFont(fonts.UnicodeCIDFont(FONT))
    metrics.registerFontFamily(FONT, normal=FONT, bold=FONT, italic=FONT, boldItalic=FONT)
    base = style("body", fontName=FONT, fontSize=10.5, leading=17, wordWrap="CJK", spaceAfter=3)
    return {
        "body": base,
        "title": style("title", parent=base, fontSize=17, leading=25, spaceAfter=4),
        "made": style("made", parent=base, fontSize=9, leading=13, spaceAfter=8, textColor=GREY),
        "head": style("head", parent=base, fontSize=12.5, leading=18, spaceBefore=10, keepWithNext=1),
        "cell": style("cell", parent=base, fontSize=9, leading=12, spaceAfter=0),
    }


def _table(platypus: Any, table: Table, styles: dict[str, Any]) -> Any:
    """A table as wide as the text; its heads come again on each page."""
    colors: Any = import_module("reportlab.lib.colors")
    cells = [[platypus.Paragraph(_set(cell), styles["cell"]) for cell in row] for row in (table.heads, *table.rows)]
    grey = colors.HexColor(GREY)
    look = [("LINEBELOW", (0, 0), (-1, 0), 0.8, grey), ("LINEBELOW", (0, 1), (-1, -1), 0.3, grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return platypus.Table(cells, repeatRows=1, hAlign="LEFT", style=look)
