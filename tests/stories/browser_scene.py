"""Where the stories are clicked through: the project's rules and demonstration district behind real pages, a stepped clock, and whoever the story needs signed in.

A test module takes the fixture by importing it: `from tests.stories.browser_scene import scene`. The worker's turns are taken by hand, as in conftest.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from admin.app import create_app
from notifications.channels import Channel
from notifications.message import Message, Receipt
from tests.installed import Installed
from tests.served import SIZES, Served, open_context, open_page, pictures, watched
from tests.stories.conftest import Installation
from tickets.store import accounts, directory, reviews
from tickets.store.accounts import DEMONSTRATION_PASSWORD
from tickets.store.connect import transaction
from tickets.store.models import Account, Deadline, History, Outbox, Person, Ticket

AGENT, CENTRE = "热线中心/人工派单席", "热线中心/值班室"
ROAD, PLACE = "门前道路有个大坑，三天了没人管", "北庄村第1网格"
CALLER = "13800000021"
LEFT = ("sent", "delivered")


@dataclass(frozen=True)
class Overheard:
    """A channel that remembers what passes through it."""

    channel: Channel
    heard: list[Message]

    def send(self, message: Message) -> Receipt:
        self.heard.append(message)
        return self.channel.send(message)

    def lookup(self, message: Message) -> Receipt | None:
        return self.channel.lookup(message)


@dataclass
class Scene:
    """The installation behind its pages. `size` is what people of units and the grid hold in their hands; the hotline's people sit at desks."""

    browser: Browser
    served: Served[Installed]
    installation: Installation
    size: str = "phone"
    open: dict[str, Page] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    overheard: list[Message] = field(default_factory=list)

    # ---- who is there ----
    def person(self, person: Person, role: str, size: str = "") -> Page:
        """The page of this person, signed in; one window each for the whole story. The account is made when it is needed first."""
        name = f"{role}-{person.id}"
        if name not in self.open:
            post = directory.post_of_person(person.id)
            with transaction():
                if Account.get_or_none(Account.username == name) is None:
                    accounts.create(name, DEMONSTRATION_PASSWORD, role, person=person, unit=post.unit if post is not None else None)
            self.open[name], _ = open_page(self.browser, self.served, size or self.size, name)
            self.open[name].on("pageerror", lambda error: self.errors.append(str(error)))
        return self.open[name]

    def of_unit(self, address: str, role: str, size: str = "desktop") -> Page:
        """Whoever receives what comes to this unit."""
        unit = directory.unit_at(address)
        assert unit is not None
        post = directory.receiving_post(unit)
        assert post is not None
        return self.person(directory.holders(post)[0][1], role, size)

    def agent(self) -> Page:
        return self.of_unit(AGENT, "agent")

    def centre(self) -> Page:
        return self.of_unit(CENTRE, "supervisor")

    def handler(self, number: str) -> Page:
        """Whoever the ticket lies with: by phone or at a desk, as the story goes."""
        ticket = self.ticket(number)
        grid = ticket.post is not None and ticket.post.role == "网格员"
        return self.person(ticket.person, "grid_officer" if grid else "handler")

    def reviewer(self, number: str) -> Page:
        """Whoever's turn it is in the chain of reviewers."""
        ticket = self.ticket(number)
        turn = reviews.whose_turn(ticket.id, ticket.step_seq)
        assert turn is not None
        return self.person(Person.get_by_id(turn.person_id), "reviewer", "desktop")

    # ---- what stands in the record ----
    def ticket(self, number: str) -> Ticket:
        found: Ticket = Ticket.get(Ticket.number == number)
        return found

    def course(self, number: str, *only: str) -> list[str]:
        """What happened, in order; `only` these words where given."""
        rows = History.select().where(History.ticket == self.ticket(number)).order_by(History.seq)
        return [row.what for row in rows if not only or row.what in only]

    def line(self, number: str, what: str) -> dict[str, object]:
        """The note of the newest line of that name."""
        rows = History.select().where((History.ticket == self.ticket(number)) & (History.what == what)).order_by(History.seq.desc())
        note: dict[str, object] = json.loads(rows.get().note)
        return note

    def told(self, number: str, channel: str = "短信") -> list[tuple[str, str]]:
        """(kind, name of whom) of each message about the ticket that left, in order; a citizen has no name there."""
        rows = Outbox.select().where((Outbox.ticket == self.ticket(number)) & (Outbox.channel == channel) & Outbox.state.in_(LEFT)).order_by(Outbox.id)
        return [(row.kind, row.person.name if row.person_id else "") for row in rows]

    def to_phone(self, phone: str) -> list[str]:
        """The words that were handed to the provider for this number, in order: links are in them alone, no record keeps one."""
        recorded = {row["id"] for row in self.installation.sent()}
        return [message.body for message in self.overheard if message.to == phone and message.id in recorded]

    def kinds_to(self, phone: str) -> list[str]:
        """The kinds of these messages."""
        return [message.kind for message in self.overheard if message.to == phone]

    def running(self, number: str) -> int:
        """How many clocks of the ticket are still to be met."""
        return int(Deadline.select().where((Deadline.ticket == self.ticket(number)) & Deadline.state.in_(("running", "planned"))).count())

    # ---- what people do ----
    def at(self, minutes: float) -> None:
        """The clock is put to so many minutes after the start, and the worker takes its turn."""
        self.installation.clock.at(minutes)
        self.installation.turn()

    def look(self, page: Page, number: str) -> Page:
        page.goto(f"/t/{number}")
        return page

    def call(self, text: str, phone: str = CALLER, address: str = PLACE, kind: str = "求助") -> str:
        """The agent takes the call on the desk and dispatches it; its number."""
        page = self.typed(text, phone, address, kind)
        page.click("#f-send")
        page.wait_for_url(re.compile(r"/t/\d{8}-\d{4}$"))
        self.installation.turn()
        return page.url.rsplit("/", 1)[-1]

    def typed(self, text: str, phone: str, address: str, kind: str) -> Page:
        """The desk with everything filled in that the form asks for, nothing sent."""
        page = self.agent()
        page.goto(f"/intake?phone={phone}")
        page.get_by_label("诉求内容").fill(text)
        page.locator(f'[name=kind][value="{kind}"]').check(force=True)
        page.fill("[name=address]", address)
        expect(page.locator("#d-panel .d-unit")).to_be_visible()
        return page

    def sign(self, number: str) -> Page:
        """The handler signs: on the phone from what waits for him, at a desk on the ticket's page."""
        page = self.handler(number)
        if self.size == "phone":
            page.goto("/inbox")
            page.click(f"#sign-{number}")
            expect(page.locator(f'.ib-card[data-number="{number}"]')).to_have_count(0, timeout=15_000)
        else:
            self.look(page, number).click("#sign")
            expect(page.locator("#do-reply")).to_be_visible()
        return page

    def begun(self, size: str, minutes: float) -> str:
        """The bad road reported, dispatched and after so many minutes signed; its number."""
        self.size = size
        number = self.call(ROAD)
        self.at(minutes)
        self.sign(number)
        return number

    def step(self, page: Page, number: str, key: str) -> Page:
        """The form of a step, opened from the ticket's action bar."""
        self.look(page, number).click(f"#do-{key}")
        expect(page.locator("#course")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        return page

    def take(self, page: Page, number: str, key: str, **answers: str | Sequence[str]) -> Page:
        """Opens the step, answers it, hands it in; afterwards the page says that it is done."""
        fill(self.step(page, number, key), **answers)
        hand_in(page)
        return page

    def reply(self, number: str, result: str, solved: str = "已解决") -> Page:
        """The handler's reply; where the grid found it, with a photo taken just now."""
        page = self.step(self.handler(number), number, "reply")
        if page.locator("#photos_after").count():
            self.shoot(page, "photos_after", "#7d9b76")
        fill(page, solved=solved, result=result, told_caller="是")
        hand_in(page)
        return page

    def shoot(self, page: Page, name: str, ground: str) -> None:
        """Takes a photo with the phone at this moment, and waits until it has been received. `ground` is the colour of what lies there."""
        file = self.installation.home / "现场.jpg"
        file.write_bytes(street(ground))
        now = self.installation.clock().timestamp()
        os.utime(file, (now, now))
        page.set_input_files(f"#{name}", file)
        expect(page.locator(f'[data-field="{name}"] .u-tile[data-key]')).to_have_count(1, timeout=15_000)

    def pass_reviews(self, number: str) -> None:
        """Each reviewer in turn passes it."""
        while self.ticket(number).status == "待审核":
            self.take(self.reviewer(number), number, "review", opinion="属实")

    # ---- the citizen ----
    def link(self, phone: str) -> str:
        """The path of the newest survey link that was sent to this number."""
        found = re.findall(r"https?://[^/\s]+(/s/\S+)", self.to_phone(phone)[-1])
        assert len(found) == 1
        return str(found[0])

    def citizen(self, phone: str) -> Page:
        """The survey on the citizen's phone: no account, no cookie."""
        page, errors = watched(open_context(self.browser, self.served, "phone"))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.link(phone))
        expect(page.locator("h1")).to_have_text("这件事办得怎么样？")
        assert errors == []
        return page


def fill(page: Page, **answers: str | Sequence[str]) -> None:
    """Answers the fields: choices by their words, units from the list, everything else as text."""
    for name, answer in answers.items():
        box = page.locator(f'[data-field="{name}"]')
        expect(box).to_be_visible()
        if box.get_by_role("combobox").count():
            combo = box.get_by_role("combobox")
            combo.fill(str(answer))
            page.get_by_role("option").first.click()
        elif box.locator("input[type=radio]").count():
            box.get_by_label(str(answer), exact=True).check()
        else:
            page.fill(f"#{name}", str(answer))


def hand_in(page: Page) -> None:
    """Sends the form; on a phone the answers are read once more first."""
    if page.locator("#c-check").is_visible():
        page.click("#c-check")
        expect(page.locator("h1")).to_have_text("核对后提交")
        page.click("#c-confirm")
    else:
        page.click("#f-send")
    expect(page.locator(".note.good").first).to_be_visible()


def street(ground: str) -> bytes:
    """A made-up photo: sky, ground, a road, and something on it."""
    image = Image.new("RGB", (1600, 1200), "#bcd3e2")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, 1600, 1200), fill=ground)
    draw.polygon([(700, 520), (900, 520), (1500, 1200), (100, 1200)], fill="#8d9196")
    draw.ellipse((560, 860, 980, 1020), fill="#5d6166")
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def says(page: Page, satisfied: str, solved: str, why: str = "", words: str = "") -> None:
    """The citizen answers by thumb and sends."""
    page.get_by_text(satisfied, exact=True).click()
    if why:
        page.get_by_text(why).click()
        page.fill("#words", words)
    page.locator("#solved").get_by_text(solved, exact=True).click()
    pictures(page, f"story-survey-{'unhappy' if why else 'happy'}")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_contain_text("谢谢，已收到")


@pytest.fixture
def scene(browser: Browser, installation: Installation) -> Iterator[Scene]:
    heard: list[Message] = []
    parts = installation.parts
    listening = replace(installation, parts=replace(parts, channels={kind: Overheard(channel, heard) for kind, channel in parts.channels.items()}))
    with Served(Installed(create_app(parts), parts)) as served:
        made = Scene(browser, served, listening, overheard=heard)
        yield made
        assert made.errors == []


WIDTHS = pytest.mark.parametrize("size", sorted(SIZES))
PHONE = pytest.mark.parametrize("size", ["phone"])  # where a second width would show nothing new
