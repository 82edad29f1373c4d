"""考核评价: the month's scores by kind of unit, each open down to its tickets; frozen, computed again, exported, appealed against."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from insights.rates import INDICATORS
from insights.scores import NotScored
from tickets.actions.steps import StepRefused
from tickets.domain.roles import KEEP_SCORES, SCORES
from tickets.domain.score_sheet import PERSON, SCORED_AS, SECTION, UNIT, Scored, Sheet
from tickets.files.write_xlsx import XLSX, workbook
from web import scores_state as state
from web.access import caller, needs
from web.hall import hall
from web.show import score_cards
from web.show.months import month_words

PAGES = Blueprint("scores", __name__)
AS = {"unit": UNIT, "section": SECTION, "person": PERSON}
WRITTEN = {word: key for key, word in AS.items()}


def say(key: str, **parts: object) -> str:
    """The words in the language of whoever asks."""
    return hall().words.say(key, g.lang, **parts)


def address(one: Scored, month: state.Month, **more: object) -> str:
    """The page of a score."""
    query = "&".join(f"{name}={value}" for name, value in {"month": month.period.key, **more}.items() if value)
    return f"/scores/{'person/' if one.scored_as == PERSON else ''}{one.id}?{query}"


@PAGES.get("/scores")
@needs(SCORES)
def overview() -> ResponseReturnValue:
    """A strip of dots and a table for each kind, never one list of all; the reader sees his own and the medians."""
    month = state.shown(state.chosen_month(request.args.get("month", "")))
    viewer = caller().viewer
    units = state.may_see(viewer)
    scored_as = AS.get(request.args.get("as", ""), UNIT if viewer.reach != "own" else PERSON)
    found = score_cards.strips(month.sheet, scored_as, lambda one: state.sees(one, viewer, units)) if month.sheet is not None else []
    return render_template(
        "scores.html",
        month=month,
        strips=found,
        scored_as=scored_as,
        kinds=[(key, say(f"scores.as_{key}")) for key, word in AS.items() if viewer.reach != "own" or word == PERSON],
        chosen=WRITTEN[scored_as],
        months=[(one.key, month_words(one, say)) for one in state.months()],
        month_words=month_words(month.period, say),
        address=address,
        headline=_headline(month.sheet),
        indicators=INDICATORS,
        waiting=state.waiting(month) if caller().may(KEEP_SCORES) else [],
    )


def _headline(sheet: Sheet | None) -> list[tuple[str, str]]:
    """The rates that the rules judge, as (name, words): the columns of the tables."""
    if sheet is None:
        return []
    names = dict.fromkeys(rule.indicator for rule in sheet.rules if not rule.bonus)
    return [(name, INDICATORS[name].en if g.lang == "en" else INDICATORS[name].zh) for name in names if name in INDICATORS]


@PAGES.get("/scores/<int:key>")
@needs(SCORES)
def unit(key: int) -> ResponseReturnValue:
    """A unit's or a section's score."""
    return detail(UNIT, key)


@PAGES.get("/scores/person/<int:key>")
@needs(SCORES)
def person(key: int) -> ResponseReturnValue:
    """A person's score."""
    return detail(PERSON, key)


def detail(scored_as: str, key: int, verdict: str = "") -> ResponseReturnValue:
    """One score down to its tickets; `verdict` is what computing it again came to."""
    edition = request.values.get("edition", "")
    month = state.shown(
        state.chosen_month(request.values.get("month", "")), int(edition) if edition.isascii() and edition.isdigit() and len(edition) < 6 else None
    )
    one = state.find(month, scored_as, key)
    assert month.sheet is not None
    cards = score_cards.cards(month.sheet, one, say, g.lang)
    worst = max(cards, key=lambda card: card.lost, default=None)
    wanted = request.values.get("rule", worst.rule if worst is not None else "")
    rule = next((rule for rule in month.sheet.rules if rule.id == wanted), month.sheet.rules[0])
    tickets, count = state.tickets_of(month, one, rule)
    own = frozenset({one.id} if one.scored_as != UNIT else state.units_of(one.id))
    claims = state.claims(month, one)
    return render_template(
        "score.html",
        month=month,
        month_words=month_words(month.period, say),
        months=[(found.key, month_words(found, say)) for found in state.months()],
        one=one,
        cards=cards,
        rule=rule,
        card=next(card for card in cards if card.rule == rule.id),
        indicator=INDICATORS.get(rule.indicator),
        tickets=tickets,
        count=count,
        worth=score_cards.worth(rule, one),
        fall=score_cards.waterfall(month.sheet, one, say, g.lang),
        size=(score_cards.WIDTH, score_cards.HEIGHT, score_cards.LEFT),
        median=state.of_same_kind(month, one),
        last=state.before(month.period, one.scored_as, one.id),
        left_out=state.left_out(month, own) if one.scored_as != PERSON else [],
        claims=claims,
        claimed={claim.row.ticket for claim in claims if claim.row.state == "asked"},
        may_appeal=state.may_appeal(month, one),
        until=state.appeal_until(month),
        address=address,
        verdict=verdict,
        whole=sum((rule.full for rule in month.sheet.rules), start=0),
        full=score_cards.plain,
    )


@PAGES.post("/scores/again")
@needs(SCORES)
def again() -> ResponseReturnValue:
    """The frozen edition computed once more from what was kept with it, and compared byte by byte."""
    asked = request.form
    month = state.shown(state.chosen_month(asked.get("month", "")))
    scored_as, key = AS.get(asked.get("as", ""), UNIT), asked.get("key", "")
    if month.kept is None or not (key.isascii() and key.isdigit() and len(key) < 10):
        abort(404)
    return detail(UNIT if scored_as == SECTION else scored_as, int(key), "same" if state.scores().same(month.kept) else "differs")


@PAGES.post("/scores/freeze")
@needs(KEEP_SCORES)
def freeze() -> ResponseReturnValue:
    """Judges the exclusions, draws the month up and keeps it."""
    period = state.chosen_month(request.form.get("month", ""))
    try:
        kept = state.scores().freeze(period, f"account:{caller().account.id}")
    except (StepRefused, NotScored) as refused:
        flash(str(refused), "bad")
    else:
        flash(say("scores.frozen_now", month=month_words(period, say), hash=kept.sha256[:8]), "good")
    return redirect(f"/scores?month={period.key}")


@PAGES.get("/scores/month/<key>.xlsx")
@needs(SCORES)
def export(key: str) -> ResponseReturnValue:
    """What the reader may see of the month as a workbook: who, kind, each figure with its two numbers, points by rule, total, and the hash."""
    month = state.shown(state.chosen_month(key), None)
    if month.sheet is None or month.period.key != key:
        abort(404)
    viewer = caller().viewer
    units = state.may_see(viewer)
    rates = _headline(month.sheet)
    rules = [(rule.id, rule.title) for rule in month.sheet.rules]
    heads = [say("scores.x_as"), say("scores.x_group"), say("scores.x_name"), *(part for _, words in rates for part in (words, f"{words} n"))]
    heads += [*(f"{rule} {title}" for rule, title in rules), say("scores.total"), say("scores.x_hash")]
    lines = [
        [
            *(one.scored_as, one.group, one.name),
            *(cell for name, _ in rates for cell in (one.facts.get(name, ""), one.counts[name][1])),
            *(one.points.get(rule, "") for rule, _ in rules),
            *(one.total, month.sheet.digest if month.kept is not None else say("scores.trial")),
        ]
        for kind in SCORED_AS
        for one in month.sheet.of(kind)
        if state.sees(one, viewer, units)
    ]
    answer = Response(workbook(say("scores.title"), heads, lines), content_type=XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"scores-{key}.xlsx")
    return answer
