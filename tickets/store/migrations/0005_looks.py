# mypy: disable-error-code=misc
"""The evaluation log can be searched: an evaluation names its outcome and who had the ticket then, a rule its hits; looks at personal data are kept.

A frozen copy: later changes are later steps.
"""

from __future__ import annotations

import json

from peewee import BigAutoField, BigIntegerField, BooleanField, CharField, Database, DateTimeField, ForeignKeyField, Model, TextField
from playhouse.migrate import SchemaMigrator, make_index_name, migrate

AT_ONCE = 500  # evaluations read at once; a decision has some kilobytes


class Account(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class Unit(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class Person(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class Evaluation(Model):
    id = BigAutoField()
    at = DateTimeField()
    ruleset = CharField(40)
    agreed = BooleanField()
    outcome = CharField(20)
    decision = TextField()

    class Meta:
        legacy_table_names = False


class EvaluationHit(Model):
    id = BigAutoField()
    rule = CharField(40)
    ruleset = CharField(40)
    at = DateTimeField()
    evaluation = BigIntegerField(index=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("rule", "at", "evaluation"), False),)


class Look(Model):
    id = BigAutoField()
    at = DateTimeField(index=True)
    account = ForeignKeyField(Account, backref="+")
    account_name = CharField(80)
    role = CharField(20)
    what = CharField(20)
    ticket = CharField(20, default="", index=True)
    evaluation = BigIntegerField(null=True)
    reason = TextField()

    class Meta:
        legacy_table_names = False


TABLES = (EvaluationHit, Look)
SEARCHED = (("ruleset", "at"), ("version", "at"), ("outcome", "at"), ("unit_id", "at"), ("person_id", "at"), ("agreed", "at"))
# Who had the ticket when the decision was made: what its history says of that moment.
HOLDER = (
    "UPDATE evaluation SET person_id = (SELECT h.holder_id FROM history h WHERE h.ticket_id = evaluation.ticket_id AND h.at <= evaluation.at "
    "AND h.holder_id IS NOT NULL ORDER BY h.seq DESC LIMIT 1)"
)
HIS_UNIT = "UPDATE evaluation SET unit_id = (SELECT t.unit_id FROM ticket t WHERE t.id = evaluation.ticket_id AND t.person_id = evaluation.person_id)"


def up(migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables, adds the columns, and fills both from what is already there."""
    with db.bind_ctx((*TABLES, Account, Evaluation, Unit, Person), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
        migrate(
            migrator.add_column("evaluation", "outcome", CharField(20, default="")),
            migrator.add_column("evaluation", "unit_id", ForeignKeyField(Unit, field=Unit.id, null=True, backref="+")),
            migrator.add_column("evaluation", "person_id", ForeignKeyField(Person, field=Person.id, null=True, backref="+")),
        )
        db.execute_sql(HOLDER)
        db.execute_sql(HIS_UNIT)
        last = 0
        while rows := list(Evaluation.select().where(Evaluation.id > last).order_by(Evaluation.id).limit(AT_ONCE)):
            _fill(rows)
            last = rows[-1].id
        migrate(*[migrator.add_index("evaluation", columns) for columns in SEARCHED])


def _fill(rows: list[Evaluation]) -> None:
    hits: list[dict[str, object]] = []
    for row in rows:
        decision = json.loads(row.decision)
        hits += [
            {"rule": rule, "ruleset": row.ruleset, "at": row.at, "evaluation": row.id}
            for rule in decision["winners"] or (["else"] if decision["by_else"] else [])
        ]
        actions = {kind: args for _, kind, args in decision["actions"]}
        Evaluation.update(outcome=_outcome(row.agreed, actions)).where(Evaluation.id == row.id).execute()
    if hits:
        EvaluationHit.insert_many(hits).execute()


def _outcome(agreed: bool, actions: dict[str, dict[str, object]]) -> str:
    if not agreed:
        return "disagreed"
    if "dispatch" in actions:
        return "dispatched"
    if "urgency" in actions:
        return {"特急": "top", "紧急": "raised"}.get(str(actions["urgency"]["value"]), "ordinary")
    named = {"deadline": "clocks", "chain": "chain", "review": "review", "supervise": "supervised", "warn": "warned", "survey": "survey"}
    return next((named[kind] for kind in named if kind in actions), "other" if actions else "none")


def down(migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables and the columns away; what filled them is still in the decisions."""
    for columns in SEARCHED:
        migrate(migrator.drop_index("evaluation", make_index_name("evaluation", columns)))
    for name in ("evaluation_unit_id", "evaluation_person_id"):  # PostgreSQL would drop them with the column, SQLite refuses
        db.execute_sql(f"DROP INDEX {name}")
    migrate(*[migrator.drop_column("evaluation", name) for name in ("person_id", "unit_id", "outcome")])
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
