"""A small intake form put in force in an app under test, with the personal facts it asks."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from engine.book import RuleBook
from engine.facts import Fact, Label
from engine.vocabulary import Vocabulary
from forms.book import FormBook
from forms.load import load_tree
from tests.web.conftest import book
from tickets.store.models import database

INTAKE = """
form: intake
title: {zh: 诉求登记, en: Intake}
who: [坐席]
step: 受理
pages:
  - title: {zh: 诉求, en: Request}
    ask:
      - text: {as: textarea, required: true, hint: 请记录群众原话}
      - kind: {required: true}
      - category: {}
      - address: {as: address}
  - title: {zh: 影响, en: Impact}
    show_if: {any: [{category: 供水}, {text: {has_any: [停水, 爆裂]}}]}
    ask:
      - outage: {required: true}
      - households: {show_if: {outage: true}, required: true, unit: {zh: 户, en: homes}}
  - title: {zh: 联系方式, en: Contact}
    ask:
      - caller_name
      - caller_phone: {as: cn_mobile, required: true}
tests:
  - {given: {}, hidden: [outage, households]}
"""
PERSONAL = {
    name: Fact(name, Label(zh, en), "text", personal=True)
    for name, zh, en in (("address", "事发地址", "Address"), ("caller_name", "联系人", "Name"), ("caller_phone", "联系电话", "Phone"))
}
WHOLE = {
    "text": "楼下水管爆裂",
    "kind": "求助",
    "category": "供水",
    "outage": "yes",
    "households": "60",
    "caller_phone": "138 0000 0013",
    "caller_name": "王女士",
}


def put_in_force(app: Flask, text: str = INTAKE) -> None:
    """Gives the app's desk the form of `text` and the facts it asks."""
    _, loaded, _ = book()
    facts = {**loaded.facts, **PERSONAL}
    forms = load_tree({"forms/intake.yaml": text}, Vocabulary(facts, loaded.names))
    assert forms.errors == ()
    hall = app.extensions["suda"]
    database.execute_sql("INSERT INTO ticket_counter (day, last) VALUES ('20261123', 500)")  # the rows of the district took their numbers by hand
    object.__setattr__(hall, "desk", replace(hall.desk, rules=RuleBook(loaded.sets, facts, loaded.names), forms=FormBook(forms.forms)))
