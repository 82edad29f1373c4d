"""Who may see and do what: one table of roles. Pages, queries and commands all read it; nothing else decides.

`sees` is how far a role's eyes reach: all = every ticket, unit = its unit, the sections and whatever climbs to it, own = what the
person holds or helps with. A right is a short English word that a route or an action asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reach = Literal["all", "unit", "own"]

LIVE, TICKETS, SIGN, ASSIGN, LIBRARY, MESSAGES, RULES, PHONE = "live", "tickets", "sign", "assign", "library", "messages", "rules", "phone"
INTAKE = "intake"  # register an appeal
DRAFT, APPROVE = "draft", "approve"  # write drafts of rules, forms and templates; decide another's
RELEASES = "releases"  # read submitted drafts, their replays, and what was published
AUDIT = "audit"  # read the evaluation log
DIRECTORY, KEEP_DIRECTORY = "directory", "keep_directory"  # read units, people, places and duties; change them
ACCOUNTS = "accounts"  # who may sign in
HANDLE = "handle"  # reply to what one's section has, or return it
TRANSFER = "transfer"  # pass a ticket on to another unit
REVIEW, REWORK = "review", "rework"  # pass a reply; send work back
CENTRE = "centre"  # decide a dispute, call the citizen back, close
ME = "me"  # one's own account: password, second factor
INBOX = "inbox"  # what waits for oneself
FILES = "files"  # send photos and files with a step
DISCOVER = "discover"  # report from the grid
KNOWLEDGE, KEEP_KNOWLEDGE = "knowledge", "keep_knowledge"  # look up the knowledge base; write it
LEARN, TRAIN = "learn", "train"  # take lessons; write them and see who passed
NODES = "nodes"  # the fixed addresses of grid nodes
SCORES, KEEP_SCORES = "scores", "keep_scores"  # the month's scores as far as one's role sees; freeze them, decide on exclusions and appeals
RESEND = "resend"  # send again a message that did not arrive
HOT = "hot"  # what many people speak of, and what is supervised
LEAD, RECORD = "lead", "record"  # the leaders' overview and the month's report; a unit's or a person's own page, as far as one's role sees
RIGHTS: tuple[str, ...] = (
    LIVE, TICKETS, SIGN, ASSIGN, LIBRARY, MESSAGES, RULES, PHONE, INTAKE, DRAFT, APPROVE, RELEASES, AUDIT, DIRECTORY, KEEP_DIRECTORY, ACCOUNTS,
    HANDLE, TRANSFER, REVIEW, REWORK, CENTRE, ME, INBOX, FILES, DISCOVER, KNOWLEDGE, KEEP_KNOWLEDGE, LEARN, TRAIN, NODES,
    RESEND, LEAD, RECORD, HOT, SCORES, KEEP_SCORES,
)  # fmt: skip


@dataclass(frozen=True)
class Role:
    """One line of the table. `rights` holds what the role may open or do; PHONE is to read a citizen's whole number."""

    key: str
    zh: str
    en: str
    sees: Reach
    rights: frozenset[str]

    def may(self, right: str) -> bool:
        return right in self.rights

    def title(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


def _role(key: str, zh: str, en: str, sees: Reach, *rights: str) -> Role:
    return Role(key, zh, en, sees, frozenset(rights))


OFFICE = (ME, KNOWLEDGE, LEARN)  # of everybody who works on appeals
WORK = (HANDLE, TRANSFER, REVIEW, REWORK, INBOX, FILES, RECORD, SCORES)  # of those who handle and judge the work of a unit

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        _role(
            "agent",
            "坐席",
            "Hotline agent",
            "all",
            LIVE,
            HOT,
            TICKETS,
            ASSIGN,
            LIBRARY,
            MESSAGES,
            RULES,
            PHONE,
            INTAKE,
            TRANSFER,
            REWORK,
            CENTRE,
            FILES,
            SCORES,
            *OFFICE,
        ),
        _role("leader", "区领导", "District leader", "all", LIVE, HOT, TICKETS, LIBRARY, MESSAGES, RULES, LEAD, RECORD, SCORES, *OFFICE),
        _role("handler", "承办人", "Handler", "own", LIVE, TICKETS, SIGN, LIBRARY, MESSAGES, HANDLE, TRANSFER, INBOX, FILES, RECORD, SCORES, *OFFICE),
        _role("reviewer", "审核人", "Reviewer", "unit", LIVE, TICKETS, SIGN, LIBRARY, MESSAGES, RULES, *WORK, *OFFICE),
        _role("unit_leader", "单位负责人", "Unit leader", "unit", LIVE, TICKETS, SIGN, LIBRARY, MESSAGES, RULES, *WORK, *OFFICE),
        _role(
            "grid_officer",
            "网格员",
            "Grid officer",
            "own",
            LIVE,
            TICKETS,
            SIGN,
            LIBRARY,
            MESSAGES,
            HANDLE,
            TRANSFER,
            INBOX,
            FILES,
            DISCOVER,
            RECORD,
            SCORES,
            *OFFICE,
        ),
        _role(
            "supervisor",
            "督办员",
            "Supervisor",
            "all",
            LIVE,
            HOT,
            TICKETS,
            SIGN,
            ASSIGN,
            LIBRARY,
            MESSAGES,
            RULES,
            TRANSFER,
            REWORK,
            CENTRE,
            FILES,
            TRAIN,
            RESEND,
            LEAD,
            RECORD,
            SCORES,
            KEEP_SCORES,
            *OFFICE,
        ),
        _role(
            "policy",
            "政策专员",
            "Policy officer",
            "all",
            LIVE,
            HOT,
            TICKETS,
            LIBRARY,
            RULES,
            DRAFT,
            RELEASES,
            DIRECTORY,
            KEEP_KNOWLEDGE,
            TRAIN,
            LEAD,
            RECORD,
            SCORES,
            *OFFICE,
        ),
        _role("approver", "审批人", "Approver", "all", LIVE, TICKETS, LIBRARY, RULES, APPROVE, RELEASES, DIRECTORY, KNOWLEDGE, ME),
        _role("auditor", "审计员", "Auditor", "all", LIVE, HOT, TICKETS, LIBRARY, MESSAGES, RULES, RELEASES, AUDIT, LEAD, RECORD, SCORES, ME),
        _role("admin", "系统管理员", "Administrator", "all", LIVE, TICKETS, LIBRARY, MESSAGES, RULES, DIRECTORY, KEEP_DIRECTORY, ACCOUNTS, NODES, RESEND, ME),
    )
}

# Who changes rules, decides, audits or hands out accounts signs in with a one-time code where the installation asks for it (config.yaml: second_factor).
GUARDED: frozenset[str] = frozenset(("policy", "approver", "auditor", "admin"))


def role(key: str) -> Role:
    """The role of that key; a KeyError with the known ones for any other."""
    if key not in ROLES:
        raise KeyError(f"没有角色「{key}」；可用：{'、'.join(ROLES)} (no such role)")
    return ROLES[key]


def holding(right: str) -> tuple[str, ...]:
    """The keys of the roles that have this right, in the table's order."""
    return tuple(key for key, one in ROLES.items() if one.may(right))
