"""A district in which every role is there twice, each with records of its own, every text of them marked: whatever shows where it must not is known by its mark."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from engine.book import RuleBook
from forms.book import FormBook
from forms.form import Form
from tests.tickets.fakes import Nudges, WordLibrary, WordPlaces
from tests.web import course_site, desk_site
from tests.web.conftest import Site, make_site
from tests.web.district_rows import NOW, PASSWORD, Rows, make_place
from tests.web.matrix_ticket import key_of, nonce_of, planted
from tests.web.survey_site import links
from tickets.domain.roles import APPROVE, AUDIT, DRAFT, HOT, INTAKE, LEARN, RELEASES, ROLES, TRAIN
from tickets.domain.status import STATUSES
from tickets.domain.times import stored
from tickets.store import accounts
from tickets.store.connect import open_database, transaction
from tickets.store.course_models import Attachment, FormDraft, Merged
from tickets.store.desk_models import ImportRow, ImportRun, Knowledge, Lesson
from tickets.store.draft_models import Draft, Release
from tickets.store.heartbeat import DELIVERY, WORKER, beat
from tickets.store.issue_models import Issue, IssueMember
from tickets.store.log_models import Look
from tickets.store.models import Account, Area, Assist, Evaluation, Ticket, TicketCounter, Unit, database

OPENING = '"><b '  # before every mark: an element of its own wherever somebody forgot to escape it
TEAMS = {"a": ("水务局", "甲科"), "b": ("人社局", "乙科")}
OVER_UNIT = ("reviewer", "unit_leader")
WORKERS = tuple(key for key, role in ROLES.items() if role.sees != "all")
UNKNOWN = "20261123-9998"


@dataclass(frozen=True)
class Member:
    """One who may sign in: a role in a team."""

    username: str
    role: str
    team: str
    person: int
    account: int


@dataclass
class Scene:
    """Who is there, whose each ticket is, and who may read which mark. A mark in nobody's list may be read by nobody."""

    rows: Rows
    members: dict[str, Member] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)  # username -> a ticket in that person's hands
    readers: dict[str, frozenset[str]] = field(default_factory=dict)  # ticket number -> usernames
    teams: dict[str, str] = field(default_factory=dict)  # ticket number -> team
    at: dict[tuple[str, str], str] = field(default_factory=dict)  # (team, status) -> a ticket of that team's handler
    marks: dict[str, frozenset[str]] = field(default_factory=dict)  # mark or phone -> usernames
    files: dict[str, frozenset[str]] = field(default_factory=dict)  # key -> usernames
    kept: dict[str, str] = field(default_factory=dict)  # username -> number of a form kept
    links: dict[str, str] = field(default_factory=dict)  # ticket number -> token of its survey
    ids: dict[str, str] = field(default_factory=dict)  # what else there is one of

    def who(self, *rights: str) -> frozenset[str]:
        """Those whose role has one of these rights; everybody when none is named."""
        return frozenset(name for name, one in self.members.items() if not rights or any(ROLES[one.role].may(right) for right in rights))

    def words(self, kind: str, readers: frozenset[str]) -> str:
        """Words with a mark of their own; `kind` says what they are, in small letters."""
        made = f"zx{len(self.marks):05d}{kind}"
        self.marks[made] = readers
        return OPENING + made

    def foreign(self, username: str, numbers: list[str] | None = None) -> list[str]:
        """A ticket of the same unit and one of another that this person may not read, where there are such."""
        found = [number for number in (numbers or self.readers) if username not in self.readers[number]]
        mine = self.members[username].team
        return [*[one for one in found if self.teams[one] == mine][:1], *[one for one in found if self.teams[one] != mine][:1]]


def reach(scene: Scene, holder: str | None, *also: str) -> frozenset[str]:
    """Who may read a ticket in these hands, in the scene's own words: its holder, who helps or judges, those over his unit, those who see all."""
    found = {*also, *(name for name, one in scene.members.items() if ROLES[one.role].sees == "all")}
    if holder is not None:
        found |= {holder, *(f"{role}_{scene.members[holder].team}" for role in OVER_UNIT)}
    return frozenset(found)


def add_ticket(scene: Scene, holder: str | None, status: str = "办理中", *also: str) -> Ticket:
    """A ticket in these hands; `also` may read it for another reason, which the caller makes true."""
    readers = reach(scene, holder, *also)
    phone = f"1399{len(scene.readers) + 10:07d}"
    scene.marks[phone] = frozenset()
    ticket = planted(scene.rows, scene.rows.places[holder] if holder else None, status, phone, lambda kind: scene.words(kind, readers))
    scene.readers[ticket.number] = scene.files[key_of(ticket)] = readers
    scene.teams[ticket.number] = scene.members[holder].team if holder else ""
    scene.links[ticket.number] = links().address(nonce_of(ticket), NOW).rpartition("/")[2]
    return ticket


def _people(scene: Scene) -> None:
    """Every role in both teams; those who judge have the whole unit in their account."""
    for role in ROLES:
        for team, (top, section) in TEAMS.items():
            name = f"{role}_{team}"
            place = make_place(scene.rows, top, section, f"{role}岗", f"{team}{role}")
            scene.rows.places[name] = place
            unit = Unit.get(Unit.address == top) if role in OVER_UNIT else place.unit
            account = accounts.create(name, PASSWORD, role, person=place.person, unit=unit)
            scene.members[name] = Member(name, role, team, place.person.id, account.id)


def _tickets(scene: Scene) -> None:
    for role in WORKERS:
        for team in TEAMS:
            scene.own[f"{role}_{team}"] = str(add_ticket(scene, f"{role}_{team}").number)
    for team in TEAMS:
        for status in STATUSES:
            scene.at[team, status] = str(add_ticket(scene, f"handler_{team}", status).number)
    add_ticket(scene, None, "已受理")
    helped = add_ticket(scene, "handler_b", "办理中", "grid_officer_a", "handler_a")
    for name in ("grid_officer_a", "handler_a"):
        Assist.create(ticket=helped, unit=scene.rows.places["照明科"].unit, person=scene.members[name].person, asked="协办")
    head = Ticket.get(Ticket.number == scene.own["handler_b"])
    merged = Ticket.get(Ticket.number == scene.at["b", "并单"])
    Merged.create(ticket=merged.id, into=head.id, at=stored(NOW), actor="system", reason=scene.words("merged", scene.readers[head.number]))


def _beside(scene: Scene) -> None:
    """Records that belong to an account or to those with a right."""
    now = stored(NOW)
    for name, one in scene.members.items():
        key, mine = sha256(name.encode()).hexdigest()[:32], frozenset((name,))
        Attachment.create(
            key=key, sha256="1" * 64, kind="file", mime="text/plain", name=f"{scene.words('sent', mine)}.txt", size=9, account=one.account, at=now
        )
        scene.files[key], scene.kept[name] = mine, key
        answers = {"text": [scene.words("typed", mine)], "caller_name": [scene.words("typedname", mine)]}
        FormDraft.create(account=one.account, once=key, form="intake", at=now, answers=json.dumps(answers), title=scene.words("drafttitle", mine))
    drafting = scene.who(DRAFT)
    draft = Draft.create(title=scene.words("draft", drafting), author="policy_a", author_name="a", created_at=now, updated_at=now)
    past = scene.who(RELEASES, DRAFT, APPROVE)
    release = Release.create(
        number=1, title=scene.words("release", past), note=scene.words("note", past), author="policy_a", author_name="a", decided_at=now, created_at=now,
        effective_at=now, hash="0" * 64, withdrawn_at=now,
    )  # fmt: skip
    takes = scene.who(INTAKE)
    run = ImportRun.create(
        key="ab" * 16, name=f"{scene.words('import', takes)}.csv", sha256="2" * 64, account=scene.members["agent_a"].account, at=now, state="done"
    )
    ImportRow.create(run=run, number=1, line=2, state="refused", zh=scene.words("row", takes), en=scene.words("rowen", takes))
    teaching = scene.who(TRAIN)
    officers = frozenset(name for name, one in scene.members.items() if one.role == "grid_officer")
    for code, title, published in (("L-1", officers | teaching, now), ("L-2", teaching, None)):
        Lesson.create(code=code, title=scene.words("lesson", title), text=scene.words("lessontext", title), roles="grid_officer", published_at=published)
    Knowledge.create(
        code="K-1", title=f"停水 {scene.words('question', scene.who())}", answer=f"停水 {scene.words('answer', scene.who())}", category="供水", updated_at=now
    )
    account = scene.members["auditor_a"].account
    Look.create(
        at=now, account=account, account_name="a", role="auditor", what="text", ticket=scene.own["handler_a"], reason=scene.words("looked", scene.who(AUDIT))
    )
    Area.create(name=f"村 {scene.words('area', scene.who())}"[:60], level="村居")
    entry = Evaluation.select().order_by(Evaluation.id).first()
    issue = Issue.create(title=scene.words("issue", scene.who(HOT)), size=1, people=1, first_at=now, last_at=now)
    IssueMember.create(ticket=Ticket.get(Ticket.number == scene.own["handler_a"]).id, issue=issue.id, at=now)
    scene.ids = {
        "draft": str(draft.id),
        "issue": str(issue.id),
        "release": str(release.number),
        "import": run.key,
        "log": str(entry.id),
        "learner": str(len(scene.who(LEARN))),
    }


def build(folder: Path, filled: tuple[Path, Rows]) -> tuple[Path, Scene]:
    """The scene in a file of `folder`."""
    file = folder / "matrix.sqlite3"
    shutil.copy(filled[0], file)
    open_database(f"sqlite:///{file}")
    scene = Scene(deepcopy(filled[1]))
    with transaction():
        _people(scene)
        _tickets(scene)
        _beside(scene)
        TicketCounter.create(day="20261123", last=5000)
        Account.update(demonstration=False).execute()  # else each 401 lists them all
        for loop in (WORKER, DELIVERY):
            beat(NOW, loop)  # they live, or /readyz would say so
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file, scene


@cache
def _forms() -> tuple[RuleBook, dict[str, Form]]:
    rules, steps = course_site._forms()
    _, desk = desk_site._parts()
    return rules, {**steps, **desk}


def open_site(folder: Path, built: tuple[Path, Scene], **environment: str) -> Site:
    """The app over a copy of the scene, every form in force, each planted file on the disk with its mark inside."""
    site = make_site(folder, (built[0], built[1].rows), **environment)
    hall = site.app.extensions["suda"]
    rules, forms = _forms()
    library, places = WordLibrary(desk_site.KNOWN, unsure=("怪味",)), WordPlaces(("菜市场北门",))
    desk = replace(hall.desk, rules=rules, forms=FormBook(forms), library=library, places=places, queue=Nudges(), links=links())
    object.__setattr__(hall, "desk", desk)
    for number, (key, readers) in enumerate(built[1].files.items()):
        mark = f"zx{90000 + number}bytes"
        built[1].marks[mark] = readers
        for name in (key, f"{key}.thumb"):
            path = hall.settings.uploads / key[:2] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\xff\xd8\xff" + mark.encode())
    return site
