"""The hands of the modelled year: does to a ticket what the model says happens next, by the same actions that pages and commands use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tickets.actions import assist, extension, mediate, survey_answer, suspend
from tickets.actions.close import close
from tickets.actions.dispatch import AssignRefused, assign
from tickets.actions.dispute import designate, redirect, uphold
from tickets.actions.reply import reply
from tickets.actions.return_ticket import return_ticket
from tickets.actions.review import approve_reply, send_back
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.actions.transfer import transfer
from tickets.actions.verify import verify
from tickets.domain.status import REPLIED
from tickets.domain.survey import PARTLY, SOLVED, UNSOLVED, VISIT_RESULTS
from tickets.ports import Desk
from tickets.store import assists, extensions, past, reviews
from worker import year_words as words
from worker.year_beside import Next, Standing
from worker.year_course import survey

TRIES = 4  # other sections tried when one cannot take a ticket
Act = Callable[[int, Standing, Random], object]


class Hands:
    """Acts for everybody. `matters` is what each appeal was really about, by its number: the manual desk reads it out of the text."""

    def __init__(self, desk: Desk, matters: Mapping[int, str]) -> None:
        self.desk, self.matters = desk, matters
        self.callers = past.people_under(desk.manual_desk)  # of the hotline centre: they call back, decide and close
        self._reviewers: dict[int, tuple[int, ...]] = {}
        self._sections = sorted(set(desk.rules.names.section_of.values()))
        self._acts: dict[str, Act] = {
            "sign": lambda ticket, now, _: sign(desk, ticket, f"person:{now.person}", now.person),
            "reply": self._reply,
            "approve": self._approve,
            "close": lambda ticket, _, dice: close(desk, ticket, self._centre(dice)),
            "send_back": self._send_back,
            "return": self._return,
            "invite": self._invite,
            "help": self._help,
            "waive": lambda ticket, _, dice: assist.waive(desk, ticket, self._centre(dice), "情况已清楚，不必再等"),
            "extend": self._extend,
            "grant": lambda ticket, _, dice: self._decide(ticket, dice, granted=True),
            "refuse": lambda ticket, _, dice: self._decide(ticket, dice, granted=False),
            "suspend": self._suspend,
            "release": lambda ticket, _, dice: suspend.release(desk, ticket, self._centre(dice), dice.choice(words.RELEASED)),
            "visit": self._visit,
        }

    def do(self, ticket_id: int, now: Standing, plan: Next) -> bool:
        """Takes the step; answers whether the citizen said at the last callback that it is not solved."""
        if plan.verb in ("verify", "answer"):
            return self._asked(ticket_id, now, plan)
        act = self._acts.get(plan.verb)
        if act is not None:
            act(ticket_id, now, plan.dice)
        else:
            self._route(ticket_id, now, plan, self._centre(plan.dice))
        return False

    def _reply(self, ticket_id: int, now: Standing, dice: Random) -> None:
        solved = dice.random() > 0.03
        reply(self.desk, ticket_id, f"person:{now.person}", words.result(dice, solved), SOLVED if solved else PARTLY)

    def _asked(self, ticket_id: int, now: Standing, plan: Next) -> bool:
        """The citizen answers by the link he was sent, or is called."""
        outcome, level = survey(plan.dice)
        number = past.survey_at(ticket_id, now.step) if plan.verb == "answer" and outcome else None
        if number is not None:
            survey_answer.answer(self.desk, number, survey_answer.Given(outcome, level))
        else:
            verify(self.desk, ticket_id, self._centre(plan.dice), outcome, level)
        return outcome == UNSOLVED

    def _invite(self, ticket_id: int, now: Standing, dice: Random) -> None:
        for address in self._elsewhere(ticket_id, now, dice, first_right=False):
            try:
                assist.invite(self.desk, ticket_id, address, dice.choice(words.INVITED), f"person:{now.person}", now.person)
            except StepRefused:
                continue
            return
        raise StepRefused(f"工单 {ticket_id} 请不到协办单位 (nobody can help)")

    def _help(self, ticket_id: int, now: Standing, dice: Random) -> None:
        """One helper answers; whoever nobody can answer for is let off."""
        known = [one.person_id for one in assists.waiting(ticket_id) if one.person_id is not None]
        if known:
            assist.answer(self.desk, ticket_id, words.HELPED, f"person:{known[0]}", known[0])
        else:
            assist.waive(self.desk, ticket_id, self._centre(dice), "协办单位无人在岗")

    def _extend(self, ticket_id: int, now: Standing, dice: Random) -> None:
        extension.extend(self.desk, ticket_id, dice.randint(1, 5), dice.choice(words.EXTENDED), f"person:{now.person}", now.person)

    def _decide(self, ticket_id: int, dice: Random, *, granted: bool) -> None:
        request = extensions.undecided(ticket_id)
        decider = request.decider_id if request is not None else None
        actor = f"person:{decider}" if decider is not None else self._centre(dice)
        extension.decide_extension(self.desk, ticket_id, granted, "同意" if granted else "请按原时限办结", actor, decider)

    def _suspend(self, ticket_id: int, now: Standing, dice: Random) -> None:
        why, plan = dice.choice(words.SUSPENDED)
        suspend.suspend(self.desk, ticket_id, self._centre(dice), why, plan, dice.choice((7, 15, 30)))

    def _visit(self, ticket_id: int, now: Standing, dice: Random) -> None:
        result = dice.choices(VISIT_RESULTS, (70, 18, 7, 5))[0]
        mediate.visited(self.desk, ticket_id, f"person:{now.person}", result, dice.choice(words.VISITED), now.person)

    def _approve(self, ticket_id: int, now: Standing, dice: Random) -> None:
        """The one whose turn it is passes it."""
        step = reviews.whose_turn(ticket_id, now.step)
        person = step.person_id if step is not None else None
        actor = f"person:{person}" if person is not None else self._reviewer(now, ticket_id)
        approve_reply(self.desk, ticket_id, actor, "", person)

    def _send_back(self, ticket_id: int, now: Standing, dice: Random) -> None:
        actor = self._centre(dice) if now.status != REPLIED else self._reviewer(now, ticket_id)
        send_back(self.desk, ticket_id, actor, dice.choice(words.REWORKED))

    def _return(self, ticket_id: int, now: Standing, dice: Random) -> None:
        return_ticket(self.desk, ticket_id, f"person:{now.person}", dice.choice(words.RETURNED), dice.choice(words.BASES))

    def _route(self, ticket_id: int, now: Standing, plan: Next, centre: str) -> None:
        """Sends the ticket somewhere: the right section first, then others; a dispute for which nobody is found is upheld."""
        dice = plan.dice
        if plan.verb == "uphold":
            uphold(self.desk, ticket_id, centre, "按派单目录应由该单位承办")
            return
        for address in self._elsewhere(ticket_id, now, dice, first_right=plan.verb in ("assign", "designate")):
            try:
                if plan.verb == "assign":
                    assign(self.desk, ticket_id, address, centre, "坐席按目录判定")
                elif plan.verb == "redirect":
                    redirect(self.desk, ticket_id, address, centre, dice.choice(words.TRANSFERRED))
                elif plan.verb == "designate":
                    designate(self.desk, ticket_id, address, centre, "三次退单，由热线中心指定")
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
