"""工单中心: every ticket the caller may see, filtered and searched."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from tickets.domain.roles import TICKETS
from tickets.domain.status import STATUSES
from tickets.domain.times import stored
from tickets.store.month_places import area_tree
from tickets.store.ticket_list import CLOCKS, WHEN, Wanted, page
from web.access import caller, needs
from web.hall import hall
from web.show.clock import day_start
from web.show.months import asked_month

PAGES = Blueprint("lists", __name__)
URGENCIES = ("特急", "紧急", "一般")
KEPT = ("q", "when", "status", "clock", "urgency", "manual", "month", "area")


def page_number() -> int:
    """The page asked for, 1 where the address bar says nonsense."""
    wanted = request.args.get("page", "1")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1


def kept_query(names: tuple[str, ...]) -> str:
    """The filters of the address bar as the beginning of a query, for the links to other pages."""
    kept = {name: request.args[name][:60] for name in names if request.args.get(name)}
    return urlencode(kept) + "&" if kept else ""


@PAGES.get("/tickets")
@needs(TICKETS)
def tickets() -> ResponseReturnValue:
    """The list; an exact ticket number in the search opens the ticket itself."""
    asked = request.args
    moment = hall().now()
    month, area = asked_month(asked.get("month", "")), asked.get("area", "")[:60]
    wanted = Wanted(
        now=stored(moment),
        since=day_start(moment),
        q=asked.get("q", "").strip()[:60],
        when=asked.get("when", "") if asked.get("when") in WHEN else "",
        status=asked.get("status", "") if asked.get("status") in (*STATUSES, "open") else "",
        clock=asked.get("clock", "") if asked.get("clock") in CLOCKS else "",
        urgency=asked.get("urgency", "") if asked.get("urgency") in URGENCIES else "",
        manual=asked.get("manual") == "1",
        areas=area_tree().beneath(area) or (area,) if area else (),
        between=(stored(month.since), stored(month.until)) if month else None,
    )
    found = page(caller().viewer, wanted, page_number())
    if found.total == 1 and found.lines[0].number == wanted.q:
        return redirect(f"/t/{wanted.q}")
    places = {"month": month.key if month else "", "area": area}
    return render_template(
        "tickets.html", page=found, places=places, wanted=wanted, moment=wanted.now, statuses=tuple(STATUSES), urgencies=URGENCIES, query=kept_query(KEPT)
    )
