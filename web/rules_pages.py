"""派单规则: the rule sets in force, each rule said in words. To read, not to change."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from engine import say_actions, words
from engine.ruleset import Action, Rule, RuleSet
from tickets.domain.roles import RULES
from web.access import needs
from web.hall import hall

PAGES = Blueprint("rules", __name__)


@dataclass(frozen=True)
class RuleInWords:
    """One rule: when it holds, unless what, and what it asks for."""

    id: str
    title: str
    basis: str
    when: str
    unless: str
    then: tuple[str, ...]


@dataclass(frozen=True)
class SetInWords:
    """One rule set with its version (the first seven characters of its hash) and its hit policy's word."""

    name: str
    title: str
    version: str
    basis: str
    hit: str
    rules: tuple[RuleInWords, ...]
    otherwise: tuple[str, ...]


@PAGES.get("/rules")
@needs(RULES)
def rules() -> ResponseReturnValue:
    return render_template("rules.html", sets=[_said(one) for one in hall().desk.rules.rulesets()])


def _said(ruleset: RuleSet) -> SetInWords:
    return SetInWords(
        name=ruleset.name,
        title=ruleset.title.say(g.lang),
        version=ruleset.version[:7],
        basis=ruleset.basis,
        hit=ruleset.hit.name,
        rules=tuple(_rule(one) for one in ruleset.rules),
        otherwise=_actions(ruleset.otherwise),
    )


def _rule(rule: Rule) -> RuleInWords:
    factbook = hall().desk.rules.facts
    return RuleInWords(
        id=rule.id,
        title=rule.title.say(g.lang),
        basis=rule.basis,
        when=words.condition(rule.when, factbook, g.lang),
        unless=words.condition(rule.unless, factbook, g.lang) if rule.unless is not None else "",
        then=_actions(rule.then),
    )


def _actions(actions: tuple[Action, ...]) -> tuple[str, ...]:
    return tuple(say_actions.action(one, g.lang) for one in actions)
