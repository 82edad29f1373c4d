"""The small district's rules with one more set, the review of replies."""

from __future__ import annotations

from dataclasses import replace

from engine.book import RuleBook
from engine.folder import Loaded, load_tree
from engine.vocabulary import Vocabulary
from tests.tickets import district
from tests.tickets.fakes import Overruled
from tickets.domain.status import STATUSES
from tickets.ports import Desk
from tickets.store.models import Post, Unit

SET = "ruleset: review\ntitle: 审核\nevent: ticket.replied\nhit: first\nbasis: 试行办法\neffective: {from: 2026-01-01}\n"


def reviewed(desk: Desk, loaded: Loaded, chain: str) -> Desk:
    """The same desk, where every reply is reviewed by `chain`, a YAML list such as [科室负责人, 分管领导]."""
    text = f"{SET}else: [{{review: {{chain: {chain}}}}}]\nrules: []\n"
    read = load_tree({"rules/review.yaml": text}, base=Vocabulary(loaded.facts, loaded.names), statuses=tuple(STATUSES))
    assert not read.errors, [finding.text("zh") for finding in read.errors]
    book = RuleBook({**loaded.sets, **read.sets}, loaded.facts, loaded.names)
    return replace(desk, rules=Overruled(book))


def leaders() -> None:
    """供水公司/抢修班 gets a head with a deputy, the company a leader."""
    crew, company = Unit.get(address="供水公司/抢修班"), Unit.get(address="供水公司")
    district.hold(Post.create(unit=crew, name="主任", role="科室负责人"), "主任甲", "副主任乙")
    district.hold(Post.create(unit=company, name="分管领导", role="分管领导"), "分管甲")
