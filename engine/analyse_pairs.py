"""Rules that fire together and may not: overlap under `unique`, disagreement under `any`; and rules under `collect` that add nothing."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analyse_cover import Cover, TooHard, outside
from engine.analyse_space import Point
from engine.analyse_study import Study, named
from engine.analyse_values import clash, conclusion, values_of
from engine.ruleset import Rule

OVERLAP, DISAGREEMENT, CONTAINED = "重叠", "分歧", "包含"
MOST = 20  # other rules looked for and named beside one rule


class Pairs:
    """Every rule against the rules before it; a rule is reported once, with the others."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.hit = study.ruleset.hit
        self._keys = {rule.id: self._key(rule) for rule in study.ruleset.rules}
        self._alike: dict[frozenset[object], list[Rule]] = {}
        for rule in study.ruleset.rules:
            self._alike.setdefault(self._keys[rule.id], []).append(rule)

    def check(self, rule: Rule) -> None:
        """Overlap or disagreement of the rule with earlier ones, each tried on the independent evaluator."""
        study = self.study
        if self.hit.per is not None:
            self._twice(rule, self.hit.per)
        found: list[tuple[Rule, Point]] = []
        for other in study.ruleset.rules[: rule.rank - 1] if self._keys[rule.id] else ():
            if len(found) == MOST:
                break
            if (study.asked(rule) or study.asked(other)) and self._suspect(rule, other):
                point = next((one for one in self._together(rule, other) if study.confirmed(one, fires=(rule, other))), None)
                if point is not None and clash(self.hit, other, rule):  # the policy itself has the last word
                    found.append((other, point))
        if not found:
            return
        ids, point = [other.id for other, _ in found], found[0][1]
        if self.hit.name == "any":
            zh = f"与 {named(ids, 'zh')} 会同时适用而结论不一致，例如 {{case}}。请把条件分开，或把结论写成一样"
            en = f"applies together with {named(ids, 'en')} and disagrees, for instance {{case}}. Separate the conditions, or let them ask for the same"
        else:
            what, what_en = ("", "") if self.hit.per is None else (f"并给出同一个 {self.hit.per}", f" and gives the same {self.hit.per}")
            zh = f"与 {named(ids, 'zh')} 会同时适用{what}（应当只有一条），例如 {{case}}。请把条件分开"
            en = f"applies together with {named(ids, 'en')}{what_en}, where only one should, for instance {{case}}. Separate the conditions"
        study.report(rule, DISAGREEMENT if self.hit.name == "any" else OVERLAP, zh, en, point=point, others=ids)

    def adds_nothing(self, rule: Rule) -> None:
        """Under `collect`: a rule that asks for the same as another which fires whenever it does."""
        study = self.study
        point = study.space.point(study.boxes[rule.id][0]) if study.boxes[rule.id] else None
        for other in self._alike[self._keys[rule.id]] if study.boxes[rule.id] else ():
            if other.id == rule.id or not (study.asked(rule) or study.asked(other)):
                continue
            if point is not None and not any(point.inside(box) for box in study.boxes[other.id]):
                continue
            try:
                covered = outside(study.space, study.boxes[rule.id], [Cover(other.id, box) for box in study.boxes[other.id]]).covered
                mutual = covered and outside(study.space, study.boxes[other.id], [Cover(rule.id, box) for box in study.boxes[rule.id]]).covered
            except TooHard:
                continue
            if covered and not (mutual and rule.rank < other.rank):  # of two alike only the later one is said to be too much
                zh, en = f"凡是它适用的 {other.id} 都适用，动作也一样，可以删去", f"{other.id} applies wherever it does and asks for the same: it adds nothing"
                study.report(rule, CONTAINED, zh, en, level="warning", others=(other.id,))
                return

    def _key(self, rule: Rule) -> frozenset[object]:
        """Per value: the values given. Under `any` and `collect`: which sort of conclusion. Under plain `unique` all are of one."""
        if self.hit.per is not None:
            return frozenset(values_of(rule, self.hit.per))
        if self.hit.name == "unique":
            return frozenset(("unique",))
        return frozenset((conclusion(rule),))

    def _suspect(self, rule: Rule, other: Rule) -> bool:
        """Whether the policy would refuse the two together."""
        mine, theirs = self._keys[rule.id], self._keys[other.id]
        return mine != theirs if self.hit.name == "any" else bool(mine & theirs)

    def _together(self, rule: Rule, other: Rule) -> Iterator[Point]:
        """Tickets for which both fire, one for each pair of boxes."""
        study = self.study
        for mine in study.boxes[rule.id]:
            for theirs in study.boxes[other.id]:
                box = mine.meet(theirs)
                whole = box.meet(study.space.everything) if box is not None else None
                point = study.space.point(whole) if whole is not None else None
                if point is not None:
                    yield point

    def _twice(self, rule: Rule, per: str) -> None:
        """One rule that gives the same value twice is refused whenever it fires."""
        given = values_of(rule, per)
        double = next((value for value in given if given.count(value) > 1), None)
        if double is not None and self.study.boxes[rule.id] and self.study.asked(rule):
            zh, en = f"自己两次给出同一个 {per}「{double}」，请只留一个", f"gives the same {per} twice: {double}. Keep one"
            self.study.report(rule, OVERLAP, zh, en)
