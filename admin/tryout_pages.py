"""The pages that try rules: 试一试, the examples as a table, and coverage. They share what is loaded and built."""

from __future__ import annotations

from admin.base import Page
from admin.coverage import CoveragePage
from admin.rule_tests import RuleTests
from admin.tryout import Tryout
from admin.tryout_bench import Benches
from admin.workbench_tree import Kept


def tryout_pages() -> tuple[Page, ...]:
    """All of them, on one store of loaded trees and one of rule sets in the engine."""
    kept, benches = Kept(), Benches()
    return Tryout(kept, benches), RuleTests(kept, benches), CoveragePage(kept, benches)
