"""What a page is checked for as it stands open: WCAG by axe-core, 200 % zoom, and the keyboard alone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.served import SIZES, violations

ZOOMED = {"width": 720, "height": 450}  # 1440 x 900 at 200 %
# Pages that are also gone through with the Tab key itself.
TABBED = re.compile(r"^/(inbox|t(?=/[\d-]+$)|intake|desk|s(?=/(?!guess))|admin/rules/dispatch)")


@cache
def _keyboard() -> str:
    return (Path(__file__).parent / "keyboard.js").read_text(encoding="utf-8")


def look(page: Page, path: str, tabbed: set[str]) -> list[str]:
    """Everything found wrong on that page: wide and on a phone by axe-core, zoomed and by keyboard.

    `tabbed` gathers the kinds of pages that were gone through with Tab: one of a kind is enough.
    """
    page.set_viewport_size(SIZES["desktop"])  # type: ignore[arg-type]
    page.goto(path)
    expect(page.locator(".wb-wait")).to_have_count(0, timeout=20_000)  # the workbench and the designer have drawn themselves
    page.evaluate(_keyboard())
    found = [f"(wide) {one}" for one in violations(page)]
    page.keyboard.press("Tab")
    found += [f"(wide) {one}" for one in [*page.evaluate("[...keyboard.all(), ...keyboard.moving()]"), *dialogs(page)]]
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    found += [f"(200 %) {one}" for one in page.evaluate("[...keyboard.zoomed(), ...keyboard.all()]")]
    kind = TABBED.search(path)
    if kind and kind[1] not in tabbed:
        tabbed.add(kind[1])
        found += [f"(200 %) {one}" for one in by_tab(page)]
    page.set_viewport_size(SIZES["phone"])  # type: ignore[arg-type]
    found += [f"(phone) {one}" for one in [*violations(page), *page.evaluate("keyboard.zoomed()")]]
    return [f"{path} {one}" for one in found]


def by_tab(page: Page) -> list[str]:
    """What goes wrong when the page is gone through with the Tab key itself: the skip link, then every stop in its order."""
    found = []
    page.evaluate("keyboard.top()")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.matches('a.skip')"):
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.closest('main') || !keyboard.controls(document.querySelector('main')).length"):
            found.append("the skip link does not lead into the page")
    for _ in range(page.evaluate("keyboard.listen()")):
        page.keyboard.press("Tab")
    return found + list(page.evaluate("keyboard.heard()"))


def dialogs(page: Page) -> list[str]:
    """What is wrong with the dialogs the page opens: each by Enter, looked at by axe-core, closed by Escape, and the focus back where it was."""
    found = []
    for number in range(page.evaluate("keyboard.openers().length")):
        name = page.evaluate("number => { const one = keyboard.openers()[number]; one.focus(); return keyboard.named(one); }", number)
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog[open]")
        if not page.evaluate("Boolean(document.activeElement.closest('dialog[open]'))"):
            found.append(f"the focus does not go into the dialog of {name}")
        found += [f"dialog of {name}: {one}" for one in violations(page, "dialog[open]")]
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
        if not page.evaluate("number => document.activeElement === keyboard.openers()[number]", number):
            found.append(f"the dialog does not give the focus back to {name}")
    return found
