"""The designer's app over the project's own rules and forms, and the JSON a page of it would send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from forms.load import DEFINITIONS
from tests.web.conftest import token
from tickets.store import drafts

INTAKE = (DEFINITIONS / "intake.yaml").read_text(encoding="utf-8")
PATH, FACTS = "forms/intake.yaml", "rules/facts.yaml"
HOUSEHOLDS = ["pages", 1, "ask", 1, "households"]


@dataclass
class Desk:
    """What one person's page does: reads the model, sends changes with the hash it saw."""

    client: FlaskClient
    draft: int = 0

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"/admin/forms/{path}")
        assert answer.status_code == status, answer.get_data(as_text=True)[:600]
        return answer.get_json()

    def post(self, path: str, data: Mapping[str, object], status: int = 200, root: str = "/admin/forms/") -> Any:
        headers = {"X-CSRFToken": token(self.client, "/admin/forms/"), "Content-Type": "application/json"}  # json= would sort the keys
        answer = self.client.post(f"{root}{path}", data=json.dumps({"draft": self.draft, **data}), headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)[:600]
        return answer.get_json()

    def start(self) -> int:
        self.draft = self.post("start", {"what": "诉求登记"}, root="/admin/rules/")["draft"]
        return self.draft

    def model(self, form: str = "intake") -> Any:
        return self.get(f"{form}/model?schema=1&draft={self.draft or ''}")

    def edit(self, *edits: dict[str, object], status: int = 200, seen: str = "", force: bool = False, form: str = "intake") -> Any:
        return self.post(f"{form}/edit", {"seen": seen or self.model(form)["sha"], "edits": list(edits), "force": force}, status)

    def arrange(self, status: int = 200, form: str = "intake", **asked: object) -> Any:
        return self.post(f"{form}/arrange", asked, status)

    def preview(self, **asked: object) -> Any:
        return self.post("intake/preview", asked)

    def text(self, path: str = PATH) -> str:
        """The draft's text of a file."""
        return str(drafts.changed(self.draft)[path])


def put(path: list[object], value: object) -> dict[str, object]:
    """An edit that sets a value."""
    return {"op": "set", "path": path, "value": value}


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are gone and those that are new."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]
