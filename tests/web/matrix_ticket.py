"""One ticket of the matrix with everything a ticket can have, each text of it marked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from tests.web.district_rows import DECISION, NOW, Place, Rows, add_evaluation, make_ticket
from tests.web.survey_site import links
from tickets.domain.times import stored
from tickets.store import surveys
from tickets.store.course_models import AssistAnswer, Attachment, CallRating, Extension, ReviewStep, Suspended, Visit
from tickets.store.models import Alarm, Assist, Deadline, History, Outbox, Ticket
from tickets.store.survey_models import Survey, SurveyAnswer

NOT_SIGNED = ("已登记", "已受理", "待签收")
Say = Callable[[str], str]  # what it is called -> words with a mark of their own


def nonce_of(ticket: Ticket) -> str:
    """What the ticket's survey link is made of."""
    return sha256(f"link {ticket.number}".encode()).hexdigest()[:32]


def key_of(ticket: Ticket) -> str:
    """The key of the ticket's photo."""
    return sha256(f"photo {ticket.number}".encode()).hexdigest()[:32]


def planted(rows: Rows, place: Place | None, status: str, phone: str, say: Say) -> Ticket:
    """A ticket in these hands at that status: its course, its decision, helpers, reviewers, messages, a photo and a survey."""
    words = f"家里停水 {say('text')} 请回电 {phone}"
    ticket = make_ticket(rows, place, words, ago=600, signed=None if status in NOT_SIGNED or place is None else 60)
    more: dict[str, object] = {"manual": True, "dispatched_at": None} if place is None else {}
    Ticket.update(
        status=status, title=f"停水 {say('title')}", address=f"菜市场 {say('address')}", caller_name=say("name"), caller_phone=phone, phone_tail=phone[-4:],
        reason=f"停水归口 {say('why')}", extra=json.dumps({"note": say("extra")}), closed_at=stored(NOW) if status == "已结案" else None, **more,
    ).where(Ticket.id == ticket.id).execute()  # fmt: skip
    facts = (("area", "菜市场北门"), ("category", "供水"), ("text", f"水管爆裂 {say('facts')}"))
    add_evaluation(ticket, replace(DECISION, facts=facts, reason=f"因此 {say('decided')}"))
    _course(ticket, say)
    _people(rows.places["照明科"], ticket, status, say)
    _citizen(ticket, phone, say)
    found: Ticket = Ticket.get_by_id(ticket.id)
    return found


def _course(ticket: Ticket, say: Say) -> None:
    lines = (
        ("回复", {"result": say("reply"), "solved": "已解决", "form": "reply@1"}),
        ("重办", {"reason": say("rework"), "form": "rework@1"}),
        ("退单", {"reason": say("returned"), "basis": say("basis"), "form": "return@1"}),
        ("协办回复", {"words": say("did"), "form": "assist@1"}),
    )
    first = History.select().where(History.ticket == ticket).count()
    for seq, (what, note) in enumerate(lines, first):
        History.create(
            ticket=ticket, seq=seq, at=stored(NOW) - timedelta(seconds=40 - seq), actor="system", what=what, holder=ticket.person_id, note=json.dumps(note)
        )


def _people(third: Place, ticket: Ticket, status: str, say: Say) -> None:
    """What a helper, a reviewer, a superior and a visitor wrote, none of whom signs in."""
    now, clock = stored(NOW), Deadline.select().where(Deadline.ticket == ticket).first()
    helped = Assist.create(ticket=ticket, unit=third.unit, post=third.post, person=third.person, asked="照明科")
    AssistAnswer.create(assist=helped.id, ticket=ticket.id, at=now, what="回复", actor="system", person=third.person, words=say("helper"))
    ReviewStep.create(
        ticket=ticket.id, step_seq=1, position=0, rule="R-010", asked="分管领导", person=third.person, reviewer=third.person, state="returned",
        opinion=say("opinion"), at=now, decided_at=now,
    )  # fmt: skip
    Extension.create(
        ticket=ticket.id, deadline=clock.id, asked_at=now, person=third.person, span="3d", reason=say("extend"), old_due=now, new_due=now, state="refused", decided_at=now, decided_by="system",
        opinion=say("refused"),
    )  # fmt: skip
    Visit.create(
        ticket=ticket.id, step_seq=1, rule="M-010", asked="属地网格员", visitor=third.person, asked_at=now, done_at=now, result="已谅解", words=say("visit")
    )
    waits = {} if status == "挂账" else {"released_at": now}
    Suspended.create(ticket=ticket.id, at=now, actor="system", reason=say("suspended"), plan=say("plan"), review_at=now, **waits)
    Attachment.create(
        key=key_of(ticket), sha256="0" * 64, kind="photo", mime="image/jpeg", name=f"{say('file')}.jpg", size=9, account=1, at=now, ticket=ticket.id,
        field="photos_after", claimed_at=now,
    )  # fmt: skip


def _citizen(ticket: Ticket, phone: str, say: Say) -> None:
    """What was sent to the citizen and what came back."""
    now, nonce = stored(NOW), nonce_of(ticket)
    Alarm.create(at=now, kind="message", ticket=ticket, text=f"短信没有送达 {say('alarm')}")
    Outbox.create(
        ticket=ticket, once=f"mx{ticket.id}", channel="短信", kind="告知", to_phone=phone, body=f"{phone} {say('message')}",
        context=json.dumps({"reply": say("context")}), state="sent", not_before=now, queued_at=now, sent_at=now,
    )  # fmt: skip
    CallRating.create(ticket=ticket.id, account=1, at=now, level=1)
    surveys.make(ticket.id, ticket.step_seq, "else", nonce, sha256(links().key(nonce).encode()).hexdigest(), NOW, NOW + timedelta(days=15))
    asked = Survey.get(Survey.ticket == ticket.id)
    SurveyAnswer.create(survey=asked.id, at=now, solved="未解决", satisfied="不满意", words=say("citizen"))
