"""账号与角色: who may sign in as what. Nobody shuts out himself, nor the last administrator; hashes are never shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.helpers import get_form_data
from peewee import JOIN, ModelSelect

from admin.office import OfficeView
from admin.office_forms import Mistake, OfficeForm, named, person_named, person_word, pick, say, secret, unit_named, words
from admin.office_list import Beside, Choice, Column
from admin.office_words import state, state_choice
from tickets.domain.roles import ACCOUNTS, ROLES, holding
from tickets.store import second_factor
from tickets.store.accounts import SHORTEST_PASSWORD, hash_password
from tickets.store.connect import transaction
from tickets.store.directory_log import PASSWORD
from tickets.store.models import Account, Person, Unit
from web.access import caller, needs
from web.hall import hall

KEEPERS = holding(ACCOUNTS)
LONGEST_PASSWORD = 200


class AccountForm(OfficeForm):
    """An account; its name is its identity."""

    fixed = ("username", "password")
    username = words(render_kw={"autocomplete": "off", "autocapitalize": "none"})
    role = pick(lambda: [(key, _role_word(key)) for key in ROLES])
    person = named("person")
    unit = named("unit")
    password = secret()


class PasswordForm(OfficeForm):
    """A new password, written twice."""

    password = secret()
    again = secret()


class Accounts(OfficeView):
    """The accounts. A change of role or state ends every open session of the account at once."""

    right = keep = ACCOUNTS
    table = "account"
    form = AccountForm
    columns = (
        Column("username", lambda row, _: row.username, Account.username, "what"),
        Column("account_role", lambda row, _: _role_word(row.role), Account.role),
        Column("person", lambda row, _: person_word(row.person) if row.person_id else "", Person.name),
        Column("unit", lambda row, _: row.unit.address if row.unit_id else "", Unit.address),
        Column("second_factor", lambda row, beside: beside.get(row.id, ""), listed=False, logged=False),
        Column("state", lambda row, _: state(row.active), None, "state"),
    )
    choices = (
        Choice("account_role", lambda: [(key, _role_word(key)) for key in ROLES], lambda value: (Account.role == value) if value else None),
        state_choice(Account),
    )
    searched = (Account.username, Person.name, Person.code)
    usual = (Account.username,)

    def query(self) -> ModelSelect:
        shown = (Account.id, Account.username, Account.role, Account.person, Account.unit, Account.active)  # no hash leaves the database
        return Account.select(*shown, Person, Unit).join(Person, JOIN.LEFT_OUTER).switch(Account).join(Unit, JOIN.LEFT_OUTER)

    def beside(self, rows: Sequence[Any]) -> Beside:
        return {row.id: say("factor_on") for row in rows if (found := second_factor.of(row.id)) is not None and found.confirmed} if len(rows) == 1 else {}

    def filled(self, row: Any) -> dict[str, Any]:
        return {
            "role": row.role,
            "person": person_word(row.person) if row.person_id else "",
            "unit": row.unit.address if row.unit_id else "",
        }

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        role = form.one_of("role", tuple(ROLES))
        person, unit = person_named(form, "person", needed=False), unit_named(form, "unit", needed=False)
        if ROLES[role].sees != "all" and person is None and unit is None:
            raise Mistake("person", "role_needs_place", role=_role_word(role))
        out: dict[str, Any] = {"role": role, "person": person, "unit": unit}
        if row is None:
            out["username"] = form.text("username", 40)
            if any(char.isspace() for char in out["username"]):
                raise Mistake("username", "username_blank")
            if Account.select(Account.id).where(Account.username == out["username"]).exists():
                raise Mistake("username", "username_taken", word=out["username"])
            out["password_hash"] = _hashed(form, "password")
        elif role != row.role:
            if row.id == caller().account.id:
                raise Mistake("role", "own_role")
            if row.role in KEEPERS and role not in KEEPERS and self._is_last(row):
                raise Mistake("role", "last_admin")
        if row is not None and (role, person, unit) != (row.role, row.person if row.person_id else None, row.unit if row.unit_id else None):
            out["session_version"] = Account.session_version + 1
        return out

    def blocked(self, row: Any) -> list[str]:
        if row.id == caller().account.id:
            return [say("own_account")]
        return [say("last_admin")] if row.role in KEEPERS and self._is_last(row) else []

    def warned(self, row: Any) -> list[str]:
        return [say("sessions_end")]

    def _is_last(self, row: Any) -> bool:
        return not Account.select(Account.id).where(Account.role.in_(KEEPERS) & Account.active & (Account.id != row.id)).exists()

    @needs(ACCOUNTS)
    @expose("/password/", methods=("GET", "POST"))
    def password_view(self) -> ResponseReturnValue:
        """A new password, which ends every open session of the account."""
        row = self._asked_row()
        form = PasswordForm(get_form_data())
        if request.method == "POST":
            try:
                if (form["again"].data or "") != (form["password"].data or ""):
                    raise Mistake("again", "password_differs")
                with transaction():
                    Account.update(password_hash=_hashed(form, "password"), session_version=Account.session_version + 1).where(Account.id == row.id).execute()
                    self.log(PASSWORD, row.id, {}, {})
            except Mistake as mistake:
                form.blame(mistake)
            else:
                flash(say("password_set", name=row.username), "good")
                return redirect(self._address(row.id))
        return self._page("office_form.html", form=form, row=row, seen=0, heading=say("set_password", name=row.username))

    @needs(ACCOUNTS)
    @expose("/second-factor/", methods=("POST",))
    def second_factor_view(self) -> ResponseReturnValue:
        """Turns the second factor of somebody who lost phone and recovery codes off, which ends every session; never one's own."""
        row = self._asked_row()
        if row.id == caller().account.id:
            flash(say("factor_own"), "bad")
        elif second_factor.remove(row.id, caller().account.id, hall().now()):
            flash(say("factor_gone", name=row.username), "good")
        return redirect(self._address(row.id))


def _role_word(key: str) -> str:
    return ROLES[key].title(g.lang) if key in ROLES else key


def _hashed(form: OfficeForm, field: str) -> str:
    typed = form[field].data or ""
    if not SHORTEST_PASSWORD <= len(typed) <= LONGEST_PASSWORD:
        raise Mistake(field, "password_length", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    return hash_password(typed)
