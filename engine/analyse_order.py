"""Rules that can never have the say: never true, or always beaten under `first` and `highest`; and tickets that no rule of a `unique` set answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine import normalise
from engine.analyse_cover import Cover, TooHard, fewest, outside
from engine.analyse_space import TIME, Box, Point
from engine.analyse_study import Study, named
from engine.analyse_values import conclusion, values_of
from engine.compile_ruleset import tests_of
from engine.dnf import TooWide, Want
from engine.hit import height
from engine.ruleset import Rule

NEVER, SHADOW, GAP = "恒假", "遮蔽", "空档"


def never(study: Study, rule: Rule) -> None:
    """A rule that fires for no ticket at any time; an `unless` that stops none."""
    if rule.id in study.wide:
        study.report(rule, NEVER, *_wide(study.wide[rule.id]))
        return
    if study.boxes[rule.id]:
        _useless_unless(study, rule)
        return
    if not study.space.when(rule.effective) & study.space.everything.masks[TIME]:
        zh, en = "规则与规则集的有效期没有交集，永远不会生效，请改其中一个", "its dates and those of its set have nothing in common: it is never in force"
    elif rule.unless is not None and study.space.ways(rule.when, Want.TRUE):
        zh, en = "凡是满足「当」的都被「除非」拦下，永远不会适用，请收窄「除非」", "whatever meets its `when` is stopped by its `unless`: it never applies"
    else:
        zh, en = "「当」永远不成立，条件互相矛盾，请改条件", "its `when` can never hold: the conditions contradict one another"
    study.report(rule, NEVER, zh, en)


def _wide(wide: TooWide) -> tuple[str, str]:
    return (
        f"条件展开后有 {wide.count} 种以上情形，无法分析，请拆成几条规则",
        f"the condition expands to {wide.count} or more alternatives and cannot be analysed: split the rule",
    )


def _useless_unless(study: Study, rule: Rule) -> None:
    if rule.unless is None:
        return
    try:
        stops = study.space.ways(rule.unless, Want.TRUE)
        holds = study.space.ways(rule.when, Want.TRUE)
    except TooWide:
        return
    if not any(one.meet(other) is not None for one in stops for other in holds):
        zh, en = "「除非」从来拦不下任何情形，与「当」不可能同时成立，请改或删去", "its `unless` never stops anything: it cannot hold together with `when`"
        study.report(rule, NEVER, zh, en, level="warning")


class Ranking:
    """Who has the say before whom, under `first` and `highest`."""

    def __init__(self, study: Study) -> None:
        self.study = study
        policy = study.ruleset.hit
        order: Callable[[Rule], tuple[object, ...]] = (
            (lambda rule: (rule.rank,)) if policy.name == "first" else (lambda rule: (height(policy.order, rule), rule.rank))
        )
        self.rules = sorted(study.ruleset.rules, key=order)
        self.conclusions = {rule.id: conclusion(rule) for rule in self.rules}
        self.covers: list[Cover] = []
        self.upto: dict[str, int] = {}
        for rule in self.rules:
            self.upto[rule.id] = len(self.covers)
            self.covers += [Cover(rule.id, box) for box in study.boxes[rule.id]]

    def shadow(self, rule: Rule) -> None:
        """Reports the rule when whatever meets it is always taken by rules before it."""
        study, boxes = self.study, self.study.boxes[rule.id]
        before = self.covers[: self.upto[rule.id]]
        if not boxes:
            return
        try:
            if not self._wanted(rule, before, boxes):
                return
            by = self._alike(rule, before) or self._by(boxes, before)
        except TooHard:
            study.report(rule, SHADOW, *_too_hard("是否被前面的规则遮住", "whether earlier rules shadow it"), level="warning")
            return
        if by and (study.changed is None or rule.id in study.changed or study.changed & set(by)):
            point = next((point for box in boxes if (point := study.space.point(box.meet(study.space.everything) or box)) is not None), None)
            self._report(rule, [study.ruleset.rule(owner) for owner in by], point)

    def _by(self, boxes: Sequence[Box], before: Sequence[Cover]) -> tuple[str, ...]:
        """The rules that cover it, few of them; () when they do not."""
        answer = outside(self.study.space, boxes, before)
        return tuple(str(owner) for owner in fewest(self.study.space, boxes, before, answer.used)) if answer.covered else ()

    def _alike(self, rule: Rule, before: Sequence[Cover]) -> tuple[str, ...]:
        """Under `highest` first those that ask for the same: then nothing is lost."""
        if self.study.ruleset.hit.name == "first":
            return ()
        mine = self.conclusions[rule.id]
        return self._by(self.study.boxes[rule.id], [cover for cover in before if self.conclusions[str(cover.owner)] == mine])

    def _wanted(self, rule: Rule, before: Sequence[Cover], boxes: Sequence[Box]) -> bool:
        """Whether a changed rule is involved: itself, or one that takes from the rule what no other rule before it takes."""
        changed = self.study.changed
        if changed is None or rule.id in changed:
            return True
        taken = [met for cover in before if cover.owner in changed for box in boxes if (met := box.meet(cover.box)) is not None]
        return bool(taken) and not outside(self.study.space, taken, [cover for cover in before if cover.owner not in changed]).covered

    def _report(self, rule: Rule, winners: list[Rule], point: Point | None) -> None:
        study, ids = self.study, [rule.id for rule in winners]
        if point is not None and not study.confirmed(point, fires=(rule,)):
            point = None
        first = study.ruleset.hit.name == "first"
        zh = f"永远轮不到：凡是它适用的，{named(ids, 'zh')}{'合起来' if len(ids) > 1 else ''}都已{'先适用' if first else '适用而且更高'}"
        en = f"it never has its turn: wherever it applies, {named(ids, 'en')} {'come first' if first else 'apply and rank higher'}"
        word = _inner_word(rule, winners)
        if word is not None:
            zh += f"（含「{word[0]}」的也含「{word[1]}」）"
            en += f" (a text with {word[0]} also has {word[1]})"
        if point is not None:
            zh, en = f"{zh}，例如 {{case}}", f"{en}, for instance {{case}}"
        zh, en = f"{zh}。请调整先后，或收窄 {ids[0]}", f"{en}. Change the order, or narrow {ids[0]}"
        harmless = not first and all(self.conclusions[winner.id] == self.conclusions[rule.id] for winner in winners)
        study.report(rule, SHADOW, zh, en, level="warning" if harmless else "error", point=point, others=ids)


def gaps(study: Study) -> None:
    """Under `unique`: a ticket for which no rule fires, where there is no `else`; under `unique` per value, a value that no rule gives."""
    ruleset = study.ruleset
    if ruleset.hit.name != "unique" or ruleset.otherwise or study.wide:
        return
    known = study.space.known().meet(study.space.everything)
    whole = [Cover(rule.id, box) for rule in ruleset.rules for box in study.boxes[rule.id]]
    if known is not None and not _gap(study, known, whole, "一条规则都不适用", "no rule applies", "error"):
        zh, en = "有事实未知时一条规则都不适用", "no rule applies when some fact is unknown"
        if not _gap(study, study.space.everything, whole, zh, en, "warning") and ruleset.hit.per is not None:
            by_value: dict[str, list[Cover]] = {}
            for rule in ruleset.rules:
                for value in dict.fromkeys(values_of(rule, ruleset.hit.per)):
                    by_value.setdefault(str(value), []).extend(Cover(rule.id, box) for box in study.boxes[rule.id])
            for value, covers in by_value.items():
                _gap(study, known, covers, f"没有规则给出「{value}」", f"no rule gives {value}", "warning")


def _gap(study: Study, start: Box, covers: Sequence[Cover], zh: str, en: str, level: str) -> bool:
    """Whether there is a gap that was reported."""
    try:
        point = outside(study.space, [start], covers).point
    except TooHard:
        study.report(None, GAP, *_too_hard("是否有空档", "whether there is a gap"), level="warning")
        return True
    rules = [study.ruleset.rule(str(owner)) for owner in dict.fromkeys(cover.owner for cover in covers)]
    if point is None or not study.confirmed(point, rests=rules):
        return False
    zh, en = f"有空档：{{case}} 时{zh}，也没有 else。请补一条规则或写 else", f"a gap: with {{case}} {en}, and there is no else. Add a rule or an else"
    study.report(None, GAP, zh, en, level="error" if level == "error" else "warning", point=point)
    return True


def _too_hard(zh: str, en: str) -> tuple[str, str]:
    return f"规则之间牵连太多，未能判定{zh}，请拆分规则或加上类别", f"the rules are too entangled to decide {en}: split them, or name categories"


def _inner_word(rule: Rule, winners: list[Rule]) -> tuple[str, str] | None:
    """A keyword of the rule that holds a keyword of the only rule that shadows it."""
    if len(winners) != 1:
        return None
    mine, theirs = (
        [normalise.text(word) for test in tests_of(one) if test.op == "has_any" and isinstance(test.value, tuple) for word in test.value]
        for one in (rule, winners[0])
    )
    return next(((word, inner) for word in mine for inner in theirs if inner and inner != word and inner in word), None)
