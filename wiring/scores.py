"""The month's score of an installation: what insights compute and actions keep, put together. Pages and the command line both use it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from insights import scores
from insights.rates import EVERY, Rates, measure
from tickets.actions import score_exclude, score_month
from tickets.domain.period import Period
from tickets.domain.score_sheet import Drawn
from tickets.ports import Desk
from tickets.store import score_months
from tickets.store.score_models import ScoreAppeal, ScoreMonth
from tickets.store.score_subjects import subjects
from wiring.settings import Settings


@dataclass(frozen=True)
class MonthScores:
    """Draws up, freezes and re-runs months. `basic`: 基本满意 counts as satisfied; `within`: how long one may appeal."""

    desk: Desk
    basic: bool
    within: str

    def rates(self, period: Period) -> Rates:
        """The period's figures as the tables say them now, without the tickets that are left out."""
        return measure(period, self.desk.clock(), basic=self.basic, excluded=score_months.left_out(period.key))

    def draw(self, period: Period) -> Drawn:
        """The scores on trial: nothing is kept. NotScored when no scoring rules are in force."""
        if scores.RULES not in {found.name for found in self.desk.rules.rulesets()}:
            raise scores.NotScored("还没有考核规则（rules/scoring.yaml），不能计分 (there are no scoring rules yet)")
        return scores.draw(self.rates(period), subjects(), self.desk.rules)

    def judge(self, period: Period) -> int:
        """The exclusion rules judge every ticket that counts for anything in the period; how many were newly left out or proposed."""
        counted = measure(period, self.desk.clock(), basic=self.basic)
        return score_exclude.judge(self.desk, sorted({case.who.ticket for cases in counted.cases.values() for case in cases}), period)

    def freeze(self, period: Period, actor: str) -> ScoreMonth:
        """Judges the exclusions, draws the month up and keeps it. StepRefused while it runs or when it is frozen already."""
        score_month.refuse_unless_over(self.desk, period)
        self.judge(period)
        return score_month.freeze(self.desk, period, self.draw(period), actor, self.basic)

    def again(self, kept: ScoreMonth) -> Drawn:
        """A frozen edition computed once more from what was kept with it."""
        return scores.again(kept.facts, *score_months.rules_of(kept))

    def same(self, kept: ScoreMonth) -> bool:
        """True when the edition computed again is the same to the byte, and its hash that of its text."""
        once_more = self.again(kept)
        return bool(once_more.result == kept.result and once_more.digest == kept.sha256)

    def without(self, kept: ScoreMonth, appeal: ScoreAppeal) -> Drawn:
        """The edition without the ticket appealed for, by its own rules."""
        wanted = score_months.rates_of(appeal)
        return scores.without(kept.facts, dict.fromkeys(wanted or (EVERY,), (appeal.ticket,)), *score_months.rules_of(kept))

    def outcome(self, kept: ScoreMonth, appeal: ScoreAppeal, scored_as: str) -> Decimal | None:
        """What the unit would have if the appeal were granted."""
        wanted = dict.fromkeys(score_months.rates_of(appeal) or (EVERY,), (appeal.ticket,))
        return scores.total_without(kept.facts, wanted, *score_months.rules_of(kept), scored_as, appeal.unit_id)

    def kept_rates(self, kept: ScoreMonth) -> Rates:
        """The figures of a frozen edition with their tickets."""
        return scores.read_back(kept.facts)[0]


def month_scores(desk: Desk, settings: Settings) -> MonthScores:
    """As the installation's settings say."""
    return MonthScores(desk, settings.basically_satisfied_counts, settings.score_appeal_within)
