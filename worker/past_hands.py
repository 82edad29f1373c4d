"""The hands of the modelled year: does to a ticket what the model says happens next, by the same actions that pages and commands use."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tickets.actions.assist import answer
from tickets.actions.close import close
from tickets.actions.dispatch import AssignRefused, assign
from tickets.actions.dispute import redirect, uphold
from tickets.actions.reply import reply
from tickets.actions.return_ticket import return_ticket
from tickets.actions.review import approve_reply, send_back
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.actions.transfer import transfer
from tickets.actions.verify import verify
from tickets.domain.status import REPLIED
from tickets.domain.survey import PARTLY, SOLVED, UNSOLVED
from tickets.ports import Desk
from tickets.store import assists, past, reviews
from worker import year_words as words
from worker.year_course import Next, Standing, survey

TRIES = 4  # other sections tried when one cannot take a ticket


class Hands:
    """Acts for everybody. `matters` is what each appeal was really about, by its number: the manual desk reads it out of the text."""

    def __init__(self, desk: Desk, matters: Mapping[int, str]) -> None:
        self.desk, self.matters = desk, matters
        self.callers = past.people_under(desk.manual_desk)  # of the hotline centre: they call back, decide and close
        self._reviewers: dict[int, tuple[int, ...]] = {}
        self._sections = sorted(set(desk.rules.names.section_of.values()))

    def do(self, ticket_id: int, now: Standing, plan: Next) -> bool:
        """Takes the step; answers whether the citizen said at the last callback that it is not solved."""
        desk, dice, verb = self.desk, plan.dice, plan.verb
        holder, centre = f"person:{now.person}", self._centre(dice)
        if verb == "sign":
            sign(desk, ticket_id, holder, now.person)
        elif verb == "reply":
            solved = dice.random() > 0.03
            self._help(ticket_id)
            reply(desk, ticket_id, holder, words.result(dice, solved), SOLVED if solved else PARTLY)
        elif verb == "approve":
            self._approve(now, ticket_id)
        elif verb == "verify":
            outcome, level = survey(dice)
            verify(desk, ticket_id, centre, outcome, level)
            return outcome == UNSOLVED
        elif verb == "close":
            close(desk, ticket_id, centre)
        elif verb == "send_back":
            actor = centre if now.status != REPLIED else self._reviewer(now, ticket_id)
            send_back(desk, ticket_id, actor, dice.choice(words.REWORKED))
        elif verb == "return":
            self._return(ticket_id, holder, dice)
        else:
            self._route(ticket_id, now, plan, centre)
        return False

    def _help(self, ticket_id: int) -> None:
        """Every helper answers before the lead does."""
        for one in assists.waiting(ticket_id):
            if one.person_id is not None:
                answer(self.desk, ticket_id, words.HELPED, f"person:{one.person_id}", one.person_id)

    def _approve(self, now: Standing, ticket_id: int) -> None:
        """The whole chain passes it: the modelled year does not wait between reviewers."""
        status = REPLIED
        while status == REPLIED:
            step = reviews.whose_turn(ticket_id, past.standing(ticket_id).step)
            person = step.person_id if step is not None else None
            actor = f"person:{person}" if person is not None else self._reviewer(now, ticket_id)
            status = approve_reply(self.desk, ticket_id, actor, "", person).status

    def _return(self, ticket_id: int, holder: str, dice: Random) -> None:
        return_ticket(self.desk, ticket_id, holder, dice.choice(words.RETURNED), dice.choice(words.BASES))

    def _route(self, ticket_id: int, now: Standing, plan: Next, centre: str) -> None:
        """Sends the ticket somewhere: the right section first, then others; a dispute for which nobody is found is upheld."""
        dice = plan.dice
        if plan.verb == "uphold":
            uphold(self.desk, ticket_id, centre, "按派单目录应由该单位承办")
            return
        for address in self._elsewhere(ticket_id, now, dice, first_right=plan.verb == "assign"):
            try:
                if plan.verb == "assign":
                    assign(self.desk, ticket_id, address, centre, "坐席按目录判定")
                elif plan.verb == "redirect":
                    redirect(self.desk, ticket_id, address, centre, dice.choice(words.TRANSFERRED))
                else:
                    transfer(self.desk, ticket_id, address, centre, dice.choice(words.TRANSFERRED))
            except (AssignRefused, StepRefused):
                continue
            return
        if plan.verb == "redirect":
            uphold(self.desk, ticket_id, centre, "没有其他单位可以承办")
            return
        raise AssignRefused(f"工单 {ticket_id} 没有单位可派 (nobody can take it)")

    def _elsewhere(self, ticket_id: int, now: Standing, dice: Random, *, first_right: bool) -> list[str]:
        """The section that the catalogue names for the matter, its sisters', then any; never where the ticket is."""
        names = self.desk.rules.names
        matter = self.matters[now.index]
        here = past.address_of(ticket_id)
        parents = names.categories.path(matter)[:-1] if matter in names.categories else ()
        sisters = [names.section_of.get(one, "") for parent in parents[-1:] for one in names.categories.children(parent)]
        dice.shuffle(sisters)
        found = [names.section_of.get(matter, ""), *sisters] if first_right else [*sisters, names.section_of.get(matter, "")]
        found += dice.sample(self._sections, min(TRIES, len(self._sections)))
        return [address for address in dict.fromkeys(found) if address and address != here]

    def _centre(self, dice: Random) -> str:
        return f"person:{dice.choice(self.callers)}" if self.callers else "system"

    def _reviewer(self, now: Standing, ticket_id: int) -> str:
        """Somebody above the handler: the head of his section, or the unit's leader in charge."""
        unit = past.standing(ticket_id).unit
        if unit not in self._reviewers:
            self._reviewers[unit] = past.reviewers_of(unit)
        possible = [person for person in self._reviewers[unit] if person != now.person]
        return f"person:{possible[0]}" if possible else "system"
