"""月度简报: the month in words written from its figures, for the screen, for paper and as a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, g, render_template
from flask.typing import ResponseReturnValue

from tickets.domain.period import Period, month_of
from tickets.domain.roles import LEAD
from tickets.domain.times import local, stored
from tickets.store.month_places import area_tree, places
from tickets.store.month_report import Span, counts, exclusions_mark, units_by_kind
from tickets.store.scope import Viewer
from web.access import needs
from web.hall import hall
from web.lead_state import month_rates
from web.report_pdf import report_pdf
from web.show import report_words
from web.show.clock import date_words
from web.show.months import asked_month, month_words
from web.show.report_kinds import kinds
from web.show.report_words import Section
from web.show.targets import aims

PAGES = Blueprint("report", __name__)
WHOLE = Viewer("all")  # the report is of the district, whoever reads it


@dataclass(frozen=True)
class Report:
    """What is printed: title, the line on when it was made, sections, and the notes at its end."""

    month: Period
    title: str
    made: str
    sections: tuple[Section, ...]
    notes: Section


def say(key: str, **parts: object) -> str:
    """The words in the language of whoever asks."""
    return hall().words.say(key, g.lang, **parts)


def written(month: Period, now: datetime) -> Report:
    """The report of a month as the tables say it at `now` (aware); of the present month with what there is so far."""
    here, running = hall(), not month.over(now)
    before, tree = month.before(), area_tree()
    span = Span(stored(month.since), stored(month.until))
    elapsed = min(before.since + (now - month.since), before.until) if running else before.until
    counted = counts(span, Span(stored(before.since), stored(elapsed)))
    mark = exclusions_mark()
    rates, earlier = (month_rates(here, tree, one, now, mark) for one in (month, before))
    targets = aims(here.desk.rules.rulesets())
    name = month_words(month, say)
    sections = (
        report_words.overall(counted, name, running, say),
        report_words.rates(rates, earlier, targets, say),
        report_words.categories(counted, running, say),
        report_words.where_from(places(WHOLE, tree, span.since, span.until), say),
        kinds(rates, units_by_kind(), targets, say),
    )
    made = say("report.made", time=f"{date_words(now, g.lang)} {local(now):%H:%M}")
    if running:
        made += ("；" if g.lang == "zh" else ". ") + say("report.running", day=date_words(now, g.lang))
    notes = Section(say("report.h_notes"), (say("report.note_rates"), say("report.note_counts")))
    return Report(month, say("report.title", district=here.settings.district, month=name), made, sections, notes)


def _report_or_404(month: str) -> Report:
    """Of a month that has begun; there is no report of a later one."""
    now, asked = hall().now(), asked_month(month)
    if asked is None or asked.since > month_of(now).since:
        abort(404)
    return written(asked, now)


@PAGES.get("/report/<month>")
@needs(LEAD)
def report(month: str) -> ResponseReturnValue:
    """The report as a page that prints on A4."""
    return render_template("report.html", report=_report_or_404(month))


@PAGES.get("/report/<month>/pdf")
@needs(LEAD)
def pdf(month: str) -> ResponseReturnValue:
    """The same as a PDF file."""
    made = _report_or_404(month)
    answer = Response(report_pdf(made.title, made.made, (*made.sections, made.notes), lambda page: say("report.page", page=page)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="report-{made.month.key}.pdf"'
    return answer
